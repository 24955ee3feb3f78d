/**
 * What all scanners share: records out of a chunk of bytes, each given to the generated rules.
 *
 * In: bytes in any pieces, and a function that reads one record. Out: hits. Records end at LF and
 * nowhere else; a record nobody wants never becomes a string and allocates nothing. Rules:
 * docs/matching.md sections 1 and 9.
 */
import { trimEnd } from "./bytes.ts";
import type { Hit, Scanner, TimeContext } from "./contract.ts";
import { Cursor } from "./cursor.ts";
import { recordBytesMax } from "./limits.ts";
import type { Registers } from "./registers.ts";
import { Clock } from "./time/clock.ts";
import { StampReader } from "./time/stamp.ts";

type Open = (record: Registers, bytes: Buffer, start: number, end: number) => boolean;

/**
 * `open` takes the envelope off the record `[start, end)` (false: it is none); `read` tries formats
 * and rules. Both come from the generated module; `open` may keep state between records.
 */
export interface Reading {
  readonly open: Open;
  readonly read: (c: Cursor) => void;
  /** Hits of one record may come out of the order of the filters: several formats are tried. */
  readonly unordered: boolean;
}

function nobody(): void {}

export function makeScanner(time: TimeContext, reading: Reading): Scanner {
  const stamps = new StampReader(new Clock(time));
  const c = new Cursor(nobody, (record) => stamps.readTimeMs(record));
  const hits: Hit[] = [];
  const collect = (hit: Hit) => hits.push(hit);
  const { open, read, unordered } = reading;

  function readRecord(bytes: Buffer, start: number, end: number): void {
    scanner.records++;
    if (end - start > recordBytesMax) {
      scanner.oversized++;
      return;
    }
    const to = trimEnd(bytes, start, end);
    if (to === start) return;
    c.ordinal = scanner.records;
    c.lineStart = start;
    c.lineEnd = to;
    if (open(c.record, bytes, start, to)) read(c);
  }

  function readOrdered(
    bytes: Buffer,
    start: number,
    end: number,
    report: (hit: Hit) => void,
  ): void {
    readRecord(bytes, start, end);
    if (hits.length === 0) return;
    hits.sort((a, b) => a.filter - b.filter);
    for (const hit of hits) report(hit);
    hits.length = 0;
  }

  const scanner: Scanner = {
    records: 0,
    oversized: 0,
    scan(bytes, start, end, report) {
      c.report = unordered ? collect : report;
      let at = start;
      // The native search knows no end: it must not run on through a large buffer for nothing.
      const part = end === bytes.length ? bytes : bytes.subarray(0, end);
      for (let lf = part.indexOf(0x0a, at); lf >= 0; lf = part.indexOf(0x0a, at)) {
        if (unordered) readOrdered(bytes, at, lf, report);
        else readRecord(bytes, at, lf);
        at = lf + 1;
      }
      c.report = nobody;
      return at;
    },
    scanLast(bytes, start, end, report) {
      c.report = unordered ? collect : report;
      if (unordered) readOrdered(bytes, start, end, report);
      else readRecord(bytes, start, end);
      c.report = nobody;
    },
  };
  return scanner;
}

/** A plain file: the record is the message. */
export function openPlain(record: Registers, bytes: Buffer, start: number, end: number): boolean {
  record.begin(bytes, start, end);
  return true;
}

/** An envelope that keeps something between records. */
export function openWith(envelope: { readonly open: Open }): Open {
  return (record, bytes, start, end) => envelope.open(record, bytes, start, end);
}

/** True once a record for a filter with several formats: the first that reads it is used. */
export function firstFormat(c: Cursor, filter: number, format: number): boolean {
  if (c.seen[filter] === c.ordinal) return false;
  c.seen[filter] = c.ordinal;
  c.format = format;
  return true;
}

export function isSeen(c: Cursor, filter: number): boolean {
  return c.seen[filter] === c.ordinal;
}

/** The bytes of the program's name; -1: the record has none. */
export function programLength(c: Cursor): number {
  const { programStart, programEnd } = c.record.header;
  return programStart < 0 ? -1 : programEnd - programStart;
}
