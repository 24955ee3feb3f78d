/**
 * The letters of `time "PATTERN"`, one function each: what the emitted reader of a pattern calls.
 *
 * In: bytes, the place where the piece must stand, how far it may reach, and what is known so far.
 * Out: where the piece ends, -1: it does not stand there. Each takes the longest text it can and
 * nothing is tried again, so a stamp costs its length. Letters: docs/matching.md.
 */
import { isDigit, lowerCase } from "../bytes.ts";
import { parseEpoch, parseTai64n } from "./count-forms.ts";
import { parseAutomatic, stampEndOf } from "./forms.ts";
import type { StampParts } from "./parts.ts";
import type { PatternState } from "./pattern.ts";
import { parseFractionDigits, parseZone } from "./pieces.ts";
import { zoneNameEnd, zoneNameMinutes } from "./zone-names.ts";

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

/** Enough until the year 5138. */
const epochDigitsMax = 11;
/** POSIX: two digits from here on are 19xx. */
const centuryPivot = 69;

type Letter = (b: Buffer, at: number, limit: number, s: PatternState) => number;

export const timeYear: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 4);
  if (to - at !== 4) return -1;
  s.parts.year = numberIn(b, at, to);
  return to;
};

export const timeYear2: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 2);
  if (to - at !== 2) return -1;
  const value = numberIn(b, at, to);
  s.parts.year = value + (value < centuryPivot ? 2000 : 1900);
  return to;
};

export const timeYearDay: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 3);
  if (to - at !== 3) return -1;
  s.yearDay = numberIn(b, at, to);
  return to;
};

export const timeMonth: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 2);
  if (to === at) return -1;
  s.parts.month = numberIn(b, at, to);
  return to;
};

export const timeDay: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 2);
  if (to === at) return -1;
  s.parts.day = numberIn(b, at, to);
  return to;
};

export const timeHour: Letter = (b, at, limit, s) => readHour(b, at, limit, s, false);
export const timeHour12: Letter = (b, at, limit, s) => readHour(b, at, limit, s, true);

function readHour(b: Buffer, at: number, limit: number, s: PatternState, twelve: boolean): number {
  const to = digitsEnd(b, at, limit, 2);
  if (to === at) return -1;
  const value = numberIn(b, at, to);
  if (twelve && (value < 1 || value > 12)) return -1;
  s.twelve = twelve;
  s.parts.hour = value;
  return to;
}

export const timeMinute: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 2);
  if (to === at) return -1;
  s.parts.minute = numberIn(b, at, to);
  return to;
};

export const timeSecond: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, 2);
  if (to === at) return -1;
  s.parts.second = numberIn(b, at, to);
  return to;
};

/** `am` or `pm`. */
export const timeHalf: Letter = (b, at, limit, s) => {
  if (at + 2 > limit || lowerCase(b[at + 1] as number) !== 0x6d) return -1;
  const half = lowerCase(b[at] as number);
  if (half !== 0x61 && half !== 0x70) return -1;
  s.afternoon = half === 0x70;
  return at + 2;
};

export const timeMonthName: Letter = (b, at, limit, s) => {
  const index = nameAt(b, at, limit, months);
  if (index < 0) return -1;
  s.parts.month = index + 1;
  return nameEnd(b, at, limit, months[index] as string);
};

export const timeWeekday: Letter = (b, at, limit) => {
  const index = nameAt(b, at, limit, weekdays);
  return index < 0 ? -1 : nameEnd(b, at, limit, weekdays[index] as string);
};

export const timeFraction: Letter = (b, at, limit, s) => parseFractionDigits(b, at, limit, s.parts);

export const timeZone: Letter = (b, at, limit, s) => {
  const to = parseZone(b, at, limit, s.parts);
  if (to !== at) return to;
  const end = zoneNameEnd(b, at, limit);
  // Of names only these two are offsets: `UTC` and `GMT`.
  return end === at + 3 && isZero(b, at, end, s.parts) ? end : -1;
};

function isZero(b: Buffer, start: number, end: number, parts: StampParts): boolean {
  const name = b.toString("latin1", start, end);
  if (name !== "UTC" && name !== "GMT") return false;
  parts.offsetMinutes = 0;
  return true;
}

export const timeZoneName: Letter = (b, at, limit, s) => {
  const to = zoneNameEnd(b, at, limit);
  if (to > 0) s.parts.offsetMinutes = zoneNameMinutes(b, at, to);
  return to;
};

/** Seconds since 1970. */
export const timeSeconds: Letter = (b, at, limit, s) => {
  const to = digitsEnd(b, at, limit, epochDigitsMax);
  if (to === at) return -1;
  s.parts.epochMs = numberIn(b, at, to) * 1000;
  return to;
};

/** `{time}`: any automatic form. */
export const timeStamp: Letter = (b, at, limit, s) => {
  const found = parseAutomatic(b, at, limit, limit, s.parts);
  return counted(s.parts, found < 0 ? -1 : stampEndOf(found));
};

export const timeEpoch: Letter = (b, at, limit, s) =>
  counted(s.parts, parseEpoch(b, at, limit, s.parts));

export const timeTai64n: Letter = (b, at, limit, s) =>
  at < limit && b[at] === 0x40 ? counted(s.parts, parseTai64n(b, at, limit, s.parts)) : -1;

/** The fraction of a stamp that counts is in its milliseconds already. */
function counted(parts: StampParts, to: number): number {
  if (!Number.isNaN(parts.epochMs)) parts.millisecond = 0;
  return to;
}

/** The name whose first three letters stand there, in any case; -1. */
function nameAt(b: Buffer, at: number, limit: number, names: readonly string[]): number {
  if (at + 3 > limit) return -1;
  return names.findIndex((name) => {
    for (let i = 0; i < 3; i++) {
      if (lowerCase(b[at + i] as number) !== name.charCodeAt(i)) return false;
    }
    return true;
  });
}

/** Behind the whole name, or else behind its first three letters. */
function nameEnd(b: Buffer, at: number, limit: number, name: string): number {
  let size = 3;
  while (
    size < name.length &&
    at + size < limit &&
    lowerCase(b[at + size] as number) === name.charCodeAt(size)
  ) {
    size++;
  }
  return at + (size === name.length ? size : 3);
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
