/**
 * A stamp taken apart, and the calendar it must agree with.
 *
 * Every reader of a stamp fills one of these; clock.ts makes a time of it. A part that the stamp
 * does not have is `absent`. What must hold: parts that passed `isPossible` name a time that exists
 * in the proleptic Gregorian calendar, apart from what a zone does to it.
 */

/** No offset, year or second is this number. */
export const absent = -0x8000_0000;

export class StampParts {
  year = absent;
  /** 1 to 12. */
  month = absent;
  day = absent;
  hour = 0;
  minute = 0;
  second = 0;
  millisecond = 0;
  /** East of UTC is positive; `absent`: the stamp has no zone. */
  offsetMinutes = absent;
  /** Milliseconds since 1970 UTC, for stamps that are no calendar's; NaN otherwise. */
  epochMs = Number.NaN;
  /** The header's `stampId` while these are the parts of its stamp; else 0. */
  of = 0;

  clear(): void {
    this.of = 0;
    this.year = absent;
    this.month = absent;
    this.day = absent;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.millisecond = 0;
    this.offsetMinutes = absent;
    this.epochMs = Number.NaN;
  }
}

/** No log is older, and no zone takes a time of the last year into one that has five digits. */
const yearMin = 1970;
const yearMax = 9998;

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** With `year` absent February has 29 days: some year has. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2 && (year === absent || isLeapYear(year))) return 29;
  return monthDays[month - 1] ?? 0;
}

/** Every part is in its range and the day exists; second 60 becomes 59. */
export function isPossible(parts: StampParts): boolean {
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 60) return false;
  if (parts.second === 60) parts.second = 59;
  if (parts.month === absent) return true;
  if (parts.month < 1 || parts.month > 12 || parts.day < 1) return false;
  if (parts.year !== absent && (parts.year < yearMin || parts.year > yearMax)) return false;
  return parts.day <= daysInMonth(parts.year, parts.month);
}

/** Days since 1970-01-01; years before 100 are themselves (Date.UTC would move them to 19xx). */
export function daysFromCivil(year: number, month: number, day: number): number {
  // Counts from 1 March of year 0, so that the leap day is a year's last (Hinnant, "chrono").
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
