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
  const json = JSON.stringify(records);
  const frame = Buffer.allocUnsafe(prefixBytes + Buffer.byteLength(json) + 1);
  frame.write(json, prefixBytes);
  frame[frame.length - 1] = LF;
  const sum = crc32(frame, prefixBytes, frame.length - 1);
  frame.write(`${sum.toString(16).padStart(8, "0")} `, 0, "latin1");
  return frame;
}

export interface FoundFrames {
  /** Start and end of the JSON of each whole frame. */
  readonly frames: readonly (readonly [start: number, end: number])[];
  /** Where the last whole frame ends: what is behind may be cut off when `torn`. */
  readonly end: number;
  /** The file ends in the middle of a frame: the write that was under way when the daemon died. */
  readonly torn: boolean;
  /** Damaged frames with whole ones behind them: not a torn write, but rot. */
  readonly damaged: number;
}

/** Looks for whole frames by their checksums: quick, and nothing is made of what they hold. */
export function findFrames(bytes: Buffer): FoundFrames {
  const frames: [number, number][] = [];
  let end = 0;
  let bad = 0;
  let damaged = 0;
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(LF, at);
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1;
    if (lineEnd < 0 || !isWhole(bytes, at, lineEnd)) bad++;
    else {
      frames.push([at + prefixBytes, lineEnd]);
      damaged += bad;
      bad = 0;
      end = next;
    }
    at = next;
  }
  return { frames, end, torn: bad > 0, damaged };
}

function isWhole(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < prefixBytes + 2 || bytes[start + 8] !== 0x20) return false;
  const sum = bytes.toString("latin1", start, start + 8);
  if (!/^[0-9a-f]{8}$/.test(sum)) return false;
  return Number.parseInt(sum, 16) === crc32(bytes, start + prefixBytes, end);
}

/** The records of whole frames, in order: a long file is never in memory as records. */
export function* recordsOf(
  bytes: Buffer,
  frames: FoundFrames["frames"],
): Generator<unknown, void, void> {
  for (const [start, end] of frames) yield* parseFrame(bytes.toString("utf8", start, end));
}

/** Rot that its checksum does not show has no records. */
function parseFrame(json: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
