/**
 * Durations as Fail2ban's files have them -> seconds.
 *
 * Fail2ban takes `600`, `10m`, `1h 30m`, `1d12h`, `1.5h` and arithmetic with them; units in any case, months and years as parts of 365.25 days. What stands side by side adds up.
 */
import { evaluate } from "./expression.ts";

const units: readonly (readonly [names: RegExp, seconds: number])[] = [
  [/^(?:s|ss|sec|second|seconds)$/, 1],
  [/^(?:m|mm|min|minute|minutes)$/, 60],
  [/^(?:h|hh|hou|hour|hours)$/, 3_600],
  [/^(?:d|dd|da|day|days)$/, 86_400],
  [/^(?:w|ww|wee|week|weeks)$/, 604_800],
  [/^(?:mo|mon|month|months)$/, 2_629_800],
  [/^(?:y|yy|yea|year|years)$/, 31_557_600],
];

/** Null: Fail2ban reads no duration there. */
export function readSeconds(text: string): number | null {
  let isKnown = true;
  const numbers = text
    .toLowerCase()
    .replace(/(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)/g, (_, count, word) => {
      const unit = units.find(([names]) => names.test(word));
      isKnown &&= unit !== undefined;
      return `${count}*${unit?.[1] ?? 0} `;
    });
  if (!isKnown || /[a-z]/.test(numbers)) return null;
  return evaluate(numbers.replace(/([\d.])\s+(?=[\d.])/g, "$1 + "));
}
