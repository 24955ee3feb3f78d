/*
 * Stamps by a pattern of strptime's letters (docs/matching.md, `time "PATTERN"`): the pattern is
 * walked letter by letter over the text, each letter taking what it may and giving nothing back.
 */

import {
  type Clock,
  fractionMs,
  inYear,
  isZoneName,
  lastMoment,
  readEpoch,
  readStamp,
  readTai,
  readZone,
  type Stamp,
  todayOrYesterday,
} from "./stamp.ts";
import { bytesOf } from "./text.ts";
import { momentOf, utcOf } from "./zone.ts";

const monthNames = [
  "january february march april may june july",
  "august september october november december",
]
  .join(" ")
  .split(" ");
const dayNames = "monday tuesday wednesday thursday friday saturday sunday".split(" ");
const aliases: Record<string, string> = { T: "%H:%M:%S", D: "%m/%d/%y", F: "%Y-%m-%d" };

const letters: Record<string, RegExp> = {
  Y: /\d{4}/y,
  y: /\d\d/y,
  m: /\d\d?/y,
  d: /\d\d?/y,
  H: /\d\d?/y,
  I: /\d\d?/y,
  M: /\d\d?/y,
  S: /\d\d?/y,
  e: / ?\d\d?/y,
  k: / ?\d\d?/y,
  l: / ?\d\d?/y,
  j: /\d{3}/y,
  f: /\d{1,9}/y,
  s: /\d{1,11}/y,
  p: /[AaPp][Mm]/y,
  z: /Z|[+-]\d\d(?::?\d\d)?|(?:UTC|GMT)(?![A-Za-z])/y,
  Z: /[A-Za-z]{1,5}(?![A-Za-z])/y,
  b: new RegExp(monthNames.map((n) => `${n}|${n.slice(0, 3)}`).join("|"), "iy"),
  a: new RegExp(dayNames.map((n) => `${n}|${n.slice(0, 3)}`).join("|"), "iy"),
  "%": /%/y,
};
const sameAs: Record<string, string> = { B: "b", A: "a" };
const meaning: Record<string, string> = { e: "d", k: "H", l: "I" };

type Parts = Map<string, string>;

interface Walk {
  parts: Parts;
  /** What a stamp of an automatic form told. */
  stamp: Stamp | null;
  start: number;
  end: number;
}

/** `{?...}` taken, then left out: every way through a pattern, flat, the marks of `keep` left in. */
function waysOf(pattern: string): string[] {
  const open = pattern.indexOf("{?");
  if (open < 0) return [pattern];
  let depth = 1;
  let close = open + 2;
  while (depth > 0) {
    const char = pattern.charAt(close++);
    if (char === "{") depth++;
    if (char === "}") depth--;
  }
  const [before, inner, behind] = [
    pattern.slice(0, open),
    pattern.slice(open + 2, close - 1),
    pattern.slice(close),
  ];
  return [...waysOf(before + inner + behind), ...waysOf(before + behind)];
}

/** A hole that tells no time: what it takes; -1: it takes nothing there. */
function takeHole(hole: string, text: string, at: number): number {
  const rest = text.slice(at);
  const longest = (form: RegExp): number => {
    const match = form.exec(rest);
    return match === null ? -1 : at + match[0].length;
  };
  if (hole === "int") return longest(/^-?\d{1,18}(?!\d)/);
  if (hole === "word") return longest(/^[^\0-\x20\x7f]+/);
  if (hole.startsWith("not ")) {
    const chars = `${bytesOf(hole.slice(4))}\n`;
    const size = [...rest].findIndex((char) => chars.includes(char));
    const taken = size < 0 ? rest.length : size;
    return taken === 0 ? -1 : at + taken;
  }
  const words = hole
    .split("|")
    .map(bytesOf)
    .filter((word) => rest.startsWith(word));
  words.sort((a, b) => b.length - a.length);
  return words[0] === undefined ? -1 : at + words[0].length;
}

function takeStamp(hole: string, text: string, at: number, clock: Clock): Stamp | null {
  if (hole === "time") return readStamp(text, at, clock);
  return hole === "epoch" ? readEpoch(text, at, true) : readTai(text, at);
}

const pieceForm = /%[\s\S]|\{\{|\}\}|\{keep |\{[^{}]*\}|\}| +|[\s\S]/g;

function walk(pattern: string, text: string, at: number, clock: Clock): Walk | null {
  const expanded = pattern.replace(/%[TDF]/g, (a) => aliases[a.charAt(1)] ?? a);
  const found: Walk = { parts: new Map(), stamp: null, start: at, end: at };
  let end = at;
  let cutEnd = -1;
  let open = false;
  const pieces = expanded.match(pieceForm) ?? [];
  for (const [i, piece] of pieces.entries()) {
    if (piece === "{keep ") {
      open = true;
      if (i > 0) cutEnd = end;
    } else if (open && piece === "}") {
      open = false;
      if (cutEnd < 0) found.start = end;
    } else {
      const to = take(piece, text, end, found, clock);
      if (to === null) return null;
      end = to;
    }
  }
  found.end = cutEnd < 0 ? end : cutEnd;
  return found;
}

function take(piece: string, text: string, at: number, found: Walk, clock: Clock): number | null {
  const letter = piece.charAt(1);
  if (piece.startsWith("%")) {
    const form = letters[sameAs[letter] ?? letter];
    if (form === undefined) return null;
    form.lastIndex = at;
    const match = form.exec(text);
    if (match === null || (letter === "Z" && !isZoneName(match[0]))) return null;
    found.parts.set(meaning[letter] ?? sameAs[letter] ?? letter, match[0].trim());
    return form.lastIndex;
  }
  const hole = /^\{([^{}]+)\}$/.exec(piece)?.[1];
  if (hole === "time" || hole === "epoch" || hole === "tai64n") {
    found.stamp = takeStamp(hole, text, at, clock);
    return found.stamp?.end ?? null;
  }
  if (hole !== undefined) {
    const to = takeHole(hole, text, at);
    return to < 0 ? null : to;
  }
  if (piece.startsWith(" ")) {
    const blanks = /^ +/.exec(text.slice(at));
    return blanks === null ? null : at + blanks[0].length;
  }
  const bytes = bytesOf(piece === "{{" || piece === "}}" ? piece.charAt(0) : piece);
  return text.startsWith(bytes, at) ? at + bytes.length : null;
}

function hourOf(parts: Parts): number | null {
  if (parts.has("H")) return Number(parts.get("H"));
  if (!parts.has("I")) return 0;
  const hour = Number(parts.get("I"));
  if (hour < 1 || hour > 12) return null;
  const half = parts.get("p")?.toLowerCase();
  return half === undefined ? hour : (hour % 12) + (half === "pm" ? 12 : 0);
}

function timeOf(parts: Parts, clock: Clock): number | null {
  if (parts.has("s")) return Number(parts.get("s")) * 1000 + fractionMs(parts.get("f"));
  const hour = hourOf(parts);
  const n = (name: string): number => Number(parts.get(name) ?? "0");
  const zone = parts.get("z") ?? parts.get("Z");
  const offset = zone === undefined ? null : readZone(zone);
  if (hour === null || (zone !== undefined && offset === null)) return null;
  const at = (year: number, month: number, day: number): number | null => {
    const wall = utcOf(year, month, day, hour, n("M"), n("S"));
    if (wall === null) return null;
    return offset === null ? momentOf(wall, clock.zone) : wall - offset;
  };
  const named = monthNames.findIndex((m) => m.startsWith(parts.get("b")?.toLowerCase() ?? "-"));
  const month = parts.has("b") ? named + 1 : parts.has("m") ? n("m") : null;
  const day = parts.has("d") ? n("d") : null;
  const year = parts.has("Y")
    ? n("Y")
    : parts.has("y")
      ? n("y") + (n("y") < 69 ? 2000 : 1900)
      : null;
  if (parts.has("j")) return inYear(year, (y) => dayOfYear(y, n("j"), at), clock.now);
  if (month === null && day === null && year === null) {
    return todayOrYesterday(at, offset, clock);
  }
  return inYear(year, (y) => at(y, month ?? 1, day ?? 1), clock.now);
}

function dayOfYear(
  year: number,
  day: number,
  at: (year: number, month: number, day: number) => number | null,
): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, day);
  if (day < 1 || date.getUTCFullYear() !== year) return null;
  return at(year, date.getUTCMonth() + 1, date.getUTCDate());
}

export interface PatternStamp {
  /** What is cut out; the pattern may go on around it. */
  start: number;
  end: number;
  /** null: the pattern tells none. */
  time: number | null;
}

/** The first way of the pattern that reads at `at`. */
export function readPattern(
  pattern: string,
  text: string,
  at: number,
  clock: Clock,
): PatternStamp | null {
  for (const way of waysOf(pattern)) {
    const walked = walk(way, text, at, clock);
    if (walked === null) continue;
    const { parts, stamp, start, end } = walked;
    const isToken = (index: number): boolean => /[0-9A-Za-z]/.test(text.charAt(index));
    if (end > start && isToken(end - 1) && isToken(end)) continue;
    if (parts.size === 0 && stamp === null) return { start, end, time: null };
    const time = stamp?.time ?? timeOf(parts, clock);
    if (time === null || time > lastMoment) continue;
    return { start, end, time };
  }
  return null;
}
