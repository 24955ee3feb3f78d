/**
 * Random numbers that F2B_SEED repeats.
 */
import type { Random } from "./grow-line.ts";

/** The one that was asked for, else one of the clock's. */
export function seedOf(): number {
  return Number(process.env["F2B_SEED"] ?? Date.now() % 1_000_000);
}

export function makeRandom(start: number): Random {
  let state = (start * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
