/**
 * Random numbers: the same in every run, so that a run says something of the commit; others with `F2B_SEED=N`, or of the clock with
 * `F2B_SEED=random`, to look for more.
 */
import type { Random } from "./grow-line.ts";

export function seedOf(): number {
  const asked = process.env["F2B_SEED"] ?? "1";
  return asked === "random" ? Date.now() % 1_000_000 : Number(asked);
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
