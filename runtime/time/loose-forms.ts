/**
 * Stamps that name a date or a time of day, as loosely as logs write them: one or two digits, names in
 * any case, several dividers. docs/matching.md, "Automatic forms".
 *
 * In: bytes and the place where the stamp begins; `limit` is how far it may reach, `end` how far the
 * text goes on. Out: where it ends, with its parts in `parts`; -1: none stands there, or a part is out
 * of its range. Optional parts are taken where they stand, the longest that is spelled there.
 */
import { isDigit, lowerCase } from "../bytes.ts";
import { absent, isPossible, type StampParts } from "./parts.ts";
import {
  monthAt,
  number2,
  number4,
  parseFraction,
  parseLooseZone,
  parsePaddedDay,
  parseYearBehind,
  skipWeekday,
} from "./pieces.ts";
import { zoneNameEnd, zoneNameMinutes } from "./zone-names.ts";

const blank = 0x20;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const slash = 0x2f;
const colon = 0x3a;
const at64 = 0x40;
const greater = 0x3e;
const letterT = 0x54;
/** POSIX: two digits from here on are 19xx. */
const centuryPivot = 69;

/** `2024-01-02T03:04:05`, also with `/` or `.`, with blanks or nothing before the time. */
export function parseYearFirst(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at + 14 > limit) return -1;
  const divider = b[at + 4];
  if (divider !== minus && divider !== slash && divider !== point) return -1;
  parts.clear();
  parts.year = number4(b, at);
  let to = digitsEnd(b, at + 5, limit);
  if (parts.year < 0 || to === at + 5 || b[to] !== divider) return -1;
  parts.month = numberIn(b, at + 5, to);
  const dayAt = to + 1;
  to = digitsEnd(b, dayAt, limit);
  if (to === dayAt) return -1;
  parts.day = numberIn(b, dayAt, to);
  const whole = to - dayAt === 2;
  if (to < limit && b[to] === letterT) to++;
  else {
    const from = to;
    while (to < limit && to - from < 2 && b[to] === blank) to++;
    if (to === from && !whole) return -1;
  }
  to = parseLooseClock(b, to, limit, parts);
  if (to < 0) return -1;
  to = parseFraction(b, to, limit, true, parts);
  to = parseLooseZone(b, to, limit, end, parts);
  return to >= 0 && isPossible(parts) ? to : -1;
}

/** `20240102T030405`, `20240102 03:04:05`, and `240102  3:04:05`; `digits` stand at the start. */
export function parseCompact(
  b: Buffer,
  at: number,
  digits: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  parts.clear();
  const short = digits === 6;
  parts.year = short ? century(number2(b, at)) : number4(b, at);
  const monthAt = short ? at + 2 : at + 4;
  parts.month = number2(b, monthAt);
  parts.day = number2(b, monthAt + 2);
  let to = monthAt + 4;
  if (digits !== 14) {
    const from = to;
    if (!short && to < limit && (b[to] === letterT || b[to] === minus)) to++;
    else while (to < limit && to - from < 2 && b[to] === blank) to++;
    if (to === from) return -1;
  }
  to = short ? parseLooseClock(b, to, limit, parts) : parseTightClock(b, to, limit, parts);
  if (to < 0) return -1;
  if (!short) {
    to = parseFraction(b, to, limit, true, parts);
    to = parseLooseZone(b, to, limit, end, parts);
  }
  return to >= 0 && isPossible(parts) ? to : -1;
}

/** `HH:MM:SS`, each colon left out or there. */
function parseTightClock(b: Buffer, at: number, limit: number, parts: StampParts): number {
  let to = at;
  if (to + 2 > limit) return -1;
  parts.hour = number2(b, to);
  to += 2;
  if (b[to] === colon) to++;
  if (to + 2 > limit) return -1;
  parts.minute = number2(b, to);
  to += 2;
  if (b[to] === colon) to++;
  if (to + 2 > limit) return -1;
  parts.second = number2(b, to);
  return parts.hour < 0 || parts.minute < 0 || parts.second < 0 ? -1 : to + 2;
}

/** A day of `digits` digits, and behind a `-`, `/` or blank a month by name or by number. */
export function parseDayOrMonthFirst(
  b: Buffer,
  at: number,
  digits: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  const dividerAt = at + digits;
  const divider = b[dividerAt];
  if (dividerAt + 11 > limit) return -1;
  if (divider !== minus && divider !== slash && divider !== blank) return -1;
  if (isDigit(b[dividerAt + 1] as number)) {
    return divider === blank ? -1 : parseNumeric(b, at, dividerAt, limit, parts);
  }
  if (b[dividerAt + 4] !== divider) return -1;
  parts.clear();
  parts.day = numberIn(b, at, dividerAt);
  parts.month = monthNamed(b, dividerAt + 1);
  parts.year = number4(b, dividerAt + 5);
  if (parts.month === 0 || parts.year < 0) return -1;
  let to = dividerAt + 9;
  if (b[to] === blank || b[to] === colon) to++;
  to = parseLooseClock(b, to, limit, parts);
  if (to < 0) return -1;
  to = parseFraction(b, to, limit, false, parts);
  to = parseLooseZone(b, to, limit, end, parts);
  return to >= 0 && isPossible(parts) ? to : -1;
}

/**
 * `31/12/2024 1:02:03`, `31-12-24 1:02:03`: the day first. `12/31/2024:01:02:03`: the month. With `-`
 * and a year of four digits the month may be first where the other order names no day.
 */
function parseNumeric(
  b: Buffer,
  at: number,
  dividerAt: number,
  limit: number,
  parts: StampParts,
): number {
  const divider = b[dividerAt];
  const secondAt = dividerAt + 1;
  const secondEnd = digitsEnd(b, secondAt, limit);
  if (b[secondEnd] !== divider) return -1;
  const yearAt = secondEnd + 1;
  let to = yearAt;
  while (to < limit && to - yearAt < 5 && isDigit(b[to] as number)) to++;
  if ((to - yearAt !== 4 && to - yearAt !== 2) || to >= limit) return -1;
  const full = to - yearAt === 4;
  const monthFirst = b[to] === colon;
  if (!monthFirst && b[to] !== blank) return -1;
  if (monthFirst && (divider !== slash || !full)) return -1;
  parts.clear();
  parts.year = full ? number4(b, yearAt) : century(number2(b, yearAt));
  to = parseLooseClock(b, monthFirst ? to + 1 : skipOneBlank(b, to + 1, limit), limit, parts);
  if (to < 0) return -1;
  to = parseFraction(b, to, limit, false, parts);
  const first = numberIn(b, at, dividerAt);
  const second = numberIn(b, secondAt, secondEnd);
  parts.day = monthFirst ? second : first;
  parts.month = monthFirst ? first : second;
  if (isPossible(parts)) return to;
  if (monthFirst || divider !== minus || !full) return -1;
  parts.day = second;
  parts.month = first;
  return isPossible(parts) ? to : -1;
}

/** `[PDT |+0200 ][Sat[,] ]` before `Mar  7 13:06:56` and its kin. */
export function parseNameFirst(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  const to = parseMonthNamed(b, skipWeekday(b, at, limit), limit, end, parts);
  if (to >= 0) return to;
  const zoneEnd = zoneBefore(b, at, limit, parts);
  if (zoneEnd < 0) return -1;
  const offset = parts.offsetMinutes;
  const from = skipWeekday(b, zoneEnd, limit);
  const zoned = parseMonthNamed(b, from, limit, end, parts);
  if (zoned < 0 || parts.offsetMinutes !== absent) return -1;
  parts.offsetMinutes = offset;
  return zoned;
}

/** Behind a zone and its blank; -1: none stands there. The offset is in `parts`. */
function zoneBefore(b: Buffer, at: number, limit: number, parts: StampParts): number {
  const first = b[at];
  parts.clear();
  let to: number;
  if (first === plus || first === minus) {
    to = parseLooseZone(b, at, limit, limit, parts);
    if (to === at) return -1;
  } else {
    to = zoneNameEnd(b, at, limit);
    if (to > 0) parts.offsetMinutes = zoneNameMinutes(b, at, to);
    // Shorter names are too many words besides.
    if (to < at + 3 && !(to === at + 1 && first === 0x5a)) return -1;
  }
  return to >= 0 && to < limit && b[to] === blank ? to + 1 : -1;
}

/** `Mmm dd [YYYY ]H:MM:SS[.frac][ YYYY]`, `Mmm dd, YYYY H:MM:SS PM`, `Mmm-dd-yy H:MM:SS`. */
function parseMonthNamed(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at + 11 > limit) return -1;
  const dashed = b[at + 3] === minus;
  if (!dashed && b[at + 3] !== blank) return -1;
  const month = monthNamed(b, at);
  if (month === 0) return -1;
  parts.clear();
  parts.month = month;
  let to = parsePaddedDay(b, at + 4, limit, parts);
  if (to < 0 || to >= limit) return -1;
  if (dashed) return parseDashed(b, to, limit, parts);
  if (b[to] === comma) return parseTwelve(b, to, limit, parts);
  if (b[to] !== blank) return -1;
  to++;
  if (to + 5 <= limit && b[to + 4] === blank) {
    const year = number4(b, to);
    if (year >= 0) {
      parts.year = year;
      to += 5;
    }
  }
  to = parseLooseClock(b, skipOneBlank(b, to, limit), limit, parts);
  if (to < 0) return -1;
  to = parseFraction(b, to, limit, false, parts);
  to = parseYearBehind(b, to, limit, end, parts);
  return isPossible(parts) ? to : -1;
}

/** `-yy H:MM:SS`. */
function parseDashed(b: Buffer, at: number, limit: number, parts: StampParts): number {
  if (at + 4 > limit || b[at] !== minus || b[at + 3] !== blank) return -1;
  const year = number2(b, at + 1);
  if (year < 0) return -1;
  parts.year = century(year);
  const to = parseLooseClock(b, skipOneBlank(b, at + 4, limit), limit, parts);
  return to >= 0 && isPossible(parts) ? to : -1;
}

/** `, YYYY h:MM:SS AM`. */
function parseTwelve(b: Buffer, at: number, limit: number, parts: StampParts): number {
  if (at + 7 > limit || b[at + 1] !== blank || b[at + 6] !== blank) return -1;
  parts.year = number4(b, at + 2);
  if (parts.year < 0) return -1;
  const to = parseLooseClock(b, at + 7, limit, parts);
  if (to < 0 || to + 3 > limit || b[to] !== blank) return -1;
  const half = lowerCase(b[to + 1] as number);
  if ((half !== 0x61 && half !== 0x70) || lowerCase(b[to + 2] as number) !== 0x6d) return -1;
  if (parts.hour < 1 || parts.hour > 12) return -1;
  parts.hour = (parts.hour % 12) + (half === 0x70 ? 12 : 0);
  return isPossible(parts) ? to + 3 : -1;
}

/** `H:MM:SS[.frac]` alone: today's. */
export function parseTimeOfDay(b: Buffer, at: number, limit: number, parts: StampParts): number {
  parts.clear();
  const to = parseLooseClock(b, at, limit, parts);
  if (to < 0 || !isPossible(parts)) return -1;
  return parseFraction(b, to, limit, false, parts);
}

/** `<12/31/24@1:02:03>`. */
export function parseAngled(b: Buffer, at: number, limit: number, parts: StampParts): number {
  parts.clear();
  let to = digitsEnd(b, at + 1, limit);
  if (to === at + 1 || b[to] !== slash) return -1;
  parts.month = numberIn(b, at + 1, to);
  const dayAt = to + 1;
  to = digitsEnd(b, dayAt, limit);
  if (to === dayAt || b[to] !== slash || to + 4 > limit || b[to + 3] !== at64) return -1;
  parts.day = numberIn(b, dayAt, to);
  const year = number2(b, to + 1);
  if (year < 0) return -1;
  parts.year = century(year);
  to = parseLooseClock(b, to + 4, limit, parts);
  return to >= 0 && to < limit && b[to] === greater && isPossible(parts) ? to + 1 : -1;
}

/** `H:MM:SS`, each of one or two digits. */
function parseLooseClock(b: Buffer, at: number, limit: number, parts: StampParts): number {
  let to = digitsEnd(b, at, limit);
  if (to === at || to >= limit || b[to] !== colon) return -1;
  parts.hour = numberIn(b, at, to);
  const minuteAt = to + 1;
  to = digitsEnd(b, minuteAt, limit);
  if (to === minuteAt || to >= limit || b[to] !== colon) return -1;
  parts.minute = numberIn(b, minuteAt, to);
  const secondAt = to + 1;
  to = digitsEnd(b, secondAt, limit);
  if (to === secondAt) return -1;
  parts.second = numberIn(b, secondAt, to);
  return to;
}

/** The English month of three letters in any case; 0: none. */
function monthNamed(b: Buffer, at: number): number {
  return monthAt(b, at, true);
}

function century(year: number): number {
  return year < 0 ? year : year + (year < centuryPivot ? 2000 : 1900);
}

function skipOneBlank(b: Buffer, at: number, limit: number): number {
  return at < limit && b[at] === blank ? at + 1 : at;
}

/** Behind one or two digits. */
function digitsEnd(b: Buffer, at: number, limit: number): number {
  let to = at;
  while (to < limit && to - at < 2 && isDigit(b[to] as number)) to++;
  return to;
}

function numberIn(b: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (b[at] as number) - 0x30;
  return value;
}
