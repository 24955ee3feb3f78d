/*
 * Wall-clock times to moments: a local time and a zone in, milliseconds since 1970 UTC out. Zones
 * are `UTC`, `+02:00`, an IANA name, or null for the host's. Sections 3 of docs/matching.md says
 * what becomes of hours that do not exist or exist twice.
 */

const dayMs = 86_400_000;

/** Calendar fields as if they were UTC; null when one is out of range. Months count from 1. */
export function utcOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  ms = 0,
): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return null;
  return date.getTime() + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000 + ms;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      era: "short",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** How far the zone's clocks are ahead of UTC at a moment. */
function offsetAt(moment: number, zone: string | null): number {
  if (zone === "UTC") return 0;
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? "");
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return (fixed[1] === "-" ? -minutes : minutes) * 60_000;
  }
  const whole = Math.floor(moment / 1000) * 1000;
  if (zone === null) {
    const d = new Date(whole);
    const [h, m, s] = [d.getHours(), d.getMinutes(), d.getSeconds()];
    return (utcOf(d.getFullYear(), d.getMonth() + 1, d.getDate(), h, m, s) ?? whole) - whole;
  }
  const parts = new Map<string, string>();
  for (const { type, value } of formatterOf(zone).formatToParts(whole)) parts.set(type, value);
  const get = (name: string): number => Number(parts.get(name));
  const year = parts.get("era") === "BC" ? 1 - get("year") : get("year");
  const wall = utcOf(year, get("month"), get("day"), get("hour"), get("minute"), get("second"));
  return (wall ?? whole) - whole;
}

/** `wall` is a local time written down as if it were UTC. */
export function momentOf(wall: number, zone: string | null): number {
  const before = offsetAt(wall - dayMs, zone);
  const after = offsetAt(wall + dayMs, zone);
  const fitting = [before, after]
    .map((offset) => wall - offset)
    .filter((moment) => moment + offsetAt(moment, zone) === wall);
  return fitting.length > 0 ? Math.min(...fitting) : wall - before;
}

/** A moment as the zone's wall clock shows it, as if it were UTC. */
export function wallOf(moment: number, zone: string | null): number {
  return moment + offsetAt(moment, zone);
}
