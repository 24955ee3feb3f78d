/**
 * `format audit`: the records of the Linux audit system, docs/matching.md section 3.
 *
 * In: a record and the keys that are asked for. Out: their values in the registers, and the stamp;
 * false: no audit header, or a used key twice. Keys inside `msg='...'` stand beside the others. What
 * must hold: a quoted value that a client wrote cannot end the `msg` it stands in.
 */
import { byteIn, decode, hexValue, isDigit } from "../bytes.ts";
import { lit, standsAt } from "../literal.ts";
import type { Registers } from "../registers.ts";
import { parseSeconds } from "../time/count-forms.ts";
import { stampForms } from "../time/forms.ts";
import {
  childOf,
  clearValues,
  type FieldsSpec,
  type PathNode,
  settleFields,
  setValue,
} from "./paths.ts";

const blank = 0x20;
const tab = 0x09;
/** Parts the record from auditd's own reading of it (log_format = ENRICHED). */
const groupSeparator = 0x1d;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const colon = 0x3a;
const equals = 0x3d;
const parenthesisClose = 0x29;

/** The keys whose values the kernel writes in hex when a client could have put quotes into them. */
const hexKeys: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "acct",
  "comm",
  "exe",
  "cmd",
  "name",
  "proctitle",
]);

const nodeHead = /* @__PURE__ */ lit("node=");
const typeHead = /* @__PURE__ */ lit("type=");
const stampHead = /* @__PURE__ */ lit("msg=audit(");
const serial = /* @__PURE__ */ lit("serial");

/** Reads the registers' record. */
export function readAudit(r: Registers, spec: FieldsSpec): boolean {
  r.beginFormat();
  clearValues(r, spec);
  for (const child of spec.root.children) child.seenIn = 0;
  const at = readHead(r, spec.root);
  if (at < 0 || readPairs(r, spec.root, at, false) < 0) return false;
  settleFields(r, spec);
  return true;
}

/** `[node=NAME ]type=NAME msg=audit(EPOCH[.mmm]:SERIAL):`: behind it, or -1. */
function readHead(r: Registers, root: PathNode): number {
  const { bytes: b, start, end, header } = r;
  let at = start;
  if (standsAt(b, at, end, nodeHead)) at = bareEnd(b, at, end, false) + 1;
  if (!standsAt(b, at, end, typeHead)) return -1;
  const typeStart = at + typeHead.bytes.length;
  const typeEnd = bareEnd(b, typeStart, end, false);
  const stampAt = typeEnd + 1;
  if (typeEnd === typeStart || b[typeEnd] !== blank) return -1;
  if (!standsAt(b, stampAt, end, stampHead)) return -1;
  const stampStart = stampAt + stampHead.bytes.length;
  const stampEnd = parseSeconds(b, stampStart, end, r.parts);
  if (stampEnd < 0 || stampEnd >= end || b[stampEnd] !== colon) return -1;
  let to = stampEnd + 1;
  while (to < end && isDigit(b[to] as number)) to++;
  if (to === stampEnd + 1 || to + 1 >= end) return -1;
  if (b[to] !== parenthesisClose || b[to + 1] !== colon) return -1;
  const behind = to + 2;
  if (behind < end && b[behind] !== blank) return -1;
  header.stampBytes = b;
  header.stampStart = stampStart;
  header.stampEnd = stampEnd;
  header.stampForm = stampForms.seconds;
  header.stampField = undefined;
  take(r, childOf(root, typeHead.bytes, 0, 4), decode(b, typeStart, typeEnd));
  take(r, childOf(root, serial.bytes, 0, 6), decode(b, stampEnd + 1, to));
  return behind;
}

/** Reads `key=value` up to the record's end, or up to the quote that ends `msg`: behind it, or -1. */
function readPairs(r: Registers, root: PathNode, from: number, inner: boolean): number {
  const { bytes: b, end } = r;
  let at = from;
  while (at < end) {
    const byte = b[at] as number;
    if (isGap(byte)) {
      at++;
      continue;
    }
    if (inner && byte === singleQuote) return at + 1;
    const keyEnd = keyEndOf(b, at, end, inner);
    // Words without a value (`avc:  denied  { read } for`) say nothing by key.
    if (keyEnd >= end || b[keyEnd] !== equals) at = keyEnd;
    else if (!inner && isMsg(b, at, keyEnd) && b[keyEnd + 1] === singleQuote && keyEnd + 1 < end) {
      at = readPairs(r, root, keyEnd + 2, true);
    } else {
      at = readValue(r, childOf(root, b, at, keyEnd), at, keyEnd, inner);
    }
    if (at < 0) return -1;
  }
  return inner ? -1 : at;
}

/** `msg` is never a field. */
function isMsg(b: Buffer, start: number, end: number): boolean {
  return end - start === 3 && b[start] === 0x6d && b[start + 1] === 0x73 && b[start + 2] === 0x67;
}

/** Behind the value of the key `[start, keyEnd)`; -1: its quote does not close, or the key is used twice. */
function readValue(
  r: Registers,
  found: PathNode | null,
  start: number,
  keyEnd: number,
  inner: boolean,
): number {
  const { bytes: b, end } = r;
  const child = isMsg(b, start, keyEnd) ? null : found;
  const at = keyEnd + 1;
  const open = at < end ? b[at] : 0;
  if (open === doubleQuote || (open === singleQuote && !inner)) {
    const close = byteIn(b, at + 1, end, open);
    if (close < 0) return -1;
    return take(r, child, decode(b, at + 1, close)) ? close + 1 : -1;
  }
  const to = bareEnd(b, at, end, inner);
  if (child === null) return to;
  const hex = hexKeys.has(String(child.name)) && isHexText(b, at, to);
  const text = hex
    ? Buffer.from(b.toString("latin1", at, to), "hex").toString("utf8")
    : decode(b, at, to);
  return take(r, child, text) ? to : -1;
}

/** Notes a value; false: its key stood in this record before. `?` and `(null)` are absent. */
function take(r: Registers, child: PathNode | null, text: string): boolean {
  if (child === null) return true;
  if (child.seenIn === 1) return false;
  child.seenIn = 1;
  if (text !== "?" && text !== "(null)") setValue(r, child, text);
  return true;
}

function isGap(byte: number): boolean {
  return byte === blank || byte === tab || byte === groupSeparator;
}

function keyEndOf(b: Buffer, at: number, end: number, inner: boolean): number {
  let to = at;
  while (to < end && b[to] !== equals && !isGap(b[to] as number)) {
    if (inner && b[to] === singleQuote) break;
    to++;
  }
  return to;
}

/** The end of a value without quotes; inside `msg` the quote that ends it ends the value too. */
function bareEnd(b: Buffer, at: number, end: number, inner: boolean): number {
  let to = at;
  while (to < end && !isGap(b[to] as number) && !(inner && b[to] === singleQuote)) to++;
  return to;
}

/** An even number (2 or more) of hex digits. */
function isHexText(b: Buffer, start: number, end: number): boolean {
  if (end === start || (end - start) % 2 === 1) return false;
  for (let at = start; at < end; at++) if (hexValue(b[at] as number) < 0) return false;
  return true;
}
