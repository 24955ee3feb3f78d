/**
 * The bounded holes of templates: docs/matching.md section 5, one pair of functions a kind.
 *
 * `takeX(b, ..., at, limit, literal)` reads forward from `at` and not beyond `limit`, and
 * returns where the hole ends; `takeXBack(b, ..., limit, end, literal)` reads backward from
 * `end` and not before `limit`, and returns where it starts; -1: no extent fits. It is the longest
 * that is valid and has `literal` (null: none) as its neighbour in the direction of matching. Kinds
 * that look at the bytes outside also take the message's `start` and `end`. `address` is in
 * address-token.ts; runs of a class of bytes, forward, are in run.ts, which remembers them.
 */
import { isDigit, isHexDigit, isWordByte } from "./bytes.ts";
import { intDigitsMax } from "./limits.ts";
import { endsAt, type Neighbour, standsAt } from "./literal.ts";
import { parseAutomatic, stampEndOf } from "./time/forms.ts";
import { StampParts } from "./time/parts.ts";

const minus = 0x2d;
const point = 0x2e;
const portDigitsMax = 5;
const stampBytesMax = 64;

/** The longest extent `[s, end)`, `s` at least `runStart`, that has its neighbour before it. */
function longestFitBack(
  b: Buffer,
  limit: number,
  runStart: number,
  end: number,
  literal: Neighbour,
): number {
  for (let s = runStart; s < end; s++) if (endsAt(b, limit, s, literal)) return s;
  return -1;
}

export function takeWordBack(b: Buffer, limit: number, end: number, literal: Neighbour): number {
  let s = end;
  while (s > limit && isWordByte(b[s - 1] as number)) s--;
  return longestFitBack(b, limit, s, end, literal);
}

/**
 * The bytes a `not CHARS` hole may hold: 256 entries, 1 for allowed. LF never is. A
 * character beyond ASCII forbids each byte of its UTF-8 form: no text holds it without them.
 */
export function makeNotTable(chars: string): Uint8Array {
  const table = new Uint8Array(256).fill(1);
  table[0x0a] = 0;
  for (const byte of Buffer.from(chars, "utf8")) table[byte] = 0;
  return table;
}

export function takeNotBack(
  b: Buffer,
  limit: number,
  end: number,
  allowed: Uint8Array,
  literal: Neighbour,
): number {
  let s = end;
  while (s > limit && allowed[b[s - 1] as number] === 1) s--;
  return longestFitBack(b, limit, s, end, literal);
}

/** Digits with an optional `-` before. */
export function takeInt(
  b: Buffer,
  start: number,
  end: number,
  at: number,
  limit: number,
  literal: Neighbour,
): number {
  if (at > start && isDigit(b[at - 1] as number)) return -1;
  const first = at < limit && b[at] === minus ? at + 1 : at;
  const e = digitsEnd(b, first, limit);
  if (e === first || e - first > intDigitsMax || digitAt(b, e, end)) return -1;
  return standsAt(b, e, limit, literal) ? e : -1;
}

export function takeIntBack(
  b: Buffer,
  start: number,
  end: number,
  limit: number,
  to: number,
  literal: Neighbour,
): number {
  if (digitAt(b, to, end)) return -1;
  const s = digitsStart(b, limit, to);
  if (s === to || to - s > intDigitsMax) return -1;
  return signedFitBack(b, start, limit, s, literal);
}

/** Digits, optionally a point and digits, with an optional `-` before. */
export function takeNumber(
  b: Buffer,
  start: number,
  end: number,
  at: number,
  limit: number,
  literal: Neighbour,
): number {
  if (at > start && isDigit(b[at - 1] as number)) return -1;
  const first = at < limit && b[at] === minus ? at + 1 : at;
  const whole = digitsEnd(b, first, limit);
  if (whole === first) return -1;
  if (whole + 1 < limit && b[whole] === point) {
    const e = digitsEnd(b, whole + 1, limit);
    const fits = e > whole + 1 && !digitAt(b, e, end) && standsAt(b, e, limit, literal);
    if (fits) return e;
  }
  return !digitAt(b, whole, end) && standsAt(b, whole, limit, literal) ? whole : -1;
}

export function takeNumberBack(
  b: Buffer,
  start: number,
  end: number,
  limit: number,
  to: number,
  literal: Neighbour,
): number {
  if (digitAt(b, to, end)) return -1;
  const last = digitsStart(b, limit, to);
  if (last === to) return -1;
  if (last - 1 > limit && b[last - 1] === point) {
    const s = digitsStart(b, limit, last - 1);
    const found = s < last - 1 ? signedFitBack(b, start, limit, s, literal) : -1;
    if (found >= 0) return found;
  }
  return signedFitBack(b, start, limit, last, literal);
}

/** With the sign before `s` where there is one and its neighbour fits, else without. */
function signedFitBack(
  b: Buffer,
  start: number,
  limit: number,
  s: number,
  literal: Neighbour,
): number {
  if (s > limit && b[s - 1] === minus) {
    const bare = s - 1 === start || !isDigit(b[s - 2] as number);
    if (bare && endsAt(b, limit, s - 1, literal)) return s - 1;
  }
  if (s > start && isDigit(b[s - 1] as number)) return -1;
  return endsAt(b, limit, s, literal) ? s : -1;
}

export function takeHex(
  b: Buffer,
  start: number,
  end: number,
  at: number,
  limit: number,
  literal: Neighbour,
): number {
  if (at > start && isHexDigit(b[at - 1] as number)) return -1;
  let e = at;
  while (e < limit && isHexDigit(b[e] as number)) e++;
  if (e === at || (e < end && isHexDigit(b[e] as number))) return -1;
  return standsAt(b, e, limit, literal) ? e : -1;
}

export function takeHexBack(
  b: Buffer,
  start: number,
  end: number,
  limit: number,
  to: number,
  literal: Neighbour,
): number {
  if (to < end && isHexDigit(b[to] as number)) return -1;
  let s = to;
  while (s > limit && isHexDigit(b[s - 1] as number)) s--;
  if (s === to || (s > start && isHexDigit(b[s - 1] as number))) return -1;
  return endsAt(b, limit, s, literal) ? s : -1;
}

export function takePort(
  b: Buffer,
  start: number,
  end: number,
  at: number,
  limit: number,
  literal: Neighbour,
): number {
  if (at > start && isDigit(b[at - 1] as number)) return -1;
  const e = digitsEnd(b, at, limit);
  if (digitAt(b, e, end) || !isPort(b, at, e)) return -1;
  return standsAt(b, e, limit, literal) ? e : -1;
}

export function takePortBack(
  b: Buffer,
  start: number,
  end: number,
  limit: number,
  to: number,
  literal: Neighbour,
): number {
  if (digitAt(b, to, end)) return -1;
  const s = digitsStart(b, limit, to);
  if ((s > start && isDigit(b[s - 1] as number)) || !isPort(b, s, to)) return -1;
  return endsAt(b, limit, s, literal) ? s : -1;
}

function isPort(b: Buffer, start: number, end: number): boolean {
  const size = end - start;
  if (size < 1 || size > portDigitsMax || (size > 1 && b[start] === 0x30)) return false;
  let port = 0;
  for (let at = start; at < end; at++) port = port * 10 + (b[at] as number) - 0x30;
  return port <= 65_535;
}

/** A stamp in an automatic form. A shorter reading is tried only when the neighbour asks for it. */
export function takeTime(
  b: Buffer,
  end: number,
  at: number,
  limit: number,
  literal: Neighbour,
): number {
  const found = parseAutomatic(b, at, end, end, new StampParts());
  if (found < 0) return -1;
  const e = stampEndOf(found);
  return e <= limit && standsAt(b, e, limit, literal) ? e : -1;
}

export function takeTimeBack(
  b: Buffer,
  end: number,
  limit: number,
  to: number,
  literal: Neighbour,
): number {
  const parts = new StampParts();
  for (let s = Math.max(limit, to - stampBytesMax); s < to; s++) {
    const found = parseAutomatic(b, s, end, end, parts);
    if (found < 0 || stampEndOf(found) !== to) continue;
    if (endsAt(b, limit, s, literal)) return s;
  }
  return -1;
}

/** A host's name; an address is to be tried first (takeAddressBack). */
export function takeHostNameBack(
  b: Buffer,
  limit: number,
  end: number,
  literal: Neighbour,
): number {
  let s = end;
  while (s > limit && isHostByte(b[s - 1] as number)) s--;
  return longestFitBack(b, limit, s, end, literal);
}

/** `A-Z a-z 0-9 . _ -` */
function isHostByte(byte: number): boolean {
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return (byte >= 0x2d && byte <= 0x39 && byte !== 0x2f) || byte === 0x5f;
}

function digitsEnd(b: Buffer, at: number, limit: number): number {
  let e = at;
  while (e < limit && isDigit(b[e] as number)) e++;
  return e;
}

function digitsStart(b: Buffer, limit: number, end: number): number {
  let s = end;
  while (s > limit && isDigit(b[s - 1] as number)) s--;
  return s;
}

function digitAt(b: Buffer, at: number, end: number): boolean {
  return at < end && isDigit(b[at] as number);
}
