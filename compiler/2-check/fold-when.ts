/**
 * `when`: decided while compiling, by parameters alone.
 *
 * In: a condition and the filter's scope. Out: true, false, or null when it cannot be known (an
 * error was reported, or a parameter has no value). Both sides of `and` and `or` are always checked.
 */
import type { Expr, Name, Path, Scalar, Value } from "../1-read/ast.ts";
import { checkRules as catalogue } from "../diagnostics/catalogue/check-rules.ts";
import { parsePrefix } from "./address.ts";
import { type Context, near } from "./context.ts";
import type { ParamBinding, Scope } from "./scope.ts";
import { describeValue, reportUnknown, resolve, wordOf } from "./values.ts";

export function foldWhen(expr: Expr, context: Context, scope: Scope): boolean | null {
  switch (expr.type) {
    case "and":
    case "or": {
      const of = expr.of.map((part) => foldWhen(part, context, scope));
      if (of.includes(null)) return null;
      return expr.type === "and" ? !of.includes(false) : of.includes(true);
    }
    case "not": {
      const of = foldWhen(expr.of, context, scope);
      return of === null ? null : !of;
    }
    case "compare": {
      const param = paramOf(expr.field, context, scope);
      if (param === null) return null;
      const to = operand(expr.to, param, context, scope);
      if (to === null) return null;
      const isOrder = expr.op !== "==" && expr.op !== "!=";
      const isMeasure = param.type === "int" || param.type === "duration";
      if (isOrder && !isMeasure) {
        const args = { name: param.param.name.name, type: param.type, found: `\`${expr.op}\`` };
        context.diagnostics.add(catalogue.whenType, expr.at, args);
        return null;
      }
      const value = param.value === null ? null : measure(param.value);
      return value === null ? null : compare(value, expr.op, to);
    }
    case "in":
      return foldIn(expr, context, scope);
    case "has":
      return foldHas(expr, context, scope);
    case "matches":
      context.diagnostics.add(catalogue.whenForm, expr.at, {});
      return null;
    default:
      return expr satisfies never;
  }
}

function foldIn(expr: Expr & { type: "in" }, context: Context, scope: Scope): boolean | null {
  const param = paramOf(expr.field, context, scope);
  if (param === null) return null;
  const written: Value =
    expr.list.type === "list"
      ? expr.list
      : { type: "reference", name: expr.list, argument: null, at: expr.list.at };
  const list = resolve(context, written, scope);
  if (list?.value.type !== "list") {
    if (list !== null) context.diagnostics.add(catalogue.whenForm, expr.at, {});
    return null;
  }
  if (list.value.items.some((item) => item.type === "list")) {
    context.diagnostics.add(catalogue.whenForm, expr.at, {});
    return null;
  }
  const items = list.value.items.map((item) => operand(item, param, context, list.scope));
  if (items.includes(null) || param.value === null) return null;
  return items.includes(measure(param.value));
}

/** A list or a text that is not empty; other parameters always have a value. */
function foldHas(expr: Expr & { type: "has" }, context: Context, scope: Scope): boolean | null {
  const param = paramOf(expr.field, context, scope);
  if (param === null) return null;
  if (param.type !== "list" && param.type !== "string") {
    context.diagnostics.add(catalogue.whenForm, expr.at, {});
    return null;
  }
  if (param.value?.type === "list") return param.value.items.length > 0;
  return param.value?.type === "text" ? param.value.value !== "" : null;
}

function paramOf(field: Name | Path, context: Context, scope: Scope): ParamBinding | null {
  if (field.type === "name") {
    const found = scope.find(field.name);
    if (found?.binding.kind === "param") return found.binding;
  }
  const name = field.type === "path" ? field.raw : field.name;
  const params = scope.params();
  context.diagnostics.add(catalogue.whenNoParameter, field.at, { ...near(name, params), params });
  return null;
}

/** What the parameter is compared with, of the parameter's type, or null after reporting. */
function operand(
  written: Scalar | Value,
  param: ParamBinding,
  context: Context,
  scope: Scope,
): string | number | boolean | null {
  const name = param.param.name.name;
  if (param.type === "choice") {
    const choices = param.param.choices.map((choice) => choice.name);
    const word = written.type === "name" ? written.name : wordOf(written);
    if (word !== null && choices.includes(word)) return word;
    context.diagnostics.add(catalogue.whenChoice, written.at, {
      ...near(word ?? "", choices),
      parameter: name,
      choices,
    });
    return null;
  }
  const value: Value =
    written.type === "name"
      ? { type: "reference", name: written, argument: null, at: written.at }
      : written;
  const resolved = resolve(context, value, scope);
  if (resolved === null) return null;
  if (resolved.value.type === "reference") {
    reportUnknown(context, resolved.value.name, resolved.scope);
    return null;
  }
  const expected = param.type === "string" ? "text" : param.type;
  const found = resolved.value.type === expected ? measure(resolved.value) : null;
  if (found === null) {
    const args = { name, type: param.type, found: describeValue(resolved.value) };
    context.diagnostics.add(catalogue.whenType, written.at, args);
  }
  return found;
}

/** A value as something that can be compared: durations by their length, addresses by their form. */
function measure(value: Value): string | number | boolean | null {
  switch (value.type) {
    case "text":
    case "int":
    case "bool":
      return value.value;
    case "duration":
      return value.ms;
    case "address":
      return parsePrefix(value.text)?.canonical ?? null;
    case "reference":
      return value.argument === null ? value.name.name : null;
    default:
      return null;
  }
}

function compare(
  a: string | number | boolean,
  op: "==" | "!=" | "<" | "<=" | ">" | ">=",
  b: string | number | boolean,
): boolean {
  switch (op) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return op satisfies never;
  }
}
