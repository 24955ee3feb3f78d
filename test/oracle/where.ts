/*
 * `where` expressions by section 9 of docs/matching.md: a tree and a way to look fields up in,
 * true or false out. A comparison with an absent or ill-typed field is false, `!=` too.
 */

import type { Expr, ExprCompare, Field, Path, Scalar } from "../../schemas/policy.ts";
import { isInPrefix, readAddressText } from "./address.ts";
import { messageBytesMax } from "./format.ts";
import { matchPattern } from "./pattern.ts";
import type { Clock } from "./stamp.ts";
import { bytesOf } from "./text.ts";

export type Value = string | number | boolean | readonly Value[] | { object: true };

export interface Lookup {
  named: (name: string) => Value | null;
  at: (path: Path) => Value | null;
  clock: Clock;
}

function find(field: Field, lookup: Lookup): Value | null {
  return "name" in field ? lookup.named(field.name) : lookup.at(field.path);
}

function numberOf(value: Value): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : null;
}

/** -1, 0, 1, or null when the two cannot be compared; `order` says whether less and more mean anything. */
function compare(value: Value, to: Scalar): { sign: number; order: boolean } | null {
  switch (to.type) {
    case "text":
      if (typeof value !== "string") return null;
      return { sign: Buffer.compare(Buffer.from(value), Buffer.from(to.value)), order: true };
    case "int":
    case "duration": {
      const number = numberOf(value);
      const other = to.type === "int" ? to.value : to.ms;
      return number === null ? null : { sign: Math.sign(number - other), order: true };
    }
    case "prefix": {
      const address = typeof value === "string" ? readAddressText(value) : null;
      return address === null
        ? null
        : { sign: isInPrefix(address, to.prefix) ? 0 : 1, order: false };
    }
    case "bool":
      if (typeof value !== "boolean") return null;
      return { sign: value === to.value ? 0 : 1, order: false };
  }
}

function holds(op: ExprCompare["op"], value: Value, to: Scalar): boolean {
  const compared = compare(value, to);
  if (compared === null) return false;
  const { sign, order } = compared;
  switch (op) {
    case "==":
      return sign === 0;
    case "!=":
      return sign !== 0;
    case "<":
      return order && sign < 0;
    case "<=":
      return order && sign <= 0;
    case ">":
      return order && sign > 0;
    case ">=":
      return order && sign >= 0;
  }
}

export function isTrue(expr: Expr, lookup: Lookup): boolean {
  switch (expr.op) {
    case "and":
      return expr.of.every((e) => isTrue(e, lookup));
    case "or":
      return expr.of.some((e) => isTrue(e, lookup));
    case "not":
      return !isTrue(expr.of, lookup);
    case "has":
      return find(expr.field, lookup) !== null;
    case "in": {
      const value = find(expr.field, lookup);
      return value !== null && expr.list.some((to) => holds("==", value, to));
    }
    case "matches": {
      const value = find(expr.field, lookup);
      const text = typeof value === "number" ? String(value) : value;
      if (typeof text !== "string" || text.length > messageBytesMax) return false;
      return matchPattern(expr.pattern, bytesOf(text), lookup.clock) !== null;
    }
    default: {
      const value = find(expr.field, lookup);
      return value !== null && holds(expr.op, value, expr.to);
    }
  }
}
