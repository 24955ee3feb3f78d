/**
 * `f2b test POLICY...`: the `test` blocks of filters and jails, run through the compiled program.
 *
 * A block is one run from an empty state. Its lines have no year and no zone but UTC and the last day of
 * 2026, so that a block that passes here passes anywhere and in any year.
 */
import { jsonLine } from "../../runtime/escape.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { TestLine } from "../../schemas/test.ts";
import { showText } from "../diagnostics/show-text.ts";
import { checkFilterTest, type Reached } from "./check-filter-test.ts";
import { checkJailTest } from "./check-jail-test.ts";
import { inputFault } from "./fault.ts";
import { isLibrary, wantedOf } from "./policy-files.ts";
import { outColors, print } from "./terminal.ts";
import { loadTools, type Tools } from "./tools.ts";

interface TestFlags {
  readonly coverage?: boolean;
  readonly json?: boolean;
}

export async function testCommand(names: readonly string[], flags: TestFlags): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    const reached: Reached = new Map();
    const tools = loadTools(name, { ...wantedOf(name), libraryTests: isLibrary(name) }, (policy) =>
      policy.tests.map((test) => [test.filter]),
    );
    for await (const line of runTests(tools, reached)) {
      if (line.ok) passed++;
      else {
        failed++;
        // At once: a reader that goes away (`| head`) ends us with it.
        process.exitCode = 1;
      }
      if (flags.json === true) print(jsonLine(line));
      else if (!line.ok) print(describeFailure(line));
    }
    if (flags.coverage === true) showCoverage(tools.policy, reached, flags.json === true);
  }
  if (flags.json !== true) {
    const { bold, dim, green, red } = outColors;
    print(bold(`${passed} passed, ${failed === 0 ? failed : red(String(failed))} failed`));
    if (passed + failed === 0)
      print(dim("next: put a `test { fails ... passes ... }` block into a filter"));
    else if (failed === 0) print(green("Every test line gives what it says."));
  }
  if (passed + failed === 0) throw inputFault("there is no test block here");
}

async function* runTests(tools: Tools, reached: Reached): AsyncGenerator<TestLine> {
  const { policy, program } = tools;
  // The scanners that were asked for stand behind those of the jails, one a block.
  const first = program.scanners.length - policy.tests.length;
  for (const [index, test] of policy.tests.entries()) {
    yield* await checkFilterTest(program, test, first + index, reached);
  }
  for (const jail of policy.jails) {
    for (const test of jail.tests) yield* await checkJailTest(program, jail, test);
  }
}

function describeFailure({ file, line, of, text, expected, found }: TestLine): string {
  const { bold, dim, green, red } = outColors;
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return [
    `${red("FAILED")} ${bold(of)}  ${showText(file)}:${line}`,
    ...(shown === "" ? [] : [dim(`  ${showText(shown)}`)]),
    green(`  - ${showText(expected)}`),
    red(`  + ${showText(found)}`),
    "",
  ].join("\n");
}

/** Rules of the tested filters that no line reached. */
function showCoverage(policy: Policy, reached: Reached, isJson: boolean): void {
  const rules = new Map<string, string>();
  for (const { id, name, rules: all } of policy.filters) {
    if (!reached.has(id) && !policy.filters.some((one) => one.name === name)) continue;
    for (const rule of all) rules.set(rule.name, `${rule.at.file}:${rule.at.line}`);
  }
  const hit = new Set([...reached.values()].flatMap((names) => [...names]));
  const missed = [...rules].filter(([rule]) => !hit.has(rule));
  if (isJson) {
    for (const [rule, at] of missed) print(jsonLine({ type: "uncovered", rule, at }));
    return;
  }
  for (const [rule, at] of missed)
    print(`${outColors.yellow("no line reaches")} ${rule}  ${showText(at)}`);
  print(`${rules.size - missed.length} of ${rules.size} rules reached`);
}
