/**
 * Texts that logs say again and again: names, addresses, programs. Bytes that were seen before cost no new string.
 *
 * In: bytes. Out: what was made of the same bytes before. What must hold: bounded whatever the log says; a text is
 * given only for bytes that are equal to its own.
 */
import { viewOf } from "./literal.ts";

const slots = 1024;
const bytesMax = 48;

export class TextCache<T> {
  #kept: DataView | null = null;
  readonly #sizes = new Int32Array(slots).fill(-1);
  readonly #made: T[] = [];
  /** The slot of the last look; -1: what was looked for is not kept. */
  #slot = -1;

  /** Undefined: not known, or too long or too short to be kept. */
  find(b: Buffer, start: number, end: number): T | undefined {
    const size = end - start;
    this.#slot = -1;
    if (size < 4 || size > bytesMax) return undefined;
    const view = viewOf(b);
    const last = end - 4;
    let hash = view.getInt32(last);
    for (let at = start; at < last; at += 4) {
      hash = Math.imul(hash, 0x2c1b_3c6d) ^ view.getInt32(at);
    }
    const mixed = Math.imul(hash, 0x297a_2d39);
    const slot = (mixed >>> 20) & (slots - 1);
    this.#slot = slot;
    if (this.#kept === null || this.#sizes[slot] !== size) return undefined;
    const kept = this.#kept;
    const from = slot * bytesMax - start;
    for (let at = start; at < last; at += 4) {
      if (view.getInt32(at) !== kept.getInt32(from + at)) return undefined;
    }
    return view.getInt32(last) === kept.getInt32(from + last) ? this.#made[slot] : undefined;
  }

  /** Keeps what was made of the bytes that `find` has just not found. */
  keep(b: Buffer, start: number, end: number, made: T): T {
    const slot = this.#slot;
    if (slot < 0) return made;
    this.#kept ??= new DataView(new ArrayBuffer(slots * bytesMax));
    const from = slot * bytesMax - start;
    for (let at = start; at < end; at++) this.#kept.setUint8(from + at, b[at] as number);
    this.#sizes[slot] = end - start;
    this.#made[slot] = made;
    return made;
  }
}
