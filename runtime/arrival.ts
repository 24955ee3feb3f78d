/**
 * When a record happened, for a source that is followed.
 *
 * In: a record's stamp and the time of its arrival. Out: the time that counts. What must hold: a stamp that an
 * attacker or a wrong clock wrote cannot move a failure out of the window or into the future.
 */

/** A stamp further than this from its arrival is replaced by it. */
const skewMsMax = 60_000;
const warnEveryMs = 86_400_000;

export interface Arrival {
  /** Milliseconds since 1970; null: the record is too old to count for anything. */
  timeOf(stamp: number, now: number): number | null;
}

export interface ArrivalOptions {
  /** Reads what was written before: stamps stand until one is near the present. */
  readonly catchesUp: boolean;
  /** The longest window: what is older counts for nothing. */
  readonly longestMs: number;
  readonly warn: (message: string) => void;
}

export function judgeArrivals(options: ArrivalOptions): Arrival {
  let catchesUp = options.catchesUp;
  let warnedAt = Number.NEGATIVE_INFINITY;
  return {
    timeOf(stamp, now) {
      if (Number.isNaN(stamp)) return now;
      if (Math.abs(now - stamp) <= skewMsMax) {
        catchesUp = false;
        return Math.min(stamp, now);
      }
      if (catchesUp) return stamp <= now - options.longestMs ? null : Math.min(stamp, now);
      if (now - warnedAt >= warnEveryMs) {
        warnedAt = now;
        const seconds = Math.round((now - stamp) / 1000);
        options.warn(`stamps are ${seconds} s from the host's clock; the time of arrival counts`);
      }
      return now;
    },
  };
}
