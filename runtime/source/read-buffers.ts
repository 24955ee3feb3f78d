/**
 * The buffers that logs are read into: a few, however many logs there are.
 *
 * In: who wants to read. Out: a buffer for as long as its reading takes, in the order of asking. What must hold: memory
 * follows how many are read at once, not how many are followed.
 */

/** Reads wait for the disk in Node's four threads; one more is filled while one is scanned. */
const buffersMax = 8;

const free: Buffer[] = [];
const waiting: ((buffer: Buffer) => void)[] = [];
let made = 0;

/** `bytes` is the same for all who ask. */
export async function withReadBuffer<T>(
  bytes: number,
  read: (buffer: Buffer) => Promise<T>,
): Promise<T> {
  const buffer = await take(bytes);
  try {
    return await read(buffer);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(buffer);
    else next(buffer);
  }
}

function take(bytes: number): Buffer | Promise<Buffer> {
  const found = free.pop();
  if (found !== undefined) return found;
  if (made < buffersMax) {
    made++;
    return Buffer.allocUnsafe(bytes);
  }
  return new Promise((resolve) => waiting.push(resolve));
}
