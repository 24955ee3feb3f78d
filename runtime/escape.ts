/**
 * Text of a log on its way to a terminal, a file or another program.
 *
 * In: text that an attacker wrote. Out: the same in ASCII and plain letters, in which no byte moves a cursor,
 * ends a line, reverses the direction of writing or hides. What must hold: JSON stays the same JSON.
 */
import { reportedTextMax } from "./limits.ts";

/** Control characters, line and paragraph separators, everything invisible or directional, lone surrogates. */
const unsafe =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A value as one line of JSON. Keys keep their order. */
export function jsonLine(value: object): string {
  return escapeText(JSON.stringify(value));
}

/** A text, or null, as JSON has it and `jsonLine` would write it. */
export function jsonText(text: string | null): string {
  if (text === null) return "null";
  return needsNoEscape.test(text) ? `"${text}"` : escapeText(JSON.stringify(text));
}

const needsNoEscape = /^[ !#-[\]-~]*$/;

/** Most lines hold nothing else, which is told in a fraction of the time. */
const notPlain = /[^ -~]/;

/** With `\u` escapes, as JSON writes them. */
export function escapeText(text: string): string {
  if (!notPlain.test(text)) return text;
  return text.replace(unsafe, (found) => {
    let escaped = "";
    for (let at = 0; at < found.length; at += 1) {
      escaped += `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }
    return escaped;
  });
}

/** A capture for a report, cut to what a person would read. */
export function cutText(text: string): string {
  return text.slice(0, reportedTextMax);
}

const dayMs = 86_400_000;
/** The last and, before 1970, the first time that can be written (ECMA-262, time values). */
export const timeMsMax = 8.64e15;

/** ISO 8601 in UTC with milliseconds; null for no time, and for none that can be written. */
export function isoTime(ms: number | null): string | null {
  if (ms === null || !(Math.abs(ms) <= timeMsMax)) return null;
  if (ms === lastMs) return lastIso;
  const whole = Math.trunc(ms);
  const day = Math.floor(whole / dayMs);
  if (day !== lastDay) {
    lastDayText = new Date(day * dayMs).toISOString().slice(0, -"00:00:00.000Z".length);
    lastDay = day;
  }
  const rest = whole - day * dayMs;
  const seconds = Math.floor(rest / 1000);
  const milliseconds = rest - seconds * 1000;
  const fraction = milliseconds === 0 ? "000" : String(milliseconds).padStart(3, "0");
  const minutes = Math.floor(seconds / 60);
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  lastIso = `${lastDayText}${clock}:${twoDigits(seconds % 60)}.${fraction}Z`;
  lastMs = ms;
  return lastIso;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** The lines of one second are many, and those of one day more. */
let lastMs = Number.NaN;
let lastIso = "";
let lastDay = Number.NaN;
let lastDayText = "";
