/*
 * The oracle: a checked policy, some of its filters and a log in, every hit out, exactly what
 * `f2b match --json --all` prints. It follows docs/matching.md as plainly as it can, knows nothing
 * of speed, and shares no code with the runtime; where the two differ, one of them is a bug.
 */

import type { Expr, Filter, Format, Path, Policy, Rule } from "../../schemas/policy.ts";
import { canonical } from "./address.ts";
import {
  type CriParts,
  type Envelope,
  messageBytesMax,
  readRecord,
  recordBytesMax,
  unwrap,
} from "./format.ts";
import { type Captured, matchPattern } from "./pattern.ts";
import type { Header, Reading, Unwrapped } from "./reading.ts";
import { type Event, type OracleHit, Sessions } from "./session.ts";
import type { Clock } from "./stamp.ts";
import { cutTrailing, textOf } from "./text.ts";
import { isTrue, type Lookup, type Value } from "./where.ts";

export type { OracleHit } from "./session.ts";

export interface Options {
  now: number;
  zone: string | null;
  envelope?: Envelope;
}

/** Records end at LF and nowhere else; what follows the last one is a record if it is not empty. */
export function splitRecords(log: Buffer): string[] {
  const records = log.toString("latin1").split("\n");
  if (records.at(-1) === "") records.pop();
  return records;
}

/** All that the readers keep from one record to the next. */
interface FilterState {
  filter: Filter;
  wherePaths: Path[];
  lastTimes: Map<Format, number>;
  sessions: Sessions;
  /** The messages of its window, oldest first. */
  window: string[];
  /** The last time that a record of the window had. */
  windowTime: number | null;
}

function pathsOf(expr: Expr | null): Path[] {
  if (expr === null) return [];
  if (expr.op === "not") return pathsOf(expr.of);
  if ("of" in expr) return expr.of.flatMap(pathsOf);
  return "path" in expr.field ? [expr.field.path] : [];
}

function headerField(header: Header | null, name: string): string | null {
  if (name !== "program" && name !== "pid" && name !== "host") return null;
  const bytes = header?.[name] ?? null;
  return bytes === null ? null : textOf(bytes);
}

function lookupFor(reading: Reading, matched: readonly Captured[], clock: Clock): Lookup {
  const named = (name: string): Value | null => {
    for (const { captures } of matched) {
      const text = captures.get(name);
      if (text !== undefined) return text;
    }
    if (name === "address" && reading.address !== null) return reading.address;
    if (name === "host" && reading.host !== null) return reading.host;
    return reading.fields.get(name) ?? headerField(reading.header, name);
  };
  return { named, at: reading.at, clock };
}

const ownPlaces = ["address", "forwarded", "message", "skip", "time"];

function capturesOf(reading: Reading, matched: readonly Captured[]): Record<string, string> {
  const captures: Record<string, string> = Object.create(null);
  const add = (name: string, value: Value): void => {
    if (ownPlaces.includes(name) || name in captures || typeof value === "object") return;
    captures[name] = String(value);
  };
  for (const one of matched) for (const [name, text] of one.captures) add(name, text);
  const who = matched.map((one) => one.captures.get("address")).find((text) => text !== undefined);
  const network = who === undefined ? null : networkOf(who);
  if (network !== null) add("id", network);
  for (const [name, value] of reading.fields) add(name, value);
  return captures;
}

function whoOf(reading: Reading, matched: readonly Captured[]): Pick<OracleHit, "address" | "id"> {
  for (const { address, host } of [...matched, reading]) {
    if (address !== null || host !== null) return { address, id: address ?? host };
  }
  const named = matched.map(({ captures }) => captures.get("id")).find((id) => id !== undefined);
  const address = named === undefined ? null : canonical(named);
  return { address, id: address };
}

function sessionOf(
  filter: Filter,
  reading: Reading,
  captures: Record<string, string>,
): string | null {
  if (filter.session === null) return null;
  const { by } = filter.session;
  const field = captures[by] ?? headerField(reading.header, by);
  if (field === null) return null;
  const { program, host } = reading.header ?? { program: null, host: null };
  return JSON.stringify([program, host, field]);
}

/** Of an address with a length the network that it lies in; null: it has none, or all of it. */
function networkOf(text: string): string | null {
  const [base = "", length] = text.split("/");
  const address = canonical(base);
  if (address === null || length === undefined) return null;
  const bits = address.includes(":") ? 128 : 32;
  if (Number(length) >= bits) return null;
  const groups = bits === 32 ? address.split(".").map(Number) : groupsOf(address);
  const width = bits / groups.length;
  const masked = groups.map((group, i) => {
    const kept = Math.min(width, Math.max(0, Number(length) - i * width));
    return group - (group % 2 ** (width - kept));
  });
  const written = bits === 32 ? masked.join(".") : masked.map((n) => n.toString(16)).join(":");
  return `${canonical(written)}/${Number(length)}`;
}

/** Eight numbers of a canonical IPv6 address. */
function groupsOf(address: string): number[] {
  const [left = "", right] = address.split("::");
  const numbers = (part: string) =>
    (part === "" ? [] : part.split(":")).map((g) => parseInt(g, 16));
  const [before, behind] = [numbers(left), numbers(right ?? "")];
  return [...before, ...Array(8 - before.length - behind.length).fill(0), ...behind];
}

/** The rules in the order they are asked: every `ignore` first, the rest as written. */
function inOrder(rules: readonly Rule[]): Rule[] {
  return [
    ...rules.filter(({ kind }) => kind === "ignore"),
    ...rules.filter(({ kind }) => kind !== "ignore"),
  ];
}

const kinds = { fail: "failure", note: "note", clear: "clear", ignore: "ignored" } as const;

function findEvent(
  state: FilterState,
  unwrapped: Unwrapped,
  line: number,
  clock: Clock,
): Event | null {
  const { filter } = state;
  const reading = readRecord(filter, unwrapped, state.wherePaths, state.lastTimes, clock);
  if (reading === null) return null;
  const isLong = reading.message.length > messageBytesMax;
  if (isLong && reading.window !== null) return null;
  const frame = isLong
    ? { message: reading.message, captured: null }
    : readFrame(filter, reading.message, clock);
  if (frame === null) return null;
  const message = inWindow(state, reading.window, frame.message);
  if (reading.window !== null) state.windowTime = reading.time ?? state.windowTime;
  for (const rule of inOrder(filter.rules)) {
    const own = rule.pattern === null ? null : matchPattern(rule.pattern, message, clock);
    if (rule.pattern !== null && (own === null || isLong)) continue;
    const matched = [own, frame.captured].filter((captured) => captured !== null);
    if (rule.where !== null && !isTrue(rule.where, lookupFor(reading, matched, clock))) continue;
    state.window = reading.window === null ? state.window : leftOf(state.window, own);
    const captures = capturesOf(reading, matched);
    const hit: OracleHit = {
      line,
      recordLine: line,
      filter: filter.id,
      filterName: filter.name,
      rule: rule.name,
      kind: kinds[rule.kind],
      ...whoOf(reading, matched),
      time: reading.time ?? (reading.window === null ? null : state.windowTime),
      captures,
      weight: rule.weight * reading.repeated,
      forwarded: reading.forwarded,
    };
    return { rule, hit, session: sessionOf(filter, reading, captures) };
  }
  return null;
}

/** The last messages joined by LF, this one the last; the window has no more bytes than a message. */
function inWindow(state: FilterState, size: number | null, message: string): string {
  if (size === null) return message;
  state.window = [...state.window, message].slice(-size);
  while (state.window.join("\n").length > messageBytesMax) state.window.shift();
  return state.window.join("\n");
}

/** What a match leaves of a window: the lines it did not touch, and those that were skipped. */
function leftOf(window: readonly string[], own: Captured | null): string[] {
  const span = own?.span ?? null;
  if (span === null) return [];
  let start = 0;
  return window.filter((line) => {
    const [first, last] = [start, start + textOf(line).length];
    start = last + 1;
    const touched = last >= span.start && first <= Math.max(span.start, span.end - 1);
    return !touched || span.skipped.some(([a, b]) => a < b && first >= a && last <= b);
  });
}

function readFrame(
  filter: Filter,
  message: string,
  clock: Clock,
): { message: string; captured: Captured | null } | null {
  if (filter.frames.length === 0) return { message, captured: null };
  for (const frame of filter.frames) {
    const captured = matchPattern(frame, message, clock);
    if (captured !== null && captured.message !== null) {
      return { message: captured.message, captured };
    }
  }
  return null;
}

export function interpret(
  policy: Policy,
  filterIds: readonly string[],
  log: Buffer,
  options: Options,
): OracleHit[] {
  const clock: Clock = { now: options.now, zone: options.zone };
  const states = policy.filters
    .filter(({ id }) => filterIds.includes(id))
    .map(
      (filter): FilterState => ({
        filter,
        wherePaths: filter.rules.flatMap(({ where }) => pathsOf(where)),
        lastTimes: new Map(),
        window: [],
        windowTime: null,
        sessions: new Sessions(filter.session?.withinMs ?? 0),
      }),
    );
  const parts: CriParts = new Map();
  const hits: OracleHit[] = [];
  for (const [index, record] of splitRecords(log).entries()) {
    if (record.length > recordBytesMax) continue;
    const bytes = cutTrailing(record);
    if (bytes === "") continue;
    const unwrapped = unwrap(options.envelope ?? null, bytes, parts, clock);
    if (unwrapped === null) continue;
    for (const state of states) {
      const event = findEvent(state, unwrapped, index + 1, clock);
      if (event !== null) hits.push(...state.sessions.take(event));
    }
  }
  return hits;
}

/** What a report shows of a capture, in UTF-16 units; the rest is cut. */
const reportedTextMax = 4096;

/** A hit as `f2b match --json` prints it. */
export function toMatchJson(hit: OracleHit): Record<string, unknown> {
  const { line, filterName: filter, rule, kind, address, time } = hit;
  const own = hit.captures["id"];
  const id = own === undefined ? hit.id : (canonical(own) ?? own);
  const stamp = time === null ? null : new Date(time).toISOString();
  const captures = Object.fromEntries(
    Object.entries(hit.captures).map(([name, text]) => [name, text.slice(0, reportedTextMax)]),
  );
  return { line, filter, rule, kind, address, id, time: stamp, captures };
}
