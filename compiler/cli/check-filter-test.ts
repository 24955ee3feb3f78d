/**
 * One `test` block of a filter, run: does each line give what it says?
 *
 * In: the compiled policy, the block, and the scanner made for it. Out: a verdict a line. `fails` asks for
 * a failure that this line settles, `passes` for none; `as` for what it is called and who it names.
 */
import type { Program } from "../../runtime/contract.ts";
import { match } from "../../runtime/match.ts";
import type { MatchLine } from "../../schemas/match.ts";
import type { FilterTest } from "../../schemas/policy.ts";
import type { TestLine } from "../../schemas/test.ts";
import { testNow } from "./test-now.ts";

/** Rules that took effect, by filter id. */
export type Reached = Map<string, Set<string>>;

type Line = FilterTest["lines"][number];

export async function checkFilterTest(
  program: Program,
  test: FilterTest,
  scanner: number,
  reached: Reached,
): Promise<TestLine[]> {
  const byLine = new Map<number, MatchLine[]>();
  const rules = reached.get(test.filter) ?? new Set();
  reached.set(test.filter, rules);
  const options = { scanner, all: true, now: testNow, zone: "UTC" };
  await match(program, options, linesToChunks(test.lines), (lines) => {
    for (const text of lines.toString().trimEnd().split("\n")) {
      const found: MatchLine = JSON.parse(text);
      rules.add(found.rule);
      const all = byLine.get(found.line) ?? [];
      all.push(found);
      byLine.set(found.line, all);
    }
  });
  return test.lines.map((line, index) => judge(test.filter, line, byLine.get(index + 1) ?? []));
}

export async function* linesToChunks(
  lines: readonly { readonly text: string }[],
): AsyncGenerator<Buffer> {
  yield Buffer.from(lines.map((line) => `${line.text}\n`).join(""));
}

function judge(of: string, line: Line, found: readonly MatchLine[]): TestLine {
  const failures = found.filter((one) => one.kind === "failure");
  const { file, line: number } = line.at;
  return {
    type: "line",
    of,
    file,
    line: number,
    text: line.text,
    ok: holds(line, found, failures),
    expected: describeExpected(line),
    found: found.length === 0 ? "no rule took effect" : found.map(describeFound).join("; "),
  };
}

function holds(line: Line, found: readonly MatchLine[], failures: readonly MatchLine[]): boolean {
  if (line.verdict === "fails") {
    return failures.some((one) =>
      Object.entries(line.as ?? {}).every((pair) => says(one, ...pair)),
    );
  }
  if (failures.length > 0) return false;
  // `passes` may still say what a note or a clear captured, or that nobody is named at all.
  const others = Object.entries(line.as ?? {}).filter(([, value]) => value !== undefined);
  if (others.length === 0) return true;
  if (line.as?.["address"] === "nobody") return found.every((one) => one.id === null);
  return found.some((one) => others.every((pair) => says(one, ...pair)));
}

function says(
  one: MatchLine,
  name: string,
  expected: string | number | boolean | undefined,
): boolean {
  if (expected === undefined) return true;
  if (name === "address") return one.address === (expected === "nobody" ? null : expected);
  if (name === "id") return one.id === String(expected);
  if (name === "time")
    return one.time !== null && Date.parse(one.time) === Date.parse(`${expected}`);
  return one.captures[name] === String(expected);
}

function describeExpected({ verdict, as }: Line): string {
  return as === null ? verdict : `${verdict} as ${describeObject(as)}`;
}

function describeFound(one: MatchLine): string {
  const { kind, rule, address, id, time, captures } = one;
  return `${kind} by ${rule} as ${describeObject({ address: address ?? "nobody", id, time, ...captures })}`;
}

function describeObject(object: object): string {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return `{ ${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ")} }`;
}
