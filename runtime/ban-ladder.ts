/**
 * How long the n-th ban lasts.
 *
 * In: a ban sentence and the number of the offence. Out: when the ban ends. What must hold: the last step
 * repeats, doubling never passes its bound, and a ban for ever has no end at all.
 */
import type { BanSpec } from "./contract.ts";

/** A number in [0, 1) for the ban of `id` at `time`: real chance when live, repeatable in replay. */
export type Chance = (id: string, time: number) => number;

/**
 * The end of the ban, milliseconds since 1970, or null for ever. `offence` counts from 1.
 */
export function banUntil(
  ban: BanSpec,
  offence: number,
  time: number,
  id: string,
  chance: Chance,
): number | null {
  const lengthMs = banLengthMs(ban, offence);
  if (lengthMs === null) return null;
  return time + lengthMs + Math.floor(ban.jitterMs > 0 ? chance(id, time) * ban.jitterMs : 0);
}

/** Without jitter; null is for ever. */
export function banLengthMs(ban: BanSpec, offence: number): number | null {
  const step = ban.times[Math.min(offence, ban.times.length) - 1];
  if (step === undefined || step === null) return null;
  if (ban.doublingToMs === null) return step;
  // Past 2^52 a doubling is over any bound, and 2^1024 would be infinite.
  return Math.max(step, Math.min(ban.doublingToMs, step * 2 ** Math.min(offence - 1, 52)));
}

/** The later of two ends, null being the latest. */
export function laterEnd(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

/** Whether a ban that ends at `until` has ended at `now`. */
export function hasEnded(until: number | null, now: number): boolean {
  return until !== null && until <= now;
}

/** Repeatable: the same ban gets the same jitter whatever else is in the log (FNV-1a, 32 bits). */
export function repeatableChance(id: string, time: number): number {
  let hash = 0x811c9dc5;
  for (const text of [id, String(time)]) {
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
  }
  return (hash >>> 0) / 2 ** 32;
}
