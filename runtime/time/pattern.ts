/**
 * `time "PATTERN"`: strptime(3) over bytes, with the letters of docs/matching.md.
 *
 * In: a pattern, once; then bytes and a place. Out: where the stamp ends (-1: none), with its parts.
 * A pattern becomes a short row of operations; each takes the longest text it can and nothing is
 * tried again, so a stamp costs its length.
 */
import { isDigit, isLetter, lowerCase } from "../bytes.ts";
import { absent, daysFromCivil, isLeapYear, isPossible, type StampParts } from "./parts.ts";
import { parseFractionDigits, parseNamedZone, parseZone } from "./pieces.ts";

const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** What stands for several letters. */
const longForms: Readonly<Record<string, string>> = {
  T: "%H:%M:%S",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
};

/** Enough until the year 5138. */
const epochDigitsMax = 11;
/** POSIX: two digits from here on are 19xx. */
const centuryPivot = 69;

type Op =
  | { readonly op: "byte"; readonly byte: number }
  | { readonly op: "blanks" }
  | { readonly op: "letter"; readonly letter: string };

/** What only a whole pattern makes sense of. */
interface Rest {
  /** Day of the year, from 1. */
  yearDay: number;
  afternoon: boolean;
  /** The hour is one of twelve. */
  twelve: boolean;
}

export class TimePattern {
  readonly source: string;
  readonly #ops: readonly Op[];

  /** @throws {RangeError} for a letter that is not known. */
  constructor(source: string) {
    this.source = source;
    this.#ops = compile(source);
  }

  /** Reads a stamp at `at` that ends inside `limit`: behind it, or -1. */
  parse(b: Buffer, at: number, limit: number, parts: StampParts): number {
    parts.clear();
    const rest: Rest = { yearDay: absent, afternoon: false, twelve: false };
    let to = at;
    for (const op of this.#ops) {
      to = parseOp(op, b, to, limit, parts, rest);
      if (to < 0) return -1;
    }
    if (to < limit && (isDigit(b[to] as number) || isLetter(b[to] as number))) return -1;
    return settle(parts, rest) ? to : -1;
  }
}

/** The letters a pattern may use. */
const patternLetters = "YmdHIMSybBaApjfzZeklsTDF%";

function compile(source: string): Op[] {
  const ops: Op[] = [];
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === "%") {
      i++;
      const letter = source.charAt(i);
      const long = longForms[letter];
      if (letter === "" || !patternLetters.includes(letter)) {
        throw new RangeError(`a time pattern has no %${letter}`);
      }
      if (long !== undefined) ops.push(...compile(long));
      else if (letter === "%") ops.push({ op: "byte", byte: 0x25 });
      else ops.push({ op: "letter", letter });
    } else if (char === " ") {
      if (ops.at(-1)?.op !== "blanks") ops.push({ op: "blanks" });
    } else {
      const whole = String.fromCodePoint(source.codePointAt(i) ?? 0);
      i += whole.length - 1;
      for (const byte of Buffer.from(whole, "utf8")) ops.push({ op: "byte", byte });
    }
  }
  return ops;
}

function parseOp(
  op: Op,
  b: Buffer,
  at: number,
  limit: number,
  parts: StampParts,
  rest: Rest,
): number {
  if (op.op === "byte") return at < limit && b[at] === op.byte ? at + 1 : -1;
  if (op.op === "letter") return parseLetter(op.letter, b, at, limit, parts, rest);
  let to = at;
  while (to < limit && b[to] === 0x20) to++;
  return to === at ? -1 : to;
}

function parseLetter(
  letter: string,
  b: Buffer,
  at: number,
  limit: number,
  parts: StampParts,
  rest: Rest,
): number {
  switch (letter) {
    case "Y":
    case "y":
    case "m":
    case "d":
    case "e":
    case "j":
      return parseDateLetter(letter, b, at, limit, parts, rest);
    case "H":
    case "k":
    case "I":
    case "l":
    case "M":
    case "S":
    case "p":
      return parseTimeLetter(letter, b, at, limit, parts, rest);
    case "b":
    case "B":
      return parseName(b, at, limit, months, (n) => {
        parts.month = n + 1;
      });
    case "a":
    case "A":
      return parseName(b, at, limit, weekdays, () => {});
    case "f":
      return parseFractionDigits(b, at, limit, parts);
    case "z": {
      const to = parseZone(b, at, limit, parts);
      return to === at ? -1 : to;
    }
    case "Z":
      return parseZoneName(b, at, limit, parts);
    default:
      return parseEpochSeconds(b, at, limit, parts);
  }
}

function parseDateLetter(
  letter: string,
  b: Buffer,
  at: number,
  limit: number,
  parts: StampParts,
  rest: Rest,
): number {
  const wide = letter === "Y" ? 4 : letter === "j" ? 3 : 2;
  const from = letter === "e" ? skipOneBlank(b, at, limit) : at;
  const to = digitsEnd(b, from, limit, wide);
  if (to === from || ("Yyj".includes(letter) && to - from !== wide)) return -1;
  const value = numberIn(b, from, to);
  if (letter === "Y") parts.year = value;
  else if (letter === "y") parts.year = value + (value < centuryPivot ? 2000 : 1900);
  else if (letter === "m") parts.month = value;
  else if (letter === "j") rest.yearDay = value;
  else parts.day = value;
  return to;
}

function parseTimeLetter(
  letter: string,
  b: Buffer,
  at: number,
  limit: number,
  parts: StampParts,
  rest: Rest,
): number {
  if (letter === "p") {
    if (at + 2 > limit || lowerCase(b[at + 1] as number) !== 0x6d) return -1;
    const half = lowerCase(b[at] as number);
    if (half !== 0x61 && half !== 0x70) return -1;
    rest.afternoon = half === 0x70;
    return at + 2;
  }
  const from = letter === "k" || letter === "l" ? skipOneBlank(b, at, limit) : at;
  const to = digitsEnd(b, from, limit, 2);
  if (to === from) return -1;
  const value = numberIn(b, from, to);
  if (letter === "M") parts.minute = value;
  else if (letter === "S") parts.second = value;
  else {
    rest.twelve = letter === "I" || letter === "l";
    if (rest.twelve && (value < 1 || value > 12)) return -1;
    parts.hour = value;
  }
  return to;
}

/** A name, whole or its first three letters, in any case. */
function parseName(
  b: Buffer,
  at: number,
  limit: number,
  names: readonly string[],
  found: (index: number) => void,
): number {
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    let size = 0;
    while (
      size < name.length &&
      at + size < limit &&
      lowerCase(b[at + size] as number) === name.charCodeAt(size)
    ) {
      size++;
    }
    if (size < 3) continue;
    found(i);
    return at + (size === name.length ? size : 3);
  }
  return -1;
}

/** `UTC`, `GMT` or `Z`: no other name says where. */
function parseZoneName(b: Buffer, at: number, limit: number, parts: StampParts): number {
  const single = at < limit && b[at] === 0x5a ? at + 1 : -1;
  const to = single > 0 ? single : parseNamedZone(b, at, limit);
  if (to > 0) parts.offsetMinutes = 0;
  return to;
}

function parseEpochSeconds(b: Buffer, at: number, limit: number, parts: StampParts): number {
  const to = digitsEnd(b, at, limit, epochDigitsMax);
  if (to === at) return -1;
  parts.epochMs = numberIn(b, at, to) * 1000;
  return to;
}

/** Brings together what was read apart; false: there is no such time. */
function settle(parts: StampParts, rest: Rest): boolean {
  if (!Number.isNaN(parts.epochMs)) parts.epochMs += parts.millisecond;
  if (rest.twelve) parts.hour = (parts.hour % 12) + (rest.afternoon ? 12 : 0);
  if (rest.yearDay !== absent && !settleYearDay(parts, rest.yearDay)) return false;
  // A year alone begins with January, a month alone with its first; a day alone is no date.
  if (parts.month === absent && parts.year !== absent) parts.month = 1;
  if (parts.month !== absent && parts.day === absent) parts.day = 1;
  if (parts.month === absent) parts.day = absent;
  return isPossible(parts);
}

/** `%j` gives month and day; without a year it is counted in one of 365 days. */
function settleYearDay(parts: StampParts, yearDay: number): boolean {
  const year = parts.year === absent ? 2001 : parts.year;
  if (yearDay < 1 || yearDay > (isLeapYear(year) ? 366 : 365)) return false;
  let month = 12;
  const first = daysFromCivil(year, 1, 1);
  while (daysFromCivil(year, month, 1) - first >= yearDay) month--;
  parts.month = month;
  parts.day = yearDay - (daysFromCivil(year, month, 1) - first);
  return true;
}

function skipOneBlank(b: Buffer, at: number, limit: number): number {
  return at < limit && b[at] === 0x20 ? at + 1 : at;
}

function digitsEnd(b: Buffer, at: number, limit: number, digitsMax: number): number {
  let to = at;
  while (to < limit && to - at < digitsMax && isDigit(b[to] as number)) to++;
  return to;
}

function numberIn(b: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (b[at] as number) - 0x30;
  return value;
}
