/**
 * What a scanner keeps of the record at hand, and where a rule stands in the text it is matched on.
 *
 * One a scanner, used for every record. `left` and `right` enclose what no part of a pattern has
 * taken yet; captures are noted in slots as offsets and become text only when a rule has matched.
 */
import type { Hit } from "./contract.ts";
import { everybody } from "./find/find.ts";
import { type Header, Registers } from "./registers.ts";

/** Captures one filter may name, its frames' included. */
export const slotsMax = 128;

export type Groups = Readonly<Record<string, string | undefined>>;

export class Cursor {
  readonly record = new Registers();
  report: (hit: Hit) => void;
  readonly readTimeMs: (record: Registers) => number;
  /** The record's ordinal, and where it stands in the source's chunk with its envelope. */
  ordinal = 0;
  lineStart = 0;
  lineEnd = 0;
  /** The filters that may find something in it, a bit each. */
  wants = everybody;
  /** Hits are dealt with before the next rule is asked: their captures may wait until somebody asks. */
  lazy = false;

  /** The text at hand: a message, or a program's name. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  left = 0;
  right = 0;
  /** Where alternatives of a template part: `left` and `right`. Deeper than there are ways is none. */
  readonly marks = new Int32Array(2 * 64);
  /** A number no other text has: what a hole remembers is true for one text only. */
  opened = 0;

  /** Start and end of each capture; -1: its hole took no part. */
  readonly slots = new Int32Array(2 * slotsMax).fill(-1);
  /** Named groups of the rule and of the frame at hand where they are regular expressions. */
  groups: Groups | null = null;
  /** The last match of a regular expression, for filters with a window. */
  matched: RegExpExecArray | null = null;
  /** The messages of each filter with a window. */
  readonly windows: { messages: Buffer[]; bytes: number; readonly stamp: Header }[] = [];
  frameGroups: Groups | null = null;
  /** The bytes the frame's slots point into. */
  frameBytes: Buffer = this.bytes;
  /** The message as text, once a regular expression asked for it. */
  text: string | null = null;
  /** Which of the filter's formats read the record, and which of its frames fits; -1: none. */
  format = 0;
  frame = -1;
  /** Who the record is about, canonical or a host's name, once a rule has matched. */
  address: string | null = null;
  host: string | null = null;
  /** For each filter with several formats the last record one of them read. */
  readonly seen: number[] = [];

  constructor(report: (hit: Hit) => void, readTimeMs: (record: Registers) => number) {
    this.report = report;
    this.readTimeMs = readTimeMs;
  }
}
