/**
 * A template or a regular expression into what is carried out: rows of operations, or a literal
 * pattern with what must be in the message before it is worth trying.
 *
 * In: a checked pattern and the names its slots have. Out: a `PatternPlan`.
 */
import type { PartHole, Parts, Pattern, Regex, Template } from "../../schemas/policy.ts";
import { alternativesMax, countAlternatives, cut, flatten } from "./flatten.ts";
import { regexLiterals } from "./literals.ts";
import type { PatternPlan, RegexPlan, TemplatePlan } from "./plan-types.ts";

/** Names captured by a pattern, each once, in the order in which they stand. */
export function captureNames(pattern: Pattern): string[] {
  const names =
    pattern.kind === "regex"
      ? pattern.groups.map((group) => group.name)
      : holesOf(pattern.parts).flatMap((hole) => (hole.name === null ? [] : [hole.name]));
  return [...new Set(names)];
}

function holesOf(parts: Parts): PartHole[] {
  return parts.flatMap((part) =>
    part.kind === "hole" ? [part] : part.kind === "optional" ? holesOf(part.parts) : [],
  );
}

export function planPattern(
  pattern: Pattern,
  names: readonly string[],
  firstSlot: number,
): PatternPlan {
  return pattern.kind === "regex" ? planRegex(pattern) : planTemplate(pattern, names, firstSlot);
}

function planTemplate(
  template: Template,
  names: readonly string[],
  firstSlot: number,
): TemplatePlan {
  const slotOf = (hole: PartHole) => {
    const slot = hole.name === null ? -1 : names.indexOf(hole.name);
    return slot < 0 ? -1 : firstSlot + slot;
  };
  if (countAlternatives(template.parts) > alternativesMax) {
    throw new RangeError("2-check lets no template through that can be read in so many ways");
  }
  const alternatives = flatten(template.parts).map((row) => cut(row, slotOf));
  return {
    kind: "template",
    ignoreCase: template.ignoreCase,
    alternatives,
    firstSlot,
    captures: names,
  };
}

function planRegex(regex: Regex): RegexPlan {
  const { prefix, required } = regexLiterals(regex.expanded, regex.flags);
  return {
    kind: "regex",
    expanded: regex.expanded,
    flags: regex.flags,
    linear: regex.linear,
    prefix,
    required,
    groups: regex.groups.map(({ name, group, of }) => ({ name, group, kind: of })),
  };
}
