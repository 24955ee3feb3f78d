/**
 * Syntax tree -> text: values, calls, parameters, conditions and blocks.
 *
 * In: nodes. Out: text on one line (blocks excepted) that parses to the same nodes. A text is printed
 * from its value, not from `raw`, so trees that were made and not read print too.
 */
import type * as ast from "./ast.ts";

/** Statements between braces, each on a line of its own; a block without any is `{}`. */
export function printBlock(statements: readonly string[]): string {
  if (statements.length === 0) return "{}";
  const body = statements.map((statement) => `  ${statement.replaceAll("\n", "\n  ")}\n`);
  return `{\n${body.join("")}}`;
}

/** Backticks where they save escapes, else quotes. No text holds a raw line end: none is indented. */
export function printText(text: ast.Text): string {
  const suffix = text.ignoreCase ? "i" : "";
  const needsEscapes = /["\\]/.test(text.value);
  if (needsEscapes && !/[`\n\r\0\u202a-\u202e\u2066-\u2069]/.test(text.value)) {
    return `\`${text.value}\`${suffix}`;
  }
  const escaped = text.value.replace(
    /["\\\n\t\r\0\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]/gu,
    (unit) => escapes.get(unit) ?? `\\u{${(unit.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${escaped}"${suffix}`;
}

const escapes = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\t", "\\t"],
]);

export function printPattern(pattern: ast.Pattern): string {
  return pattern.type === "text" ? printText(pattern) : `/${pattern.source}/${pattern.flags}`;
}

export function printValue(value: ast.Value): string {
  switch (value.type) {
    case "text":
    case "regex":
      return printPattern(value);
    case "address":
    case "duration":
      return value.text;
    case "int":
    case "bool":
      return String(value.value);
    case "family":
      return `ipv${value.family}/${value.prefix}`;
    case "path":
      return value.raw;
    case "list":
      return `[${value.items.map(printValue).join(", ")}]`;
    case "object":
      return printObject(value);
    case "reference": {
      const { argument, name } = value;
      return argument === null ? name.name : `${name.name} ${printValue(argument)}`;
    }
  }
}

export function printObject(object: ast.Obj): string {
  if (object.entries.length === 0) return "{}";
  const entries = object.entries.map(
    ({ key, value }) =>
      `${key.type === "text" ? printQuoted(key) : key.name}: ${printValue(value)}`,
  );
  return `{ ${entries.join(", ")} }`;
}

/** Keys are never raw texts: `Name | String` says the grammar. */
function printQuoted(text: ast.Text): string {
  return printText(text).startsWith("`")
    ? `"${text.value.replace(/["\\]/g, "\\$&")}"`
    : printText(text);
}

export function printLet(item: ast.Let): string {
  return `let ${item.name.name} = ${printValue(item.value)}`;
}

export function printParams(params: readonly ast.Param[]): string {
  if (params.length === 0) return "";
  const printed = params.map(({ name, choices, byDefault }) => {
    const fallback = byDefault === null ? "" : ` = ${printValue(byDefault)}`;
    return `${name.name}: ${choices.map((choice) => choice.name).join(" | ")}${fallback}`;
  });
  return `(${printed.join(", ")})`;
}

export function printArguments(args: readonly ast.Argument[]): string {
  if (args.length === 0) return "";
  return `(${args.map(({ name, value }) => `${name.name}: ${printValue(value)}`).join(", ")})`;
}

export function printCalls(calls: readonly ast.Call[]): string {
  return calls.map(({ name, args }) => `${name.name}${printArguments(args)}`).join(", ");
}

export function printNames(names: readonly ast.Name[]): string {
  return names.map(({ name }) => name).join(", ");
}

export function printTexts(texts: readonly ast.Text[]): string {
  return texts.map(printText).join(", ");
}

export function printExpr(expr: ast.Expr): string {
  switch (expr.type) {
    case "and":
    case "or":
      return expr.of.map(printOperand).join(` ${expr.type} `);
    case "not":
      return `not ${printOperand(expr.of)}`;
    case "has":
      return `has ${printField(expr.field)}`;
    case "compare":
      return `${printField(expr.field)} ${expr.op} ${printScalar(expr.to)}`;
    case "in":
      return `${printField(expr.field)} in ${expr.list.type === "name" ? expr.list.name : printValue(expr.list)}`;
    case "matches":
      return `${printField(expr.field)} =~ ${printPattern(expr.pattern)}`;
  }
}

function printOperand(expr: ast.Expr): string {
  return expr.type === "and" || expr.type === "or" ? `(${printExpr(expr)})` : printExpr(expr);
}

function printField(field: ast.Name | ast.Path): string {
  return field.type === "name" ? field.name : field.raw;
}

function printScalar(scalar: ast.Scalar): string {
  return scalar.type === "name" ? scalar.name : printValue(scalar);
}
