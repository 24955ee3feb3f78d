/**
 * `time "PATTERN"`: what the readers of a pattern have in common. The readers themselves are emitted.
 *
 * In: the pattern's ways, each a function that reads it in one go; then bytes and a place. Out: where
 * the first way that reads ends (-1: none does), with the stamp's parts; in `cutStart` and `cutEnd` what
 * of it is the stamp and what is kept around it.
 */
import { isDigit, isLetter } from "../bytes.ts";
import { absent, daysFromCivil, isLeapYear, isPossible, StampParts } from "./parts.ts";

/** What only a whole pattern makes sense of. */
export interface PatternState {
  parts: StampParts;
  /** Day of the year, from 1. */
  yearDay: number;
  afternoon: boolean;
  /** The hour is one of twelve. */
  twelve: boolean;
  cutStart: number;
  /** -1: up to the end of the pattern. */
  cutEnd: number;
}

/** One way to read a pattern; written by 4-write/time.ts. */
export type PatternWay = (b: Buffer, at: number, limit: number, s: PatternState) => number;

export class TimePattern {
  readonly #ways: readonly PatternWay[];
  readonly #state: PatternState;
  /** False: it says which records it is for, and no time. */
  readonly tells: boolean;

  constructor(ways: readonly PatternWay[], tells = true) {
    this.#ways = ways;
    this.tells = tells;
    const rest = { yearDay: absent, afternoon: false, twelve: false, cutStart: 0, cutEnd: 0 };
    this.#state = { parts: new StampParts(), ...rest };
  }

  /** Of the last stamp that was read: what is cut out of the message. */
  get cutStart(): number {
    return this.#state.cutStart;
  }

  get cutEnd(): number {
    return this.#state.cutEnd;
  }

  /** Reads a stamp at `at` that ends inside `limit`: behind it, or -1. */
  parse(b: Buffer, at: number, limit: number, parts: StampParts): number {
    const s = this.#state;
    s.parts = parts;
    for (const way of this.#ways) {
      parts.clear();
      s.yearDay = absent;
      s.afternoon = false;
      s.twelve = false;
      s.cutStart = at;
      s.cutEnd = -1;
      const to = way(b, at, limit, s);
      if (to < 0) continue;
      if (s.cutEnd < 0) s.cutEnd = to;
      if (!goesOn(b, s.cutStart, s.cutEnd, limit) && (!this.tells || settle(s))) return to;
    }
    return -1;
  }
}

/** A digit or letter may not follow a stamp that ends in one. */
function goesOn(b: Buffer, start: number, end: number, limit: number): boolean {
  if (end <= start || end >= limit) return false;
  const [last, next] = [b[end - 1] as number, b[end] as number];
  return isToken(last) && isToken(next);
}

function isToken(byte: number): boolean {
  return isDigit(byte) || isLetter(byte);
}

/** Brings together what was read apart; false: there is no such time. */
function settle(s: PatternState): boolean {
  const { parts } = s;
  if (!Number.isNaN(parts.epochMs)) parts.epochMs += parts.millisecond;
  if (s.twelve) parts.hour = (parts.hour % 12) + (s.afternoon ? 12 : 0);
  if (s.yearDay !== absent && !settleYearDay(parts, s.yearDay)) return false;
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
