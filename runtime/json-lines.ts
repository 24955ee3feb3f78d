/**
 * Lines of JSON put together as bytes: a log in which every third line fails makes hundreds of thousands of them.
 *
 * In: pieces in ASCII, numbers, and texts or bytes of a log. Out: blocks of whole lines. What must hold: texts stand
 * there as `jsonText` would write them, bytes of a log as their text would.
 */
import { decode } from "./bytes.ts";
import { cutText, isoTime, jsonText, timeMsMax } from "./escape.ts";

const blockBytes = 1 << 16;
/** Bytes of a log up to here are looked at one by one; longer ones, and those of a few kinds, become text first. */
const plainBytesMax = 256;
const dayMs = 86_400_000;
/** Where the hour begins, seen from the end of `"2026-03-01T10:00:00.000Z"`. */
const clockBytes = 14;
const quote = 0x22;
const backslash = 0x5c;
const zero = 0x30;
const lf = 0x0a;

export class JsonLines {
  #block = Buffer.allocUnsafe(blockBytes + (blockBytes >> 2));
  #at = 0;
  /** The last time that was added, as it was written, and its day: the lines of one second are many, those of one day more. */
  #time: Uint8Array = new Uint8Array(0);
  #timeMs = Number.NaN;
  #day = Number.NaN;
  readonly #give: (lines: Buffer) => void;

  /** `give` gets whole lines, each with its LF; they are valid until it returns. Left out: they are fetched by `move`. */
  constructor(give: (lines: Buffer) => void = () => {}) {
    this.#give = give;
  }

  get isEmpty(): boolean {
    return this.#at === 0;
  }

  /** Bytes that are JSON already. */
  addBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#block.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** ASCII that is JSON already, and short: a native copy would take longer. */
  addAscii(text: string): void {
    this.#reserve(text.length);
    const block = this.#block;
    const to = this.#at;
    for (let i = 0; i < text.length; i++) block[to + i] = text.charCodeAt(i);
    this.#at = to + text.length;
  }

  /** The same between quotes. */
  addQuoted(text: string): void {
    this.#reserve(text.length + 2);
    this.#block[this.#at++] = quote;
    this.addAscii(text);
    this.#block[this.#at++] = quote;
  }

  /** A whole number from 0. */
  addNumber(number: number): void {
    let size = 1;
    for (let limit = 10; number >= limit; limit *= 10) size++;
    this.#reserve(size);
    let rest = number;
    for (let at = this.#at + size - 1; at >= this.#at; at--) {
      const tens = Math.floor(rest / 10);
      this.#block[at] = rest - tens * 10 + zero;
      rest = tens;
    }
    this.#at += size;
  }

  /** A time as `isoTime` tells it; null where it tells none. */
  addTime(ms: number): void {
    if (ms !== this.#timeMs) this.#writeTime(ms);
    this.addBytes(this.#time);
  }

  #writeTime(ms: number): void {
    const whole = Math.trunc(ms);
    // Behind the last time that can be written there is part of a day.
    const day = Math.abs(ms) <= timeMsMax ? Math.floor(whole / dayMs) : Number.NaN;
    if (day === this.#day) writeClock(this.#time, whole - day * dayMs);
    else this.#time = Buffer.from(jsonText(isoTime(ms)));
    this.#day = day;
    this.#timeMs = ms;
  }

  /** A text as JSON; null: `null`. */
  addText(text: string | null): void {
    const json = jsonText(text);
    this.#reserve(Buffer.byteLength(json));
    this.#at += this.#block.write(json, this.#at);
  }

  /** What a report shows of `b[start, end)`, which is UTF-8 as far as the log is. */
  addTextOf(b: Buffer, start: number, end: number): void {
    if (!this.#addPlain(b, start, end)) this.addText(cutText(decode(b, start, end)));
  }

  /** False, and nothing added: it is long, or not all of it stands in JSON as it is. */
  #addPlain(b: Buffer, start: number, end: number): boolean {
    if (end - start > plainBytesMax) return false;
    this.#reserve(end - start + 2);
    const block = this.#block;
    let to = this.#at;
    block[to++] = quote;
    for (let at = start; at < end; at++) {
      const byte = b[at] as number;
      if (byte < 0x20 || byte > 0x7e || byte === quote || byte === backslash) return false;
      block[to++] = byte;
    }
    block[to++] = quote;
    this.#at = to;
    return true;
  }

  /** What `from` holds, which then holds nothing. */
  move(from: JsonLines): void {
    const size = from.#at;
    this.#reserve(size);
    // A native copy takes longer than so few bytes.
    for (let at = 0; at < size; at++) this.#block[this.#at + at] = from.#block[at] as number;
    this.#at += size;
    from.#at = 0;
  }

  endLine(): void {
    this.#reserve(1);
    this.#block[this.#at++] = lf;
    if (this.#at >= blockBytes) this.flush();
  }

  /** Gives the lines that are whole; called between lines. */
  flush(): void {
    const end = this.#at;
    this.#at = 0;
    if (end > 0) this.#give(this.#block.subarray(0, end));
  }

  #reserve(size: number): void {
    const wanted = this.#at + size;
    if (wanted <= this.#block.length) return;
    const larger = Buffer.allocUnsafe(wanted + blockBytes);
    this.#block.copy(larger, 0, 0, this.#at);
    this.#block = larger;
  }
}

/** The time of day in an ISO 8601 time between quotes. */
function writeClock(time: Uint8Array, ms: number): void {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const at = time.length - clockBytes;
  writeDigits(time, at, hours);
  writeDigits(time, at + 3, minutes - hours * 60);
  writeDigits(time, at + 6, seconds - minutes * 60);
  const rest = ms - seconds * 1000;
  const hundreds = Math.floor(rest / 100);
  time[at + 9] = zero + hundreds;
  writeDigits(time, at + 10, rest - hundreds * 100);
}

function writeDigits(bytes: Uint8Array, at: number, number: number): void {
  const tens = Math.floor(number / 10);
  bytes[at] = zero + tens;
  bytes[at + 1] = number - tens * 10 + zero;
}
