/**
 * Durations of the language: what its units are worth, and milliseconds as it writes them.
 */

/** Longest first: the order in which a duration names them. */
export const durationUnits = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

export const unitMs: ReadonlyMap<string, number> = new Map(durationUnits);

/** `1w2d`: all of it, in these units, falling. `ms` is a whole number; empty for nothing. */
export function printDuration(
  ms: number,
  units: readonly (readonly [string, number])[] = durationUnits,
): string {
  let text = "";
  let left = ms;
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}
