/**
 * Syntax tree -> text: what an action holds.
 *
 * In: one `let` or `on`. Out: its canonical text, clauses in the order in which they stood.
 */
import type * as ast from "./ast.ts";
import { printBlock, printLet, printObject, printValue } from "./print-values.ts";

export function printActionStatement(statement: ast.Let | ast.On): string {
  if (statement.type === "let") return printLet(statement);
  const events = statement.events.map(({ name, all }) => (all ? `${name.name} all` : name.name));
  return `on ${events.join(", ")} ${printBlock(statement.steps.map(printStep))}`;
}

function printStep(step: ast.Step): string {
  const words: string[] = [step.verb];
  if (step.method !== null) words.push(step.method.name);
  if (step.verb === "mail") words.push("to");
  words.push(printArgument(step.argument), ...step.clauses.map(printClause));
  return words.join(" ");
}

function printArgument(argument: ast.Argument_): string {
  return argument.type === "name" ? argument.name : printValue(argument);
}

function printClause(clause: ast.Clause): string {
  switch (clause.type) {
    case "keep":
      return `keep ${clause.name.name}${clause.path === null ? "" : ` ${clause.path.raw}`}`;
    case "timeout":
      return `timeout ${clause.after.text}`;
    case "json":
    case "header":
      return `${clause.type} ${printObject(clause.object)}`;
    case "expect":
      return clause.to === null
        ? `expect ${clause.from.value}`
        : `expect ${clause.from.value}..${clause.to.value}`;
    default:
      return `${clause.type} ${printArgument(clause.argument)}`;
  }
}
