/**
 * Every pattern of a policy with the place it has: what most rules of lint walk over.
 */
import type { At, Expr, Filter, Pattern, Policy, Rule } from "../../schemas/policy.ts";
import type { Span } from "../source.ts";

export interface PatternUse {
  readonly pattern: Pattern;
  readonly filter: Filter;
  /** null: a frame's or a format's. */
  readonly rule: Rule | null;
  readonly role: "rule" | "frame" | "program" | "where";
}

export function patternsOf(policy: Policy): PatternUse[] {
  return policy.filters.flatMap((filter) => [
    ...filter.formats.flatMap((format) =>
      format.programs.map((pattern) => ({ pattern, filter, rule: null, role: "program" as const })),
    ),
    ...filter.frames.map((pattern) => ({ pattern, filter, rule: null, role: "frame" as const })),
    ...filter.rules.flatMap((rule) => [
      ...(rule.pattern === null
        ? []
        : [{ pattern: rule.pattern, filter, rule, role: "rule" as const }]),
      ...(rule.where === null ? [] : patternsIn(rule.where)).map((pattern) => ({
        pattern,
        filter,
        rule,
        role: "where" as const,
      })),
    ]),
  ]);
}

function patternsIn(expr: Expr): Pattern[] {
  switch (expr.op) {
    case "and":
    case "or":
      return expr.of.flatMap(patternsIn);
    case "not":
      return patternsIn(expr.of);
    case "matches":
      return [expr.pattern];
    default:
      return [];
  }
}

export function spanOf(at: At): Span {
  return { file: at.file, start: at.start, end: at.end };
}

export function isInLibrary(at: At): boolean {
  return at.file.startsWith("std/");
}
