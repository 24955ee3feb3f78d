/**
 * Rules that can never match, because one before them takes every line they could take.
 */
import type { Pattern, Policy, Rule } from "../../schemas/policy.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { spanOf } from "./patterns-of.ts";

export function findUnreachableRules(policy: Policy, diagnostics: Diagnostics): void {
  for (const filter of policy.filters) {
    // Ignore rules come first wherever they stand; the others are tried in text order.
    const isIgnore = (rule: Rule) => rule.kind === "ignore";
    const order = [...filter.rules.filter(isIgnore), ...filter.rules.filter((r) => !isIgnore(r))];
    const taken = new Map<string, Rule>();
    for (const rule of order) {
      const condition = JSON.stringify(rule.where, withoutPlaces);
      const everything = taken.get(keyOf(rule.pattern, "null"));
      const earlier = everything ?? taken.get(keyOf(rule.pattern, condition));
      if (earlier !== undefined) {
        diagnostics.add(
          catalogue.unreachableRule,
          spanOf(rule.at),
          { earlier: earlier.name },
          { labels: [{ at: spanOf(earlier.at), text: "takes all its lines" }] },
        );
      } else taken.set(keyOf(rule.pattern, condition), rule);
    }
  }
}

function keyOf(pattern: Pattern | null, condition: string): string {
  if (pattern === null) return `none ${condition}`;
  const text =
    pattern.kind === "regex"
      ? `/${pattern.expanded}/${pattern.flags}`
      : JSON.stringify([pattern.parts, pattern.ignoreCase], withoutNames);
  return `${text} ${condition}`;
}

function withoutPlaces(key: string, value: unknown): unknown {
  return key === "at" ? undefined : value;
}

/** What a hole is called or vouched for does not change what it matches. */
function withoutNames(key: string, value: unknown): unknown {
  return key === "name" || key === "vouched" ? undefined : value;
}
