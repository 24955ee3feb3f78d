/**
 * The daemon's time: the wall clock's at start, carried on by the monotonic clock.
 *
 * What must hold (charter 3.5): bans end when they were said to, whatever is done to the wall clock. Log stamps
 * follow the wall clock; `fromWall` carries them over.
 */
export interface Clock {
  /** Milliseconds since 1970 by our count: never runs backwards, never jumps. */
  now(): number;
  /** What the wall clock says now. */
  wall(): number;
  /** A time of the wall clock by our count; never in the future. */
  fromWall(time: number): number;
}

/** Both clocks are this near while nobody sets one: then a stamp stands as it is written. */
const driftMsMax = 1_000;

export function makeClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): Clock {
  const offset = wall() - monotonic();
  const now = () => Math.floor(offset + monotonic());
  return {
    now,
    wall,
    fromWall(time) {
      const present = now();
      const drift = wall() - present;
      return Math.min(present, Math.abs(drift) < driftMsMax ? time : Math.floor(time - drift));
    },
  };
}
