/**
 * What is known of the record at hand: offsets into its bytes, filled in by the envelope and format
 * readers, read by the generated rules. One object a scanner, reused for every record, so that a
 * record nobody wants allocates nothing.
 *
 * Offsets are bytes; `-1` in a `...Start` means absent. A pair `start`/`end` is half open. What an
 * envelope told is kept in `envelope`, so that every format of a scanner begins from the same state.
 */
import { KnownHeader } from "./format/known-header.ts";
import type { RequestLine } from "./format/request.ts";
import { StampParts } from "./time/parts.ts";
import type { TimePattern } from "./time/pattern.ts";

/** A field of a structured record: what `where` compares. Lists only from JSON and `forwarded`. */
export type FieldValue = string | number | boolean | readonly FieldValue[];

/** What a syslog header, a journal entry or a container's log driver tells of a record. */
export class Header {
  /** The bytes the offsets of this header point into. */
  bytes: Buffer = Buffer.alloc(0);
  hostStart = -1;
  hostEnd = -1;
  programStart = -1;
  programEnd = -1;
  pidStart = -1;
  pidEnd = -1;

  /** Where the stamp stands; it is read only when wanted. */
  stampBytes: Buffer = this.bytes;
  stampStart = -1;
  stampEnd = -1;
  /** A number of time/forms.ts. */
  stampForm = 0;
  /** Reads the stamp when its form is `stampForms.pattern`. */
  stampPattern: TimePattern | null = null;
  /** The stamp counts to the second, its fraction says nothing. */
  stampWhole = false;
  /** A time that came as a field, as text; wins over the stamp. */
  stampField: string | undefined = undefined;

  /** The last one that was read here. */
  readonly known = new KnownHeader();
  /** Headers with one number have one stamp, byte for byte; 0: nothing is known. */
  stampId = 0;
  /** The same of host and program. */
  placeId = 0;

  clear(): void {
    this.hostStart = -1;
    this.programStart = -1;
    this.pidStart = -1;
    this.stampStart = -1;
    this.stampWhole = false;
    this.stampField = undefined;
    this.stampId = 0;
    this.placeId = 0;
  }

  setStamp(
    bytes: Buffer,
    start: number,
    end: number,
    form: number,
    pattern: TimePattern | null,
    whole = false,
  ): void {
    this.stampWhole = whole;
    this.stampBytes = bytes;
    this.stampStart = start;
    this.stampEnd = end;
    this.stampForm = form;
    this.stampPattern = pattern;
    this.stampField = undefined;
    this.stampId = 0;
  }

  copy(from: Header): void {
    this.bytes = from.bytes;
    this.hostStart = from.hostStart;
    this.hostEnd = from.hostEnd;
    this.programStart = from.programStart;
    this.programEnd = from.programEnd;
    this.pidStart = from.pidStart;
    this.pidEnd = from.pidEnd;
    this.stampBytes = from.stampBytes;
    this.stampStart = from.stampStart;
    this.stampEnd = from.stampEnd;
    this.stampForm = from.stampForm;
    this.stampPattern = from.stampPattern;
    this.stampWhole = from.stampWhole;
    this.stampField = from.stampField;
    this.stampId = from.stampId;
    this.placeId = from.placeId;
  }
}

export class Registers {
  /** The record without its envelope, trailing CR, blanks and tabs cut: what a format reads. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  /** The envelope was a syslog header (or the journal): `format syslog` reads no second one. */
  headed = false;
  /** There is an envelope, which filled `envelope`. */
  enveloped = false;
  /** What the envelope told. */
  readonly envelope = new Header();
  /** What holds for the record as the format read it: `envelope`, and what the format knows better. */
  readonly header = new Header();

  /** What rules are matched against; a decoded value where a format names its message. */
  messageBytes: Buffer = this.bytes;
  messageStart = 0;
  messageEnd = 0;
  /** The N of "message repeated N times"; else 1. */
  repeated = 1;

  /** Fields of combined and common: start and end by number (format/access.ts), -1 when absent. */
  readonly spans = new Int32Array(64);
  /** Fields of json, logfmt and audit, in the order the scanner asked for them. */
  readonly values: (FieldValue | undefined)[] = [];
  /** The request of combined and common in pieces, once somebody asked for one. */
  request: RequestLine | null = null;

  /** Where stamps are taken apart; what is in it outlives the call that filled it only as `of` says. */
  readonly parts = new StampParts();

  /** A record without envelope: `bytes[start, end)`, already cut at its end. A format begins it. */
  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.headed = false;
    this.enveloped = false;
  }

  /** One behind an envelope, which has yet to say what it knows. */
  beginEnveloped(bytes: Buffer, start: number, end: number): void {
    this.begin(bytes, start, end);
    this.enveloped = true;
    this.envelope.clear();
    this.envelope.bytes = bytes;
  }

  /** Back to what the envelope told, before each format that is tried. */
  beginFormat(): void {
    if (this.enveloped) this.header.copy(this.envelope);
    else {
      this.header.clear();
      this.header.bytes = this.bytes;
    }
    this.messageBytes = this.bytes;
    this.messageStart = this.start;
    this.messageEnd = this.end;
    this.repeated = 1;
    this.request = null;
  }
}
