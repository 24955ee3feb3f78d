/**
 * `where`: conditions on what a record holds, typed.
 *
 * In: an expression and the fields that can be seen. Out: the condition with all names resolved, or
 * null after reporting. A comparison that could never be true by its types is an error.
 */

import type { Expr, Field, Scalar } from "../../schemas/policy.ts";
import type { List, Name, Path, Scalar as ScalarTree, Expr as Tree, Value } from "../1-read/ast.ts";
import { checkRules as catalogue } from "../diagnostics/catalogue/check-rules.ts";
import { parsePrefix } from "./address.ts";
import { type Context, near, poison } from "./context.ts";
import { lowerRegex } from "./regexes.ts";
import type { Scope } from "./scope.ts";
import { lowerTemplate } from "./templates.ts";
import { describeValue, flattenList, reportUnknown, resolve } from "./values.ts";

/** What is known of a field: `text` may still be digits; null: nothing is known. */
export type FieldType = "text" | "number" | "address" | "list" | "bool" | null;

export interface WhereSetting {
  readonly context: Context;
  readonly scope: Scope;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Paths need a structured format: json, logfmt or audit. */
  readonly hasPaths: boolean;
}

export function lowerWhere(expr: Tree, setting: WhereSetting): Expr | null {
  switch (expr.type) {
    case "and":
    case "or": {
      const of = expr.of.map((part) => lowerWhere(part, setting));
      const [first, second, ...rest] = of;
      if (!first || !second || rest.includes(null)) return null;
      return { op: expr.type, of: [first, second, ...(rest as Expr[])] };
    }
    case "not": {
      const of = lowerWhere(expr.of, setting);
      return of === null ? null : { op: "not", of };
    }
    case "has": {
      const field = lowerField(expr.field, setting);
      return field === null ? null : { op: "has", field: field.field };
    }
    case "compare":
      return lowerCompare(expr, setting);
    case "in":
      return lowerIn(expr, setting);
    case "matches":
      return lowerMatches(expr, setting);
    default:
      return expr satisfies never;
  }
}

function lowerField(
  tree: Name | Path,
  setting: WhereSetting,
): { field: Field; type: FieldType } | null {
  const { diagnostics } = setting.context;
  if (tree.type === "path") {
    if (!setting.hasPaths) {
      diagnostics.add(catalogue.pathWithoutStructure, tree.at, { path: tree.raw });
      return null;
    }
    const [first, ...rest] = tree.steps;
    return first === undefined ? null : { field: { path: [first, ...rest] }, type: null };
  }
  const type = setting.fields.get(tree.name);
  if (type === undefined) {
    const known = [...setting.fields.keys()];
    if (poison(setting.context, `field ${tree.at.file} ${tree.at.start}`, tree.name)) {
      diagnostics.add(catalogue.unknownField, tree.at, {
        ...near(tree.name, known),
        known,
        hasPaths: setting.hasPaths,
      });
    }
    return null;
  }
  return { field: { name: tree.name }, type };
}

function lowerCompare(expr: Tree & { type: "compare" }, setting: WhereSetting): Expr | null {
  const field = lowerField(expr.field, setting);
  const to = lowerScalar(expr.to, setting);
  if (field === null || to === null) return null;
  const isOrder = expr.op !== "==" && expr.op !== "!=";
  const fits = isOrder ? canOrder(field.type, to) : canEqual(field.type, to);
  if (!fits) {
    setting.context.diagnostics.add(catalogue.neverTrue, expr.at, {
      field: nameOf(expr.field),
      type: field.type ?? "field",
      to: isOrder && (to.type === "text" || to.type === "prefix") ? `${expr.op} a text` : to.type,
    });
    return null;
  }
  return { op: expr.op, field: field.field, to };
}

function canOrder(type: FieldType, to: Scalar): boolean {
  return (
    (to.type === "int" || to.type === "duration") &&
    (type === null || type === "number" || type === "text")
  );
}

function canEqual(type: FieldType, to: Scalar): boolean {
  switch (type) {
    case null:
    case "list":
      return true;
    case "text":
      return to.type !== "bool";
    case "number":
      return to.type === "int" || to.type === "duration";
    case "address":
      return to.type === "prefix";
    case "bool":
      return to.type === "bool";
    default:
      return type satisfies never;
  }
}

function lowerIn(expr: Tree & { type: "in" }, setting: WhereSetting): Expr | null {
  const field = lowerField(expr.field, setting);
  const listed: Value =
    expr.list.type === "list"
      ? expr.list
      : { type: "reference", name: expr.list, argument: null, at: expr.list.at };
  const resolved = resolve(setting.context, listed, setting.scope);
  if (resolved === null) return null;
  const { value } = resolved;
  if (value.type === "reference") {
    if (value.argument === null) reportUnknown(setting.context, value.name, resolved.scope);
    else
      setting.context.diagnostics.add(catalogue.listExpected, expr.at, {
        found: describeValue(value),
      });
    return null;
  }
  if (value.type !== "list") {
    setting.context.diagnostics.add(catalogue.listExpected, expr.at, {
      found: describeValue(value),
    });
    return null;
  }
  const list = lowerItems(value, { ...setting, scope: resolved.scope });
  if (field === null || list === null) return null;
  const wrong = list.find((item) => !canEqual(field.type, item));
  if (wrong !== undefined) {
    setting.context.diagnostics.add(catalogue.neverTrue, expr.at, {
      field: nameOf(expr.field),
      type: field.type ?? "field",
      to: wrong.type,
    });
    return null;
  }
  return { op: "in", field: field.field, list };
}

function lowerItems(list: List, setting: WhereSetting): Scalar[] | null {
  const items = flattenList(setting.context, list, setting.scope);
  if (items === null) return null;
  const scalars = items.map(({ value, scope }) => toScalar(value, { ...setting, scope }));
  return scalars.includes(null) ? null : scalars.filter((one) => one !== null);
}

function lowerScalar(tree: ScalarTree, setting: WhereSetting): Scalar | null {
  const value: Value =
    tree.type === "name" ? { type: "reference", name: tree, argument: null, at: tree.at } : tree;
  const resolved = resolve(setting.context, value, setting.scope);
  return resolved === null ? null : toScalar(resolved.value, { ...setting, scope: resolved.scope });
}

function toScalar(value: Value, setting: WhereSetting): Scalar | null {
  const { context } = setting;
  switch (value.type) {
    case "text":
      if (value.ignoreCase) {
        context.diagnostics.add(catalogue.suffixInWhere, value.at, {});
        return null;
      }
      return { type: "text", value: value.value };
    case "int":
      return { type: "int", value: value.value };
    case "duration":
      return { type: "duration", ms: value.ms };
    case "bool":
      return { type: "bool", value: value.value };
    case "address": {
      const prefix = readPrefix(context, value);
      return prefix === null ? null : { type: "prefix", prefix };
    }
    case "reference":
      if (value.argument === null) {
        reportUnknown(context, value.name, setting.scope);
        return null;
      }
      break;
    default:
  }
  context.diagnostics.add(catalogue.notComparable, value.at, { found: describeValue(value) });
  return null;
}

/** The canonical prefix of an address in the policy; host bits behind its length are warned of. */
export function readPrefix(
  context: Context,
  address: { readonly text: string; readonly at: Value["at"] },
): string | null {
  const prefix = parsePrefix(address.text);
  if (prefix === null) {
    context.diagnostics.add(catalogue.badAddress, address.at, { text: address.text });
    return null;
  }
  if (prefix.hasHostBits) {
    context.diagnostics.add(
      catalogue.hostBits,
      address.at,
      { text: address.text, canonical: prefix.canonical },
      { fix: { at: address.at, text: prefix.canonical } },
    );
  }
  return prefix.canonical;
}

function lowerMatches(expr: Tree & { type: "matches" }, setting: WhereSetting): Expr | null {
  const { context, scope } = setting;
  const field = lowerField(expr.field, setting);
  const pattern =
    expr.pattern.type === "regex"
      ? lowerRegex(expr.pattern, context, scope)
      : lowerTemplate(expr.pattern, { context, scope, isFrame: false });
  if (field === null || pattern === null) return null;
  if (field.type === "bool" || field.type === "list") {
    context.diagnostics.add(catalogue.neverTrue, expr.at, {
      field: nameOf(expr.field),
      type: field.type,
      to: "pattern",
    });
    return null;
  }
  return { op: "matches", field: field.field, pattern };
}

function nameOf(field: Name | Path): string {
  return field.type === "path" ? field.raw : field.name;
}
