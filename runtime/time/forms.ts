/**
 * The stamps that are recognised without being asked for: docs/matching.md, "Automatic forms".
 *
 * In: bytes and the place where a stamp may begin. Out: where it ends (-1: none), with its parts in
 * `parts`. Reading and recognising are one function a form, so they cannot disagree. `limit` is how
 * far the stamp may reach, `end` how far the text goes on, for the byte that may not follow. What a
 * stamp begins with leaves one form or two to try, so there is nothing to remember between lines.
 */
import { isDigit, isLetter } from "../bytes.ts";
import { parseEpoch, parseSeconds, parseTai64n } from "./count-forms.ts";
import {
  parseAngled,
  parseCompact,
  parseDayOrMonthFirst,
  parseNameFirst,
  parseTimeOfDay,
  parseYearFirst,
} from "./loose-forms.ts";
import type { StampParts } from "./parts.ts";
import { endsThere } from "./pieces.ts";

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
  compact: 8,
  angled: 9,
  timeOfDay: 10,
} as const;

/** `parseAutomatic` tells end and form in one number, because it allocates nothing. */
export function stampEndOf(found: number): number {
  return Math.floor(found / 16);
}

export function stampFormOf(found: number): number {
  return found % 16;
}

/**
 * The automatic form that reads at `at`, for `stampEndOf` and `stampFormOf`; -1: none. `opening`: the
 * stamp is at the start of a record, where a time of day alone is one.
 */
export function parseAutomatic(
  b: Buffer,
  at: number,
  limit: number,
  end: number,
  parts: StampParts,
  opening = false,
): number {
  if (at >= limit) return -1;
  const form = formAt(b, at, limit, opening);
  if (form === 0) return -1;
  const to = parseForm(form, b, at, limit, parts, end);
  return to >= 0 && (form === stampForms.angled || endsThere(b, to, end)) ? to * 16 + form : -1;
}

/** The only form that what stands at `at` can be; 0: none. */
function formAt(b: Buffer, at: number, limit: number, opening: boolean): number {
  const first = b[at] as number;
  if (!isDigit(first)) {
    if (first === 0x40) return stampForms.tai64n;
    if (first === 0x3c) return stampForms.angled;
    return isLetter(first) || first === 0x2b || first === 0x2d ? stampForms.monthFirst : 0;
  }
  switch (digitsAt(b, at, limit)) {
    case 1:
    case 2: {
      const next = b[at + 1] as number;
      if ((isDigit(next) ? b[at + 2] : next) !== 0x3a) return stampForms.dayFirst;
      return opening ? stampForms.timeOfDay : 0;
    }
    case 4:
      return stampForms.iso;
    case 6:
    case 8:
    case 14:
      return stampForms.compact;
    case 10:
    case 13:
    case 16:
      return stampForms.epoch;
    default:
      return 0;
  }
}

const digitsMax = 17;

function digitsAt(b: Buffer, at: number, limit: number): number {
  let to = at;
  while (to < limit && to - at < digitsMax && isDigit(b[to] as number)) to++;
  return to - at;
}

/** Reads a stamp that has this form, or is known to have it. */
export function parseForm(
  form: number,
  b: Buffer,
  at: number,
  limit: number,
  parts: StampParts,
  end = limit,
): number {
  switch (form) {
    case stampForms.iso:
      return parseYearFirst(b, at, limit, end, parts);
    case stampForms.monthFirst:
      return parseNameFirst(b, at, limit, end, parts);
    case stampForms.dayFirst:
      return parseDayOrMonthFirst(b, at, digitsAt(b, at, limit), limit, end, parts);
    case stampForms.epoch:
      return parseEpoch(b, at, limit, parts);
    case stampForms.tai64n:
      return parseTai64n(b, at, limit, parts);
    case stampForms.seconds:
      return parseSeconds(b, at, limit, parts);
    case stampForms.compact:
      return parseCompact(b, at, digitsAt(b, at, limit), limit, end, parts);
    case stampForms.angled:
      return parseAngled(b, at, limit, parts);
    case stampForms.timeOfDay:
      return parseTimeOfDay(b, at, limit, parts);
    default:
      return -1;
  }
}
