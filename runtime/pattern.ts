/**
 * Regular expressions, programs and frames: what is matched besides templates.
 *
 * In: a cursor on a record that a format has read. Out: whether it fits; captures stay in the cursor
 * until a rule has matched as a whole. Rules: docs/matching.md sections 3, 4 and 7.
 */
import { decode } from "./bytes.ts";
import type { Cursor } from "./cursor.ts";
import { messageBytesMax } from "./limits.ts";
import type { Searcher } from "./linear.ts";
import { findIn, type Literal, standsAt } from "./literal.ts";
import { open } from "./template.ts";
import { type GroupKind, isOfKind } from "./who.ts";

/** A group that must be an address or a host name, or nothing has matched. */
export interface StrictGroup {
  readonly group: string;
  readonly kind: GroupKind;
}

/**
 * Searches the message. `required` is in every match of the pattern: bytes without it are never
 * decoded. Null: nothing is known.
 */
export function exec(
  c: Cursor,
  pattern: Searcher,
  required: Literal | null,
  strict: readonly StrictGroup[] = [],
): boolean {
  const { messageBytes, messageStart, messageEnd } = c.record;
  if (messageEnd - messageStart > messageBytesMax) return false;
  const lacks = required !== null && findIn(messageBytes, messageStart, messageEnd, required) < 0;
  if (lacks) return false;
  c.text ??= decode(messageBytes, messageStart, messageEnd);
  const match = pattern.exec(c.text);
  if (match === null) return false;
  const groups = match.groups ?? null;
  for (const { group, kind } of strict) {
    const taken = groups?.[group];
    if (taken !== undefined && !isOfKind(taken, kind)) return false;
  }
  c.groups = groups;
  c.matched = match;
  return true;
}

/** Sets the cursor on the program's name; false: the record has none. */
export function programName(c: Cursor): boolean {
  const { bytes, programStart, programEnd } = c.record.header;
  return programStart >= 0 && open(c, bytes, programStart, programEnd);
}

export function programMatches(c: Cursor, pattern: Searcher): boolean {
  const { bytes, programStart, programEnd } = c.record.header;
  return programStart >= 0 && pattern.test(decode(bytes, programStart, programEnd));
}

/** Is the program's name, which has the literal's length, the literal? */
export function isProgram(c: Cursor, literal: Literal): boolean {
  const { bytes, programStart, programEnd } = c.record.header;
  return (
    programEnd - programStart === literal.bytes.length &&
    standsAt(bytes, programStart, programEnd, literal)
  );
}

/** Begins a filter on the record at hand. */
export function begin(c: Cursor): void {
  c.text = null;
  c.groups = null;
  c.frameGroups = null;
  c.frame = -1;
}

/**
 * Runs the rules on what the first fitting frame leaves of the message; without one the filter does
 * not see the record. A message too long for patterns has none: rules without one are asked all the same. The message
 * is put back for the filters behind.
 */
export function framed(
  c: Cursor,
  frames: (c: Cursor) => boolean,
  rules: (c: Cursor) => boolean,
): boolean {
  const record = c.record;
  const { messageBytes, messageStart, messageEnd } = record;
  begin(c);
  if (messageEnd - messageStart > messageBytesMax) return rules(c);
  if (!frames(c) || c.frame < 0) return false;
  const found = rules(c);
  record.messageBytes = messageBytes;
  record.messageStart = messageStart;
  record.messageEnd = messageEnd;
  return found;
}

/**
 * This frame fits, and its message is what the rules see; always true, for no other frame is asked. `message`: a
 * template's slot, or a regular expression's group; where that took no part, the rules see nothing.
 */
export function frame(c: Cursor, number: number, message: number | string): boolean {
  const record = c.record;
  c.frameBytes = record.messageBytes;
  c.frameGroups = c.groups;
  if (typeof message === "number") {
    const start = c.slots[message * 2] as number;
    if (start < 0) return true;
    record.messageStart = start;
    record.messageEnd = c.slots[message * 2 + 1] as number;
  } else {
    const text = c.groups?.[message];
    if (text === undefined) return true;
    // A group has no offsets in bytes: its text is one text with or without what stood around it.
    record.messageBytes = Buffer.from(text, "utf8");
    record.messageStart = 0;
    record.messageEnd = record.messageBytes.length;
  }
  c.frame = number;
  c.groups = null;
  c.text = null;
  return true;
}
