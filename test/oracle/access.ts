/*
 * `combined` and `common` (docs/matching.md, section 3): a web server's record in, its fields out,
 * read from the left with a cursor.
 */

import type { Format } from "../../schemas/policy.ts";
import { strict } from "./address.ts";
import { plainReading, type Reading, splitForwarded } from "./reading.ts";
import { type Clock, readClf } from "./stamp.ts";
import { textOf } from "./text.ts";

/** Where the user ends: the first `blank [ CLF-stamp ] blank "`. */
function findStamp(
  bytes: string,
  from: number,
  clock: Clock,
): { userEnd: number; time: number; requestAt: number } | null {
  for (let at = from; at < bytes.length; at++) {
    if (bytes.slice(at, at + 2) !== " [") continue;
    const stamp = readClf(bytes, at + 2, clock);
    if (stamp === null || bytes.slice(stamp.end, stamp.end + 3) !== '] "') continue;
    return { userEnd: at, time: stamp.time, requestAt: stamp.end + 2 };
  }
  return null;
}

const quoted = '"((?:[^"\\\\]|\\\\[\\s\\S])*)"';

function undoEscapes(bytes: string): string {
  const plain: Record<string, string> = { '"': '"', "\\": "\\", n: "\n", r: "\r", t: "\t" };
  return bytes.replace(/\\(?:x([0-9A-Fa-f]{2})|(["\\nrt]))/g, (_, hex, sign) =>
    hex === undefined ? (plain[sign] ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function splitRequest(request: string): Map<string, string> {
  const fields = new Map<string, string>();
  const whole = /^([A-Z_-]+) ([\s\S]*) (HTTP\/[0-9.]+)$/.exec(request);
  const short = /^([A-Z_-]+) ([\s\S]*)$/.exec(request);
  const shape = whole ?? short;
  if (shape === null) return fields;
  fields.set("method", shape[1] ?? "");
  if (whole !== null) fields.set("protocol", whole[3] ?? "");
  let target = shape[2] ?? "";
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(target);
  if (scheme !== null) {
    const slash = target.indexOf("/", scheme[0].length);
    target = slash < 0 ? "/" : target.slice(slash);
  }
  target = target.replace(/#[\s\S]*$/, "");
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  fields.set("path", decoded);
  if (mark >= 0) fields.set("query", target.slice(mark + 1));
  return fields;
}

/** The fields behind the last fixed one, in order, until one has another shape. */
function readExtras(rest: string, names: readonly string[]): Map<string, string> {
  const extras = new Map<string, string>();
  const form = new RegExp(` (?:${quoted}|([^ \\t"][^ \\t]*))(?= |$)`, "y");
  for (const name of names) {
    const match = form.exec(rest);
    if (match === null) break;
    const text = match[1] ?? match[2] ?? "";
    if (text !== "-") extras.set(name, text);
  }
  return extras;
}

function addRequest(reading: Reading, escaped: string): void {
  const request = undoEscapes(escaped);
  reading.fields.set("request", textOf(request));
  for (const [name, bytes] of splitRequest(request)) reading.fields.set(name, textOf(bytes));
}

export function readAccess(format: Format, bytes: string, clock: Clock): Reading | null {
  const head = /^([^ \t]+) ([^ \t]+) /.exec(bytes);
  if (head === null) return null;
  const peer = textOf(head[1] ?? "");
  const found = findStamp(bytes, head[0].length, clock);
  if (found === null) return null;
  const agents = format.name === "combined" ? ` ${quoted} ${quoted}` : "()()(?= |$)";
  const tail = new RegExp(`^${quoted} ([0-9]{3}) ([0-9]+|-)${agents}`);
  const match = tail.exec(bytes.slice(found.requestAt));
  if (match === null) return null;
  const [whole, request = "", status = "", size = "", referer = "", agent = ""] = match;
  const reading = plainReading(bytes, found.time);
  reading.address = strict(peer);
  if (reading.address === null) {
    reading.host = peer;
    reading.fields.set("host", peer);
  }
  const user = bytes.slice(head[0].length, found.userEnd);
  if (user !== "-") reading.fields.set("user", textOf(user));
  addRequest(reading, request);
  reading.fields.set("status", Number(status));
  if (size !== "-") reading.fields.set("bytes", Number(size));
  if (format.name === "combined") {
    if (referer !== "-") reading.fields.set("referer", textOf(referer));
    if (agent !== "-") reading.fields.set("agent", textOf(agent));
  }
  for (const [name, text] of readExtras(
    bytes.slice(found.requestAt + whole.length),
    format.extras,
  )) {
    if (name === "forwarded") {
      reading.forwarded = splitForwarded(textOf(text));
      reading.fields.set(name, reading.forwarded);
    } else reading.fields.set(name, textOf(text));
  }
  return reading;
}
