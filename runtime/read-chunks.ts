/**
 * A log from its beginning to its end, in chunks.
 *
 * In: a path. Out: its bytes. What must hold: two buffers serve for all chunks, one being filled while the other is read, so a
 * chunk is valid only until the next one is asked for; a compressed log is refused with the way out, for read as it is it
 * would hold no failures.
 */
import { open } from "node:fs/promises";

const chunkBytes = 1 << 18;

export async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  let filled = Buffer.allocUnsafeSlow(chunkBytes);
  let other = Buffer.allocUnsafeSlow(chunkBytes);
  let coming = file.read(filled, 0, chunkBytes, null);
  try {
    for (let isFirst = true; ; isFirst = false) {
      const { bytesRead } = await coming;
      if (bytesRead === 0) return;
      if (isFirst) refuseCompressed(path, filled.subarray(0, bytesRead));
      coming = file.read(other, 0, chunkBytes, null);
      // Whoever has the chunk takes a while: what goes wrong meanwhile is told when it is waited for.
      coming.catch(() => {});
      yield filled.subarray(0, bytesRead);
      [filled, other] = [other, filled];
    }
  } finally {
    await coming.catch(() => {});
    await file.close();
  }
}

/** What each begins with, as hex: RFC 1952, the .xz format, RFC 8878, bzip2. */
const compressions = [
  ["gzip", "zcat", /^1f8b08/],
  ["xz", "xzcat", /^fd377a585a00/],
  ["zstd", "zstdcat", /^28b52ffd/],
  ["bzip2", "bzcat", /^425a683.314159/],
] as const;

function refuseCompressed(path: string, bytes: Buffer): void {
  const begin = bytes.toString("hex", 0, 8);
  for (const [name, program, magic] of compressions) {
    if (magic.test(begin)) {
      throw new Error(`it is compressed by ${name}: ${program} ${path} | ... with - for the log`);
    }
  }
}
