/*
 * `json`, `logfmt` and `audit` (docs/matching.md, section 3). Each becomes a function from a path
 * to what stands there, or "twice"; what the format names in braces and what any `where` of the
 * filter asks for are the used paths, and one that is there twice makes the record unread.
 */

import type { Format, Path } from "../../schemas/policy.ts";
import { strict } from "./address.ts";
import { type Json, readJson, valueAt } from "./json.ts";
import { plainReading, type Reading, splitForwarded } from "./reading.ts";
import { type Clock, fractionMs, lastMoment, readWholeStamp } from "./stamp.ts";
import { readPattern } from "./strptime.ts";
import { bytesOf, textOf } from "./text.ts";
import type { Value } from "./where.ts";

type Found = (path: Path) => Json | "twice" | null;

function text(value: string): Json {
  return { kind: "text", text: value };
}

/** Keys and values side by side, as one flat object: a path of several keys is one key with points. */
function flat(entries: [string, Json][]): Found {
  const object: Json = { kind: "object", entries };
  return (path) => valueAt(object, [path.join(".")]);
}

function readLogfmt(bytes: string): Found | null {
  const pair =
    /[ \t]*(?:([^ \t=]+)(?:(=)(?:"((?:[^"\\]|\\[\s\S])*)"|([^ \t"][^ \t]*)?))?(?=[ \t]|$)|$)/y;
  const escapes: Record<string, string> = { n: "\n", t: "\t" };
  const entries: [string, Json][] = [];
  let sawSign = false;
  while (pair.lastIndex < bytes.length) {
    const match = pair.exec(bytes);
    if (match === null) return null;
    const [, key, sign, quoted, bare] = match;
    if (key === undefined) break;
    sawSign ||= sign !== undefined;
    const value = quoted?.replace(/\\(["\\nt])/g, (_, c) => escapes[c] ?? c) ?? bare ?? "";
    entries.push([textOf(key), sign ? text(textOf(value)) : { kind: "bool", value: true }]);
  }
  return sawSign ? flat(entries) : null;
}

const hexKeys = ["acct", "comm", "exe", "cmd", "name", "proctitle"];

/** What parts words; auditd writes 0x1D before its own reading of the record. */
const gaps = " \\t\\x1d";

interface AuditPairs {
  entries: [string, Json][];
  end: number;
}

/** `inner`: what stands in `msg='...'`, up to the quote that closes it. null: a quote does not close. */
function readAuditPairs(bytes: string, from: number, inner: boolean): AuditPairs | null {
  const gap = new RegExp(`[${gaps}]*`, "y");
  const bare = new RegExp(`[^${gaps}${inner ? "'" : ""}]*`, "y");
  const word = new RegExp(`[^=${gaps}${inner ? "'" : ""}]*`, "y");
  const entries: [string, Json][] = [];
  let at = from;
  const take = (form: RegExp): string => {
    form.lastIndex = at;
    const [text] = form.exec(bytes) ?? [""];
    at += text.length;
    return text;
  };
  for (;;) {
    take(gap);
    if (at >= bytes.length) return inner ? null : { entries, end: at };
    if (inner && bytes.charAt(at) === "'") return { entries, end: at + 1 };
    const key = take(word);
    if (bytes.charAt(at) !== "=") continue;
    at++;
    const quote = bytes.charAt(at);
    if (key === "msg" && quote === "'" && !inner) {
      const message = readAuditPairs(bytes, at + 1, true);
      if (message === null) return null;
      entries.push(...message.entries);
      at = message.end;
      continue;
    }
    let value: string;
    if (quote === '"' || (quote === "'" && !inner)) {
      const close = bytes.indexOf(quote, at + 1);
      if (close < 0) return null;
      value = bytes.slice(at + 1, close);
      at = close + 1;
    } else {
      value = take(bare);
      const isHex = hexKeys.includes(key) && /^(?:[0-9A-Fa-f]{2})+$/.test(value);
      if (isHex) value = Buffer.from(value, "hex").toString("latin1");
    }
    const isAbsent = value === "?" || value === "(null)";
    if (key !== "msg")
      entries.push([textOf(key), isAbsent ? { kind: "null" } : text(textOf(value))]);
  }
}

function readAudit(bytes: string): { found: Found; time: number } | null {
  const stamp = "([0-9]{1,12})(?:\\.([0-9]{1,9}))?";
  const head = new RegExp(
    `^(?:node=[^${gaps}]* )?type=([^${gaps}]+) msg=audit\\(${stamp}:([0-9]+)\\):(?= |$)`,
  );
  const match = head.exec(bytes);
  if (match === null) return null;
  const [whole, type = "", seconds, fraction, serial = ""] = match;
  const time = Number(seconds) * 1000 + fractionMs(fraction);
  const pairs = readAuditPairs(bytes, whole.length, false);
  if (pairs === null || time > lastMoment) return null;
  const own: [string, Json][] = [
    ["type", text(textOf(type))],
    ["serial", text(serial)],
  ];
  return { found: flat([...own, ...pairs.entries]), time };
}

/** A leaf or a list as `where` sees it. */
function leafOf(json: Json): Value | null {
  switch (json.kind) {
    case "text":
      return json.text;
    case "number":
      return Number(json.digits);
    case "bool":
      return json.value;
    case "array":
      return json.items.map(leafOf).filter((v) => v !== null);
    case "object":
      return { object: true };
    case "null":
      return null;
  }
}

function timeOf(format: Format, json: Json | null, clock: Clock): number | null {
  if (json === null) return null;
  if (json.kind === "number") return readWholeStamp(json.digits, clock);
  if (json.kind !== "text") return null;
  const bytes = bytesOf(json.text);
  if (format.time.kind !== "pattern") return readWholeStamp(bytes, clock);
  const stamp = readPattern(format.time.pattern, bytes, 0, clock);
  return stamp !== null && stamp.end === bytes.length ? stamp.time : null;
}

function forwardedOf(json: Json): string[] | null {
  if (json.kind === "text") return splitForwarded(json.text);
  if (json.kind !== "array") return null;
  const texts = json.items.flatMap((item) => (item.kind === "text" ? [item.text] : []));
  return texts.length === json.items.length ? texts.flatMap(splitForwarded) : null;
}

function fill(reading: Reading, format: Format, name: string, json: Json, clock: Clock): void {
  if (name === "time") {
    if (format.time.kind !== "none") reading.time ??= timeOf(format, json, clock);
  } else if (name === "address") {
    reading.address = json.kind === "text" ? strict(json.text) : null;
  } else if (name === "message") {
    reading.message = json.kind === "text" ? bytesOf(json.text) : "";
  }
  if (name === "forwarded") reading.forwarded = forwardedOf(json);
  const value = leafOf(json);
  if (value !== null) reading.fields.set(name, value);
}

export function readStructured(
  format: Format,
  bytes: string,
  wherePaths: readonly Path[],
  clock: Clock,
): Reading | null {
  const reading = plainReading(bytes, null);
  let found: Found;
  if (format.name === "json") {
    const json = readJson(textOf(bytes));
    if (json?.kind !== "object") return null;
    found = (path) => valueAt(json, path);
  } else if (format.name === "logfmt") {
    const logfmt = readLogfmt(bytes);
    if (logfmt === null) return null;
    found = logfmt;
  } else {
    const audit = readAudit(bytes);
    if (audit === null) return null;
    found = audit.found;
    reading.time = audit.time;
  }
  const used = [...format.fields.map((field) => field.path), ...wherePaths];
  if (used.some((path) => found(path) === "twice")) return null;
  if (format.fields.some(({ name }) => name === "message")) reading.message = "";
  for (const { name, path } of format.fields) {
    const json = found(path);
    if (json !== null && json !== "twice") fill(reading, format, name, json, clock);
  }
  reading.at = (path) => {
    const json = found(path);
    return json === null || json === "twice" ? null : leafOf(json);
  };
  return reading;
}
