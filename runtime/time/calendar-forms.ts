/**
 * Stamps as formats spell them: ISO 8601, `Mar  7 13:06:56`, `17/May/2015:10:05:03`. Stamps that are
 * recognised wherever they stand are in loose-forms.ts, which reads all that is read here.
 *
 * In: bytes and the place where the stamp begins; `limit` is how far it may reach, `end` how far the
 * text goes on. Out: where it ends, with its parts in `parts`; -1: none stands there, or a part is
 * out of its range.
 */

import { isPossible, type StampParts } from "./parts.ts";
import {
  monthAt,
  number2,
  number4,
  parseClockTime,
  parseFraction,
  parsePaddedDay,
  parseYearBehind,
  parseZone,
  parseZoneBehindBlank,
} from "./pieces.ts";

const blank = 0x20;
const minus = 0x2d;
const slash = 0x2f;
const colon = 0x3a;
const letterT = 0x54;

/** ISO 8601 as docs/matching.md has it. */
export function parseIso(b: Buffer, at: number, limit: number, parts: StampParts): number {
  if (at + 19 > limit) return -1;
  if (b[at + 4] !== minus || b[at + 7] !== minus) return -1;
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
  return to >= 0 && isPossible(parts) ? to : -1;
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
  to = parseYearBehind(b, to, limit, end, parts);
  return isPossible(parts) ? to : -1;
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
