/**
 * Captures of one filter whose names differ only in case, `-` and `_`: `by` and `distinct` would see
 * two things where one was meant.
 */
import type { Policy } from "../../schemas/policy.ts";
import { patternCaptures } from "../2-check/lower-rule.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { patternsOf, spanOf } from "./patterns-of.ts";

export function findTwoSpellings(policy: Policy, diagnostics: Diagnostics): void {
  const seen = new Map<string, string>();
  for (const { pattern, filter, role } of patternsOf(policy)) {
    if (role !== "rule" && role !== "frame") continue;
    for (const name of patternCaptures(pattern)) {
      const key = `${filter.id} ${name.toLowerCase().replaceAll("-", "_")}`;
      const first = seen.get(key) ?? name;
      seen.set(key, first);
      if (first !== name) {
        diagnostics.add(catalogue.twoSpellings, spanOf(pattern.at), { name, first });
      }
    }
  }
}
