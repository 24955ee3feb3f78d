/**
 * A text of the log that is kept for as long as a window is: a client chooses its length, and how many there are.
 *
 * In: a capture or a host name. Out: the same, or where it is long its beginning and a digest of all of it. What must
 * hold: two texts stay two; what is kept is short, and holds no longer text in memory that it was a part of.
 */
import { createHash } from "node:crypto";
import { keptTextMax, reportedTextMax } from "./limits.ts";

/** What is longer than `keptTextMax` stays longer, so no short text is the same as a long one's. */
export function keptText(text: string): string {
  if (text.length > keptTextMax) return `${apart(text.slice(0, keptTextMax))}~${digestOf(text)}`;
  return text.length < shortestPart ? text : apart(text);
}

/** A part of a text keeps all of it alive; what went through bytes is a text of its own, and half a character none. */
function apart(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

/** V8 copies what is shorter. */
const shortestPart = 13;

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** What is kept and handed on of captures: no more than is ever shown of them. */
export function reportedCaptures(
  captures: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(captures);
  if (entries.every(([, text]) => text.length <= reportedTextMax)) return captures;
  const cut = entries.map(([name, text]) => [
    name,
    text.length <= reportedTextMax ? text : apart(text.slice(0, reportedTextMax)),
  ]);
  return Object.setPrototypeOf(Object.fromEntries(cut), null);
}
