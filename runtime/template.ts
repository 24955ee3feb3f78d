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
import { byteIn } from "./bytes.ts";
import type { Cursor } from "./cursor.ts";
import * as holes from "./holes.ts";
import { type Run, takeRun } from "./run.ts";

export interface Literal {
  /** Lower case when `fold`. */
  readonly bytes: Uint8Array;
  /** ASCII letters match without case. */
  readonly fold: boolean;
}

/** A literal of a template, made once when the bundle is loaded. */
export function lit(text: string, fold = false): Literal {
  const folded = fold ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
  return { bytes: new Uint8Array(Buffer.from(folded, "utf8")), fold };
}

/** The choices of a hole, longest first. */
export function lits(texts: readonly string[], fold = false): Literal[] {
  return texts.map((text) => lit(text, fold));
}

export type Next = Literal | null;

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

/** Sets the cursor on the message: how every alternative of a rule begins. */
export function message(c: Cursor, firstSlot: number, endSlot: number): boolean {
  const { messageBytes, messageStart, messageEnd } = c.record;
  return open(c, messageBytes, messageStart, messageEnd, firstSlot, endSlot);
}

export function text(c: Cursor, literal: Literal): boolean {
  if (!holes.fitsBehind(c.bytes, c.left, c.end, literal.bytes, literal.fold)) return false;
  c.left += literal.bytes.length;
  return true;
}

export function textBack(c: Cursor, literal: Literal): boolean {
  if (!holes.fitsBefore(c.bytes, c.start, c.right, literal.bytes, literal.fold)) return false;
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
 * behind it (`slot`) takes what lies between; the one before it is left to the cursor.
 */
export function segment(c: Cursor, slot: number, row: (c: Cursor) => boolean): boolean {
  const low = c.left;
  const high = c.right;
  for (let start = high; start >= low; start--) {
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
function forward(c: Cursor, slot: number, end: number, next: Next): boolean {
  if (end < 0) return false;
  keep(c, slot, c.left, end);
  c.left = next === null ? end : end + next.bytes.length;
  return true;
}

/** The hole reaches from `start` to `right`, and its neighbour before it; -1: it does not fit. */
function backward(c: Cursor, slot: number, start: number, next: Next): boolean {
  if (start < 0) return false;
  keep(c, slot, start, c.right);
  c.right = next === null ? start : start - next.bytes.length;
  return true;
}

function bytesOf(next: Next): Uint8Array | null {
  return next === null ? null : next.bytes;
}

function folds(next: Next): boolean {
  return next?.fold === true;
}

/** `word`, `not CHARS`, and the name in `host`: see run.ts. */
export function run(c: Cursor, slot: number, hole: Run): boolean {
  return forward(c, slot, takeRun(c, hole), hole.next);
}

export function wordBack(c: Cursor, slot: number, next: Next): boolean {
  const found = holes.takeWordBack(c.bytes, c.start, c.right, bytesOf(next), folds(next));
  return backward(c, slot, found, next);
}

export function notBack(c: Cursor, slot: number, allowed: Uint8Array, next: Next): boolean {
  return backward(
    c,
    slot,
    holes.takeNotBack(c.bytes, c.start, c.right, allowed, bytesOf(next), folds(next)),
    next,
  );
}

/** An address where one stands, else a name. `open`: a free hole or nothing stands before. */
export function host(c: Cursor, slot: number, hole: Run, open: boolean): boolean {
  return address(c, slot, hole.next, open) || run(c, slot, hole);
}

export function hostBack(c: Cursor, slot: number, next: Next, open: boolean): boolean {
  if (addressBack(c, slot, next, open)) return true;
  const found = holes.takeHostNameBack(c.bytes, c.start, c.right, bytesOf(next), folds(next));
  return backward(c, slot, found, next);
}

export function address(c: Cursor, slot: number, next: Next, open: boolean): boolean {
  const { bytes, start, end, left } = c;
  return forward(
    c,
    slot,
    takeAddress(bytes, start, end, left, end, open, bytesOf(next), folds(next)),
    next,
  );
}

export function addressBack(c: Cursor, slot: number, next: Next, open: boolean): boolean {
  const { bytes, start, end, right } = c;
  return backward(
    c,
    slot,
    takeAddressBack(bytes, start, end, start, right, open, bytesOf(next), folds(next)),
    next,
  );
}

/** A kind of number: `int`, `number`, `hex`, `port`. */
type TakeNumber = (
  b: Buffer,
  start: number,
  end: number,
  low: number,
  high: number,
  literal: Uint8Array | null,
  fold: boolean,
) => number;

function digits(c: Cursor, take: TakeNumber, next: Next): number {
  return take(c.bytes, c.start, c.end, c.left, c.end, bytesOf(next), folds(next));
}

function digitsBack(c: Cursor, take: TakeNumber, next: Next): number {
  return take(c.bytes, c.start, c.end, c.start, c.right, bytesOf(next), folds(next));
}

export function int(c: Cursor, slot: number, next: Next): boolean {
  return forward(c, slot, digits(c, holes.takeInt, next), next);
}

export function intBack(c: Cursor, slot: number, next: Next): boolean {
  return backward(c, slot, digitsBack(c, holes.takeIntBack, next), next);
}

export function number(c: Cursor, slot: number, next: Next): boolean {
  return forward(c, slot, digits(c, holes.takeNumber, next), next);
}

export function numberBack(c: Cursor, slot: number, next: Next): boolean {
  return backward(c, slot, digitsBack(c, holes.takeNumberBack, next), next);
}

export function hex(c: Cursor, slot: number, next: Next): boolean {
  return forward(c, slot, digits(c, holes.takeHex, next), next);
}

export function hexBack(c: Cursor, slot: number, next: Next): boolean {
  return backward(c, slot, digitsBack(c, holes.takeHexBack, next), next);
}

export function port(c: Cursor, slot: number, next: Next): boolean {
  return forward(c, slot, digits(c, holes.takePort, next), next);
}

export function portBack(c: Cursor, slot: number, next: Next): boolean {
  return backward(c, slot, digitsBack(c, holes.takePortBack, next), next);
}

export function time(c: Cursor, slot: number, next: Next): boolean {
  return forward(
    c,
    slot,
    holes.takeTime(c.bytes, c.end, c.left, c.end, bytesOf(next), folds(next)),
    next,
  );
}

export function timeBack(c: Cursor, slot: number, next: Next): boolean {
  const found = holes.takeTimeBack(c.bytes, c.end, c.start, c.right, bytesOf(next), folds(next));
  return backward(c, slot, found, next);
}

/** One of some words, which come longest first; all are folded or none. */
export function words(c: Cursor, slot: number, choices: readonly Literal[], next: Next): boolean {
  const { bytes, left, end } = c;
  for (let i = 0; i < choices.length; i++) {
    const { bytes: word, fold } = choices[i] as Literal;
    if (!holes.fitsBehind(bytes, left, end, word, fold)) continue;
    const to = left + word.length;
    if (holes.fitsBehind(bytes, to, end, bytesOf(next), folds(next))) {
      return forward(c, slot, to, next);
    }
  }
  return false;
}

export function wordsBack(
  c: Cursor,
  slot: number,
  choices: readonly Literal[],
  next: Next,
): boolean {
  const { bytes, start, right } = c;
  for (let i = 0; i < choices.length; i++) {
    const { bytes: word, fold } = choices[i] as Literal;
    if (!holes.fitsBefore(bytes, start, right, word, fold)) continue;
    const from = right - word.length;
    if (holes.fitsBefore(bytes, start, from, bytesOf(next), folds(next))) {
      return backward(c, slot, from, next);
    }
  }
  return false;
}
