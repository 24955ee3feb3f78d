/**
 * The envelope `cri`: `STAMP stdout F MESSAGE`, as container runtimes write logs for Kubernetes.
 *
 * In: a record's bytes. Out: the registers' record is the message, parts marked `P` put before the
 * `F` that ends them, stdout and stderr apart; false: it is no such record, a part, or too long.
 */
import { isBlank, trimEnd } from "../bytes.ts";
import { type Literal, lit, standsAt } from "../literal.ts";
import type { Registers } from "../registers.ts";
import { parseIso } from "../time/calendar-forms.ts";
import { stampForms } from "../time/forms.ts";
import { Parts } from "./parts.ts";

const partial = 0x50;
const full = 0x46;

interface Stream {
  readonly name: Literal;
  /** What of its record has come so far. */
  readonly parts: Parts;
}

/** One a source: parts of records are kept from one record to the next. */
export class CriEnvelope {
  readonly #streams: readonly Stream[] = [
    { name: lit("stdout"), parts: new Parts() },
    { name: lit("stderr"), parts: new Parts() },
  ];

  open(r: Registers, bytes: Buffer, start: number, end: number): boolean {
    const stampEnd = parseIso(bytes, start, end, r.parts);
    if (stampEnd < 0 || stampEnd >= end || !isBlank(bytes[stampEnd] as number)) return false;
    const streamAt = stampEnd + 1;
    const stream = this.#streams.find((one) => standsAt(bytes, streamAt, end, one.name));
    const tagAt = streamAt + 7;
    if (stream === undefined || tagAt >= end || !isBlank(bytes[tagAt - 1] as number)) return false;
    const tag = bytes[tagAt];
    // Behind the tag of an empty message even the blank may have been cut from the record's end.
    if (
      (tag !== partial && tag !== full) ||
      (tagAt + 1 < end && !isBlank(bytes[tagAt + 1] as number))
    ) {
      return false;
    }
    const messageStart = Math.min(tagAt + 2, end);
    if (tag === partial) {
      stream.parts.add(bytes, messageStart, end);
      return false;
    }
    if (!beginWhole(stream.parts, r, bytes, messageStart, end)) return false;
    const { envelope } = r;
    envelope.stampBytes = bytes;
    envelope.stampStart = start;
    envelope.stampEnd = stampEnd;
    envelope.stampForm = stampForms.iso;
    r.beginFormat();
    return true;
  }
}

/** The registers' record becomes what was kept and `bytes[start, end)`. */
function beginWhole(
  parts: Parts,
  r: Registers,
  bytes: Buffer,
  start: number,
  end: number,
): boolean {
  if (parts.isEmpty) {
    r.beginEnveloped(bytes, start, end);
    return true;
  }
  const whole = parts.end(bytes, start, end);
  if (whole === null) return false;
  r.beginEnveloped(whole, 0, trimEnd(whole, 0, whole.length));
  return true;
}
