/**
 * `f2b match POLICY LOG|-`: which lines which rule matched, and what was captured.
 *
 * Every filter that a jail uses looks at every line, or the one named by `--filter`: as the jails use it,
 * unless `--set` gives it other arguments. A file of filters without jails is matched with all of them.
 */
import { isoTime } from "../../runtime/escape.ts";
import { findMatches, type Match, type MatchSums, match } from "../../runtime/match.ts";
import { plural } from "../../runtime/plural.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Wanted } from "../2-check/check.ts";
import { showText } from "../diagnostics/show-text.ts";
import { inputFault, usageFault } from "./fault.ts";
import { measureLog, readLog, readNow } from "./logs.ts";
import { wantedOf } from "./policy-files.ts";
import { Progress } from "./progress.ts";
import { outColors, print, printBlock } from "./terminal.ts";
import { loadTools } from "./tools.ts";

interface MatchFlags {
  readonly filter?: string;
  readonly set: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly now?: string;
}

export async function matchCommand(name: string, log: string, flags: MatchFlags): Promise<void> {
  const now = readNow(flags.now);
  const args = readSettings(flags);
  const progress = new Progress("match", measureLog(log));
  let asked: string | null = null;
  const wanted = wantedBy(name, flags.filter, args, (id) => {
    asked = id;
  });
  const usesJails = Object.keys(args).length === 0;
  const pick = (policy: Policy) => [pickFilters(policy, flags.filter, usesJails ? null : asked)];
  const { program } = loadTools(name, wanted, pick);
  const options = {
    scanner: program.scanners.length - 1,
    all: flags.all === true,
    now,
    zone: null,
  };
  if (flags.json === true) {
    await match(program, options, readLog(log, progress), (lines) => {
      progress.clear();
      printBlock(lines);
    });
    progress.clear();
    return;
  }
  const rules = new Map<string, number>();
  const sums = await findMatches(program, options, readLog(log, progress), (found) => {
    progress.clear();
    const rule = found.event.rule.name;
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
    print(describeMatch(found));
  });
  progress.clear();
  printSums(sums, rules);
}

function readSettings({ filter, set }: MatchFlags): Record<string, string> {
  if (set.length > 0 && filter === undefined) {
    throw usageFault("--set is for the filter that --filter names");
  }
  const args: Record<string, string> = Object.create(null);
  for (const setting of set) {
    const at = setting.indexOf("=");
    if (at <= 0) throw usageFault(`--set takes NAME=VALUE, not "${setting}"`);
    args[setting.slice(0, at)] = setting.slice(at + 1);
  }
  return args;
}

function wantedBy(
  name: string,
  filter: string | undefined,
  args: Record<string, string>,
  tell: (id: string) => void,
): Wanted {
  return filter === undefined ? wantedOf(name) : { filters: [{ name: filter, args, tell }] };
}

/** Ids of the filters to match with; `asked` is that of the one with arguments of its own. */
function pickFilters(policy: Policy, name: string | undefined, asked: string | null): string[] {
  if (asked !== null) return [asked];
  const ofJails = new Set(policy.jails.flatMap((jail) => jail.filters));
  const named = policy.filters.filter((one) => name === undefined || one.name === name);
  const used = named.filter((one) => ofJails.has(one.id));
  // A file of filters without jails, or a filter that none of them uses: as it is without arguments.
  const all = used.length > 0 ? used : named.filter((one) => one.id === one.name);
  if (all.length === 0) throw inputFault("there is no filter in this policy to match with");
  return all.map((one) => one.id);
}

function describeMatch({ event, id, captures }: Match): string {
  const { bold, cyan, dim, red } = outColors;
  const who = id === null ? dim("nobody") : bold(showText(id));
  const mark = event.kind === "failure" ? red("failure") : cyan(event.kind);
  const time = dim(isoTime(event.time) ?? "no time");
  const rest = captures.map(([name, text]) => `${name}=${showText(text)}`);
  return [String(event.line).padStart(7), mark, who, event.rule.name, time, ...rest].join("  ");
}

function printSums(sums: MatchSums, rules: Map<string, number>): void {
  const { bold, dim } = outColors;
  if (rules.size > 0) print("");
  for (const [rule, count] of [...rules].sort((a, b) => b[1] - a[1])) {
    print(`${String(count).padStart(7)}  ${rule}`);
  }
  print(bold(`${plural(sums.failures, "failure")} in ${plural(sums.lines, "line")}`));
  const { count, line: first, rule } = sums.nobody;
  if (count > 0) {
    const names = count === 1 ? "failure names" : "failures name";
    print(
      `${count} more ${names} nobody, as line ${first} (${rule}): no address is where one is read`,
    );
  }
  if (sums.failures === 0) {
    print(
      dim(
        "next: --all shows notes, clears and what was ignored; f2b test runs the filter's own lines",
      ),
    );
  }
}
