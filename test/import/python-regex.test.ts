/*
 * Python's regular expressions and f2b's say the same: the translator against Python's own `re`.
 *
 * Python is given the message and a final LF, f2b the message. Where f2b matches and Python does not, it
 * must match with a blank before that LF, for f2b cuts blanks off. Fail2ban's tags are given the same
 * meaning on both sides, Python's: f2b's own take whole valid addresses only. Some generated patterns would take an engine for ever: both
 * give up after a second, and such a pattern is left out and counted. F2B_SEED repeats a run; F2B_RUNS says how many patterns are generated.
 */
import { createContext, Script } from "node:vm";

import t, { type Test } from "tap";
import { type Translated, translate } from "../../compiler/import/python-regex/translate.ts";
import type { Regex } from "../../schemas/policy.ts";
import { checkText } from "../2-check/compile-text.ts";
import { pythonPattern, withoutOpenTags } from "./generate-python.ts";
import { asMessage, growLine, hurtLine, type Random } from "./grow-line.ts";
import { hasPython, Python, type PythonMatch, stockPatterns } from "./python.ts";
import { makeRandom, seedOf } from "./seed.ts";

t.setTimeout(600_000);
const runs = Number(process.env["F2B_RUNS"] ?? 600);
const seed = seedOf();
const slowMs = 1_000;

const searchAll = new Script("lines.map((line) => regex.exec(line))");
const context = createContext({ regex: /^/, lines: [] as readonly string[] });

/** What JavaScript finds in each line; null: it takes too long. */
function execAll(regex: RegExp, lines: readonly string[]): (RegExpExecArray | null)[] | null {
  Object.assign(context, { regex, lines });
  try {
    return searchAll.runInContext(context, { timeout: slowMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw error;
  }
}

/** The translated pattern as the compiler understands it. */
function compile(source: string, flags: string): Regex {
  const { policy, findings } = checkText(`filter f { fail /${source}/${flags} }`);
  const pattern = policy?.filters[0]?.rules[0]?.pattern;
  if (pattern?.kind !== "regex") {
    throw new Error(`/${source}/${flags}: ${findings.map((one) => one.message).join("; ")}`);
  }
  return pattern;
}

function textsOf(regex: Regex, found: RegExpExecArray): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { name, group } of regex.groups) {
    const text = found.groups?.[group];
    if (text !== undefined && (texts.get(name) ?? "") === "") texts.set(name, text);
  }
  return texts;
}

interface Sum {
  pairs: number;
  matched: number;
  captures: number;
  patterns: number;
  refused: number;
  slow: number;
  readonly differences: string[];
}

function emptySum(): Sum {
  return { pairs: 0, matched: 0, captures: 0, patterns: 0, refused: 0, slow: 0, differences: [] };
}

/** Lines of which about half match: grown ones, and hurt ones. */
function linesFor(tree: Translated["tree"], count: number, random: Random): string[] {
  return Array.from({ length: count }, (_, i) => {
    const line = growLine(tree, random);
    return asMessage(i % 2 === 0 ? line : hurtLine(line, random));
  });
}

async function compare(
  python: Python,
  subject: { pattern: string; python: string; source: string; translated: Translated },
  lines: readonly string[],
  expected: (match: PythonMatch, name: string) => string | null | undefined,
  sum: Sum,
): Promise<void> {
  const { translated, source } = subject;
  const regex = compile(source, translated.flags);
  const answer = await python.ask(subject.python, "", [
    ...lines.map((line) => `${line}\n`),
    ...lines.map((line) => `${line} \n`),
  ]);
  if ("error" in answer) {
    sum.differences.push(`${subject.pattern}: Python says ${answer.error}`);
    return;
  }
  const found = "slow" in answer ? null : execAll(new RegExp(regex.expanded, regex.flags), lines);
  if ("slow" in answer || found === null) {
    sum.slow++;
    return;
  }
  sum.patterns++;
  lines.forEach((line, i) => {
    const theirs = answer.matches[i] ?? null;
    const ours = found[i] ?? null;
    sum.pairs++;
    if (theirs !== null) sum.matched++;
    const tell = (what: string) =>
      sum.differences.push(
        `${what}: ${subject.pattern} /${source}/${regex.flags} on ${JSON.stringify(line)}`,
      );
    // A match of nothing behind the LF is no match of the line.
    if (ours === null && theirs !== null && theirs.whole.trim() === "") return;
    if ((ours === null) !== (theirs === null)) {
      if (ours === null || (answer.matches[lines.length + i] ?? null) === null) tell("verdict");
    }
    if (ours === null || theirs === null || translated.remarks.length > 0) return;
    const texts = textsOf(regex, ours);
    for (const name of new Set(regex.groups.map((group) => group.name))) {
      const want = expected(theirs, name);
      if (want === undefined) continue;
      sum.captures++;
      // Nothing and an empty text are one to Fail2ban, and loops of the two languages differ in it.
      const got = texts.get(name) ?? "";
      if (got !== (want ?? "").replace(/[ \t\r]*\n$/, "")) {
        tell(`${name} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
      }
    }
  });
}

t.test(
  "generated patterns",
  { skip: hasPython ? false : "NO PYTHON 3.11 HERE", timeout: 600_000 },
  async (t) => {
    const python = new Python();
    t.teardown(() => python.close());
    const random = makeRandom(seed);
    const sum = emptySum();
    const refusals = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      const pattern = pythonPattern(random);
      const translated = translate(pattern);
      if (!translated.ok) {
        const answer = await python.ask(withoutOpenTags(pattern), "", []);
        // Of two faults either may be told first, but none where Python sees none.
        if (translated.wayOut.startsWith("Python does not") && !("error" in answer)) {
          sum.differences.push(
            `refused: ${pattern} for ${translated.construct}, Python: ${JSON.stringify(answer)}`,
          );
        }
        sum.refused++;
        refusals.set(translated.construct, (refusals.get(translated.construct) ?? 0) + 1);
        continue;
      }
      const { source } = translated;
      const lines = linesFor(translated.tree, 30, random);
      const byName = (match: PythonMatch, name: string) => match.named[name];
      await compare(
        python,
        { pattern, python: withoutOpenTags(pattern), source, translated },
        lines,
        byName,
        sum,
      );
    }
    report(t, sum, refusals);
    t.ok(sum.pairs > 10 * runs, `${sum.pairs} pairs`);
  },
);

function report(t: Test, sum: Sum, refusals: ReadonlyMap<string, number>): void {
  t.comment(
    `F2B_SEED=${seed}: ${sum.patterns} patterns, ${sum.refused} refused, ${sum.slow} too slow, ${sum.pairs} pairs, ${sum.captures} captures`,
  );
  for (const [construct, count] of refusals) t.comment(`  ${count} refused for ${construct}`);
  t.same(sum.differences.slice(0, 20), [], `${sum.differences.length} differences`);
  t.ok(sum.slow <= 2 + sum.patterns / 50, `${sum.slow} patterns take too long`);
  const share = sum.matched / sum.pairs;
  t.ok(share > 0.3 && share < 0.7, `${Math.round(share * 100)} % of the pairs match`);
}

const jsOf = (python: string) => python.replaceAll("(?P<", "(?<");

t.test("stock patterns", { timeout: 600_000 }, async (t) => {
  const { patterns, tags } = hasPython ? stockPatterns() : { patterns: [], tags: new Map() };
  if (patterns.length === 0) {
    t.comment("NO PYTHON OR NO FAIL2BAN HERE: its patterns are not compared");
    return;
  }
  const python = new Python();
  t.teardown(() => python.close());
  const random = makeRandom(seed);
  const sum = emptySum();
  const refusals = new Map<string, number>();
  for (const { pattern, python: expanded, filter } of patterns) {
    const translated = translate(pattern);
    if (!translated.ok) {
      refusals.set(`${filter}: ${translated.construct}`, 1);
      sum.refused++;
      continue;
    }
    const source = translated.source.replace(
      /(?<!\(\?)<(host|address|ip4|ip6|cidr)>/g,
      (_all, tag: string) => jsOf(tags.get(fail2banTag(tag)) ?? "").replace(/\//g, "\\/"),
    );
    const subject = {
      pattern,
      python: expanded,
      source,
      translated: { ...translated, flags: withU(translated.flags) },
    };
    await compare(python, subject, linesFor(translated.tree, 48, random), fail2banValue, sum);
  }
  report(t, sum, refusals);
  t.ok(sum.pairs >= 10_000, `${sum.pairs} pairs`);
  t.ok(sum.refused <= patterns.length / 50, `${sum.refused} of ${patterns.length} refused`);
});

function withU(flags: string): string {
  return flags.includes("u") ? flags : `${flags}u`;
}

function fail2banTag(tag: string): string {
  if (tag === "address") return "ADDR";
  return tag === "cidr" ? "SUBNET" : tag.toUpperCase();
}

/** The main group, or the first of its alternatives that is not empty; what has another name here is not asked. */
function fail2banValue({ named }: PythonMatch, name: string): string | null | undefined {
  if (name === "message") return named["content"];
  if (name === "session") return named["mlfid"];
  if (name === "id") return named["fid"];
  if (name === "port") return named["fport"];
  const others = Object.keys(named)
    .filter((key) => key.replace(/_\d+$/, "") === `alt_${name}`)
    .sort();
  const all = [name, ...others].map((key) => named[key]).filter((one) => one !== undefined);
  return (
    all.find((text) => text !== null && text !== "") ?? all.find((text) => text !== null) ?? all[0]
  );
}
