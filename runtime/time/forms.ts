/**
 * The stamps that are recognised without being asked for: docs/matching.md, "Automatic forms".
 *
 * In: bytes and the place where a stamp may begin. Out: where it ends (-1: none), with its parts in
 * `parts`. Reading and recognising are one function a form, so they cannot disagree. `limit` is how
 * far the stamp may reach, `end` how far the text goes on, for the byte that may not follow.
 */
import { isDigit } from "../bytes.ts";
import { parseDayFirst, parseIso, parseWeekdayFirst } from "./calendar-forms.ts";
import { parseEpoch, parseSeconds, parseTai64n } from "./count-forms.ts";
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
} as const;

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
