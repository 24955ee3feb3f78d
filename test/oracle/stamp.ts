/*
 * Time stamps in a record, by "Stamps" of docs/matching.md: a text and an offset in, where the
 * stamp ends and what time it tells out. Each form is one sticky regular expression whose groups
 * carry the calendar's names, so that a form can be compared with the page at a glance.
 */

import { momentOf, utcOf, wallOf } from "./zone.ts";

export interface Clock {
  now: number;
  zone: string | null;
}

export interface Stamp {
  end: number;
  time: number;
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
const isoDate = "(?<year>\\d{4})(?<dash>[-/])(?<month>\\d\\d)\\k<dash>(?<day>\\d\\d)";
const isoTime = `[T ]${clock}(?:[.,](?<fraction>\\d{1,9}))?`;

const iso = new RegExp(
  `${isoDate}${isoTime}(?:(?<zone>Z|${numericZone})|${zoneBehindBlank.replace("zone>", "zone2>")})`,
  "y",
);
const weekday = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?";
const named = [
  new RegExp(`${weekday}${mon} ${paddedDay} (?<year>\\d{4}) ${clock}${dotFraction}`, "y"),
  new RegExp(`${weekday}${mon} ${paddedDay} ${clock}${dotFraction}${yearBehindBlank}`, "y"),
];
const clf = new RegExp(`(?<day>\\d\\d)/${mon}/(?<year>\\d{4}):${clock}${zoneBehindBlank}`, "y");
const dayFirst = [
  clf,
  new RegExp(`(?<day>\\d\\d)-${mon}-(?<year>\\d{4}) ${clock}${dotFraction}${zoneBehindBlank}`, "y"),
  new RegExp(`(?<day>\\d\\d) ${mon} (?<year>\\d{4}) ${clock}${dotFraction}${zoneBehindBlank}`, "y"),
];
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

/** Milliseconds ahead of UTC; null: out of range. */
export function readZone(zone: string): number | null {
  const numeric = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (numeric === null) return 0;
  const hours = Number(numeric[2]);
  const minutes = Number(numeric[3] ?? "0");
  if (hours > 23 || minutes > 59) return null;
  return (numeric[1] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
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

function timeOfGroups(groups: Groups, clock: Clock): number | null {
  const month = groups["mon"] ? months.indexOf(groups["mon"]) + 1 : Number(groups["month"]);
  const n = (name: string): number => Number(groups[name]);
  const zone = groups["zone"] ?? groups["zone2"];
  const offset = zone === undefined ? null : readZone(zone);
  if (zone !== undefined && offset === null) return null;
  const timeIn = (year: number): number | null => {
    const ms = fractionMs(groups["fraction"]);
    const wall = utcOf(year, month, n("day"), n("hour"), n("minute"), n("second"), ms);
    if (wall === null) return null;
    return offset === null ? momentOf(wall, clock.zone) : wall - offset;
  };
  return inYear(groups["year"] === undefined ? null : n("year"), timeIn, clock.now);
}

function readCalendar(form: RegExp, text: string, at: number, clock: Clock): Stamp | null {
  const match = matchAt(form, text, at);
  if (match === null) return null;
  const time = timeOfGroups(match.groups, clock);
  return time === null ? null : { end: match.end, time };
}

function readEpoch(text: string, at: number): Stamp | null {
  for (const [form, unit] of epochs) {
    const match = matchAt(form, text, at);
    if (match === null || !endsCleanly(text, match.end)) continue;
    const whole = Math.floor(Number(match.groups["epoch"]) * unit);
    return { end: match.end, time: whole + fractionMs(match.groups["fraction"]) };
  }
  return null;
}

function readTai(text: string, at: number): Stamp | null {
  const match = matchAt(tai, text, at);
  if (match === null) return null;
  const seconds = BigInt(`0x${match.groups["seconds"]}`) - (1n << 62n);
  const nano = Number(`0x${match.groups["nano"]}`);
  if (seconds < 0n || nano >= 1e9) return null;
  return { end: match.end, time: Number(seconds) * 1000 + Math.floor(nano / 1e6) };
}

/** The automatic forms at one place, the first that reads. */
export function readStamp(text: string, at: number, clock: Clock): Stamp | null {
  const tries = [
    () => readCalendar(iso, text, at, clock),
    ...named.map((form) => () => readCalendar(form, text, at, clock)),
    ...dayFirst.map((form) => () => readCalendar(form, text, at, clock)),
    () => readEpoch(text, at),
    () => readTai(text, at),
  ];
  for (const attempt of tries) {
    const stamp = attempt();
    if (stamp !== null && endsCleanly(text, stamp.end) && stamp.time <= lastMoment) return stamp;
  }
  return null;
}

/** A stamp that is all of `text`. */
export function readWholeStamp(text: string, clock: Clock): number | null {
  const stamp = readStamp(text, 0, clock);
  return stamp !== null && stamp.end === text.length ? stamp.time : null;
}

export function readEpochText(text: string): number | null {
  const stamp = readEpoch(text, 0);
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

const isoHeader = new RegExp(
  `${isoDate.replace("[-/]", "-")}${isoTime}(?<zone>Z|${numericZone})?`,
  "y",
);
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
