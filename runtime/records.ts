/**
 * Chunks of any size made into whole records.
 *
 * In: a log's bytes in chunks that end anywhere. Out: regions that hold whole records only, each byte copied
 * at most once. What must hold: any way of cutting a log into chunks gives the same records; a record over
 * the size limit is handed on cut, still over the limit, so that the scanner counts it and matches nothing.
 */
import { recordBytesMax } from "./limits.ts";

const lf = 0x0a;

export interface RecordTaker {
  /** `bytes[start, end)` is whole records, each with its LF. Valid only during the call. */
  take(bytes: Buffer, start: number, end: number): unknown;
  /** The last record of a log, which has no LF. */
  takeLast(bytes: Buffer, start: number, end: number): void;
}

export interface RecordCutter {
  feed(chunk: Buffer): void;
  /** Nothing follows: what is left is the last record. */
  end(): void;
}

export function cutRecords(taker: RecordTaker): RecordCutter {
  /** The unfinished record, one byte over the limit at most, with room for its LF. */
  const held = Buffer.alloc(recordBytesMax + 2);
  let heldBytes = 0;

  function hold(bytes: Buffer, start: number, end: number): void {
    const wanted = Math.min(end - start, recordBytesMax + 1 - heldBytes);
    bytes.copy(held, heldBytes, start, start + wanted);
    heldBytes += wanted;
  }

  return {
    feed(chunk) {
      let start = 0;
      if (heldBytes > 0) {
        const first = chunk.indexOf(lf);
        hold(chunk, 0, first < 0 ? chunk.length : first);
        if (first < 0) return;
        held[heldBytes] = lf;
        const end = heldBytes + 1;
        heldBytes = 0;
        taker.take(held, 0, end);
        start = first + 1;
      }
      const end = chunk.lastIndexOf(lf) + 1;
      if (end > start) taker.take(chunk, start, end);
      hold(chunk, Math.max(start, end), chunk.length);
    },
    end() {
      const end = heldBytes;
      heldBytes = 0;
      if (end > 0) taker.takeLast(held, 0, end);
    },
  };
}
