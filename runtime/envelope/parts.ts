/**
 * The parts of one stream's record that a container runtime cut, until its last one comes.
 *
 * In: parts as they come. Out: the whole record, or null where it is too long. What must hold: a part is never a record
 * of its own, for it begins where the client wanted it to; over the limit nothing is kept, but the count goes on.
 */
import { recordBytesMax } from "../limits.ts";

export class Parts {
  #chunks: Buffer[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#bytes += end - start;
    if (this.#bytes > recordBytesMax) this.#chunks = [];
    else this.#chunks.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** With the last part; the next one begins anew. */
  end(bytes: Buffer, start: number, end: number): Buffer | null {
    this.add(bytes, start, end);
    const whole = this.#bytes > recordBytesMax ? null : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
    return whole;
  }
}
