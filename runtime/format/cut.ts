/**
 * `format lines time start`, `leading` and `anywhere`: the stamp is cut out of the record, and what stood
 * before it and behind it is the message. docs/matching.md section 3.
 *
 * In: a record, where its stamp may stand, and a pattern or the automatic forms. Out: stamp and message;
 * false: the record has no such stamp. What must hold: nothing but the stamp is taken away, no blank and
 * no bracket, and its time counts to the second, because that is what filters from elsewhere are written for.
 */
import { isDigit, isLetter } from "../bytes.ts";
import { recordBytesMax } from "../limits.ts";
import type { Registers } from "../registers.ts";
import { parseAutomatic, stampEndOf, stampFormOf, stampForms } from "../time/forms.ts";
import type { TimePattern } from "../time/pattern.ts";

/** So many marks may stand before a leading stamp. */
const marksMax = 2;
/** A pattern that is looked for everywhere must not read to the end of a long record each time. */
const reachBytesMax = 512;
/** What auditd writes before its count of seconds. */
const audit = [0x61, 0x75, 0x64, 0x69, 0x74, 0x28];
const underscore = 0x5f;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const colon = 0x3a;

/** What one `format` line asks for; the buffer belongs to one scanner's format. */
interface CutSpec {
  readonly place: "start" | "leading" | "anywhere";
  readonly pattern: TimePattern | null;
  /** What stood before and behind the stamp, put together; as large as was needed so far. */
  joined: Buffer;
}

export function makeCut(place: CutSpec["place"], pattern: TimePattern | null = null): CutSpec {
  return { place, pattern, joined: Buffer.alloc(0) };
}

export function readCut(r: Registers, spec: CutSpec): boolean {
  r.beginFormat();
  const { start } = r;
  switch (spec.place) {
    case "start":
      return readAt(r, spec, start, r.end);
    case "leading":
      return readLeading(r, spec);
    default:
      // Of automatic forms one that leads is taken before one that only stands further left.
      return (spec.pattern === null && readLeading(r, spec)) || readAnywhere(r, spec);
  }
}

function readLeading(r: Registers, spec: CutSpec): boolean {
  const { bytes: b, start, end } = r;
  let marks = 0;
  while (marks < marksMax && start + marks < end && !isToken(b[start + marks] as number)) marks++;
  for (; marks >= 0; marks--) if (readAt(r, spec, start + marks, end)) return true;
  return false;
}

/** The first place from the left that no token reaches into. */
function readAnywhere(r: Registers, spec: CutSpec): boolean {
  const { bytes: b, start, end } = r;
  let inside = false;
  for (let at = start; at < end; at++) {
    const token = isToken(b[at] as number);
    const limit = Math.min(end, at + reachBytesMax);
    if (!(inside && token) && readAt(r, spec, at, limit)) return true;
    inside = token;
  }
  return false;
}

/** `limit`: how far a pattern may reach. */
function readAt(r: Registers, spec: CutSpec, at: number, limit: number): boolean {
  const { pattern } = spec;
  return pattern === null ? readForm(r, spec, at) : readPattern(r, spec, pattern, at, limit);
}

function readForm(r: Registers, spec: CutSpec, at: number): boolean {
  const { bytes: b, start, end } = r;
  const opening = at - start <= marksMax;
  const found = parseAutomatic(b, at, end, end, r.parts, opening && !hasTokens(b, start, at));
  if (found < 0) return false;
  const to = stampEndOf(found);
  const form = stampFormOf(found);
  if (form === stampForms.angled && at > start) return false;
  if (form === stampForms.epoch && !isCounted(b, start, at, to, end)) return false;
  r.header.setStamp(b, at, to, form, null, true);
  cutOut(r, spec, at, to);
  return true;
}

function readPattern(
  r: Registers,
  spec: CutSpec,
  pattern: TimePattern,
  at: number,
  limit: number,
): boolean {
  const { bytes: b } = r;
  const to = pattern.parse(b, at, limit, r.parts);
  if (to < 0) return false;
  if (pattern.tells) r.header.setStamp(b, at, to, stampForms.pattern, pattern, true);
  cutOut(r, spec, pattern.cutStart, pattern.cutEnd);
  return true;
}

function hasTokens(b: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isToken(b[at] as number)) return true;
  return false;
}

/**
 * Ten digits are many things. They are a time at the start of a record, in the brackets it begins with,
 * and in audit's own parentheses.
 */
function isCounted(b: Buffer, start: number, at: number, to: number, end: number): boolean {
  if (at === start) return true;
  if (at === start + 1 && b[start] === bracketOpen) return to < end && b[to] === bracketClose;
  if (at - audit.length < start || to + 1 >= end) return false;
  if (audit.some((byte, i) => b[at - audit.length + i] !== byte)) return false;
  return b[to] === colon && isDigit(b[to + 1] as number);
}

function cutOut(r: Registers, spec: CutSpec, from: number, to: number): void {
  const { bytes, start, end } = r;
  if (from === to) return;
  if (from === start) r.messageStart = to;
  else if (to === end) r.messageEnd = from;
  else {
    const size = from - start + end - to;
    if (spec.joined.length < size) spec.joined = Buffer.alloc(Math.min(2 * size, recordBytesMax));
    bytes.copy(spec.joined, 0, start, from);
    bytes.copy(spec.joined, from - start, to, end);
    r.messageBytes = spec.joined;
    r.messageStart = 0;
    r.messageEnd = size;
  }
}

/** A digit, a letter or `_`. What is not ASCII is taken for a letter. */
function isToken(byte: number): boolean {
  return isDigit(byte) || isLetter(byte) || byte === underscore || byte >= 0x80;
}
