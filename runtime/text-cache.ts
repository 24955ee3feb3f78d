/**
 * Texts that logs say again and again: names, addresses, programs. Bytes that were seen before cost no new string.
 *
 * In: bytes. Out: what was made of the same bytes before. What must hold: bounded whatever the log says; a text is
 * given only for bytes that are equal to its own.
 */

const slots = 1024;
const bytesMax = 48;

export class TextCache<T> {
  #bytes: Uint8Array | null = null;
  readonly #sizes = new Int32Array(slots).fill(-1);
  readonly #made: T[] = [];
  /** The slot of the last look, and of what. */
  #slot = -1;

  /** Undefined: not known, or too long to be kept. */
  find(b: Buffer, start: number, end: number): T | undefined {
    const size = end - start;
    this.#slot = -1;
    if (size > bytesMax) return undefined;
    let hash = size;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (b[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 11) ^ (hash >>> 21)) & (slots - 1);
    this.#slot = slot;
    const bytes = this.#bytes;
    if (bytes === null || this.#sizes[slot] !== size) return undefined;
    const from = slot * bytesMax;
    for (let i = 0; i < size; i++) if (bytes[from + i] !== b[start + i]) return undefined;
    return this.#made[slot];
  }

  /** Keeps what was made of the bytes that `find` has just not found. */
  keep(b: Buffer, start: number, end: number, made: T): T {
    const slot = this.#slot;
    if (slot < 0) return made;
    this.#bytes ??= new Uint8Array(slots * bytesMax);
    const from = slot * bytesMax;
    for (let i = 0; i < end - start; i++) this.#bytes[from + i] = b[start + i] as number;
    this.#sizes[slot] = end - start;
    this.#made[slot] = made;
    return made;
  }
}
