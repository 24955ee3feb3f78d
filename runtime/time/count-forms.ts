/**
 * Stamps that count seconds: the epoch in its sizes, audit's, and TAI64N.
 *
 * In: bytes and the place where the stamp begins. Out: where it ends, with its time in
 * `parts.epochMs`; -1: none stands there, or it lies after the year 9999.
 */
import { hexValue, isDigit } from "../bytes.ts";
import type { StampParts } from "./parts.ts";
import { parseFraction } from "./pieces.ts";

/** The last second of the year 9999; a later time is no stamp. */
const secondsMax = 253_402_300_799;

/** 10 digits with a fraction, 13 (milliseconds) or 16 (microseconds). */
export function parseEpoch(b: Buffer, at: number, limit: number, parts: StampParts): number {
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
export function parseTai64n(b: Buffer, at: number, limit: number, parts: StampParts): number {
  // The first digit is 4 for every second since 1970: 2^62 and what is counted.
  if (at + 25 > limit || b[at + 1] !== 0x34) return -1;
  const seconds = lowerHex(b, at + 2, at + 17);
  const nanoseconds = lowerHex(b, at + 17, at + 25);
  if (seconds < 0 || seconds > secondsMax || nanoseconds < 0 || nanoseconds > 999_999_999) {
    return -1;
  }
  parts.clear();
  // To the second, as a calendar's stamps count.
  parts.epochMs = seconds * 1000;
  return at + 25;
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
