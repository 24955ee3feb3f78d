/**
 * Local time to UTC: the host's zone, a fixed offset, or an IANA zone.
 *
 * In: a local time as if it were UTC, in milliseconds. Out: milliseconds since 1970 UTC. A time that
 * does not exist (spring) is read with the offset before the change, one that exists twice is the
 * first. The host's zone is asked of Date, IANA zones of Intl, and the answers are kept.
 */
export interface Zone {
  /** The UTC time of a local one. */
  toUtcMs(localMs: number): number;
  /** What is to be added to this UTC time to have the local one. */
  offsetMs(utcMs: number): number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Offsets are kept for so many days before all are forgotten: a year and a bit. */
const daysKeptMax = 512;
/** Intl counts years before this one backwards; no log is older. */
const year1Ms = -62_135_596_800_000;

/**
 * `null`: the host's. Else `UTC`, `Z`, `+02:00`, `+0200`, `+02` or an IANA name.
 * @throws {RangeError} for a name that this Node does not know.
 */
export function makeZone(name: string | null): Zone {
  if (name === null) return new KeptZone(new HostZone());
  const fixed = parseOffsetMs(name);
  return fixed === null ? new KeptZone(new IanaZone(name)) : new FixedZone(fixed);
}

function parseOffsetMs(name: string): number | null {
  if (name === "UTC" || name === "Z" || name === "GMT") return 0;
  const found = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(name);
  if (found === null) return null;
  const size = (Number(found[2]) * 60 + Number(found[3] ?? 0)) * minuteMs;
  return found[1] === "-" ? -size : size;
}

class FixedZone implements Zone {
  readonly #offsetMs: number;

  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  toUtcMs(localMs: number): number {
    return localMs - this.#offsetMs;
  }

  offsetMs(): number {
    return this.#offsetMs;
  }
}

class HostZone implements Zone {
  toUtcMs(localMs: number): number {
    const local = new Date(localMs);
    // Set part by part, because the constructor takes years below 100 for others; what ECMA-262
    // says of times that exist twice or not at all is what docs/matching.md asks for.
    const date = new Date(2000, 0, 1);
    date.setFullYear(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
    date.setHours(
      local.getUTCHours(),
      local.getUTCMinutes(),
      local.getUTCSeconds(),
      local.getUTCMilliseconds(),
    );
    return date.getTime();
  }

  offsetMs(utcMs: number): number {
    return -new Date(utcMs).getTimezoneOffset() * minuteMs;
  }
}

/** Keeps what it was told: the offsets of whole days, and of days on which clocks change that of the last minute. */
class KeptZone implements Zone {
  readonly #zone: Zone;
  /** Offsets of local days in which, and around which, nothing changes. */
  readonly #days = new Map<number, number>();
  #day = Number.NaN;
  /** Of that day; NaN: clocks change around it. */
  #dayOffsetMs = Number.NaN;
  #minute = Number.NaN;
  #minuteUtcMs = 0;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  toUtcMs(localMs: number): number {
    const day = Math.floor(localMs / dayMs);
    if (day !== this.#day) {
      this.#dayOffsetMs = this.#offsetOfDay(day);
      this.#day = day;
    }
    if (!Number.isNaN(this.#dayOffsetMs)) return localMs - this.#dayOffsetMs;
    const minute = Math.floor(localMs / minuteMs);
    if (minute !== this.#minute) {
      this.#minuteUtcMs = this.#zone.toUtcMs(minute * minuteMs);
      this.#minute = minute;
    }
    return this.#minuteUtcMs + (localMs - minute * minuteMs);
  }

  #offsetOfDay(day: number): number {
    const kept = this.#days.get(day);
    if (kept !== undefined) return kept;
    // A change lies within a day of the local midnights around it, whatever the offset.
    const before = this.#zone.offsetMs((day - 1) * dayMs);
    const isSame = before === this.#zone.offsetMs((day + 2) * dayMs);
    if (this.#days.size >= daysKeptMax) this.#days.clear();
    const offset = isSame ? before : Number.NaN;
    this.#days.set(day, offset);
    return offset;
  }

  offsetMs(utcMs: number): number {
    return this.#zone.offsetMs(utcMs);
  }
}

class IanaZone implements Zone {
  readonly #format: Intl.DateTimeFormat;

  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  toUtcMs(localMs: number): number {
    const day = Math.floor(localMs / dayMs);
    const before = this.offsetMs((day - 1) * dayMs);
    const after = this.offsetMs((day + 2) * dayMs);
    const early = localMs - before;
    if (this.offsetMs(early) === before) return early;
    const late = localMs - after;
    return this.offsetMs(late) === after ? late : early;
  }

  offsetMs(utcMs: number): number {
    const asked = Math.max(utcMs, year1Ms);
    const parts: Record<string, number> = {};
    for (const part of this.#format.formatToParts(asked)) parts[part.type] = Number(part.value);
    const local = Date.UTC(
      2000,
      (parts["month"] ?? 1) - 1,
      parts["day"] ?? 1,
      parts["hour"] ?? 0,
      parts["minute"] ?? 0,
      parts["second"] ?? 0,
    );
    const localMs = new Date(local).setUTCFullYear(
      parts["year"] ?? 1970,
      (parts["month"] ?? 1) - 1,
      parts["day"] ?? 1,
    );
    return localMs - Math.floor(asked / 1000) * 1000;
  }
}
