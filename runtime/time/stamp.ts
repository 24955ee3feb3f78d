/**
 * The time of a record, read only when somebody wants it.
 *
 * In: the registers' header, which says where the stamp stands and in which form, and a clock. Out:
 * milliseconds since 1970 UTC; NaN: the record has no readable stamp. The last stamp's bytes are
 * kept with their answer, so that the lines of one second cost one reading.
 */
import type { FieldValue, Header, Registers } from "../registers.ts";
import type { Clock } from "./clock.ts";
import { parseAutomatic, parseForm, stampEndOf, stampForms } from "./forms.ts";
import type { StampParts } from "./parts.ts";
import type { TimePattern } from "./pattern.ts";

/** Longer stamps are read anew each time; no common form is. */
const keptBytesMax = 48;
/** Numbers below are seconds, below the next milliseconds, else microseconds: all until year 5138. */
const secondsBelow = 1e11;
const millisecondsBelow = 1e14;
/** A Date holds no time further from 1970. */
const timeMsMax = 8.64e15;

/** Reads stamps for one scanner. */
export class StampReader {
  readonly #clock: Clock;
  readonly #kept = Buffer.alloc(keptBytesMax);
  #keptSize = -1;
  #keptForm = 0;
  #keptPattern: TimePattern | null = null;
  #keptMs = Number.NaN;
  #validFrom = 0;
  #validUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time of the record in the registers. */
  readTimeMs(r: Registers): number {
    const header = r.header;
    if (header.stampField !== undefined) {
      return this.#readField(header.stampField, header.stampPattern, r.parts);
    }
    if (header.stampStart < 0) return Number.NaN;
    if (this.#isKept(header)) return this.#keptMs;
    const timeMs = this.#readStamp(header, r.parts);
    this.#keep(header, timeMs);
    return timeMs;
  }

  #readStamp(header: Header, parts: StampParts): number {
    const { stampBytes, stampStart, stampEnd, stampForm, stampPattern } = header;
    const to =
      stampForm === stampForms.pattern
        ? (stampPattern?.parse(stampBytes, stampStart, stampEnd, parts) ?? -1)
        : parseForm(stampForm, stampBytes, stampStart, stampEnd, parts);
    return to < 0 ? Number.NaN : this.#clock.findTimeMs(parts);
  }

  /** A value of a structured record: epoch seconds (or ms, or µs, by size), or text in a known form. */
  #readField(value: FieldValue, pattern: TimePattern | null, parts: StampParts): number {
    if (typeof value === "number") return numberToMs(value);
    if (typeof value !== "string") return Number.NaN;
    const b = Buffer.from(value, "utf8");
    if (pattern !== null) {
      return pattern.parse(b, 0, b.length, parts) === b.length
        ? this.#clock.findTimeMs(parts)
        : Number.NaN;
    }
    const found = parseAutomatic(b, 0, b.length, b.length, parts);
    return found >= 0 && stampEndOf(found) === b.length
      ? this.#clock.findTimeMs(parts)
      : Number.NaN;
  }

  #isKept(header: Header): boolean {
    const size = header.stampEnd - header.stampStart;
    if (size !== this.#keptSize || header.stampForm !== this.#keptForm) return false;
    if (header.stampForm === stampForms.pattern && header.stampPattern !== this.#keptPattern) {
      return false;
    }
    const { stampBytes, stampStart } = header;
    // Backwards, because it is the seconds that differ.
    for (let i = size - 1; i >= 0; i--) {
      if (stampBytes[stampStart + i] !== this.#kept[i]) return false;
    }
    if (this.#validFrom === Number.NEGATIVE_INFINITY) return true;
    const nowMs = this.#clock.now();
    return nowMs >= this.#validFrom && nowMs < this.#validUntil;
  }

  #keep(header: Header, timeMs: number): void {
    const size = header.stampEnd - header.stampStart;
    if (size > keptBytesMax) return;
    header.stampBytes.copy(this.#kept, 0, header.stampStart, header.stampEnd);
    this.#keptSize = size;
    this.#keptForm = header.stampForm;
    this.#keptPattern = header.stampPattern;
    this.#keptMs = timeMs;
    this.#validFrom = this.#clock.validFrom;
    this.#validUntil = this.#clock.validUntil;
  }
}

function numberToMs(value: number): number {
  if (!(value >= 0)) return Number.NaN;
  let ms = value;
  if (value < secondsBelow) ms = value * 1000;
  else if (value >= millisecondsBelow) ms = value / 1000;
  // 1e-6 of a millisecond: what doubles lose of a fraction in seconds.
  ms = Math.floor(ms + 1e-6);
  return ms <= timeMsMax ? ms : Number.NaN;
}
