/**
 * Patterns as code: a chain of operations for a template, a literal and its prefilter for a regex.
 *
 * In: a `PatternPlan`. Out: an expression that is true when the text at hand matches, and the
 * constants it needs, which are written once a module however often they are used.
 */
import type {
  Alternative,
  Op,
  PatternPlan,
  RegexPlan,
  TemplatePlan,
} from "../3-plan/plan-types.ts";
import { writeProgram } from "../linear-program.ts";
import { type Code, join, js, literal, quote, regex } from "./code.ts";
import type { Module } from "./module.ts";
import { type Step, writeWays } from "./ways.ts";

/** The text a pattern is matched on: a rule's message, or a program's name. */
export type Subject = "message" | "program" | "value";

export function writePattern(module: Module, pattern: PatternPlan, subject: Subject): Code {
  return pattern.kind === "regex"
    ? writeRegex(module, pattern, subject)
    : writeTemplate(module, pattern, subject);
}

function writeTemplate(module: Module, template: TemplatePlan, subject: Subject): Code {
  const begin =
    subject === "message"
      ? js`${module.use("message")}(c, ${template.firstSlot}, ${template.firstSlot + template.captures.length})`
      : js`${module.use(subject === "program" ? "programName" : "value")}(c)`;
  const { alternatives, ignoreCase } = template;
  if (alternatives.length === 0) return js`false`;
  // Neither side asks what the other took: a text that all ways end with tells most of them at once.
  const ending = commonEnding(alternatives);
  const cut = ending === null ? alternatives : alternatives.map(withoutEnding);
  const ways = splitTexts(cut).map((way) => writeSteps(module, way, ignoreCase));
  const first = ending === null ? [] : [writeOp(module, ending, ignoreCase, true)];
  return join([begin, ...first, writeWays(module, ways)], js` && `);
}

/** The text that every way ends with behind its last free hole; null: there is none. */
function commonEnding(ways: readonly Alternative[]): Op | null {
  const last = ways[0]?.right[0];
  if (last?.op !== "text") return null;
  const isLast = (op: Op | undefined) => op?.op === "text" && op.text === last.text;
  return ways.every((way) => isLast(way.right[0])) ? last : null;
}

function withoutEnding(way: Alternative): Alternative {
  return { ...way, right: way.right.slice(1) };
}

/**
 * Cuts the texts that alternatives begin with where they part, so that what they have in common is
 * one step: "for " and "for invalid user " become "for " and "for ", "invalid user ".
 */
function splitTexts(ways: readonly Alternative[]): Alternative[] {
  const firsts = ways.map((way) => (way.left[0]?.op === "text" ? way.left[0].text : ""));
  return ways.map((way, i) => {
    const own = firsts[i] ?? "";
    const cuts = new Set(
      firsts.map((other) => commonLength(own, other)).filter((at) => at > 0 && at < own.length),
    );
    if (cuts.size === 0) return way;
    const ends = [...cuts, own.length].sort((a, b) => a - b);
    const texts = ends.map(
      (end, n): Op => ({ op: "text", text: own.slice(ends[n - 1] ?? 0, end) }),
    );
    return { ...way, left: [...texts, ...way.left.slice(1)] };
  });
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  // Never between the halves of one character.
  return /[\ud800-\udbff]/.test(a[length - 1] ?? "") ? length - 1 : length;
}

function writeSteps(module: Module, way: Alternative, fold: boolean): Step[] {
  const write = (back: boolean) => (op: Op) => ({
    code: writeOp(module, op, fold, back),
    slots: slotsOf(op),
  });
  const left = way.left.map(write(false));
  if (way.free === null) return [...left, { code: js`${module.use("done")}(c)`, slots: [] }];
  const segments = way.free.segments.map(({ ops, slot }): Step => {
    const row = join(
      ops.map((op) => writeOp(module, op, fold, false)),
      js` && `,
    );
    const between = module.constant("between", js`(c) => ${row}`);
    const first = ops[0];
    const byte = first?.op === "text" && !fold ? (Buffer.from(first.text)[0] ?? -1) : -1;
    return {
      code: js`${module.use("segment")}(c, ${slot}, ${between}, ${byte})`,
      slots: [slot, ...ops.flatMap(slotsOf)],
    };
  });
  const free = { code: js`${module.use("free")}(c, ${way.free.slot})`, slots: [way.free.slot] };
  return [...left, ...way.right.map(write(true)), ...segments.reverse(), free];
}

function slotsOf(op: Op): number[] {
  return op.op === "hole" ? [op.slot] : [];
}

function writeOp(module: Module, op: Op, fold: boolean, back: boolean): Code {
  if (op.op === "text") {
    return js`${module.use(back ? "textBack" : "text")}(c, ${writeLiteral(module, op.text, fold)})`;
  }
  const next = op.neighbour === null ? js`null` : writeLiteral(module, op.neighbour, fold);
  const { slot, open } = op;
  switch (op.of) {
    case "address":
      return js`${module.use(back ? "addressBack" : "address")}(c, ${slot}, ${next}, ${open})`;
    case "host":
      return back
        ? js`${module.use("hostBack")}(c, ${slot}, ${next}, ${open})`
        : js`${module.use("host")}(c, ${slot}, ${writeRun(module, "hostRun", [next], slot)}, ${open})`;
    case "word":
      return back
        ? js`${module.use("wordBack")}(c, ${slot}, ${next})`
        : js`${module.use("run")}(c, ${slot}, ${writeRun(module, "wordRun", [next], slot)})`;
    case "not": {
      const chars = quote(op.chars ?? "");
      if (!back) {
        return js`${module.use("run")}(c, ${slot}, ${writeRun(module, "notRun", [chars, next], slot)})`;
      }
      const table = module.constant("not", js`${module.use("makeNotTable")}(${chars})`);
      return js`${module.use("notBack")}(c, ${slot}, ${table}, ${next})`;
    }
    case "words": {
      const choices = sortChoices(op.words ?? []).map(quote);
      const args = fold ? js`[${choices}], true` : js`[${choices}]`;
      const list = module.constant("words", js`${module.use("lits")}(${args})`);
      return js`${module.use(back ? "wordsBack" : "words")}(c, ${slot}, ${list}, ${next})`;
    }
    default:
      return js`${module.use(back ? `${op.of}Back` : op.of)}(c, ${slot}, ${next})`;
  }
}

/** Longest first, by bytes; of equals the first as written. */
export function sortChoices(words: readonly string[]): string[] {
  return [...words].sort((a, b) => Buffer.byteLength(b) - Buffer.byteLength(a));
}

/** A run remembers its last attempt, so that no two holes of a row may be one. */
function writeRun(module: Module, make: string, args: readonly Code[], slot: number): Code {
  return module.constant("run", js`${module.use(make)}(${args})`, slot);
}

export function writeLiteral(module: Module, text: string, fold: boolean): Code {
  const args = fold ? [quote(text), js`true`] : [quote(text)];
  return module.constant(`_${text}`, js`${module.use("lit")}(${args})`);
}

function writeRegex(module: Module, plan: RegexPlan, subject: Subject): Code {
  const pattern = writeSearcher(module, plan);
  if (subject !== "message") return js`${module.use("programMatches")}(c, ${pattern})`;
  const fold = plan.flags.includes("i");
  const required = plan.required === "" ? js`null` : writeLiteral(module, plan.required, fold);
  const strict = plan.groups.filter(({ kind }) => kind !== "text");
  const checks = strict.map(({ group, kind }) => literal({ group, kind }));
  if (checks.length === 0) return js`${module.use("exec")}(c, ${pattern}, ${required})`;
  const list = module.constant("strict", js`[${checks}]`);
  return js`${module.use("exec")}(c, ${pattern}, ${required}, ${list})`;
}

/** What searches: JavaScript's own regular expression, or a program for linear time. */
export function writeSearcher(module: Module, plan: RegexPlan): Code {
  const program = plan.linear ? writeProgram(plan.expanded, plan.flags) : null;
  if (program === null) {
    // Where a group stands is only asked of those that leave lines in a window.
    const places = plan.groups.some(({ name }) => name === "skip") ? "d" : "";
    return module.constant("pattern", regex(plan.expanded, plan.flags + places));
  }
  const classes = program.classes.map((raw) => regex(`^(?:${raw})$`, plan.flags));
  const { classes: _, ...plain } = program;
  return module.constant("pattern", js`${module.use("linear")}(${literal(plain)}, [${classes}])`);
}
