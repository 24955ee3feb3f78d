/** Milliseconds as a person reads them: `600_000` with `10m` beside it. */
import { aside, type Code, number } from "./code.ts";

const units = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

export function writeDuration(ms: number): Code {
  const text = formatDuration(ms);
  return text === "" ? number(ms) : aside(number(ms), text);
}

/** As the language writes it; weeks only where they are whole. Empty for nothing. */
export function formatDuration(ms: number): string {
  let text = "";
  let left = ms;
  for (const [unit, size] of units) {
    if (unit === "w" && ms % size !== 0) continue;
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}
