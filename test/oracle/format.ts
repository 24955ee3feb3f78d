/*
 * From a record to what a format reads in it (docs/matching.md, sections 2 and 3): envelopes, the
 * choice among several formats, their programs, and `lines`, which is short enough to stand here.
 */

import type { Filter, Format, Path, WatchFile } from "../../schemas/policy.ts";
import { readAccess } from "./access.ts";
import { readCut } from "./cut.ts";
import { readJson, valueAt } from "./json.ts";
import { matchPattern } from "./pattern.ts";
import { plainReading, type Reading, type Unwrapped } from "./reading.ts";
import { type Clock, readIsoWithZone, readStamp } from "./stamp.ts";
import { readPattern } from "./strptime.ts";
import { readStructured } from "./structured.ts";
import { readHeader, unfoldRepeated } from "./syslog.ts";
import { bytesOf, cutTrailing, isBlank, textOf } from "./text.ts";

export const recordBytesMax = 2_097_152;
/** What frames and patterns see of a message, and `=~` of a value. */
export const messageBytesMax = 65_536;

export type Envelope = WatchFile["envelope"];

/** What docker and cri hold back until the last part of a message comes, by stream. */
export type CriParts = Map<string, string>;

export function unwrap(
  envelope: Envelope,
  bytes: string,
  parts: CriParts,
  clock: Clock,
): Unwrapped | null {
  switch (envelope) {
    case null:
      return { bytes, header: null, time: null };
    case "syslog":
      return readHeader(bytes, clock);
    case "docker":
      return unwrapDocker(bytes, parts, clock);
    case "cri":
      return unwrapCri(bytes, parts, clock);
  }
}

function unwrapDocker(bytes: string, parts: CriParts, clock: Clock): Unwrapped | null {
  const json = readJson(textOf(bytes));
  if (json?.kind !== "object") return null;
  const [log, time, of] = [["log"], ["time"], ["stream"]].map((path) => valueAt(json, path));
  if (!log || log === "twice" || log.kind !== "text" || of === "twice") return null;
  const stream = of?.kind === "text" && of.text === "stderr" ? "stderr" : "stdout";
  const whole = (parts.get(stream) ?? "") + bytesOf(log.text);
  parts.set(stream, whole.endsWith("\n") ? "" : whole);
  if (!whole.endsWith("\n") || whole.length - 1 > recordBytesMax) return null;
  if (!time || time === "twice" || time.kind !== "text") return null;
  const moment = readIsoWithZone(bytesOf(time.text), clock);
  const message = whole.slice(0, -1);
  if (moment === null || /[\r\n]/.test(message)) return null;
  return { bytes: cutTrailing(message), header: null, time: moment };
}

function unwrapCri(bytes: string, parts: CriParts, clock: Clock): Unwrapped | null {
  const match = /^([^ \t]+)[ \t](stdout|stderr)[ \t]([FP])(?:[ \t]([\s\S]*))?$/.exec(bytes);
  const time = match === null ? null : readIsoWithZone(match[1] ?? "", clock);
  if (match === null || time === null) return null;
  const [, , stream = "", tag, last = ""] = match;
  const whole = (parts.get(stream) ?? "") + last;
  if (tag === "P") {
    parts.set(stream, whole);
    return null;
  }
  parts.delete(stream);
  if (whole.length > recordBytesMax) return null;
  return { bytes: cutTrailing(whole), header: null, time };
}

function readSyslog(unwrapped: Unwrapped, clock: Clock): Reading | null {
  const read = unwrapped.header === null ? readHeader(unwrapped.bytes, clock) : unwrapped;
  if (read === null) return null;
  const { message, repeated } = unfoldRepeated(read.bytes);
  return { ...plainReading(message, read.time), header: read.header, repeated };
}

const closing: Record<string, string> = { "[": "]", "<": ">", "(": ")" };

function readLines(
  format: Format,
  bytes: string,
  lastTimes: Map<Format, number>,
  clock: Clock,
): Reading | null {
  const { time } = format;
  if (time.kind === "none") return plainReading(bytes, null);
  if (time.kind === "start" || time.kind === "leading" || time.kind === "anywhere") {
    return readCut(time, bytes, clock);
  }
  const stampAt = (at: number): { end: number; time: number | null } | null =>
    time.kind === "pattern"
      ? readPattern(time.pattern, bytes, at, clock)
      : readStamp(bytes, at, clock, true);
  let closer = "";
  let stamp = stampAt(0);
  if (stamp === null && closing[bytes.charAt(0)] !== undefined) {
    closer = closing[bytes.charAt(0)] ?? "";
    stamp = stampAt(1);
  }
  if (stamp === null) {
    if (format.time.kind !== "last") return null;
    return plainReading(bytes, lastTimes.get(format) ?? null);
  }
  if (stamp.time !== null) lastTimes.set(format, stamp.time);
  let start = stamp.end;
  if (closer !== "" && bytes.charAt(start) === closer) start++;
  while (isBlank(bytes.charAt(start))) start++;
  return plainReading(bytes.slice(start), stamp.time);
}

function readOne(
  format: Format,
  unwrapped: Unwrapped,
  wherePaths: readonly Path[],
  lastTimes: Map<Format, number>,
  clock: Clock,
): Reading | null {
  switch (format.name) {
    case "syslog":
      return readSyslog(unwrapped, clock);
    case "combined":
    case "common":
      return readAccess(format, unwrapped.bytes, clock);
    case "json":
    case "logfmt":
    case "audit":
      return readStructured(format, unwrapped.bytes, wherePaths, clock);
    case "lines":
      return readLines(format, unwrapped.bytes, lastTimes, clock);
  }
}

function hasProgram(format: Format, program: string | null, clock: Clock): boolean {
  if (format.programs.length === 0) return true;
  if (program === null) return false;
  return format.programs.some((pattern) => matchPattern(pattern, program, clock) !== null);
}

/** The first format that reads the record; `lastTimes` is what `time last` remembers. */
export function readRecord(
  filter: Filter,
  unwrapped: Unwrapped,
  wherePaths: readonly Path[],
  lastTimes: Map<Format, number>,
  clock: Clock,
): Reading | null {
  for (const format of filter.formats) {
    const reading = readOne(format, unwrapped, wherePaths, lastTimes, clock);
    if (reading === null) continue;
    const header = reading.header ?? unwrapped.header;
    if (!hasProgram(format, header?.program ?? null, clock)) continue;
    return { ...reading, header, time: reading.time ?? unwrapped.time, window: format.window };
  }
  return null;
}
