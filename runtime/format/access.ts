/**
 * `format combined` and `common`: the access logs of web servers, docs/matching.md section 3.
 *
 * In: a record. Out: where its fields stand, by number in the registers' spans, and the stamp; false:
 * it is no such record. Fields become values only when asked for. The message is the whole record.
 */
import { addressText } from "../address.ts";
import { decode, isDigit } from "../bytes.ts";
import type { FieldValue, Registers } from "../registers.ts";
import { parseDayFirst } from "../time/calendar-forms.ts";
import { stampForms } from "../time/forms.ts";
import { absent } from "../time/parts.ts";
import { parseRequest } from "./request.ts";

const blank = 0x20;
const quote = 0x22;
const minus = 0x2d;
const slash = 0x2f;
const bracketOpen = 0x5b;
const backslash = 0x5c;
const bracketClose = 0x5d;
/** `dd/Mmm/YYYY:HH:MM:SS +ZZZZ` */
const clfBytes = 26;

const peer = 0;
const user = 1;
const request = 2;
const status = 3;
const bytesSent = 4;
const referer = 5;
const agent = 6;
/** Extras are numbered from here on, in the order of the format's `with`. */
const firstExtra = 7;

/** So many fields may be named behind those that every record has. */
const extrasMax = 25;

/** `combined`: with referer and agent. `extras`: how many fields behind are asked for. */
export function readAccess(r: Registers, combined: boolean, extras: number): boolean {
  r.beginFormat();
  const { bytes: b, start, end, spans } = r;
  spans.fill(-1);
  const peerEnd = tokenEnd(b, start, end);
  if (peerEnd < 0) return false;
  const identEnd = tokenEnd(b, peerEnd + 1, end);
  if (identEnd < 0) return false;
  const stampStart = findStampStart(r, identEnd + 1);
  if (stampStart < 0) return false;
  setSpan(spans, peer, start, peerEnd);
  setSpan(spans, user, identEnd + 1, stampStart - 2);
  let at = stampStart + clfBytes + 2;
  const requestEnd = quotedEnd(b, at, end);
  if (requestEnd < 0) return false;
  setSpan(spans, request, at + 1, requestEnd);
  at = readStatusAndBytes(r, requestEnd + 1);
  if (at < 0) return false;
  if (combined) {
    at = readQuoted(r, referer, at);
    if (at >= 0) at = readQuoted(r, agent, at);
    if (at < 0) return false;
  }
  const count = Math.min(extras, extrasMax);
  for (let i = 0; i < count && at >= 0; i++) at = readExtra(r, firstExtra + i, at);
  r.header.stampBytes = b;
  r.header.stampStart = stampStart;
  r.header.stampEnd = stampStart + clfBytes;
  r.header.stampForm = stampForms.dayFirst;
  r.header.stampField = undefined;
  return true;
}

/** The value of a field by its name; `extras` are the names behind `with`. */
export function accessField(
  r: Registers,
  name: string,
  extras: readonly string[],
): FieldValue | undefined {
  switch (name) {
    case "address":
      return spanOf(r, peer, addressText) ?? undefined;
    case "host":
      return spanOf(r, peer, addressText) === null ? spanOf(r, peer, decode) : undefined;
    case "user":
      return textOf(r, user);
    case "status":
    case "bytes":
      return numberOf(r, name === "status" ? status : bytesSent);
    case "referer":
      return textOf(r, referer);
    case "agent":
      return textOf(r, agent);
    case "request":
    case "method":
    case "path":
    case "query":
    case "protocol":
      r.request ??= spanOf(r, request, parseRequest) ?? null;
      return r.request?.[name];
    default:
      return extraField(r, name, extras);
  }
}

function extraField(r: Registers, name: string, extras: readonly string[]): FieldValue | undefined {
  const index = extras.indexOf(name);
  return index < 0 ? undefined : textOf(r, firstExtra + index);
}

function setSpan(spans: Int32Array, field: number, start: number, end: number): void {
  spans[field * 2] = start;
  spans[field * 2 + 1] = end;
}

function spanOf<T>(
  r: Registers,
  field: number,
  read: (b: Buffer, start: number, end: number) => T,
): T | undefined {
  const start = r.spans[field * 2] ?? -1;
  return start < 0 ? undefined : read(r.bytes, start, r.spans[field * 2 + 1] as number);
}

/** `-` is absent. */
function textOf(r: Registers, field: number): string | undefined {
  const text = spanOf(r, field, decode);
  return text === "-" ? undefined : text;
}

function numberOf(r: Registers, field: number): number | undefined {
  const text = textOf(r, field);
  return text === undefined ? undefined : Number(text);
}

/** The end of a token of 1+ bytes with one blank behind it; -1. */
function tokenEnd(b: Buffer, at: number, end: number): number {
  let to = at;
  while (to < end && b[to] !== blank && b[to] !== 0x09) to++;
  return to > at && to < end && b[to] === blank ? to : -1;
}

/** Where the first `blank [ CLF-stamp ] blank "` behind `from` has its stamp; -1. */
function findStampStart(r: Registers, from: number): number {
  const { bytes: b, end } = r;
  const last = end - clfBytes - 5;
  for (let at = from; at <= last; at++) {
    if (b[at] !== blank || b[at + 1] !== bracketOpen) continue;
    const close = at + 2 + clfBytes;
    // The slashes first: who wants to be a user full of brackets pays for two bytes each.
    if (b[at + 4] !== slash || b[close] !== bracketClose || b[close + 1] !== blank) continue;
    if (b[close + 2] !== quote) continue;
    const read = parseDayFirst(b, at + 2, close, close, r.parts) === close;
    if (read && r.parts.offsetMinutes !== absent) return at + 2;
  }
  return -1;
}

/** Where the quoted field whose first quote stands at `at` has its last one; -1. */
function quotedEnd(b: Buffer, at: number, end: number): number {
  if (at >= end || b[at] !== quote) return -1;
  for (let to = at + 1; to < end; to++) {
    if (b[to] === backslash) to++;
    else if (b[to] === quote) return to;
  }
  return -1;
}

/** ` STATUS BYTES` at `at`: behind it, or -1. */
function readStatusAndBytes(r: Registers, at: number): number {
  const { bytes: b, end, spans } = r;
  if (at + 6 > end || b[at] !== blank || b[at + 4] !== blank) return -1;
  for (let i = at + 1; i < at + 4; i++) if (!isDigit(b[i] as number)) return -1;
  setSpan(spans, status, at + 1, at + 4);
  const from = at + 5;
  let to = from;
  if (b[to] === minus) to++;
  else while (to < end && isDigit(b[to] as number)) to++;
  if (to === from || (to < end && b[to] !== blank)) return -1;
  setSpan(spans, bytesSent, from, to);
  return to;
}

/** ` "TEXT"` at `at`: behind it, or -1. */
function readQuoted(r: Registers, field: number, at: number): number {
  if (at >= r.end || r.bytes[at] !== blank) return -1;
  const to = quotedEnd(r.bytes, at + 1, r.end);
  if (to < 0) return -1;
  setSpan(r.spans, field, at + 2, to);
  return to + 1;
}

/** ` "TEXT"` or ` TOKEN` at `at`: behind it, or -1 when the fields end here. */
function readExtra(r: Registers, field: number, at: number): number {
  const { bytes: b, end } = r;
  if (at >= end || b[at] !== blank) return -1;
  let to = at + 1;
  if (to < end && b[to] === quote) {
    to = quotedEnd(b, to, end);
    if (to < 0 || (to + 1 < end && b[to + 1] !== blank)) return -1;
    setSpan(r.spans, field, at + 2, to);
    return to + 1;
  }
  while (to < end && b[to] !== blank && b[to] !== 0x09) to++;
  if (to === at + 1 || (to < end && b[to] !== blank)) return -1;
  setSpan(r.spans, field, at + 1, to);
  return to;
}
