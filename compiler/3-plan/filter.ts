/**
 * One filter of the policy into its plan: formats, frames, rules, captures in numbered slots.
 *
 * In: a checked filter. Out: its `FilterPlan`. Slots are numbered through a filter: those of its
 * frames first, so that a rule can be matched without forgetting what the frame captured, then those
 * of whichever rule is at hand.
 */

import { slotsMax } from "../../runtime/cursor.ts";
import type { Expr, Field, Filter, Format, Pattern, Rule } from "../../schemas/policy.ts";
import { plan as codes } from "../diagnostics/catalogue/plan.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { templatePrefixes } from "./literals.ts";
import { captureNames, planPattern } from "./pattern.ts";
import type { FieldKey, FilterPlan, FormatPlan, RulePlan, WherePlan } from "./plan-types.ts";

export function planFilter(filter: Filter, diagnostics: Diagnostics): FilterPlan {
  const fields = fieldKeys(filter);
  const frameSlots = [...new Set(filter.frames.flatMap(captureNames))];
  const ruleSlots = Math.max(0, ...filter.rules.map((rule) => namesOf(rule).length));
  if (frameSlots.length + ruleSlots > slotsMax) {
    diagnostics.add(codes.tooManyCaptures, filter.at, { filter: filter.name, max: slotsMax });
  }
  const inOrder = [
    ...filter.rules.filter((rule) => rule.kind === "ignore"),
    ...filter.rules.filter((rule) => rule.kind !== "ignore"),
  ];
  return {
    id: filter.id,
    name: filter.name,
    at: `${filter.at.file}:${filter.at.line}`,
    describe: filter.describe,
    sessionMs: filter.session?.withinMs ?? null,
    sessionBy: filter.session?.by ?? null,
    formats: filter.formats.map((format) => planFormat(format, fields)),
    fields,
    frames: filter.frames.map((frame) => planPattern(frame, frameSlots, 0)),
    frameSlots,
    rules: inOrder.map((rule) => planRule(rule, frameSlots.length)),
  };
}

function namesOf(rule: Rule): string[] {
  return rule.pattern === null ? [] : captureNames(rule.pattern);
}

function planRule(rule: Rule, firstSlot: number): RulePlan {
  const pattern = rule.pattern && planPattern(rule.pattern, namesOf(rule), firstSlot);
  return {
    spec: {
      name: rule.name,
      kind: rule.kind,
      weight: rule.weight,
      end: rule.end,
      at: `${rule.at.file}:${rule.at.line}`,
    },
    source: rule.pattern === null ? null : writePattern(rule.pattern),
    pattern,
    where: rule.where && planWhere(rule.where),
    prefixes: pattern === null ? [""] : prefixesOf(pattern),
    prefixIgnoresCase:
      pattern !== null &&
      (pattern.kind === "template" ? pattern.ignoreCase : pattern.flags.includes("i")),
  };
}

function prefixesOf(pattern: NonNullable<RulePlan["pattern"]>): string[] {
  if (pattern.kind === "regex") return [pattern.prefix];
  return [...new Set(pattern.alternatives.flatMap(templatePrefixes))];
}

function writePattern(pattern: Pattern): string {
  if (pattern.kind === "regex") return `/${pattern.source}/${pattern.flags}`;
  return `"${pattern.source}"${pattern.ignoreCase ? "i" : ""}`;
}

/** Every field the filter's rules may ask for: those its formats name, and bare paths in `where`. */
function fieldKeys(filter: Filter): FieldKey[] {
  const keys = new Map<string, FieldKey>();
  const add = (key: FieldKey) => keys.set(JSON.stringify(key), key);
  for (const format of filter.formats) {
    for (const field of format.fields) add({ name: field.name, kind: field.kind });
  }
  for (const rule of filter.rules) {
    for (const field of rule.where === null ? [] : fieldsOf(rule.where)) {
      if ("path" in field) add({ path: field.path });
    }
  }
  return [...keys.values()];
}

function fieldsOf(expr: Expr): Field[] {
  switch (expr.op) {
    case "and":
    case "or":
      return expr.of.flatMap(fieldsOf);
    case "not":
      return fieldsOf(expr.of);
    default:
      return [expr.field];
  }
}

function planWhere(expr: Expr): WherePlan {
  switch (expr.op) {
    case "and":
    case "or":
      return { op: expr.op, of: expr.of.map((part) => planWhere(part)) };
    case "not":
      return { op: "not", of: planWhere(expr.of) };
    case "matches":
      return { ...expr, pattern: planPattern(expr.pattern, [], 0) };
    default:
      return expr;
  }
}

function planFormat(format: Format, fields: readonly FieldKey[]): FormatPlan {
  const paths = fields.map((field) =>
    "path" in field
      ? field.path
      : (format.fields.find((one) => one.name === field.name)?.path ?? null),
  );
  const programs = format.programs.map((pattern) => ({ pattern, name: exactName(pattern) }));
  return {
    key: JSON.stringify([
      format.name,
      format.extras,
      format.time,
      paths.some((path) => path !== null) ? [fields, paths] : [],
    ]),
    name: format.name,
    extras: format.extras,
    time: format.time,
    window: format.window,
    paths,
    programs: programs.flatMap(({ name }) => (name === null ? [] : [name])),
    patterns: programs.flatMap(({ pattern, name }) =>
      name === null ? [planPattern(pattern, [], 0)] : [],
    ),
  };
}

/** The name a program pattern stands for when it is nothing but literal text. */
function exactName(pattern: Pattern): string | null {
  if (pattern.kind !== "template" || pattern.ignoreCase) return null;
  const texts = pattern.parts.map((part) => (part.kind === "text" ? part.text : null));
  return texts.includes(null) ? null : texts.join("");
}
