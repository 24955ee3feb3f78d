/**
 * `{address}` in a message: which bytes are the token, docs/matching.md section 5.
 *
 * In: the message's `[start, end)`, where the hole begins (or ends), how far it may reach, and the
 * literal beside it. Out: the other end of the token, or -1. What must hold: a token is a whole
 * token, so that nobody's digits are cut into somebody else's address. `open` says that a free hole
 * or nothing stands before the hole: then the byte before it is tested too.
 */
import { endOfIPv4, isIPv4, isIPv6, startOfIPv4 } from "./address.ts";
import { hexValue, isDigit, isLetter } from "./bytes.ts";
import { endsAt, type Neighbour, standsAt } from "./literal.ts";

const colon = 0x3a;
const point = 0x2e;
const slash = 0x2f;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;

/**
 * An address has 45 bytes at most, and one `.` or `:` may stand behind it. Between free holes a token
 * is tried at every byte of a message that may be one long run: reading on would be quadratic.
 */
const runBytesMax = 48;

/** Where the address that starts at `at` ends, its brackets included. */
export function takeAddress(
  b: Buffer,
  start: number,
  end: number,
  at: number,
  limit: number,
  open: boolean,
  literal: Neighbour,
): number {
  if (at >= limit || (open && !freeBefore(b, start, at))) return -1;
  if (b[at] === bracketOpen) {
    const close = runEnd(b, at + 1, limit);
    if (close >= limit || b[close] !== bracketClose || !isAddress(b, at + 1, close)) return -1;
    if (!freeBehind(b, close + 1, end, false)) return -1;
    return standsAt(b, close + 1, limit, literal) ? close + 1 : -1;
  }
  // Mostly the whole run is an IPv4: then no shorter one is to be tried.
  const e = endOfIPv4(b, at, limit);
  if (e >= 0 && !(e < limit && isRunByte(b[e] as number))) {
    return freeBehind(b, e, end, false) && standsAt(b, e, limit, literal) ? e : -1;
  }
  const run = runEnd(b, at, limit);
  if (run === at) return -1;
  if (fitsAsToken(b, at, run, end, limit, literal)) return run;
  const last = b[run - 1];
  const ended = last === point || last === colon;
  if (ended && fitsAsToken(b, at, run - 1, end, limit, literal)) return run - 1;
  const four = fourEnd(b, at, run);
  if (four < run && fitsAsToken(b, at, four, end, limit, literal)) return four;
  if (four === at || b[four - 1] !== point) return -1;
  return fitsAsToken(b, at, four - 1, end, limit, literal) ? four - 1 : -1;
}

function isAddress(b: Buffer, start: number, end: number): boolean {
  return isIPv4(b, start, end) || isIPv6(b, start, end);
}

/** `[at, e)` is an unbracketed address, ends a token, and has its neighbour behind it. */
function fitsAsToken(
  b: Buffer,
  at: number,
  e: number,
  end: number,
  limit: number,
  literal: Neighbour,
): boolean {
  const four = isIPv4(b, at, e);
  if (!four && !isIPv6(b, at, e)) return false;
  return freeBehind(b, e, end, !four) && standsAt(b, e, limit, literal);
}

/** Where the address that ends at `to` starts, its brackets included. */
export function takeAddressBack(
  b: Buffer,
  start: number,
  end: number,
  limit: number,
  to: number,
  open: boolean,
  literal: Neighbour,
): number {
  if (to <= limit) return -1;
  if (b[to - 1] === bracketClose) {
    const inner = runStart(b, limit, to - 1);
    if (inner <= limit || b[inner - 1] !== bracketOpen || !isAddress(b, inner, to - 1)) return -1;
    return fitsAsTokenBack(b, start, end, limit, inner - 1, to, open, false, literal)
      ? inner - 1
      : -1;
  }
  // Mostly the whole run is an IPv4.
  const s = startOfIPv4(b, limit, to);
  const runIsFour = s >= 0 && !(s > limit && isRunByte(b[s - 1] as number));
  const run = runIsFour ? s : runStart(b, limit, to);
  if (runIsFour || isIPv6(b, run, to)) {
    const six = !runIsFour;
    if (fitsAsTokenBack(b, start, end, limit, run, to, open, six, literal)) return run;
  }
  const own = runBytesAtEnd(literal);
  if (own > 0) {
    const behind = runStart(b, limit, to, own) + own;
    const four = isIPv4(b, behind, to);
    if (four || isIPv6(b, behind, to)) {
      if (fitsAsTokenBack(b, start, end, limit, behind, to, open, !four, literal)) return behind;
    }
  }
  const four = fourStart(b, run, to);
  if (four === run || !isIPv4(b, four, to)) return -1;
  return fitsAsTokenBack(b, start, end, limit, four, to, open, false, literal) ? four : -1;
}

function fitsAsTokenBack(
  b: Buffer,
  start: number,
  end: number,
  limit: number,
  s: number,
  to: number,
  open: boolean,
  bareIPv6: boolean,
  literal: Neighbour,
): boolean {
  if (!freeBehind(b, to, end, bareIPv6) || (open && !freeBefore(b, start, s))) return false;
  return endsAt(b, limit, s, literal);
}

/** No longer token goes on before `at`. */
function freeBefore(b: Buffer, start: number, at: number): boolean {
  if (at <= start) return true;
  const byte = b[at - 1] as number;
  if (byte === slash) return at - 1 <= start || !isDigit(b[at - 2] as number);
  return !(
    isDigit(byte) ||
    isLetter(byte) ||
    byte === 0x5f ||
    byte === point ||
    byte === colon ||
    byte === 0x25 ||
    byte === bracketClose
  );
}

/** No longer token goes on behind `at`; a bare IPv6 with a port behind it could be another one. */
function freeBehind(b: Buffer, at: number, end: number, bareIPv6: boolean): boolean {
  if (at >= end) return true;
  const byte = b[at] as number;
  if (isDigit(byte) || isLetter(byte) || byte === 0x5f || byte === 0x25) return false;
  const digitNext = at + 1 < end && isDigit(b[at + 1] as number);
  if (byte === slash) return !digitNext;
  return !(bareIPv6 && byte === colon && digitNext);
}

/** The end of the run of `0-9 A-F a-f : .`; a longer one than any address ends where that shows. */
function runEnd(b: Buffer, at: number, limit: number): number {
  const stop = Math.min(limit, at + runBytesMax);
  let e = at;
  while (e < stop && isRunByte(b[e] as number)) e++;
  return e;
}

/** `more`: bytes of the literal before it that the run may hold besides. */
function runStart(b: Buffer, limit: number, end: number, more = 0): number {
  const from = Math.max(limit, end - runBytesMax - more);
  let s = end;
  while (s > from && isRunByte(b[s - 1] as number)) s--;
  return s;
}

function isRunByte(byte: number): boolean {
  return hexValue(byte) >= 0 || byte === colon || byte === point;
}

/** How many bytes of such a run the literal before an address ends with: 2 of `[IPv6:`. */
function runBytesAtEnd(literal: Neighbour): number {
  if (literal === null) return 0;
  const { bytes } = literal;
  let count = 0;
  while (count < bytes.length && isRunByte(bytes[bytes.length - 1 - count] as number)) count++;
  return count;
}

/** The end of the run of `0-9 .` */
function fourEnd(b: Buffer, at: number, limit: number): number {
  let e = at;
  while (e < limit && (isDigit(b[e] as number) || b[e] === point)) e++;
  return e;
}

function fourStart(b: Buffer, limit: number, end: number): number {
  let s = end;
  while (s > limit && (isDigit(b[s - 1] as number) || b[s - 1] === point)) s--;
  return s;
}
