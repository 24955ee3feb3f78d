/*
 * Time stamps in a record, by "Stamps" of docs/matching.md: a text and an offset in, where the
 * stamp ends and what time it tells out. Each form is one sticky regular expression whose groups
 * carry the calendar's names, so that a form can be compared with the page at a glance.
 */

import { readFileSync } from "node:fs";
import { momentOf, utcOf, wallOf } from "./zone.ts";

export interface Clock {
  now: number;
  zone: string | null;
}

export interface Stamp {
  end: number;
  time: number;
  /** `epoch` and `angled` may not stand everywhere. */
  kind?: string;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const lastMoment = Date.UTC(10000, 0, 1) - 1;

const mon = `(?<mon>${months.join("|")})`;
const clock = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";
/** The longest that is spelled there decides: of `+02:00x` the `+02` is no zone. */
const numericZone = "[+-]\\d\\d(?::?\\d\\d|(?!:?\\d\\d))";
const dotFraction = "(?:\\.(?<fraction>\\d{1,9}))?";
const paddedDay = "(?<day>\\d\\d| \\d|\\d(?!\\d))";
const border = "(?![0-9A-Za-z])";
const zoneBehindBlank = `(?: (?<zone>Z|UTC|GMT|${numericZone})${border})?`;
const yearBehindBlank = `(?: (?<year>\\d{4})${border})?`;
const isoDate = "(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)";
const isoTime = `[T ]${clock}(?:[.,](?<fraction>\\d{1,9}))?`;

const looseClock = "(?<hour>\\d\\d?):(?<minute>\\d\\d?):(?<second>\\d\\d?)";
const anyFraction = "(?:[.,](?<fraction>\\d{1,9}))?";
const looseZone = `(?:(?<zone>Z|UTC|GMT|${numericZone})|${zoneBehindBlank.replace("zone>", "zone2>")})?`;
const yearFirst = [
  `(?<year>\\d{4})(?<dash>[-/.])(?<month>\\d\\d?)\\k<dash>(?<day>\\d\\d?)`,
  `(?:T| {1,2}|(?<=\\d\\d))${looseClock}${anyFraction}${looseZone}`,
].join("");
const tightClock = "(?<hour>\\d\\d):?(?<minute>\\d\\d):?(?<second>\\d\\d)";
const compactDate = "(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)";
const weekday = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?";
const dayFirst = `(?<day>\\d\\d?)(?<div>[-/ ])${mon}\\k<div>(?<year>\\d{4})[ :]?`;
/** In any case where names stand; the order is the page's. */
const forms = [
  yearFirst,
  `${compactDate}(?:[-T]| {1,2})${tightClock}${anyFraction}${looseZone}`,
  `(?<year2>\\d\\d)(?<month>\\d\\d)(?<day>\\d\\d) {1,2}${looseClock}`,
  `${dayFirst}${looseClock}${dotFraction}${looseZone}`,
  `<(?<month>\\d\\d?)/(?<day>\\d\\d?)/(?<year2>\\d\\d)@${looseClock}>`,
].map((form) => new RegExp(form, form.includes("mon>") ? "iy" : "y"));
const fourteen = new RegExp(`${compactDate}${tightClock}(?!\\d)${anyFraction}${looseZone}`, "y");
const withMonthName = [
  `${weekday}${mon} ${paddedDay} (?<year>\\d{4})  ?${looseClock}${dotFraction}`,
  `${weekday}${mon} ${paddedDay}  ?${looseClock}${dotFraction}${yearBehindBlank}`,
  `${weekday}${mon} ${paddedDay}, (?<year>\\d{4}) ${looseClock} (?<half>[ap]m)`,
  `${weekday}${mon}-${paddedDay}-(?<year2>\\d\\d)  ?${looseClock}`,
].map((form) => new RegExp(form, "iy"));
const numeric = new RegExp(
  `(?<a>\\d\\d?)(?<div>[-/])(?<b>\\d\\d?)\\k<div>(?<year>\\d{4}|\\d\\d)(?<behind>:|  ?)${looseClock}${dotFraction}`,
  "y",
);
const timeOfDay = new RegExp(`${looseClock}${dotFraction}`, "y");
const zoneBefore = new RegExp(`(?<zone>[A-Za-z]+|${numericZone}) `, "y");
const epochs: [RegExp, number][] = [
  [/(?<epoch>\d{10})(?:\.(?<fraction>\d{1,9}))?/y, 1000],
  [/(?<epoch>\d{13})/y, 1],
  [/(?<epoch>\d{16})/y, 0.001],
];
const tai = /@(?<seconds>[0-9a-f]{16})(?<nano>[0-9a-f]{8})/y;

type Groups = Record<string, string | undefined>;

function matchAt(form: RegExp, text: string, at: number): { groups: Groups; end: number } | null {
  form.lastIndex = at;
  const match = form.exec(text);
  return match === null ? null : { groups: match.groups ?? {}, end: form.lastIndex };
}

function endsCleanly(text: string, end: number): boolean {
  return !/[0-9A-Za-z]/.test(text.charAt(end));
}

const page = readFileSync(new URL("../../docs/matching.md", import.meta.url), "utf8");
/** Hours ahead of UTC by name, from the page. */
const zoneNames = new Map(
  [...page.matchAll(/^ {4}(-?[\d.]+): ([A-Za-z ]+)$/gm)].flatMap(([, hours, names = ""]) =>
    names.split(" ").map((name): [string, number] => [name, Number(hours)]),
  ),
);

/** Milliseconds ahead of UTC; null: out of range, or no zone. */
export function readZone(zone: string): number | null {
  const numeric = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (numeric === null) {
    const named = zoneNames.get(zone);
    return named === undefined ? null : named * 3_600_000;
  }
  const hours = Number(numeric[2]);
  const minutes = Number(numeric[3] ?? "0");
  if (hours > 23 || minutes > 59) return null;
  return (numeric[1] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** A name that `%Z` may read. */
export function isZoneName(name: string): boolean {
  return zoneNames.has(name);
}

export function fractionMs(digits: string | undefined): number {
  return Number((digits ?? "").padEnd(3, "0").slice(0, 3));
}

/** The latest year for which it is not over 24 hours after now and in which the day exists. */
function latestYear(timeIn: (year: number) => number | null, now: number): number | null {
  const last = new Date(now).getUTCFullYear() + 2;
  for (let year = last; year > last - 12; year--) {
    const time = timeIn(year);
    if (time !== null && time <= now + 86_400_000) return time;
  }
  return null;
}

/** The time in a year that is written, from 1970 to 9998, or else in the latest there may be. */
export function inYear(
  year: number | null,
  timeIn: (year: number) => number | null,
  now: number,
): number | null {
  if (year === null) return latestYear(timeIn, now);
  return year < 1970 || year > 9998 ? null : timeIn(year);
}

/** Without a date it is today, or yesterday when that lies ahead. */
function timeOfGroups(groups: Groups, clock: Clock): number | null {
  const named = months.findIndex((name) => name.toLowerCase() === groups["mon"]?.toLowerCase());
  const month = groups["mon"] ? named + 1 : Number(groups["month"]);
  const n = (name: string): number => Number(groups[name]);
  const zone = groups["zone"] ?? groups["zone2"];
  const offset = zone === undefined ? null : readZone(zone);
  const hour = hourOf(n("hour"), groups["half"]);
  if (hour === null || (zone !== undefined && offset === null)) return null;
  const at = (year: number, month: number, day: number): number | null => {
    const wall = utcOf(year, month, day, hour, n("minute"), n("second"));
    if (wall === null) return null;
    return offset === null ? momentOf(wall, clock.zone) : wall - offset;
  };
  if (groups["mon"] === undefined && groups["month"] === undefined) {
    return todayOrYesterday(at, offset, clock);
  }
  const timeIn = (year: number): number | null => at(year, month, n("day"));
  return inYear(yearOf(groups), timeIn, clock.now);
}

function hourOf(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}

function yearOf(groups: Groups): number | null {
  const short = groups["year2"] ?? (groups["year"]?.length === 2 ? groups["year"] : undefined);
  if (short !== undefined) return Number(short) + (Number(short) < 69 ? 2000 : 1900);
  return groups["year"] === undefined ? null : Number(groups["year"]);
}

export function todayOrYesterday(
  at: (year: number, month: number, day: number) => number | null,
  offset: number | null,
  clock: Clock,
): number | null {
  const today = new Date(offset === null ? wallOf(clock.now, clock.zone) : clock.now + offset);
  const [y, m, d] = [today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate()];
  const time = at(y, m, d);
  if (time === null || time <= clock.now) return time;
  const before = new Date(Date.UTC(y, m - 1, d - 1));
  return at(before.getUTCFullYear(), before.getUTCMonth() + 1, before.getUTCDate());
}

function readCalendar(form: RegExp, text: string, at: number, clock: Clock): Stamp | null {
  const match = matchAt(form, text, at);
  if (match === null) return null;
  const time = timeOfGroups(match.groups, clock);
  return time === null ? null : { end: match.end, time };
}

/** The first that names a time: by the day first, and then, where that may be, by the month. */
function readNumeric(text: string, at: number, clock: Clock): Stamp | null {
  const match = matchAt(numeric, text, at);
  if (match === null) return null;
  const { a, b, div, year = "", behind, ...rest } = match.groups;
  const full = year.length === 4;
  if (behind === ":" && (div !== "/" || !full)) return null;
  const orders = behind === ":" ? [[b, a]] : [[a, b], ...(div === "-" && full ? [[b, a]] : [])];
  for (const [day, month] of orders) {
    const time = timeOfGroups({ ...rest, year, day, month }, clock);
    if (time !== null) return { end: match.end, time };
  }
  return null;
}

/** A month's name, or a zone and then one. */
function readNamed(text: string, at: number, clock: Clock): Stamp | null {
  for (const form of withMonthName) {
    const stamp = readCalendar(form, text, at, clock);
    if (stamp !== null) return stamp;
  }
  const before = matchAt(zoneBefore, text, at);
  const zone = before?.groups["zone"] ?? "";
  if (before === null || readZone(zone) === null) return null;
  if (/^[A-Za-z]{1,2}$/.test(zone) && zone !== "Z") return null;
  for (const form of withMonthName) {
    const match = matchAt(form, text, before.end);
    const time = match === null ? null : timeOfGroups({ ...match.groups, zone }, clock);
    if (match !== null && time !== null) return { end: match.end, time };
  }
  return null;
}

/** `loose`: something else may follow directly. */
export function readEpoch(text: string, at: number, loose = false): Stamp | null {
  const digits = /^\d*/.exec(text.slice(at))?.[0].length ?? 0;
  for (const [form, unit] of epochs) {
    const match = matchAt(form, text, at);
    if (match === null || (!loose && !endsCleanly(text, match.end))) continue;
    if (![10, 13, 16].includes(digits) || match.groups["epoch"]?.length !== digits) continue;
    const whole = Math.floor(Number(match.groups["epoch"]) * unit);
    return { end: match.end, time: whole + fractionMs(match.groups["fraction"]) };
  }
  return null;
}

export function readTai(text: string, at: number): Stamp | null {
  const match = matchAt(tai, text, at);
  if (match === null) return null;
  const seconds = BigInt(`0x${match.groups["seconds"]}`) - (1n << 62n);
  const nano = Number(`0x${match.groups["nano"]}`);
  if (seconds < 0n || nano >= 1e9) return null;
  return { end: match.end, time: Number(seconds) * 1000 };
}

/** The automatic forms at one place, the first that reads. `opening`: at the start of a record. */
export function readStamp(text: string, at: number, clock: Clock, opening = false): Stamp | null {
  const tries: [string, () => Stamp | null][] = [
    ...[...forms, fourteen].map((form): [string, () => Stamp | null] => [
      form.source.startsWith("<") ? "angled" : "",
      () => readCalendar(form, text, at, clock),
    ]),
    ["", () => readNumeric(text, at, clock)],
    ["", () => readNamed(text, at, clock)],
    ["epoch", () => readEpoch(text, at)],
    ["", () => readTai(text, at)],
    ["", () => (opening ? readCalendar(timeOfDay, text, at, clock) : null)],
  ];
  for (const [kind, attempt] of tries) {
    const stamp = attempt();
    if (stamp === null || stamp.time > lastMoment) continue;
    if (kind === "angled" || endsCleanly(text, stamp.end)) return { ...stamp, kind };
  }
  return null;
}

/** A stamp that is all of `text`. */
export function readWholeStamp(text: string, clock: Clock): number | null {
  const stamp = readStamp(text, 0, clock);
  return stamp !== null && stamp.end === text.length ? stamp.time : null;
}

const clfWithZone = new RegExp(
  `(?<day>\\d\\d)/${mon}/(?<year>\\d{4}):${clock} (?<zone>[+-]\\d{4})`,
  "y",
);

/** Between `[` and `]` of combined and common, always with a zone. */
export function readClf(text: string, at: number, clock: Clock): Stamp | null {
  return readCalendar(clfWithZone, text, at, clock);
}

const isoHeader = new RegExp(`${isoDate}${isoTime}(?<zone>Z|${numericZone})?`, "y");
const bsdHeader = [
  new RegExp(`${mon} ${paddedDay} (?<year>\\d{4}) ${clock}${dotFraction}`, "y"),
  new RegExp(`${mon} ${paddedDay} ${clock}${dotFraction}${yearBehindBlank}`, "y"),
];

/** The stamp of a syslog header that has no version: RFC 3164's or ISO. */
export function readHeaderStamp(text: string, at: number, clock: Clock): Stamp | null {
  for (const form of [...bsdHeader, isoHeader]) {
    const stamp = readCalendar(form, text, at, clock);
    if (stamp !== null && stamp.time <= lastMoment) return stamp;
  }
  return null;
}

/** RFC 5424, docker and cri: ISO with a zone, and nothing else. */
export function readIsoWithZone(text: string, clock: Clock): number | null {
  const match = matchAt(isoHeader, text, 0);
  if (match === null || match.end !== text.length || match.groups["zone"] === undefined)
    return null;
  const time = timeOfGroups(match.groups, clock);
  return time === null || time > lastMoment ? null : time;
}

export { lastMoment, momentOf, utcOf, wallOf };
