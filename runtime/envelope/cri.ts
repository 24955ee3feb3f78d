/**
 * The envelope `cri`: `STAMP stdout F MESSAGE`, as container runtimes write logs for Kubernetes.
 *
 * In: a record's bytes. Out: the registers' record is the message, parts marked `P` put before the
 * `F` that ends them, stdout and stderr apart; false: it is no such record, a part, or too long.
 */
import { isBlank, trimEnd } from "../bytes.ts";
import { recordBytesMax } from "../limits.ts";
import { type Literal, lit, standsAt } from "../literal.ts";
import type { Registers } from "../registers.ts";
import { parseIso } from "../time/calendar-forms.ts";
import { stampForms } from "../time/forms.ts";

const partial = 0x50;
const full = 0x46;

/** What of a stream's record has come so far. */
interface Parts {
  readonly name: Literal;
  chunks: Buffer[];
  /** Over the limit nothing is kept, but the count goes on. */
  bytes: number;
}

/** One a source: parts of records are kept from one record to the next. */
export class CriEnvelope {
  readonly #streams: readonly Parts[] = [makeParts("stdout"), makeParts("stderr")];

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
      addPart(stream, bytes, messageStart, end);
      return false;
    }
    if (!this.#close(stream, r, bytes, messageStart, end)) return false;
    const { envelope } = r;
    envelope.stampBytes = bytes;
    envelope.stampStart = start;
    envelope.stampEnd = stampEnd;
    envelope.stampForm = stampForms.iso;
    r.beginFormat();
    return true;
  }

  /** The registers' record becomes what was kept and `bytes[start, end)`. */
  #close(stream: Parts, r: Registers, bytes: Buffer, start: number, end: number): boolean {
    if (stream.bytes === 0) {
      r.beginEnveloped(bytes, start, end);
      return true;
    }
    addPart(stream, bytes, start, end);
    const { chunks, bytes: size } = stream;
    stream.chunks = [];
    stream.bytes = 0;
    if (size > recordBytesMax) return false;
    const whole = Buffer.concat(chunks);
    r.beginEnveloped(whole, 0, trimEnd(whole, 0, whole.length));
    return true;
  }
}

function makeParts(name: string): Parts {
  return { name: lit(name), chunks: [], bytes: 0 };
}

function addPart(stream: Parts, bytes: Buffer, start: number, end: number): void {
  stream.bytes += end - start;
  if (stream.bytes > recordBytesMax) stream.chunks = [];
  else stream.chunks.push(Buffer.from(bytes.subarray(start, end)));
}
