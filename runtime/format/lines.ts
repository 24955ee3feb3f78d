/**
 * `format lines`: a stamp at the start, the rest is the message. docs/matching.md section 3.
 *
 * In: a record and which time the format asks for. Out: where stamp and message stand; false: the
 * record has no stamp and must have one.
 */
import { skipBlanks } from "../bytes.ts";
import type { Registers } from "../registers.ts";
import { parseAutomatic, stampEndOf, stampFormOf, stampForms } from "../time/forms.ts";
import type { TimePattern } from "../time/pattern.ts";

/** Longer stamps are not kept for `time last`; no form is as long. */
const keptBytesMax = 256;

/** What `format lines` asks for; `last` keeps a stamp, so one belongs to one scanner's format. */
interface LinesSpec {
  readonly time: "auto" | "last" | "none" | "pattern";
  readonly pattern: TimePattern | null;
  /** The stamp of the last record that had one. */
  readonly keptBytes: Buffer;
  /** -1: none yet. */
  keptSize: number;
  keptForm: number;
}

export function makeLines(time: LinesSpec["time"], pattern: TimePattern | null = null): LinesSpec {
  const size = time === "last" ? keptBytesMax : 0;
  return { time, pattern, keptBytes: Buffer.alloc(size), keptSize: -1, keptForm: 0 };
}

export function readLines(r: Registers, spec: LinesSpec): boolean {
  r.beginFormat();
  switch (spec.time) {
    case "none":
      return true;
    case "last":
      if (readStart(r, spec.pattern)) keepStamp(r, spec);
      else useKept(r, spec);
      return true;
    default:
      return readStart(r, spec.pattern);
  }
}

/** A stamp at the start of the record, or behind one bracket: the message begins behind it. */
function readStart(r: Registers, pattern: TimePattern | null): boolean {
  const { bytes: b, start, end } = r;
  let to = readStamp(r, start, pattern);
  if (to < 0) {
    const close = start < end ? partnerOf(b[start] as number) : 0;
    if (close === 0) return false;
    to = readStamp(r, start + 1, pattern);
    if (to < 0) return false;
    if (to < end && b[to] === close) to++;
  }
  r.messageStart = skipBlanks(b, to, end);
  return true;
}

/** Sets the header's stamp to the one at `at`, where the record begins: behind it, or -1. */
function readStamp(r: Registers, at: number, pattern: TimePattern | null): number {
  const { bytes: b, end, header } = r;
  let to: number;
  let form: number;
  if (pattern === null) {
    const found = parseAutomatic(b, at, end, end, r.parts, true);
    if (found < 0) return -1;
    to = stampEndOf(found);
    form = stampFormOf(found);
  } else {
    to = pattern.parse(b, at, end, r.parts);
    if (to < 0) return -1;
    form = stampForms.pattern;
  }
  header.setStamp(b, at, to, form, pattern);
  return to;
}

/** The bracket that closes one of `[ < (`; 0: it is none of them. */
function partnerOf(byte: number): number {
  if (byte === 0x5b) return 0x5d;
  if (byte === 0x3c) return 0x3e;
  return byte === 0x28 ? 0x29 : 0;
}

function keepStamp(r: Registers, spec: LinesSpec): void {
  const { stampBytes, stampStart, stampEnd, stampForm } = r.header;
  if (stampEnd - stampStart > keptBytesMax) return;
  spec.keptSize = stampBytes.copy(spec.keptBytes, 0, stampStart, stampEnd);
  spec.keptForm = stampForm;
}

function useKept(r: Registers, spec: LinesSpec): void {
  if (spec.keptSize < 0) return;
  r.header.setStamp(spec.keptBytes, 0, spec.keptSize, spec.keptForm, spec.pattern);
}
