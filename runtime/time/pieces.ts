/**
 * The pieces stamps are made of: digits, names, times of day, fractions and zones.
 *
 * In: bytes, a place, and how far the stamp may reach. Out: where the piece ends, with its parts in
 * `parts`; -1: it does not stand there. A piece that may be missing gives its own place back.
 */
import { isDigit, isLetter } from "../bytes.ts";
import { absent, type StampParts } from "./parts.ts";

const blank = 0x20;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const colon = 0x3a;
const letterZ = 0x5a;

/** No digit and no letter goes on at `at`. */
export function endsThere(b: Buffer, at: number, end: number): boolean {
  return at >= end || !(isDigit(b[at] as number) || isLetter(b[at] as number));
}

/** `HH:MM:SS` at `at`: behind it, or -1. */
export function parseClockTime(b: Buffer, at: number, limit: number, parts: StampParts): number {
  if (at + 8 > limit || b[at + 2] !== colon || b[at + 5] !== colon) return -1;
  parts.hour = number2(b, at);
  parts.minute = number2(b, at + 3);
  parts.second = number2(b, at + 6);
  return parts.hour < 0 || parts.minute < 0 || parts.second < 0 ? -1 : at + 8;
}

/** A point (or comma) and 1 to 9 digits, if they stand there: behind them, else `at`. */
export function parseFraction(
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
export function parseZoneBehindBlank(
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

/** A zone directly or behind a blank, if one stands and ends there; else `at`; -1: it is impossible. */
export function parseLooseZone(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (at >= limit) return at;
  if (b[at] === blank) return parseZoneBehindBlank(b, at, limit, end, parts);
  const named = parseNamedZone(b, at, limit);
  if (named < 0) return parseZone(b, at, limit, parts);
  parts.offsetMinutes = 0;
  return named;
}

/** Behind `UTC` or `GMT`; -1. */
export function parseNamedZone(b: Buffer, at: number, limit: number): number {
  if (at + 3 > limit) return -1;
  const name = lettersAt(b, at);
  return name === 0x555443 || name === 0x474d54 ? at + 3 : -1;
}

/** Behind `Sat ` or `Sat, ` in any case; `at` itself when no weekday stands there. */
export function skipWeekday(b: Buffer, at: number, limit: number): number {
  if (at + 5 > limit) return at;
  const blankAt = b[at + 3] === comma ? at + 4 : at + 3;
  return b[blankAt] === blank && isWeekday(lettersAt(b, at) | anyCase) ? blankAt + 1 : at;
}

/** Makes three letters lower case. */
const anyCase = 0x202020;

function lettersAt(b: Buffer, at: number): number {
  return ((b[at] as number) << 16) | ((b[at + 1] as number) << 8) | (b[at + 2] as number);
}

function isWeekday(name: number): boolean {
  switch (name) {
    case 0x6d6f6e: // mon
    case 0x747565: // tue
    case 0x776564: // wed
    case 0x746875: // thu
    case 0x667269: // fri
    case 0x736174: // sat
    case 0x73756e: // sun
      return true;
    default:
      return false;
  }
}

/** ` 7`, `07`, `17` or `7`: behind it, or -1. */
export function parsePaddedDay(b: Buffer, at: number, limit: number, parts: StampParts): number {
  // A blank is padding: it stands for the first of two digits.
  const padded = at < limit && b[at] === blank;
  const first = digitAt(b, padded ? at + 1 : at, limit);
  if (first < 0) return -1;
  const second = digitAt(b, padded ? at + 2 : at + 1, limit);
  if (padded && second >= 0) return -1;
  parts.day = second < 0 ? first : first * 10 + second;
  return padded || second >= 0 ? at + 2 : at + 1;
}

/** ` YYYY` where no year stands yet and nothing goes on behind it: behind it, else `at`. */
export function parseYearBehind(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
): number {
  if (parts.year !== absent || at + 5 > limit || b[at] !== blank) return at;
  const year = number4(b, at + 1);
  if (year < 0 || !endsThere(b, at + 5, end)) return at;
  parts.year = year;
  return at + 5;
}

/** The English month of three letters at `at`, 1 to 12; 0: none. `loose`: in any case. */
export function monthAt(b: Buffer, at: number, loose = false): number {
  const name = lettersAt(b, at);
  // As shown: the first letter in upper case, the others not.
  if (!loose && (name & anyCase) !== 0x002020) return 0;
  switch (name | anyCase) {
    case 0x6a616e:
      return 1;
    case 0x666562:
      return 2;
    case 0x6d6172:
      return 3;
    case 0x617072:
      return 4;
    case 0x6d6179:
      return 5;
    case 0x6a756e:
      return 6;
    case 0x6a756c:
      return 7;
    case 0x617567:
      return 8;
    case 0x736570:
      return 9;
    case 0x6f6374:
      return 10;
    case 0x6e6f76:
      return 11;
    case 0x646563:
      return 12;
    default:
      return 0;
  }
}

function digitAt(b: Buffer, at: number, limit: number): number {
  return at < limit && isDigit(b[at] as number) ? (b[at] as number) - 0x30 : -1;
}

/** Two digits at `at`, or a negative number; the caller knows that they are inside. */
export function number2(b: Buffer, at: number): number {
  const high = (b[at] as number) - 0x30;
  const low = (b[at + 1] as number) - 0x30;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1;
}

export function number4(b: Buffer, at: number): number {
  const high = number2(b, at);
  const low = number2(b, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}
