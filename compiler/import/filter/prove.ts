/**
 * Drafts that a policy can have: each is checked as the compiler would, and asked what it costs.
 *
 * In: drafts and how to write them. Out: the same drafts, those that f2b would refuse left out and reported with their place; one that a line can
 * stall is reported with the line and matched in linear time. What must hold: the text of what comes out compiles.
 */

import type { Filter, Pattern, Policy } from "../../../schemas/policy.ts";
import { check } from "../../2-check/check.ts";
import { load } from "../../2-check/load.ts";
import { migrating } from "../../diagnostics/catalogue/migrating.ts";
import { Diagnostics } from "../../diagnostics/diagnostic.ts";
import { writeProgram } from "../../linear-program.ts";
import { proveAddresses } from "../../lint/address-proof.ts";
import type { Cost } from "../../lint/costly-regexes.ts";
import type { Source } from "../../source.ts";
import type { Places, Traced } from "../config/traced.ts";
import type { DraftRegex, Drafts } from "./rules.ts";
import { printDraft } from "./write-filter.ts";

export type CostOf = (expanded: string, flags: string, linesOnly: boolean) => Cost;

interface Proving {
  readonly places: Places;
  readonly diagnostics: Diagnostics;
  readonly write: (drafts: Drafts) => string;
  readonly costOf: CostOf;
  /** Messages are single lines. */
  readonly linesOnly: boolean;
  /** Of the frame. */
  readonly prefregex: Traced | null;
}

const entry = "imported.f2b";

export function proveDrafts(all: Drafts, proving: Proving): Drafts {
  const drafts = withoutMovable(
    withoutRefused(withoutBadTemplates(all, proving), proving),
    proving,
  );
  const { filter } = checkText(proving.write(drafts));
  if (filter === null) return drafts;
  const patterns = filter.rules.map((rule) => rule.pattern);
  let next = 0;
  const rules = drafts.rules.map((draft) => {
    if (draft.regex === null) return draft;
    return {
      ...draft,
      regex: atBearableCost(draft.regex, patterns[next++], draft.original, proving),
    };
  });
  const original = proving.prefregex;
  if (drafts.frame === null || original === null) return { ...drafts, rules };
  const frame = atBearableCost(drafts.frame, filter.frames[0], original, proving);
  return { ...drafts, rules, frame, lostFrame: frame === null ? original : null };
}

/** A template that the language would not have is the regular expression it came from. */
function withoutBadTemplates(drafts: Drafts, { write }: Proving): Drafts {
  if (!drafts.rules.some(({ regex }) => regex?.template != null)) return drafts;
  const { refused } = checkText(write(drafts));
  const rules = drafts.rules.map((draft) => {
    if (draft.regex === null || !refused.has(printDraft(draft))) return draft;
    return { ...draft, regex: { ...draft.regex, template: null } };
  });
  return { ...drafts, rules };
}

function withoutRefused(drafts: Drafts, proving: Proving): Drafts {
  const { refused } = checkText(proving.write(drafts));
  const rules = drafts.rules.map((draft) => {
    const why = draft.regex === null ? undefined : refused.get(printDraft(draft));
    if (why === undefined) return draft;
    report(draft.original, proving, why);
    return { ...draft, regex: null };
  });
  return { ...drafts, rules };
}

/**
 * A template in which a client can move the address does not compile: it stays the regular expression that it came from, in which the client
 * can do the same, as in Fail2ban, and the line is shown.
 */
function withoutMovable(drafts: Drafts, proving: Proving): Drafts {
  if (!drafts.rules.some(({ regex }) => regex?.template != null)) return drafts;
  const { places, diagnostics, write } = proving;
  const { policy, source } = checkText(write(drafts));
  if (policy === null) return drafts;
  const found = new Diagnostics();
  proveAddresses(policy, found, false);
  const moved = new Map(
    found
      .sorted()
      .filter((one) => one.severity === "error")
      .map(({ at, message, help = "" }) => [lineAt(source, at.start), { message, help }]),
  );
  if (moved.size === 0) return drafts;
  const rules = drafts.rules.map((draft) => {
    const how = draft.regex === null ? undefined : moved.get(printDraft(draft));
    if (draft.regex === null || how === undefined) return draft;
    const at = places.span(draft.original.places[0] ?? 0, draft.original.text.length);
    diagnostics.add(migrating.addressMovable, at, how);
    return { ...draft, regex: { ...draft.regex, template: null } };
  });
  // One pattern less may let another one have a line.
  return withoutMovable({ ...drafts, rules }, proving);
}

/** Whether the compiler takes the text of one filter. */
export function compiles(text: string): boolean {
  const { filter, refused } = checkText(text);
  return filter !== null && refused.size === 0;
}

interface Checked {
  readonly policy: Policy | null;
  readonly filter: Filter | null;
  /** The lines that were refused, with why. */
  readonly refused: ReadonlyMap<string, string>;
  readonly source: Source | undefined;
}

function checkText(text: string): Checked {
  const diagnostics = new Diagnostics();
  const bytes = Buffer.from(text);
  const files = { read: (name: string) => (name === entry ? bytes : null) };
  const loaded = load(entry, files, diagnostics);
  const policy = check(loaded, diagnostics, {});
  const source = loaded.sources.get(entry);
  const errors = diagnostics.sorted().filter((one) => one.severity === "error");
  const refused = new Map(
    errors.map(({ at, message }) => [lineAt(source, at.start), message] as const),
  );
  return { policy, filter: policy?.filters[0] ?? null, refused, source };
}

function lineAt(source: Source | undefined, offset: number): string {
  return source?.line(source.position(offset).line).trim() ?? "";
}

/** From this power of a line's length on a long line takes hours. */
const degreeMax = 2;

/** The pattern as no line can stall it, after reporting what it costs; null: there is no such way. */
function atBearableCost(
  regex: DraftRegex,
  pattern: Pattern | null | undefined,
  original: Traced,
  proving: Proving,
): DraftRegex | null {
  if (pattern?.kind !== "regex") return regex;
  const { places, diagnostics } = proving;
  const at = places.span(original.places[0] ?? 0, original.lines()[0]?.text.length ?? 1);
  const cost = proving.costOf(pattern.expanded, pattern.flags, proving.linesOnly);
  switch (cost.kind) {
    case "safe":
      return regex;
    case "unknown":
      diagnostics.add(migrating.costUnknown, at, { why: cost.why });
      return regex;
    case "polynomial":
      if (cost.degree > degreeMax) break;
      diagnostics.add(migrating.polynomialKept, at, cost);
      return regex;
    case "exponential":
      break;
  }
  const degree = cost.kind === "exponential" ? null : cost.degree;
  if (writeProgram(pattern.expanded, pattern.flags) !== null) {
    diagnostics.add(migrating.linearInstead, at, { degree, attack: cost.attack });
    return { ...regex, linear: true };
  }
  if (degree !== null) {
    diagnostics.add(migrating.polynomialKept, at, { degree, attack: cost.attack });
    return regex;
  }
  diagnostics.add(migrating.exponentialLeftOut, at, { attack: cost.attack });
  return null;
}

function report(original: Traced, { places, diagnostics }: Proving, construct: string): void {
  const at = places.span(original.places[0] ?? 0, original.text.length);
  const wayOut = "write the rule by hand where the comment stands";
  diagnostics.add(migrating.noTranslation, at, { option: "pattern", construct, wayOut });
}
