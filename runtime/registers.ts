/**
 * What is known of the record at hand: offsets into its bytes, filled in by the envelope and format
 * readers, read by the generated rules. One object a scanner, reused for every record, so that a
 * record nobody wants allocates nothing.
 *
 * Offsets are bytes; `-1` in a `...Start` means absent. A pair `start`/`end` is half open.
 */

/** A field of a structured record: what `where` compares. Lists only from JSON. */
export type FieldValue = string | number | boolean | readonly FieldValue[];

export class Registers {
  /** The bytes all other offsets point into: the source's chunk, or an envelope's unwrapped message. */
  bytes: Buffer = Buffer.alloc(0);
  /** The record, trailing CR, blanks and tabs cut. */
  start = 0;
  end = 0;

  messageStart = 0;
  messageEnd = 0;

  /** From a syslog header or the journal. */
  hostStart = -1;
  hostEnd = -1;
  programStart = -1;
  programEnd = -1;
  pidStart = -1;
  pidEnd = -1;
  /** The N of "message repeated N times"; else 1. */
  repeated = 1;

  /** Where the stamp stands; its form is a number of time/forms.ts, so that it is read only when wanted. */
  stampStart = -1;
  stampEnd = -1;
  stampForm = 0;
  /** A time that came as a value (JSON number, envelope): milliseconds; NaN: none. Wins over the stamp. */
  stampValue = Number.NaN;

  /** Fields of combined and common by number (format/access.ts): start and end, -1 when absent. */
  readonly spans = new Int32Array(64);
  /** Fields of json, logfmt and audit, in the order the scanner asked for them. */
  readonly values: (FieldValue | undefined)[] = [];
}
