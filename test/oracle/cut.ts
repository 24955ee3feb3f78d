/*
 * `format lines time start`, `leading` and `anywhere` (docs/matching.md, section 3): the stamp is cut
 * out and what is left on both sides is the message.
 */

import type { Format } from "../../schemas/policy.ts";
import { plainReading, type Reading } from "./reading.ts";
import { type Clock, readStamp } from "./stamp.ts";
import { readPattern } from "./strptime.ts";

type Cut = Extract<
  Format["time"],
  { pattern: string | null; kind: "start" | "leading" | "anywhere" }
>;

const isToken = (char: string): boolean => /[0-9A-Za-z_\x80-\xff]/.test(char);

/** What is cut, and its time. */
interface Found {
  start: number;
  end: number;
  time: number | null;
}

/** An automatic form, with the places that a count of seconds and `<...>` ask for. */
function findForm(text: string, at: number, clock: Clock): Found | null {
  const before = text.slice(0, at);
  const opening = at <= 2 && ![...before].some(isToken);
  const stamp = readStamp(text, at, clock, opening);
  if (stamp === null) return null;
  const rest = text.slice(stamp.end);
  const counts =
    at === 0 ||
    (before === "[" && rest.startsWith("]")) ||
    (before.endsWith("audit(") && /^:\d/.test(rest));
  if (stamp.kind === "epoch" && !counts) return null;
  if (stamp.kind === "angled" && at > 0) return null;
  return { start: at, end: stamp.end, time: stamp.time };
}

function findLeading(text: string, findAt: (at: number) => Found | null): Found | null {
  const marks = [...text.slice(0, 2)].findIndex(isToken);
  for (let at = marks < 0 ? Math.min(2, text.length) : marks; at >= 0; at--) {
    const found = findAt(at);
    if (found !== null) return found;
  }
  return null;
}

export function readCut(cut: Cut, text: string, clock: Clock): Reading | null {
  const { pattern } = cut;
  const findAt = (at: number, reach = text.length): Found | null =>
    pattern === null
      ? findForm(text, at, clock)
      : readPattern(pattern, text.slice(0, at + reach), at, clock);
  let found = cut.kind === "start" ? findAt(0) : null;
  if (cut.kind === "leading" || (cut.kind === "anywhere" && pattern === null)) {
    found = findLeading(text, findAt);
  }
  if (cut.kind === "anywhere") {
    for (let at = 0; found === null && at < text.length; at++) {
      const inside = at > 0 && isToken(text.charAt(at - 1)) && isToken(text.charAt(at));
      if (!inside) found = findAt(at, 512);
    }
  }
  if (found === null) return null;
  const { start, end, time } = found;
  const second = time === null ? null : Math.floor(time / 1000) * 1000;
  return plainReading(text.slice(0, start) + text.slice(end), second);
}
