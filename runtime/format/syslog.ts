/**
 * `format syslog`: RFC 5424, RFC 3164 and ISO headers, docs/matching.md section 3.
 *
 * In: a record. Out: host, program, pid and stamp in a header, and where the message stands; false:
 * the record has no such header. What must hold: what a client can write stands in the message, so
 * the header is read from the left and never searched.
 */
import { isDigit, isWordByte } from "../bytes.ts";
import { programBytesMax } from "../limits.ts";
import { lit, standsAt } from "../literal.ts";
import type { Header, Registers } from "../registers.ts";
import { parseIso, parseMonthFirst } from "../time/calendar-forms.ts";
import { stampForms } from "../time/forms.ts";
import { absent, type StampParts } from "../time/parts.ts";
import type { KnownHeader } from "./known-header.ts";

const blank = 0x20;
const minus = 0x2d;
const colon = 0x3a;
const less = 0x3c;
const greater = 0x3e;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const backslash = 0x5c;
const quote = 0x22;

const repeatedHead = /* @__PURE__ */ lit("message repeated ");
const repeatedMiddle = /* @__PURE__ */ lit(" times: [ ");
const repeatedDigitsMax = 6;

/** Reads the registers' record; under a syslog envelope its header was read already. */
export function readSyslog(r: Registers): boolean {
  r.beginFormat();
  if (!r.headed) {
    const messageStart = parseSyslogHeader(r.bytes, r.start, r.end, r.header, r.parts);
    if (messageStart < 0) return false;
    r.messageStart = messageStart;
  }
  unwrapRepeated(r);
  return true;
}

/** Fills `header` from the record `bytes[start, end)`: where the message begins, or -1. */
export function parseSyslogHeader(
  b: Buffer,
  start: number,
  end: number,
  header: Header,
  parts: StampParts,
): number {
  header.bytes = b;
  let at = start;
  if (b[at] === less) {
    at = behindPriority(b, start, end);
    if (at < 0) return -1;
    if (at + 2 <= end && b[at] === 0x31 && b[at + 1] === blank) {
      return parseRfc5424(b, at + 2, end, header, parts);
    }
  }
  return parseRfc3164(b, at, end, header, parts);
}

/** Behind `<PRI>`, or -1. */
function behindPriority(b: Buffer, start: number, end: number): number {
  let at = start + 1;
  while (at < end && at <= start + 3 && isDigit(b[at] as number)) at++;
  return at > start + 1 && at < end && b[at] === greater ? at + 1 : -1;
}

/** RFC 3164 section 4.1, and the same with an ISO 8601 stamp as rsyslog and others write it. */
function parseRfc3164(
  b: Buffer,
  at: number,
  end: number,
  header: Header,
  parts: StampParts,
): number {
  const { known } = header;
  const isKnown = known.hasStampAt(b, at, end) && known.hasPlaceAt(b, at + known.stampSize, end);
  if (!isKnown) {
    if (at >= end) return -1;
    const isIso = isDigit(b[at] as number);
    const to = isIso ? parseIso(b, at, end, parts) : parseMonthFirst(b, at, end, end, parts);
    if (to < 0 || (!known.hasPlaceAt(b, to, end) && !readPlace(b, to, end, known))) return -1;
    known.keepStamp(b, at, to, isIso ? stampForms.iso : stampForms.monthFirst);
    parts.of = known.stampId;
  }
  const stampEnd = at + known.stampSize;
  header.stampBytes = b;
  header.stampStart = at;
  header.stampEnd = stampEnd;
  header.stampForm = known.stampForm;
  header.stampField = undefined;
  header.stampId = known.stampId;
  header.hostStart = stampEnd + 1;
  header.hostEnd = stampEnd + known.hostEnd;
  header.programStart = stampEnd + known.programStart;
  header.programEnd = stampEnd + known.programEnd;
  header.placeId = known.placeId;
  return parsePid(b, header.programEnd, end, header);
}

/**
 * ` HOST PROGRAM` and the byte behind it, which ends the program; false: they do not stand there. Busybox' syslogd writes
 * what a message was sent as between them: `auth.info`.
 */
function readPlace(b: Buffer, at: number, end: number, known: KnownHeader): boolean {
  if (at >= end || b[at] !== blank) return false;
  const hostEnd = fieldEnd(b, at + 1, end);
  if (hostEnd < 0) return false;
  let programStart = hostEnd + 1;
  let to = programEnd(b, programStart, end);
  if (to >= 0 && b[to] === blank && facilityAndLevel.test(b.toString("latin1", programStart, to))) {
    programStart = to + 1;
    to = programEnd(b, programStart, end);
  }
  if (to < 0) return false;
  known.keepPlace(b, at, hostEnd, programStart, to);
  return true;
}

/** Where a program's name ends, with a byte behind it; -1: none stands there. */
function programEnd(b: Buffer, start: number, end: number): number {
  let to = start;
  while (to < end && isProgramByte(b[to] as number)) to++;
  return to === start || to - start > programBytesMax || to >= end ? -1 : to;
}

/** As syslog.h names them. */
const facilityAndLevel =
  /^(?:auth|authpriv|cron|daemon|ftp|kern|lpr|mail|news|syslog|user|uucp|local[0-7])\.(?:emerg|alert|crit|err|warn|notice|info|debug)$/;

/** `[PID]` or nothing, `:` and one blank: where the message begins, or -1. */
function parsePid(b: Buffer, at: number, end: number, header: Header): number {
  let to = at;
  header.pidStart = -1;
  if (b[to] === bracketOpen) {
    const pidStart = to + 1;
    to = pidStart;
    while (to < end && isPidByte(b[to] as number)) to++;
    if (to === pidStart || to >= end || b[to] !== bracketClose) return -1;
    header.pidStart = pidStart;
    header.pidEnd = to;
    to++;
  }
  if (to >= end || b[to] !== colon) return -1;
  to++;
  return to < end && b[to] === blank ? to + 1 : to;
}

/** The first blank or tab; `end`: there is none. */
function nextBlank(b: Buffer, at: number, end: number): number {
  let to = at;
  while (to < end && b[to] !== blank && b[to] !== 0x09) to++;
  return to;
}

function isProgramByte(byte: number): boolean {
  return isWordByte(byte) && byte !== colon && byte !== bracketOpen && byte !== bracketClose;
}

function isPidByte(byte: number): boolean {
  return byte !== bracketClose && byte !== blank && byte !== 0x09;
}

/** RFC 5424 section 6, behind the version. */
function parseRfc5424(
  b: Buffer,
  start: number,
  end: number,
  header: Header,
  parts: StampParts,
): number {
  let at = start;
  const stampEnd = fieldEnd(b, at, end);
  if (stampEnd < 0) return -1;
  if (!isNil(b, at, stampEnd)) {
    const zoned = parseIso(b, at, stampEnd, parts) === stampEnd;
    if (!zoned || parts.offsetMinutes === absent) return -1;
    header.setStamp(b, at, stampEnd, stampForms.iso, null);
  }
  at = stampEnd + 1;
  const hostEnd = fieldEnd(b, at, end);
  if (hostEnd < 0) return -1;
  const programStart = hostEnd + 1;
  const programEnd = fieldEnd(b, programStart, end);
  if (programEnd < 0) return -1;
  const pidStart = programEnd + 1;
  const pidEnd = fieldEnd(b, pidStart, end);
  if (pidEnd < 0) return -1;
  const idEnd = fieldEnd(b, pidEnd + 1, end);
  if (idEnd < 0) return -1;
  const messageStart = behindStructuredData(b, idEnd + 1, end);
  if (messageStart < 0) return -1;
  header.hostStart = isNil(b, at, hostEnd) ? -1 : at;
  header.hostEnd = hostEnd;
  header.programStart = isNil(b, programStart, programEnd) ? -1 : programStart;
  header.programEnd = programEnd;
  header.pidStart = isNil(b, pidStart, pidEnd) ? -1 : pidStart;
  header.pidEnd = pidEnd;
  return messageStart;
}

/** Where a field of 1+ bytes with a blank behind it ends; -1: none stands there. */
function fieldEnd(b: Buffer, at: number, end: number): number {
  const to = nextBlank(b, at, end);
  return to > at && to < end && b[to] === blank ? to : -1;
}

/** `-`: the field says nothing. */
function isNil(b: Buffer, start: number, end: number): boolean {
  return end === start + 1 && b[start] === minus;
}

/** Where the message begins behind the structured data at `at`; -1: there is none. */
function behindStructuredData(b: Buffer, at: number, end: number): number {
  let to = at;
  if (to < end && b[to] === minus) to++;
  else {
    while (to < end && b[to] === bracketOpen) {
      to = elementEnd(b, to + 1, end);
      if (to < 0) return -1;
    }
    if (to === at) return -1;
  }
  if (to >= end) return end;
  if (b[to] !== blank) return -1;
  to++;
  // RSYSLOG_SyslogProtocol23Format puts the blank that stood behind RFC 3164's tag here, too.
  if (to < end && b[to] === blank) to++;
  const marked = to + 3 <= end && b[to] === 0xef && b[to + 1] === 0xbb && b[to + 2] === 0xbf;
  return marked ? to + 3 : to;
}

/** Behind the `]` of an element whose inside begins at `at`; -1: it has none. */
function elementEnd(b: Buffer, at: number, end: number): number {
  let quoted = false;
  for (let to = at; to < end; to++) {
    const byte = b[to];
    if (quoted && byte === backslash) to++;
    else if (byte === quote) quoted = !quoted;
    else if (byte === bracketClose && !quoted) return to + 1;
  }
  return -1;
}

/** `message repeated N times: [ MESSAGE]` is MESSAGE, N times. */
function unwrapRepeated(r: Registers): void {
  const { messageBytes: b, messageStart: start, messageEnd: end } = r;
  if (b[start] !== 0x6d || b[end - 1] !== bracketClose) return;
  if (!standsAt(b, start, end, repeatedHead)) return;
  const from = start + repeatedHead.bytes.length;
  let at = from;
  let count = 0;
  while (at < end && at - from < repeatedDigitsMax && isDigit(b[at] as number)) {
    count = count * 10 + (b[at++] as number) - 0x30;
  }
  if (at === from || !standsAt(b, at, end, repeatedMiddle)) return;
  const messageStart = at + repeatedMiddle.bytes.length;
  if (messageStart > end - 1) return;
  r.repeated = count;
  r.messageStart = messageStart;
  r.messageEnd = end - 1;
}
