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
import { everybody, type Finder, type Needles, regionBytesMax, rowsBase } from "./find/find.ts";
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
  /** What a record must hold to be read. */
  readonly find: Needles;
}

function nobody(): void {}

export function makeScanner(time: TimeContext, reading: Reading): Scanner {
  // All records of a call come at one time: the system is asked for it once.
  let nowMs = 0;
  const stamps = new StampReader(new Clock({ ...time, now: () => nowMs }));
  const c = new Cursor(nobody, (record) => stamps.readTimeMs(record));
  const hits: Hit[] = [];
  const collect = (hit: Hit) => hits.push(hit);
  const { open, read, unordered } = reading;

  function begin(report: (hit: Hit) => void): void {
    nowMs = time.now();
    c.report = unordered ? collect : report;
    c.lazy = scanner.lazy === true && !unordered;
  }

  /** Of a record that is not too long. */
  function readRecord(bytes: Buffer, start: number, end: number, ordinal: number): void {
    const to = trimEnd(bytes, start, end);
    if (to === start) return;
    c.ordinal = ordinal;
    c.lineStart = start;
    c.lineEnd = to;
    if (open(c.record, bytes, start, to)) read(c);
  }

  function countRecord(bytes: Buffer, start: number, end: number): void {
    scanner.records++;
    if (end - start > recordBytesMax) scanner.oversized++;
    else readRecord(bytes, start, end, scanner.records);
  }

  /** Of one record, in the order of the filters. */
  function reportCollected(report: (hit: Hit) => void): void {
    hits.sort((a, b) => a.filter - b.filter);
    for (const hit of hits) report(hit);
    hits.length = 0;
  }

  function readAll(bytes: Buffer, start: number, end: number, report: (hit: Hit) => void): void {
    c.wants = everybody;
    for (let at = start; at < end; ) {
      const lf = bytes.indexOf(0x0a, at);
      countRecord(bytes, at, lf);
      if (hits.length > 0) reportCollected(report);
      at = lf + 1;
    }
  }

  /** The same for the records that may hold something, told by `finder`. */
  function readFound(
    finder: Finder,
    bytes: Buffer,
    start: number,
    end: number,
    report: (hit: Hit) => void,
  ): void {
    const { rows } = finder;
    const shift = start - rowsBase;
    finder.load(bytes.subarray(start, end));
    while (!finder.isDone) {
      const count = finder.next();
      for (let row = 0; row < count * 4; row += 4) {
        const from = (rows[row] as number) + shift;
        c.wants = rows[row + 3] as number;
        const ordinal = scanner.records + (rows[row + 2] as number);
        readRecord(bytes, from, (rows[row + 1] as number) + shift, ordinal);
        if (hits.length > 0) reportCollected(report);
      }
      scanner.records += finder.passed;
      scanner.oversized += finder.tooLong;
    }
  }

  /** `[start, end)` is whole records. */
  function readRegion(bytes: Buffer, start: number, end: number, report: (hit: Hit) => void): void {
    const finder = reading.find.finderFor(end - start);
    for (let at = start; at < end; ) {
      let to = finder === null ? end : Math.min(end, at + regionBytesMax);
      if (to < end) to = bytes.lastIndexOf(0x0a, to - 1) + 1;
      // A record that does not fit is read without a search.
      const fits = to > at;
      if (!fits) to = bytes.indexOf(0x0a, at) + 1;
      if (finder !== null && fits) readFound(finder, bytes, at, to, report);
      else readAll(bytes, at, to, report);
      at = to;
    }
  }

  const scanner: Scanner = {
    records: 0,
    oversized: 0,
    lazy: false,
    scan(bytes, start, end, report) {
      begin(report);
      // The native search knows no bounds: it must not run on through a large buffer for nothing.
      const to = start + bytes.subarray(start, end).lastIndexOf(0x0a) + 1;
      readRegion(bytes, start, to, report);
      c.report = nobody;
      return to;
    },
    scanLast(bytes, start, end, report) {
      begin(report);
      c.wants = everybody;
      countRecord(bytes, start, end);
      if (hits.length > 0) reportCollected(report);
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
