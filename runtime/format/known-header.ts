/**
 * What the last syslog header said: neighbours in a log differ in a digit of the stamp and in the pid.
 *
 * In: headers as they were read. Out: whether the same bytes stand in another record, which then need not be read
 * again, and numbers that are equal where those bytes are. What must hold: a place is ` HOST PROGRAM` with the
 * byte that ends it, so that a stamp before a known place ends where it ended, whatever follows.
 */
import { viewOf } from "../literal.ts";

/** Longer ones are read each time. */
const bytesMax = 512;

/** Stamps and places that all scanners have read. */
let read = 0;

export class KnownHeader {
  readonly #stamp = new DataView(new ArrayBuffer(bytesMax));
  readonly #place = new DataView(new ArrayBuffer(bytesMax));
  /** 0: none is known. */
  stampSize = 0;
  #placeSize = 0;
  stampForm = 0;
  /** From where the stamp ends. */
  hostEnd = 0;
  programStart = 0;
  programEnd = 0;
  stampId = 0;
  placeId = 0;

  hasStampAt(b: Buffer, at: number, end: number): boolean {
    return isAt(b, at, end, this.#stamp, this.stampSize);
  }

  hasPlaceAt(b: Buffer, at: number, end: number): boolean {
    return isAt(b, at, end, this.#place, this.#placeSize);
  }

  keepStamp(b: Buffer, start: number, end: number, form: number): void {
    this.stampSize = end - start;
    this.stampForm = form;
    this.stampId = ++read;
    keep(b, start, end, this.#stamp);
  }

  /** ` HOST PROGRAM` from `start` on. */
  keepPlace(
    b: Buffer,
    start: number,
    hostEnd: number,
    programStart: number,
    programEnd: number,
  ): void {
    this.hostEnd = hostEnd - start;
    this.programStart = programStart - start;
    this.programEnd = programEnd - start;
    this.placeId = ++read;
    const fits = this.programEnd < bytesMax;
    this.#placeSize = fits ? this.programEnd + 1 : 0;
    if (fits) keep(b, start, programEnd + 1, this.#place);
  }
}

function keep(b: Buffer, start: number, end: number, kept: DataView): void {
  for (let at = start; at < end; at++) kept.setUint8(at - start, b[at] as number);
}

/** Both have four bytes at least. Backwards, because it is the seconds that differ. */
function isAt(b: Buffer, at: number, end: number, kept: DataView, size: number): boolean {
  if (size === 0 || at + size > end) return false;
  const view = viewOf(b);
  for (let i = size - 4; i > 0; i -= 4) {
    if (view.getInt32(at + i) !== kept.getInt32(i)) return false;
  }
  return view.getInt32(at) === kept.getInt32(0);
}
