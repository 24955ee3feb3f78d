/**
 * Frames: which of them a message fits, decided on its first byte before anything is tried.
 *
 * In: a filter's frames in the order in which they are tried, and the function that asks its rules. Out: parts of the
 * module. What must hold: a way that is left out for a byte could not have matched a message that begins with it; of an
 * empty message the byte behind it decides, which changes nothing, for such a way needs a byte.
 */
import { templatePrefixes } from "../3-plan/literals.ts";
import type { FilterPlan, PatternPlan } from "../3-plan/plan-types.ts";
import { type Code, join, js, literal } from "./code.ts";
import { eitherCase, writeSwitch } from "./dispatch.ts";
import type { Module } from "./module.ts";
import { writePattern } from "./pattern.ts";

/** The first frame that fits leaves its message to the rules. */
export function writeFramed(module: Module, name: Code, ask: Code, filter: FilterPlan): void {
  const frames = module.names.make(`${filter.name} frames`);
  module.add(js`function ${frames}(c) {
${writeChoice(module, filter.frames)}
}
function ${name}(c) {
  return ${module.use("framed")}(c, ${frames}, ${ask});
}`);
}

function writeChoice(module: Module, frames: readonly PatternPlan[]): Code {
  const first = js`c.record.messageBytes[c.record.messageStart]`;
  const bytes = frames.flatMap(waysOf).flatMap((way) => way ?? []);
  const others = writeTries(module, frames, null);
  return writeSwitch(first, bytes, others, (byte) => writeTries(module, frames, byte));
}

/** The frames that fit what begins with `byte`, each with the ways that do; null: with another one than any names. */
function writeTries(module: Module, frames: readonly PatternPlan[], byte: number | null): Code {
  const fits = (bytes: readonly number[] | null) =>
    bytes === null || (byte !== null && bytes.includes(byte));
  const tries = frames.flatMap((frame, i) => {
    const ways = waysOf(frame);
    if (!ways.some(fits)) return [];
    const rest: PatternPlan =
      frame.kind === "regex"
        ? frame
        : { ...frame, alternatives: frame.alternatives.filter((_, at) => fits(ways[at] ?? null)) };
    const found = js`${module.use("frame")}(c, ${i}, ${literal(placeOfMessage(frame))})`;
    return [js`${writePattern(module, rest, "message")} && ${found}`];
  });
  if (tries.length === 0) return js`return false;`;
  const each = tries.length === 1 ? tries : tries.map((one) => js`(${one})`);
  return js`return (
    ${join(each, js` ||\n    `)}
  );`;
}

/** Of each way of a pattern the bytes with which it can begin; null: with any. */
function waysOf(pattern: PatternPlan): (readonly number[] | null)[] {
  if (pattern.kind === "regex") return [firstBytes([pattern.prefix], pattern.flags.includes("i"))];
  return pattern.alternatives.map((way) => firstBytes(templatePrefixes(way), pattern.ignoreCase));
}

function firstBytes(texts: readonly string[], ignoreCase: boolean): readonly number[] | null {
  if (texts.includes("")) return null;
  return texts.flatMap((text) => eitherCase(Buffer.from(text, "utf8")[0] as number, ignoreCase));
}

/** The slot or the group of a frame's `{message}`. */
function placeOfMessage(frame: PatternPlan): number | string {
  if (frame.kind === "template") return frame.firstSlot + frame.captures.indexOf("message");
  return frame.groups.find(({ name }) => name === "message")?.group ?? "message";
}
