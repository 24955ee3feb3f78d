/**
 * From the parts of a stamp to a time: what is missing is filled in here and nowhere else.
 *
 * In: parts that passed their ranges, the zone, and now. Out: milliseconds since 1970 UTC. No year:
 * the latest that is not over 24 hours ahead of now and has the day. No date: today, or yesterday
 * when that lies ahead. `validFrom` and `validUntil` say for which "now" the last answer holds, so
 * that a caller may keep it.
 */
import type { TimeContext } from "../contract.ts";
import { absent, daysFromCivil, daysInMonth, type StampParts } from "./parts.ts";
import { makeZone, type Zone } from "./zone.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** From one leap day to the next, over a year like 2100. */
const yearsBackMax = 8;
/** A date without year comes again after at least this long. */
const yearAtLeastMs = 365 * dayMs;
/** A time of day comes again after at least this long: a day, less the most a zone jumps. */
const dayAtLeastMs = dayMs - 3 * 3_600_000;

export class Clock {
  readonly now: () => number;
  readonly #zone: Zone;
  /** The last year asked for, and its bounds. */
  #year = 0;
  #yearStartMs = Number.NaN;
  #yearEndMs = Number.NaN;
  /** The last answer holds while now is in `[validFrom, validUntil)`. */
  validFrom = Number.NEGATIVE_INFINITY;
  validUntil = Number.POSITIVE_INFINITY;

  /** @throws {RangeError} for a zone that this Node does not know. */
  constructor(time: TimeContext) {
    this.now = time.now;
    this.#zone = makeZone(time.zone);
  }

  /** Milliseconds since 1970 UTC. */
  findTimeMs(parts: StampParts): number {
    this.validFrom = Number.NEGATIVE_INFINITY;
    this.validUntil = Number.POSITIVE_INFINITY;
    if (!Number.isNaN(parts.epochMs)) return parts.epochMs;
    if (parts.month === absent) return this.#findToday(parts);
    if (parts.year === absent) return this.#findYear(parts);
    return this.#utcMs(parts, parts.year, parts.month, parts.day);
  }

  #utcMs(parts: StampParts, year: number, month: number, day: number): number {
    return this.#utcOfDay(parts, daysFromCivil(year, month, day));
  }

  #utcOfDay(parts: StampParts, days: number): number {
    const seconds = parts.hour * 3600 + parts.minute * 60 + parts.second;
    // Its fraction says nothing: see docs/matching.md, section 3.
    const localMs = (days * 86_400 + seconds) * 1000;
    return parts.offsetMinutes === absent
      ? this.#zone.toUtcMs(localMs)
      : localMs - parts.offsetMinutes * minuteMs;
  }

  #findYear(parts: StampParts): number {
    const latestMs = this.now() + dayMs;
    // A day more, for the zone furthest ahead; the loop goes back from there.
    const first = this.#yearOf(latestMs + dayMs);
    for (let year = first; year >= first - yearsBackMax - 1; year--) {
      if (parts.day > daysInMonth(year, parts.month)) continue;
      const timeMs = this.#utcMs(parts, year, parts.month, parts.day);
      if (timeMs > latestMs) continue;
      this.validFrom = timeMs - dayMs;
      this.validUntil = timeMs - dayMs + yearAtLeastMs - dayMs;
      return timeMs;
    }
    return Number.NaN;
  }

  #yearOf(utcMs: number): number {
    if (!(utcMs >= this.#yearStartMs && utcMs < this.#yearEndMs)) {
      this.#year = new Date(utcMs).getUTCFullYear();
      this.#yearStartMs = daysFromCivil(this.#year, 1, 1) * dayMs;
      this.#yearEndMs = daysFromCivil(this.#year + 1, 1, 1) * dayMs;
    }
    return this.#year;
  }

  #findToday(parts: StampParts): number {
    const nowMs = this.now();
    const offsetMs =
      parts.offsetMinutes === absent ? this.#zone.offsetMs(nowMs) : parts.offsetMinutes * minuteMs;
    const today = Math.floor((nowMs + offsetMs) / dayMs);
    let timeMs = this.#utcOfDay(parts, today);
    if (timeMs > nowMs) timeMs = this.#utcOfDay(parts, today - 1);
    this.validFrom = timeMs;
    this.validUntil = timeMs + dayAtLeastMs;
    return timeMs;
  }
}
