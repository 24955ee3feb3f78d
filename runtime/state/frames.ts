/**
 * Frames: the lines that state files are made of.
 *
 * A frame is `CCCCCCCC {json}\n`: the CRC-32 of the JSON in eight hex digits, a blank, one JSON array without
 * raw line ends. Readable with `less`, and after damage the next line end is the next frame. What must
 * hold: reading never throws, and says which bytes were whole.
 */
import { crc32 } from "./crc32.ts";

const LF = 0x0a;
const prefixBytes = 9;

export function encodeFrame(records: readonly unknown[]): Buffer {
  const json = Buffer.from(JSON.stringify(records), "utf8");
  const frame = Buffer.allocUnsafe(prefixBytes + json.length + 1);
  frame.write(crc32(json).toString(16).padStart(8, "0"), 0, "latin1");
  frame[8] = 0x20;
  json.copy(frame, prefixBytes);
  frame[frame.length - 1] = LF;
  return frame;
}

export interface ReadFrames {
  /** Where the last whole frame ends: what is behind may be cut off when `torn`. */
  readonly end: number;
  /** The file ends in the middle of a frame: the write that was under way when the daemon died. */
  readonly torn: boolean;
  /** Damaged frames with whole ones behind them: not a torn write, but rot. */
  readonly damaged: number;
}

/** Gives the records of all whole frames, in order: a long journal is never in memory as records. */
export function readFrames(bytes: Buffer, take: (record: unknown) => void): ReadFrames {
  let end = 0;
  let bad = 0;
  let damaged = 0;
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(LF, at);
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1;
    const frame = lineEnd < 0 ? null : decodeFrame(bytes, at, lineEnd);
    if (frame === null) bad++;
    else {
      for (const record of frame) take(record);
      damaged += bad;
      bad = 0;
      end = next;
    }
    at = next;
  }
  return { end, torn: bad > 0, damaged };
}

function decodeFrame(bytes: Buffer, start: number, end: number): unknown[] | null {
  if (end - start < prefixBytes + 2 || bytes[start + 8] !== 0x20) return null;
  const sum = bytes.toString("latin1", start, start + 8);
  if (!/^[0-9a-f]{8}$/.test(sum)) return null;
  if (Number.parseInt(sum, 16) !== crc32(bytes, start + prefixBytes, end)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8", start + prefixBytes, end));
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
