/**
 * Syntax tree -> text: the statements of filters.
 *
 * In: one statement. Out: its canonical text, clauses in the order of the grammar.
 */
import type * as ast from "./ast.ts";
import {
  printArguments,
  printBlock,
  printExpr,
  printLet,
  printNames,
  printObject,
  printPattern,
  printText,
} from "./print-values.ts";

export function printFilterStatement(statement: ast.FilterStatement): string {
  switch (statement.type) {
    case "describe":
      return `describe ${printText(statement.text)}`;
    case "let":
      return printLet(statement);
    case "format":
      return printFormat(statement);
    case "frame":
      return `frame ${printPattern(statement.pattern)}`;
    case "session": {
      const within = statement.within === null ? "" : ` within ${statement.within.text}`;
      return `session by ${statement.by.name}${within}`;
    }
    case "rule":
      return printRule(statement);
    case "when": {
      const then = printBlock(statement.then.map(printFilterStatement));
      const otherwise =
        statement.otherwise === null
          ? ""
          : ` else ${printBlock(statement.otherwise.map(printFilterStatement))}`;
      return `when ${printExpr(statement.test)} ${then}${otherwise}`;
    }
    case "test":
      return `test${printArguments(statement.args)} ${printBlock(statement.lines.map(printLine))}`;
  }
}

function printFormat(format: ast.Format): string {
  const words = [`format ${format.name.name}`];
  if (format.programs.length > 0)
    words.push(`program ${format.programs.map(printPattern).join(", ")}`);
  if (format.extras.length > 0) words.push(`with ${printNames(format.extras)}`);
  if (format.time !== null) {
    const { word, pattern } = format.time;
    words.push("time");
    if (word !== null) words.push(word.name);
    if (pattern !== null) words.push(printText(pattern));
  }
  if (format.window !== null) words.push(`window ${format.window.value}`);
  if (format.fields.length > 0) {
    const fields = format.fields.map(({ name, path, kind }) =>
      kind === null ? `${name.name} ${path.raw}` : `${name.name} ${path.raw} : ${kind.name}`,
    );
    words.push(printBlock(fields));
  }
  return words.join(" ");
}

export function printRule(rule: ast.Rule): string {
  const words: string[] = [rule.kind];
  if (rule.label !== null) words.push(`as ${rule.label.name}`);
  if (rule.pattern !== null) words.push(printPattern(rule.pattern));
  if (rule.where !== null) words.push(`where ${printExpr(rule.where)}`);
  if (rule.weight !== null) words.push(`weight ${rule.weight.value}`);
  if (rule.end) words.push("end");
  return words.join(" ");
}

function printLine(line: ast.FilterTestLine): string {
  const as = line.as === null ? "" : ` as ${printObject(line.as)}`;
  return `${line.verdict} ${printText(line.text)}${as}`;
}
