/**
 * `where` as plain code.
 *
 * In: an expression and a way to write a field's value. Out: a boolean expression. What a comparison
 * with an absent or ill-typed value gives is the runtime's to know (runtime/where.ts).
 */
import type { ExprCompare, Field, Scalar } from "../../schemas/policy.ts";
import type { PatternPlan, WherePlan } from "../3-plan/plan-types.ts";
import { type Code, join, js, quote } from "./code.ts";
import type { Module } from "./module.ts";
import { writePattern, writeSearcher } from "./pattern.ts";

export interface WhereWriter {
  readonly module: Module;
  /** The value of a field, as an expression. */
  readonly field: (field: Field) => Code;
}

export function writeWhere(writer: WhereWriter, expr: WherePlan): Code {
  const { field } = writer;
  switch (expr.op) {
    case "and":
    case "or": {
      const parts = expr.of.map((part) => writeWhere(writer, part));
      return js`(${join(parts, expr.op === "and" ? js` && ` : js` || `)})`;
    }
    case "not":
      return js`!${writeWhere(writer, expr.of)}`;
    case "has":
      return js`(${field(expr.field)} !== undefined)`;
    case "in": {
      const tests = expr.list.map((to) => compare(writer, expr.field, "==", to));
      return tests.length === 0 ? js`false` : js`(${join(tests, js` || `)})`;
    }
    case "matches":
      return matches(writer, field(expr.field), expr.pattern);
    default:
      return compare(writer, expr.field, expr.op, expr.to);
  }
}

function compare(writer: WhereWriter, of: Field, op: ExprCompare["op"], to: Scalar): Code {
  const { module, field } = writer;
  const value = field(of);
  const sign = quote(op);
  switch (to.type) {
    case "text":
      return js`${module.use("compareText")}(${value}, ${sign}, ${quote(to.value)})`;
    case "int":
      return js`${module.use("compareNumber")}(${value}, ${sign}, ${to.value})`;
    case "duration":
      return js`${module.use("compareNumber")}(${value}, ${sign}, ${to.ms})`;
    case "bool":
      return js`${module.use("compareBool")}(${value}, ${sign}, ${to.value})`;
    case "prefix": {
      const prefix = module.constant(
        "prefix",
        js`${module.use("prefixParts")}(${quote(to.prefix)})`,
      );
      return js`${module.use("comparePrefix")}(${value}, ${sign}, ${prefix})`;
    }
    default:
      return to satisfies never;
  }
}

function matches(writer: WhereWriter, value: Code, pattern: PatternPlan): Code {
  const { module } = writer;
  if (pattern.kind === "regex") {
    const test = writeSearcher(module, pattern);
    return js`${module.use("matchesRegex")}(${value}, ${test})`;
  }
  const match = writePattern(module, pattern, "value");
  return js`${module.use("matchesTemplate")}(c, ${value}, (c) => ${match})`;
}
