/** Milliseconds as a person reads them: `600_000` with `10m` beside it. */
import { durationUnits, printDuration, unitMs } from "../duration.ts";
import { aside, type Code, number } from "./code.ts";

const weekMs = unitMs.get("w") ?? 0;
const withoutWeeks = durationUnits.slice(1);

export function writeDuration(ms: number): Code {
  const text = formatDuration(ms);
  return text === "" ? number(ms) : aside(number(ms), text);
}

/** As the language writes it; weeks only where they are whole. Empty for nothing. */
export function formatDuration(ms: number): string {
  return ms % weekMs === 0 ? printDuration(ms) : printDuration(ms, withoutWeeks);
}
