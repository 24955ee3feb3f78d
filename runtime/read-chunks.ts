/**
 * A log from its beginning to its end, in chunks.
 *
 * In: a path. Out: its bytes. What must hold: two buffers serve for all chunks, one being filled while the other is read, so a
 * chunk is valid only until the next one is asked for.
 */
import { open } from "node:fs/promises";

const chunkBytes = 1 << 18;

export async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  let filled = Buffer.allocUnsafeSlow(chunkBytes);
  let other = Buffer.allocUnsafeSlow(chunkBytes);
  let coming = file.read(filled, 0, chunkBytes, null);
  try {
    for (;;) {
      const { bytesRead } = await coming;
      if (bytesRead === 0) return;
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
