/**
 * The time of a record, read only when somebody wants it.
 *
 * In: the registers' header, which says where the stamp stands and in which form, and a clock. Out:
 * milliseconds since 1970 UTC; NaN: the record has no readable stamp. The last stamp's bytes are
 * kept with their answer, so that the lines of one second cost one reading.
 */
import type { Header, Registers } from "../registers.ts";
import type { Clock } from "./clock.ts";
import { parseAutomatic, parseForm, stampEndOf, stampForms } from "./forms.ts";
import type { StampParts } from "./parts.ts";
import type { TimePattern } from "./pattern.ts";

/** Longer stamps are read anew each time; no common form is. */
const keptBytesMax = 48;
/** Reads stamps for one scanner. */
export class StampReader {
  readonly #clock: Clock;
  readonly #kept = Buffer.alloc(keptBytesMax);
  #keptSize = -1;
  #keptForm = 0;
  #keptId = 0;
  #keptPattern: TimePattern | null = null;
  #keptMs = Number.NaN;
  #validFrom = 0;
  #validUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time of the record in the registers. */
  readTimeMs(r: Registers): number {
    const timeMs = this.#readHeader(r.header, r.parts);
    // A format's field that is no time leaves the record the time of its envelope.
    const own = r.enveloped && r.header.stampField !== r.envelope.stampField;
    return Number.isNaN(timeMs) && own ? this.#readHeader(r.envelope, r.parts) : timeMs;
  }

  #readHeader(header: Header, parts: StampParts): number {
    if (header.stampField !== undefined) {
      return this.#readField(header.stampField, header.stampPattern, parts);
    }
    if (header.stampStart < 0) return Number.NaN;
    const isKept = this.#isKept(header);
    const timeMs = isKept ? this.#keptMs : this.#readStamp(header, parts);
    if (!isKept) this.#keep(header, timeMs);
    return header.stampWhole ? timeMs - (timeMs % 1000) : timeMs;
  }

  #readStamp(header: Header, parts: StampParts): number {
    const { stampBytes, stampStart, stampEnd, stampForm, stampPattern, stampId } = header;
    if (stampId !== 0 && stampId === parts.of) return this.#clock.findTimeMs(parts);
    const to =
      stampForm === stampForms.pattern
        ? (stampPattern?.parse(stampBytes, stampStart, stampEnd, parts) ?? -1)
        : parseForm(stampForm, stampBytes, stampStart, stampEnd, parts);
    return to < 0 ? Number.NaN : this.#clock.findTimeMs(parts);
  }

  /** The whole text must be one stamp. */
  #readField(text: string, pattern: TimePattern | null, parts: StampParts): number {
    const b = Buffer.from(text, "utf8");
    let to: number;
    if (pattern !== null) to = pattern.parse(b, 0, b.length, parts);
    else {
      const found = parseAutomatic(b, 0, b.length, b.length, parts);
      to = found < 0 ? -1 : stampEndOf(found);
    }
    return to === b.length && to > 0 ? this.#clock.findTimeMs(parts) : Number.NaN;
  }

  #isKept(header: Header): boolean {
    return this.#isSameStamp(header) && this.#holdsNow();
  }

  #isSameStamp(header: Header): boolean {
    if (header.stampId !== 0) return header.stampId === this.#keptId;
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
    return true;
  }

  #holdsNow(): boolean {
    if (this.#validFrom === Number.NEGATIVE_INFINITY) return true;
    const nowMs = this.#clock.now();
    return nowMs >= this.#validFrom && nowMs < this.#validUntil;
  }

  #keep(header: Header, timeMs: number): void {
    const size = header.stampEnd - header.stampStart;
    const named = header.stampId !== 0;
    if (size > keptBytesMax && !named) return;
    // A native copy costs more than so few bytes.
    for (let i = 0; i < size && !named; i++) {
      this.#kept[i] = header.stampBytes[header.stampStart + i] as number;
    }
    this.#keptId = header.stampId;
    this.#keptSize = named ? -1 : size;
    this.#keptForm = header.stampForm;
    this.#keptPattern = header.stampPattern;
    this.#keptMs = timeMs;
    this.#validFrom = this.#clock.validFrom;
    this.#validUntil = this.#clock.validUntil;
  }
}
