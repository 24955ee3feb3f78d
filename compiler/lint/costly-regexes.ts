/**
 * Regular expressions that a line can make slow: exponential ones are errors, polynomial ones warnings.
 *
 * recheck decides; it is asked about the pattern with tags as single characters and with ASCII's classes, within five
 * seconds each and twenty in all. What it cannot decide is a note, never silence. The library's own are asked
 * about when the library is looked at, not again in every policy that uses it.
 */
import { createRequire } from "node:module";
import type { Policy } from "../../schemas/policy.ts";
import { forCost } from "../2-check/regexes.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { isPlainlyLinear } from "./linear-regex.ts";
import { isInLibrary, patternsOf, spanOf } from "./patterns-of.ts";

const timeoutMs = 5_000;
const totalMs = 20_000;
const patternUnitsMax = 4_000;

export type Cost =
  | { readonly kind: "safe" }
  | { readonly kind: "exponential"; readonly attack: string }
  | { readonly kind: "polynomial"; readonly degree: number; readonly attack: string }
  | { readonly kind: "unknown"; readonly why: string };

export function findCostlyRegexes(
  policy: Policy,
  diagnostics: Diagnostics,
  libraryCosts: boolean,
): void {
  const verdicts = new Map<string, Cost>();
  const endsAt = performance.now() + totalMs;
  for (const { pattern } of patternsOf(policy)) {
    if (pattern.kind !== "regex") continue;
    if (!libraryCosts && isInLibrary(pattern.at)) continue;
    const key = `${pattern.flags}/${pattern.expanded}`;
    const verdict = verdicts.get(key) ?? costOf(pattern.expanded, pattern.flags, endsAt);
    verdicts.set(key, verdict);
    const at = spanOf(pattern.at);
    switch (verdict.kind) {
      case "safe":
        break;
      case "exponential":
        diagnostics.add(catalogue.exponentialRegex, at, { attack: verdict.attack });
        break;
      case "polynomial":
        diagnostics.add(catalogue.polynomialRegex, at, {
          degree: verdict.degree,
          attack: verdict.attack,
        });
        break;
      case "unknown":
        diagnostics.add(catalogue.unknownRegex, at, { why: verdict.why });
        break;
      default:
        verdict satisfies never;
    }
  }
}

/** What the pattern costs at worst; not looked into when `endsAt` (of performance.now) is over. */
export function costOf(expanded: string, flags: string, endsAt: number): Cost {
  const source = forCost(expanded);
  if (source.length > patternUnitsMax) return { kind: "unknown", why: "it is too long" };
  if (isPlainlyLinear(source, flags)) return { kind: "safe" };
  if (performance.now() > endsAt) return { kind: "unknown", why: "there are too many before it" };
  const timeout = Math.min(timeoutMs, Math.ceil(endsAt - performance.now()));
  const result = recheck()(source, flags, { timeout });
  if (result.status === "safe") return { kind: "safe" };
  if (result.status === "unknown") return { kind: "unknown", why: result.error.kind };
  const attack = shorten(result.attack.pattern);
  return result.complexity.type === "exponential"
    ? { kind: "exponential", attack }
    : { kind: "polynomial", degree: result.complexity.degree, attack };
}

function shorten(attack: string): string {
  return attack.length <= 120 ? attack : `${attack.slice(0, 117)}...`;
}

let loaded: typeof import("recheck").checkSync | undefined;

/** Loaded when the first regex is met, and told to stay in this process before it is. */
function recheck(): typeof import("recheck").checkSync {
  // recheck reads this variable once, while it is loaded; its other back ends start processes.
  process.env["RECHECK_SYNC_BACKEND"] ??= "pure";
  loaded ??= (createRequire(import.meta.url)("recheck") as typeof import("recheck")).checkSync;
  return loaded;
}
