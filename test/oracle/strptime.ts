/*
 * Stamps by a pattern of strptime's letters (docs/matching.md, `time "PATTERN"`): the pattern is
 * walked letter by letter over the text, each letter taking what it may and giving nothing back.
 */

import { type Clock, fractionMs, inYear, lastMoment, readZone, type Stamp } from "./stamp.ts";
import { momentOf, utcOf, wallOf } from "./zone.ts";

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
  z: /Z|[+-]\d\d(?::?\d\d)?/y,
  Z: /UTC|GMT|Z/y,
  b: new RegExp(monthNames.map((n) => `${n}|${n.slice(0, 3)}`).join("|"), "iy"),
  a: new RegExp(dayNames.map((n) => `${n}|${n.slice(0, 3)}`).join("|"), "iy"),
  "%": /%/y,
};
const sameAs: Record<string, string> = { B: "b", A: "a" };
const meaning: Record<string, string> = { e: "d", k: "H", l: "I" };

type Parts = Map<string, string>;

function walk(pattern: string, text: string, at: number): { parts: Parts; end: number } | null {
  const expanded = pattern.replace(/%[TDF]/g, (a) => aliases[a.charAt(1)] ?? a);
  const parts: Parts = new Map();
  let end = at;
  for (const piece of expanded.match(/%[\s\S]| +|[\s\S]/g) ?? []) {
    const letter = piece.charAt(1);
    const letterForm = piece.startsWith("%") ? letters[sameAs[letter] ?? letter] : undefined;
    if (letterForm !== undefined) {
      letterForm.lastIndex = end;
      const match = letterForm.exec(text);
      if (match === null) return null;
      parts.set(meaning[letter] ?? sameAs[letter] ?? letter, match[0].trim());
      end = letterForm.lastIndex;
    } else if (piece.startsWith(" ")) {
      const blanks = /^ +/.exec(text.slice(end));
      if (blanks === null) return null;
      end += blanks[0].length;
    } else {
      const bytes = Buffer.from(piece, "utf8").toString("latin1");
      if (!text.startsWith(bytes, end)) return null;
      end += bytes.length;
    }
  }
  return { parts, end };
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
  const ms = fractionMs(parts.get("f"));
  if (parts.has("s")) return Number(parts.get("s")) * 1000 + ms;
  const hour = hourOf(parts);
  const n = (name: string): number => Number(parts.get(name) ?? "0");
  const zone = parts.get("z") ?? parts.get("Z");
  const offset = zone === undefined ? null : readZone(zone);
  if (hour === null || (zone !== undefined && offset === null)) return null;
  const at = (year: number, month: number, day: number): number | null => {
    const wall = utcOf(year, month, day, hour, n("M"), n("S"), ms);
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
    const today = new Date(offset === null ? wallOf(clock.now, clock.zone) : clock.now + offset);
    const [y, m, d] = [today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate()];
    const time = at(y, m, d);
    if (time === null || time <= clock.now) return time;
    const before = new Date(Date.UTC(y, m - 1, d - 1));
    return at(before.getUTCFullYear(), before.getUTCMonth() + 1, before.getUTCDate());
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

export function readPattern(pattern: string, text: string, at: number, clock: Clock): Stamp | null {
  const walked = walk(pattern, text, at);
  if (walked === null || /[0-9A-Za-z]/.test(text.charAt(walked.end))) return null;
  const time = timeOf(walked.parts, clock);
  return time === null || time > lastMoment ? null : { end: walked.end, time };
}
