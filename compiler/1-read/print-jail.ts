/**
 * Syntax tree -> text: the statements of jails and `defaults`.
 *
 * In: one statement. Out: its canonical text, clauses in the order of the grammar.
 */
import type * as ast from "./ast.ts";
import { printRule } from "./print-filter.ts";
import {
  printBlock,
  printCalls,
  printNames,
  printText,
  printTexts,
  printValue,
} from "./print-values.ts";

export function printJailStatement(statement: ast.JailStatement): string {
  switch (statement.type) {
    case "watch":
      return printWatch(statement);
    case "filters":
      return `filter ${printCalls(statement.calls)}`;
    case "rule":
      return printRule(statement);
    case "by":
      return printBy(statement);
    case "ban":
      return printBan(statement);
    case "never":
      return `never ban ${statement.who.map(printValue).join(", ")}`;
    case "behind":
      return `behind ${printValue(statement.who)}`;
    case "observe":
      return "observe";
    case "remember":
      return `remember ${statement.forTime.text}${statement.acrossJails ? " across jails" : ""}`;
    case "ports":
      return `ports ${statement.all ? "all" : statement.ports.map(printPort).join(", ")}`;
    case "do":
      return `do ${statement.calls.length === 0 ? "none" : printCalls(statement.calls)}`;
    case "resolve":
      return "resolve hosts";
    case "jailtest":
      return `test ${printBlock(statement.steps.map(printTestStep))}`;
  }
}

function printWatch(watch: ast.Watch): string {
  const words = [`watch ${printSource(watch.source)}`];
  if (watch.as !== null) words.push(`as ${watch.as.name}`);
  if (watch.zone !== null) words.push(`zone ${printText(watch.zone)}`);
  if (watch.from !== null) words.push(`from ${watch.from}`);
  return words.join(" ");
}

function printSource(source: ast.Watch["source"]): string {
  switch (source.kind) {
    case "file":
      return `file ${printTexts(source.paths)}`;
    case "journal":
      return source.by === null ? "journal" : `journal ${source.by} ${printTexts(source.values)}`;
    case "bans":
      return source.of.length === 0 ? "bans" : `bans of ${printNames(source.of)}`;
    case "syslog":
      return `syslog on ${printText(source.on)}`;
    case "command":
      return `command ${printValue(source.command)}`;
    case "input":
    case "default":
      return source.kind;
  }
}

function printBy(by: ast.By): string {
  return by.families.length > 0
    ? `by ${by.families.map(printValue).join(", ")}`
    : `by ${by.captures.map(({ name }) => name).join(" and ")}`;
}

function printBan(ban: ast.Ban): string {
  const words = [ban.eachAddress ? "ban each address after" : "ban after", `${ban.count.value}`];
  if (ban.what.kind === "distinct") words.push(`distinct ${ban.what.capture.name}`);
  else if (ban.what.kind === "bans") words.push("bans");
  else words.push(ban.count.value === 1 ? "failure" : "failures");
  if (ban.by !== null) words.push(printBy(ban.by));
  if (ban.within !== null) words.push(`within ${ban.within.text}`);
  words.push(`for ${ban.times.map(printTime).join(" then ")}`);
  if (ban.doublingTo !== null) words.push(`doubling to ${ban.doublingTo.text}`);
  if (ban.jitter !== null) words.push(`jitter ${ban.jitter.text}`);
  return words.join(" ");
}

function printTime(time: ast.BanTime): string {
  return time.type === "ever" ? "ever" : time.text;
}

function printPort({ protocol, from, to }: ast.Ports["ports"][number]): string {
  const range = to === null ? `${from.value}` : `${from.value}..${to.value}`;
  return protocol === null ? range : `${protocol} ${range}`;
}

function printTestStep(step: ast.JailTest["steps"][number]): string {
  switch (step.type) {
    case "given":
      return `given ${printTexts(step.lines)}`;
    case "bans":
      return step.forTime === null
        ? `bans ${step.address.text}`
        : `bans ${step.address.text} for ${printTime(step.forTime)}`;
    case "spares":
      return `spares ${step.address.text}`;
  }
}
