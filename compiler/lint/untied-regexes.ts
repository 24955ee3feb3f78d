/**
 * Regular expressions of rules that are not tied at both ends: they match anywhere in a message, so
 * a client can put the words of one daemon's failure into another's line.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { Policy } from "../../schemas/policy.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { isInLibrary, patternsOf, spanOf } from "./patterns-of.ts";

export function findUntiedRegexes(policy: Policy, diagnostics: Diagnostics): void {
  for (const { pattern, rule, role } of patternsOf(policy)) {
    if (pattern.kind !== "regex" || role !== "rule" || rule?.kind === "ignore") continue;
    const { expanded, flags } = pattern;
    const tree = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(
      expanded,
      0,
      expanded.length,
      { unicode: flags.includes("u") },
    );
    const isStart = isTied(tree.alternatives, "start");
    if (isStart && isTied(tree.alternatives, "end")) continue;
    const entry = isInLibrary(pattern.at) ? catalogue.untiedRegexInLibrary : catalogue.untiedRegex;
    diagnostics.add(entry, spanOf(pattern.at), { end: isStart ? "end" : "start" });
  }
}

function isTied(alternatives: readonly AST.Alternative[], end: "start" | "end"): boolean {
  return alternatives.every(({ elements }) => {
    const element = elements.at(end === "start" ? 0 : -1);
    if (element?.type === "Assertion") return element.kind === end;
    const isGroup = element?.type === "Group" || element?.type === "CapturingGroup";
    return isGroup && isTied(element.alternatives, end);
  });
}
