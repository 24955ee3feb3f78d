/**
 * Texts of the policy as bytes, and whether one stands at a place.
 *
 * In: a literal, made once when the bundle is loaded, and bytes. Out: true or false. What must hold: nothing outside the range
 * that is given decides; with `fold` ASCII letters match without case. Four bytes are compared at once: these comparisons
 * are what a scanner does most.
 */
import { lowerCase } from "./bytes.ts";

export interface Literal {
  /** Lower case when `fold`. */
  readonly bytes: Uint8Array;
  readonly fold: boolean;
  /** The bytes by fours; `rest` is what is left, and `mask` says how much of it counts. */
  readonly words: Int32Array;
  readonly rest: number;
  readonly mask: number;
}

/** A literal, or null: anything may stand there. */
export type Neighbour = Literal | null;

export function lit(text: string, fold = false): Literal {
  const folded = fold ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
  const b = Buffer.from(`${folded}\0\0\0`, "utf8");
  const size = b.length - 3;
  const words = Int32Array.from({ length: size >> 2 }, (_, i) => b.readInt32LE(i * 4));
  const rest = size % 4 === 0 ? 0 : b.readInt32LE(size & ~3);
  return {
    bytes: new Uint8Array(b.subarray(0, size)),
    fold,
    words,
    rest,
    mask: (1 << ((size & 3) * 8)) - 1,
  };
}

/** It stands at `at` and ends at or before `end`. */
export function standsAt(b: Buffer, at: number, end: number, literal: Neighbour): boolean {
  if (literal === null) return true;
  const to = at + literal.bytes.length;
  if (to > end) return false;
  // Behind the last bytes of a buffer there may be no four more.
  if (literal.fold || to + 3 > b.length) return standsBytewise(b, at, literal);
  const { words, rest, mask } = literal;
  const view = viewOf(b);
  let from = at;
  for (let i = 0; i < words.length; i++) {
    if (view.getInt32(from, true) !== words[i]) return false;
    from += 4;
  }
  return mask === 0 || ((view.getInt32(from, true) ^ rest) & mask) === 0;
}

function standsBytewise(b: Buffer, at: number, { bytes, fold }: Literal): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = b[at + i] as number;
    if ((fold ? lowerCase(byte) : byte) !== bytes[i]) return false;
  }
  return true;
}

/** It ends at `at` and begins at or behind `start`. */
export function endsAt(b: Buffer, start: number, at: number, literal: Neighbour): boolean {
  if (literal === null) return true;
  const from = at - literal.bytes.length;
  return from >= start && standsAt(b, from, at, literal);
}

/** Its first start inside `[start, end)`; -1: it is not there. */
export function findIn(b: Buffer, start: number, end: number, literal: Literal): number {
  const last = end - literal.bytes.length;
  for (let at = start; at <= last; at++) if (standsAt(b, at, end, literal)) return at;
  return -1;
}

let viewed: Buffer | null = null;
let view: DataView = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));

/** The bytes of a buffer by fours; that of the last one asked for is kept. */
export function viewOf(b: Buffer): DataView {
  if (b !== viewed) {
    viewed = b;
    view = new DataView(b.buffer, b.byteOffset, b.length);
  }
  return view;
}
