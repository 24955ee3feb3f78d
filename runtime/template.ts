/**
 * The operations templates are compiled to: docs/matching.md section 5.
 *
 * In: a cursor that `open` has set on a text. Each operation takes its part off the left end (or, as
 * `...Back`, the right end) of what is left and says whether it stood there. Slot -1: not captured.
 * `next` is the literal that must stand beside a hole in the direction of matching; it is taken with
 * the hole. Holes reach for the
 * whole text: what one side takes from the other makes the pattern fail, it never cuts a token.
 * Nothing is tried twice, and nothing is allocated.
 */
import { takeAddress, takeAddressBack } from "./address-token.ts";
import { byteIn, lowerCase } from "./bytes.ts";
import type { Cursor } from "./cursor.ts";
import * as holes from "./holes.ts";
import { messageBytesMax } from "./limits.ts";
import { endsAt, type Literal, lit, type Neighbour, standsAt } from "./literal.ts";
import { type Run, takeRun } from "./run.ts";

/** The choices of a hole, longest first; all are folded or none. */
export interface Words {
  readonly all: readonly Literal[];
  /** Each one's first and last byte: most choices go no further. */
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly fold: boolean;
}

export function lits(texts: readonly string[], fold = false): Words {
  const all = texts.map((text) => lit(text, fold));
  const bytesAt = (at: number) => Uint8Array.from(all, ({ bytes }) => bytes.at(at) as number);
  return { all, first: bytesAt(0), last: bytesAt(-1), fold };
}

/** Texts begun by all scanners together. */
let opens = 0;

/** Sets the cursor on a text and forgets the captures in slots `[firstSlot, endSlot)`. */
export function open(
  c: Cursor,
  bytes: Buffer,
  start: number,
  end: number,
  firstSlot = 0,
  endSlot = 0,
): boolean {
  c.bytes = bytes;
  c.start = start;
  c.end = end;
  c.left = start;
  c.right = end;
  c.opened = ++opens;
  for (let slot = firstSlot; slot < endSlot; slot++) c.slots[slot * 2] = -1;
  return true;
}

/** Sets the cursor on the message: how every alternative of a rule begins. A long one no pattern sees. */
export function message(c: Cursor, firstSlot: number, endSlot: number): boolean {
  const { messageBytes, messageStart, messageEnd } = c.record;
  if (messageEnd - messageStart > messageBytesMax) return false;
  return open(c, messageBytes, messageStart, messageEnd, firstSlot, endSlot);
}

export function text(c: Cursor, literal: Literal): boolean {
  if (!standsAt(c.bytes, c.left, c.end, literal)) return false;
  c.left += literal.bytes.length;
  return true;
}

export function textBack(c: Cursor, literal: Literal): boolean {
  if (!endsAt(c.bytes, c.start, c.right, literal)) return false;
  c.right -= literal.bytes.length;
  return true;
}

/** Notes where the cursor stands; always true. */
export function mark(c: Cursor, number: number): boolean {
  c.marks[number * 2] = c.left;
  c.marks[number * 2 + 1] = c.right;
  return true;
}

/** Sets the cursor back to a mark; always true. */
export function back(c: Cursor, number: number): boolean {
  c.left = c.marks[number * 2] as number;
  c.right = c.marks[number * 2 + 1] as number;
  return true;
}

/** The capture took no part; always true. */
export function forget(c: Cursor, slot: number): boolean {
  c.slots[slot * 2] = -1;
  return true;
}

/** Without a free hole everything must be used up. */
export function done(c: Cursor): boolean {
  return c.left === c.end;
}

/** The only or the first free hole takes what is left; an LF it takes never. */
export function free(c: Cursor, slot: number): boolean {
  return takeFree(c, slot, c.left, c.right);
}

/** False where what was matched from both sides overlaps. Only decoded messages can hold an LF. */
function takeFree(c: Cursor, slot: number, start: number, end: number): boolean {
  if (start > end) return false;
  if (c.bytes !== c.record.bytes && byteIn(c.bytes, start, end, 0x0a) >= 0) return false;
  keep(c, slot, start, end);
  return true;
}

/**
 * A row of literals and bounded holes between two free holes, at its rightmost fit. The free hole
 * behind it (`slot`) takes what lies between; the one before it is left to the cursor. `first`: the byte that the row begins with; -1:
 * it may be any.
 */
export function segment(
  c: Cursor,
  slot: number,
  row: (c: Cursor) => boolean,
  first: number,
): boolean {
  const { bytes, left: low, right: high } = c;
  for (let start = high; start >= low; start--) {
    if (first >= 0 && bytes[start] !== first) continue;
    c.left = start;
    if (!row(c) || c.left > high) continue;
    const taken = takeFree(c, slot, c.left, high);
    c.left = low;
    c.right = start;
    return taken;
  }
  return false;
}

function keep(c: Cursor, slot: number, start: number, end: number): void {
  if (slot < 0) return;
  c.slots[slot * 2] = start;
  c.slots[slot * 2 + 1] = end;
}

/** The hole reaches from `left` to `end`, and its neighbour behind it; -1: it does not fit. */
function forward(c: Cursor, slot: number, end: number, next: Neighbour): boolean {
  if (end < 0) return false;
  keep(c, slot, c.left, end);
  c.left = next === null ? end : end + next.bytes.length;
  return true;
}

/** The hole reaches from `start` to `right`, and its neighbour before it; -1: it does not fit. */
function backward(c: Cursor, slot: number, start: number, next: Neighbour): boolean {
  if (start < 0) return false;
  keep(c, slot, start, c.right);
  c.right = next === null ? start : start - next.bytes.length;
  return true;
}

/** `word`, `not CHARS`, and the name in `host`: see run.ts. */
export function run(c: Cursor, slot: number, hole: Run): boolean {
  return forward(c, slot, takeRun(c, hole), hole.next);
}

export function wordBack(c: Cursor, slot: number, next: Neighbour): boolean {
  const found = holes.takeWordBack(c.bytes, c.start, c.right, next);
  return backward(c, slot, found, next);
}

export function notBack(c: Cursor, slot: number, allowed: Uint8Array, next: Neighbour): boolean {
  return backward(c, slot, holes.takeNotBack(c.bytes, c.start, c.right, allowed, next), next);
}

/** An address where one stands, else a name. `open`: a free hole or nothing stands before. */
export function host(c: Cursor, slot: number, hole: Run, open: boolean): boolean {
  return address(c, slot, hole.next, open) || run(c, slot, hole);
}

export function hostBack(c: Cursor, slot: number, next: Neighbour, open: boolean): boolean {
  if (addressBack(c, slot, next, open)) return true;
  const found = holes.takeHostNameBack(c.bytes, c.start, c.right, next);
  return backward(c, slot, found, next);
}

export function address(c: Cursor, slot: number, next: Neighbour, open: boolean): boolean {
  const { bytes, start, end, left } = c;
  return forward(c, slot, takeAddress(bytes, start, end, left, end, open, next), next);
}

export function addressBack(c: Cursor, slot: number, next: Neighbour, open: boolean): boolean {
  const { bytes, start, end, right } = c;
  return backward(c, slot, takeAddressBack(bytes, start, end, start, right, open, next), next);
}

export function int(c: Cursor, slot: number, next: Neighbour): boolean {
  return forward(c, slot, holes.takeInt(c.bytes, c.start, c.end, c.left, c.end, next), next);
}

export function intBack(c: Cursor, slot: number, next: Neighbour): boolean {
  return backward(
    c,
    slot,
    holes.takeIntBack(c.bytes, c.start, c.end, c.start, c.right, next),
    next,
  );
}

export function number(c: Cursor, slot: number, next: Neighbour): boolean {
  return forward(c, slot, holes.takeNumber(c.bytes, c.start, c.end, c.left, c.end, next), next);
}

export function numberBack(c: Cursor, slot: number, next: Neighbour): boolean {
  return backward(
    c,
    slot,
    holes.takeNumberBack(c.bytes, c.start, c.end, c.start, c.right, next),
    next,
  );
}

export function hex(c: Cursor, slot: number, next: Neighbour): boolean {
  return forward(c, slot, holes.takeHex(c.bytes, c.start, c.end, c.left, c.end, next), next);
}

export function hexBack(c: Cursor, slot: number, next: Neighbour): boolean {
  return backward(
    c,
    slot,
    holes.takeHexBack(c.bytes, c.start, c.end, c.start, c.right, next),
    next,
  );
}

export function port(c: Cursor, slot: number, next: Neighbour): boolean {
  return forward(c, slot, holes.takePort(c.bytes, c.start, c.end, c.left, c.end, next), next);
}

export function portBack(c: Cursor, slot: number, next: Neighbour): boolean {
  return backward(
    c,
    slot,
    holes.takePortBack(c.bytes, c.start, c.end, c.start, c.right, next),
    next,
  );
}

export function time(c: Cursor, slot: number, next: Neighbour): boolean {
  return forward(c, slot, holes.takeTime(c.bytes, c.end, c.left, c.end, next), next);
}

export function timeBack(c: Cursor, slot: number, next: Neighbour): boolean {
  const found = holes.takeTimeBack(c.bytes, c.end, c.start, c.right, next);
  return backward(c, slot, found, next);
}

export function words(
  c: Cursor,
  slot: number,
  { all, first, fold }: Words,
  next: Neighbour,
): boolean {
  const { bytes, left, end } = c;
  const byte = left < end ? (bytes[left] as number) : -1;
  const wanted = fold ? lowerCase(byte) : byte;
  for (let i = 0; i < first.length; i++) {
    if (first[i] !== wanted) continue;
    const word = all[i] as Literal;
    const to = left + word.bytes.length;
    if (standsAt(bytes, left, end, word) && standsAt(bytes, to, end, next)) {
      return forward(c, slot, to, next);
    }
  }
  return false;
}

export function wordsBack(
  c: Cursor,
  slot: number,
  { all, last, fold }: Words,
  next: Neighbour,
): boolean {
  const { bytes, start, right } = c;
  const byte = right > start ? (bytes[right - 1] as number) : -1;
  const wanted = fold ? lowerCase(byte) : byte;
  for (let i = 0; i < last.length; i++) {
    if (last[i] !== wanted) continue;
    const word = all[i] as Literal;
    const from = right - word.bytes.length;
    if (endsAt(bytes, start, right, word) && endsAt(bytes, start, from, next)) {
      return backward(c, slot, from, next);
    }
  }
  return false;
}
