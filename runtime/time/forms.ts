/**
 * The stamps that are recognised without being asked for: docs/matching.md, "Automatic forms".
 *
 * In: bytes and the place where a stamp may begin. Out: where it ends (-1: none), with its parts in
 * `parts`. Reading and recognising are one function a form, so they cannot disagree. `limit` is how
 * far the stamp may reach, `end` how far the text goes on, for the byte that may not follow.
 */
import { hexValue, isDigit, isLetter } from "../bytes.ts";
import { absent, isPossible, type StampParts } from "./parts.ts";

/** What `Header.stampForm` holds. */
export const stampForms = {
  iso: 1,
  monthFirst: 2,
  dayFirst: 3,
  epoch: 4,
  tai64n: 5,
  /** A policy's own pattern: `Header.stampPattern` reads it. */
  pattern: 6,
  /** The epoch of audit, any number of digits. */
  seconds: 7,
} as const;

const blank = 0x20;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const slash = 0x2f;
const colon = 0x3a;
const letterT = 0x54;
const letterZ = 0x5a;

/** The last second of the year 9999; a later time is no stamp. */
const secondsMax = 253_402_300_799;

/** `parseAutomatic` tells end and form in one number, because it allocates nothing. */
export function stampEndOf(found: number): number {
  return Math.floor(found / 8);
}

export function stampFormOf(found: number): number {
  return found % 8;
}

/** The first automatic form that reads at `at`, for `stampEndOf` and `stampFormOf`; -1: none. */
export function parseAutomatic(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at >= limit) return -1;
  const first = b[at] as number;
  // A look at the first byte leaves one or two forms: all begin differently enough.
  if (isDigit(first)) {
    let to = parseIso(b, at, limit, end, true, parts);
    if (to >= 0 && endsThere(b, to, end)) return to * 8 + stampForms.iso;
    to = parseDayFirst(b, at, limit, end, parts);
    if (to >= 0 && endsThere(b, to, end)) return to * 8 + stampForms.dayFirst;
    to = parseEpoch(b, at, limit, parts);
    return to >= 0 && endsThere(b, to, end) ? to * 8 + stampForms.epoch : -1;
  }
  if (first === 0x40) {
    const to = parseTai64n(b, at, limit, parts);
    return to >= 0 && endsThere(b, to, end) ? to * 8 + stampForms.tai64n : -1;
  }
  const to = parseWeekdayFirst(b, at, limit, end, parts);
  return to >= 0 && endsThere(b, to, end) ? to * 8 + stampForms.monthFirst : -1;
}

/** Reads a stamp that is known to have this form, again. */
export function parseForm(
  form: number,
  b: Buffer,
  at: number,
  end: number,
  parts: StampParts,
): number {
  switch (form) {
    case stampForms.iso:
      return parseIso(b, at, end, end, true, parts);
    case stampForms.monthFirst:
      return parseWeekdayFirst(b, at, end, end, parts);
    case stampForms.dayFirst:
      return parseDayFirst(b, at, end, end, parts);
    case stampForms.epoch:
      return parseEpoch(b, at, end, parts);
    case stampForms.tai64n:
      return parseTai64n(b, at, end, parts);
    case stampForms.seconds:
      return parseSeconds(b, at, end, parts);
    default:
      return -1;
  }
}

/** No digit and no letter goes on at `at`. */
function endsThere(b: Buffer, at: number, end: number): boolean {
  return at >= end || !(isDigit(b[at] as number) || isLetter(b[at] as number));
}

/**
 * ISO 8601 as docs/matching.md has it. `loose` is the automatic form: slashes in the date too, and
 * a zone behind a blank.
 */
export function parseIso(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  loose: boolean,
  parts: StampParts,
): number {
  if (at + 19 > limit) return -1;
  const dash = b[at + 4];
  if ((dash !== minus && !(loose && dash === slash)) || b[at + 7] !== dash) return -1;
  const between = b[at + 10];
  if (between !== letterT && between !== blank) return -1;
  parts.clear();
  parts.year = number4(b, at);
  parts.month = number2(b, at + 5);
  parts.day = number2(b, at + 8);
  if (parts.year < 0 || parts.month < 0 || parts.day < 0) return -1;
  let to = parseClockTime(b, at + 11, limit, parts);
  if (to < 0) return -1;
  to = parseFraction(b, to, limit, true, parts);
  to = parseZone(b, to, limit, parts);
  if (to < 0) return -1;
  if (loose && parts.offsetMinutes === absent) to = parseZoneBehindBlank(b, to, limit, end, parts);
  return isPossible(parts) ? to : -1;
}

/** `[Sat[,] ]` before `parseMonthFirst`. */
function parseWeekdayFirst(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  return parseMonthFirst(b, skipWeekday(b, at, limit), limit, end, parts);
}

/** RFC 3164's stamp and its kin: `Mmm dd [YYYY ]HH:MM:SS[.frac][ YYYY]`. */
export function parseMonthFirst(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at + 14 > limit || b[at + 3] !== blank) return -1;
  const month = monthAt(b, at);
  if (month === 0) return -1;
  parts.clear();
  parts.month = month;
  let to = parsePaddedDay(b, at + 4, limit, parts);
  if (to < 0 || to >= limit || b[to] !== blank) return -1;
  to++;
  if (to + 5 <= limit && b[to + 4] === blank) {
    parts.year = number4(b, to);
    if (parts.year < 0) return -1;
    to += 5;
  }
  to = parseClockTime(b, to, limit, parts);
  if (to < 0) return -1;
  to = parseFraction(b, to, limit, false, parts);
  if (parts.year === absent && to + 5 <= limit && b[to] === blank) {
    const year = number4(b, to + 1);
    if (year >= 0 && endsThere(b, to + 5, end)) {
      parts.year = year;
      to += 5;
    }
  }
  return isPossible(parts) ? to : -1;
}

/** ` 7`, `07`, `17` or `7`: behind it, or -1. */
function parsePaddedDay(b: Buffer, at: number, limit: number, parts: StampParts): number {
  // A blank is padding: it stands for the first of two digits.
  const padded = at < limit && b[at] === blank;
  const first = digitAt(b, padded ? at + 1 : at, limit);
  if (first < 0) return -1;
  const second = digitAt(b, padded ? at + 2 : at + 1, limit);
  if (padded && second >= 0) return -1;
  parts.day = second < 0 ? first : first * 10 + second;
  return padded || second >= 0 ? at + 2 : at + 1;
}

/** `dd/Mmm/YYYY:HH:MM:SS`, `dd-Mmm-YYYY HH:MM:SS[.frac]`, `dd Mmm YYYY HH:MM:SS[.frac]`, and a zone. */
export function parseDayFirst(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at + 20 > limit) return -1;
  const between = b[at + 2];
  if (between !== slash && between !== minus && between !== blank) return -1;
  if (b[at + 6] !== between || b[at + 11] !== (between === slash ? colon : blank)) return -1;
  parts.clear();
  parts.day = number2(b, at);
  parts.month = monthAt(b, at + 3);
  parts.year = number4(b, at + 7);
  if (parts.day < 0 || parts.month === 0 || parts.year < 0) return -1;
  let to = parseClockTime(b, at + 12, limit, parts);
  if (to < 0) return -1;
  if (between !== slash) to = parseFraction(b, to, limit, false, parts);
  to = parseZoneBehindBlank(b, to, limit, end, parts);
  return isPossible(parts) ? to : -1;
}

/** 10 digits with a fraction, 13 (milliseconds) or 16 (microseconds). */
function parseEpoch(b: Buffer, at: number, limit: number, parts: StampParts): number {
  let to = at;
  let value = 0;
  while (to < limit && to - at < 17 && isDigit(b[to] as number)) {
    value = value * 10 + (b[to++] as number) - 0x30;
  }
  const digits = to - at;
  if (digits !== 10 && digits !== 13 && digits !== 16) return -1;
  parts.clear();
  if (digits === 13) parts.epochMs = value;
  else if (digits === 16) parts.epochMs = Math.floor(value / 1000);
  else {
    to = parseFraction(b, to, limit, false, parts);
    parts.epochMs = value * 1000 + parts.millisecond;
  }
  return to;
}

/** `EPOCH[.mmm]` of the audit log. */
export function parseSeconds(b: Buffer, at: number, limit: number, parts: StampParts): number {
  let to = at;
  let value = 0;
  while (to < limit && to - at < 12 && isDigit(b[to] as number)) {
    value = value * 10 + (b[to++] as number) - 0x30;
  }
  if (to === at || value > secondsMax) return -1;
  parts.clear();
  to = parseFraction(b, to, limit, false, parts);
  parts.epochMs = value * 1000 + parts.millisecond;
  return to;
}

/** https://cr.yp.to/libtai/tai64.html, read as if TAI were UTC. */
function parseTai64n(b: Buffer, at: number, limit: number, parts: StampParts): number {
  // The first digit is 4 for every second since 1970: 2^62 and what is counted.
  if (at + 25 > limit || b[at + 1] !== 0x34) return -1;
  const seconds = lowerHex(b, at + 2, at + 17);
  const nanoseconds = lowerHex(b, at + 17, at + 25);
  if (seconds < 0 || seconds > secondsMax || nanoseconds < 0 || nanoseconds > 999_999_999) {
    return -1;
  }
  parts.clear();
  parts.epochMs = seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
  return at + 25;
}

/** `HH:MM:SS` at `at`: behind it, or -1. */
function parseClockTime(b: Buffer, at: number, limit: number, parts: StampParts): number {
  if (at + 8 > limit || b[at + 2] !== colon || b[at + 5] !== colon) return -1;
  parts.hour = number2(b, at);
  parts.minute = number2(b, at + 3);
  parts.second = number2(b, at + 6);
  return parts.hour < 0 || parts.minute < 0 || parts.second < 0 ? -1 : at + 8;
}

/** A point (or comma) and 1 to 9 digits, if they stand there: behind them, else `at`. */
function parseFraction(
  b: Buffer,
  at: number,
  limit: number,
  commaToo: boolean,
  parts: StampParts,
): number {
  if (at + 1 >= limit || (b[at] !== point && !(commaToo && b[at] === comma))) return at;
  const to = parseFractionDigits(b, at + 1, limit, parts);
  return to < 0 ? at : to;
}

/** 1 to 9 digits of a second's fraction, counted to the millisecond: behind them, or -1. */
export function parseFractionDigits(
  b: Buffer,
  at: number,
  limit: number,
  parts: StampParts,
): number {
  let to = at;
  let ms = 0;
  let unit = 100;
  while (to < limit && to - at < 9 && isDigit(b[to] as number)) {
    ms += ((b[to++] as number) - 0x30) * unit;
    unit = unit === 1 ? 0 : Math.floor(unit / 10);
  }
  if (to === at) return -1;
  parts.millisecond = ms;
  return to;
}

/** `Z`, `+HH`, `+HHMM` or `+HH:MM`, if it stands there: behind it, else `at`; -1: it is impossible. */
export function parseZone(b: Buffer, at: number, limit: number, parts: StampParts): number {
  if (at >= limit) return at;
  if (b[at] === letterZ) {
    parts.offsetMinutes = 0;
    return at + 1;
  }
  if ((b[at] !== plus && b[at] !== minus) || at + 3 > limit) return at;
  const hours = number2(b, at + 1);
  if (hours < 0) return at;
  let to = at + 3;
  let minutes = 0;
  const from = to < limit && b[to] === colon ? to + 1 : to;
  const found = from + 2 <= limit ? number2(b, from) : -1;
  if (found >= 0) {
    minutes = found;
    to = from + 2;
  }
  if (hours > 23 || minutes > 59) return -1;
  const size = hours * 60 + minutes;
  parts.offsetMinutes = b[at] === minus ? -size : size;
  return to;
}

/** A blank and a zone (or `UTC`, `GMT`), if they stand there and end there; else `at`. */
function parseZoneBehindBlank(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at + 2 > limit || b[at] !== blank) return at;
  const named = parseNamedZone(b, at + 1, limit);
  const to = named > 0 ? named : parseZone(b, at + 1, limit, parts);
  if (to <= at + 1 || !endsThere(b, to, end)) {
    parts.offsetMinutes = absent;
    return at;
  }
  if (named > 0) parts.offsetMinutes = 0;
  return to;
}

/** Behind `UTC` or `GMT`; -1. */
export function parseNamedZone(b: Buffer, at: number, limit: number): number {
  if (at + 3 > limit) return -1;
  const name = ((b[at] as number) << 16) | ((b[at + 1] as number) << 8) | (b[at + 2] as number);
  return name === 0x555443 || name === 0x474d54 ? at + 3 : -1;
}

/** Behind `Sat ` or `Sat, `; `at` itself when no weekday stands there. */
function skipWeekday(b: Buffer, at: number, limit: number): number {
  if (at + 5 > limit) return at;
  const blankAt = b[at + 3] === comma ? at + 4 : at + 3;
  return b[blankAt] === blank && isWeekday(b, at) ? blankAt + 1 : at;
}

function isWeekday(b: Buffer, at: number): boolean {
  switch (((b[at] as number) << 16) | ((b[at + 1] as number) << 8) | (b[at + 2] as number)) {
    case 0x4d6f6e: // Mon
    case 0x547565: // Tue
    case 0x576564: // Wed
    case 0x546875: // Thu
    case 0x467269: // Fri
    case 0x536174: // Sat
    case 0x53756e: // Sun
      return true;
    default:
      return false;
  }
}

/** The English month of three letters at `at`, 1 to 12; 0: none. */
function monthAt(b: Buffer, at: number): number {
  switch (((b[at] as number) << 16) | ((b[at + 1] as number) << 8) | (b[at + 2] as number)) {
    case 0x4a616e:
      return 1;
    case 0x466562:
      return 2;
    case 0x4d6172:
      return 3;
    case 0x417072:
      return 4;
    case 0x4d6179:
      return 5;
    case 0x4a756e:
      return 6;
    case 0x4a756c:
      return 7;
    case 0x417567:
      return 8;
    case 0x536570:
      return 9;
    case 0x4f6374:
      return 10;
    case 0x4e6f76:
      return 11;
    case 0x446563:
      return 12;
    default:
      return 0;
  }
}

function digitAt(b: Buffer, at: number, limit: number): number {
  return at < limit && isDigit(b[at] as number) ? (b[at] as number) - 0x30 : -1;
}

/** Two digits at `at`, or a negative number; the caller knows that they are inside. */
function number2(b: Buffer, at: number): number {
  const high = (b[at] as number) - 0x30;
  const low = (b[at + 1] as number) - 0x30;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}

function number4(b: Buffer, at: number): number {
  const high = number2(b, at);
  const low = number2(b, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/** Lower-case hex digits as a number, which must fit a double; -1: another byte is among them. */
function lowerHex(b: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = b[at] as number;
    const digit = hexValue(byte);
    if (digit < 0 || (byte >= 0x41 && byte <= 0x46)) return -1;
    value = value * 16 + digit;
  }
  return value;
}
