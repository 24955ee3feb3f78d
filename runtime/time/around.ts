/**
 * What stands around the letters of `time "PATTERN"`: literal text, blanks, and holes that tell no
 * time.
 *
 * In: bytes, the place where the piece must stand, and how far it may reach. Out: where it ends, -1:
 * it does not stand there. Each takes all it may and gives nothing back.
 */
import { isDigit, isWordByte } from "../bytes.ts";
import { type Literal, standsAt } from "../literal.ts";
import type { Words } from "../template.ts";

const intDigitsMax = 18;

export function timeText(b: Buffer, at: number, limit: number, text: Literal): number {
  return standsAt(b, at, limit, text) ? at + text.bytes.length : -1;
}

/** `%e %k %l`: the first of two digits may be a blank. */
export function timePad(b: Buffer, at: number, limit: number): number {
  return at < limit && b[at] === 0x20 ? at + 1 : at;
}

/** A blank of the pattern is one or more. */
export function timeBlanks(b: Buffer, at: number, limit: number): number {
  let to = at;
  while (to < limit && b[to] === 0x20) to++;
  return to === at ? -1 : to;
}

export function timeInt(b: Buffer, at: number, limit: number): number {
  const from = at < limit && b[at] === 0x2d ? at + 1 : at;
  let to = from;
  while (to < limit && isDigit(b[to] as number)) to++;
  return to === from || to - from > intDigitsMax ? -1 : to;
}

export function timeWord(b: Buffer, at: number, limit: number): number {
  let to = at;
  while (to < limit && isWordByte(b[to] as number)) to++;
  return to === at ? -1 : to;
}

/** `allowed`: 256 entries, 1 for a byte that may stand there. */
export function timeNot(b: Buffer, at: number, limit: number, allowed: Uint8Array): number {
  let to = at;
  while (to < limit && allowed[b[to] as number] === 1) to++;
  return to === at ? -1 : to;
}

/** Choices, longest first. */
export function timeWords(b: Buffer, at: number, limit: number, { all }: Words): number {
  for (const word of all) if (standsAt(b, at, limit, word)) return at + word.bytes.length;
  return -1;
}
