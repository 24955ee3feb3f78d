/**
 * Holes that take any row of bytes of a class, forward: `word`, `not CHARS`, the name in `host`.
 *
 * Between free holes a run is tried at every start of the message, from the right. What one start
 * found holds for the start before it, so it is remembered in the hole, and the whole search stays
 * linear in the message where it would be quadratic: an attacker writes these messages.
 */
import { isWordByte } from "./bytes.ts";
import type { Cursor } from "./cursor.ts";
import { makeNotTable } from "./holes.ts";
import { type Literal, standsAt } from "./literal.ts";

/** One run of one template, with what its last attempt found. */
export interface Run {
  /** 1 for a byte that belongs. */
  readonly table: Uint8Array;
  readonly next: Literal | null;
  /** The byte that must stand behind it; -1: it may be any, or either case. */
  readonly byte: number;
  /** Which text the rest is true for. */
  opened: number;
  start: number;
  /** The end of the hole from `start`; -1: none fits. */
  end: number;
}

export function wordRun(next: Literal | null): Run {
  return makeRun(
    Uint8Array.from({ length: 256 }, (_, byte) => Number(isWordByte(byte))),
    next,
  );
}

export function notRun(chars: string, next: Literal | null): Run {
  return makeRun(makeNotTable(chars), next);
}

export function hostRun(next: Literal | null): Run {
  const isHostByte = (byte: number) => /[\w.-]/.test(String.fromCharCode(byte));
  return makeRun(
    Uint8Array.from({ length: 256 }, (_, byte) => Number(isHostByte(byte))),
    next,
  );
}

function makeRun(table: Uint8Array, next: Literal | null): Run {
  const byte = next === null || next.fold ? -1 : (next.bytes[0] as number);
  return { table, next, byte, opened: -1, start: 0, end: 0 };
}

/** The end of the hole that begins at `left`; -1: it does not fit. */
export function takeRun(c: Cursor, hole: Run): number {
  const { bytes, left: start, end: limit } = c;
  const { table } = hole;
  if (start >= limit || table[bytes[start] as number] === 0) return -1;
  const known = hole.opened === c.opened;
  if (known && start === hole.start) return hole.end;
  let end: number;
  if (known && start + 1 === hole.start) {
    // The same run with one more byte in front: only its shortest extent is new.
    end = hole.end >= 0 ? hole.end : fits(c, start + 1, hole) ? start + 1 : -1;
  } else {
    end = start + 1;
    while (end < limit && table[bytes[end] as number] === 1) end++;
    while (end > start && !fits(c, end, hole)) end--;
    if (end === start) end = -1;
  }
  hole.opened = c.opened;
  hole.start = start;
  hole.end = end;
  return end;
}

function fits(c: Cursor, end: number, { next, byte }: Run): boolean {
  if (next === null) return true;
  if (byte >= 0 && c.bytes[end] !== byte) return false;
  return standsAt(c.bytes, end, c.end, next);
}
