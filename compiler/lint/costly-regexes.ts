/**
 * Regular expressions that a line can make slow: exponential ones are errors, polynomial ones warnings.
 *
 * The pattern's automaton decides (cost/), in milliseconds; recheck is asked about what it cannot, within two
 * seconds each and ten in all. What neither can decide is a note, never silence. The library's own are asked
 * about when the library is looked at, not again in every policy that uses it.
 */
import { createRequire } from "node:module";
import type { Filter, Policy } from "../../schemas/policy.ts";
import { forCost } from "../2-check/regexes.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { ownVerdict } from "./cost/own-verdict.ts";
import { isInLibrary, patternsOf, spanOf } from "./patterns-of.ts";

const timeoutMs = 2_000;
const totalMs = 10_000;
const patternUnitsMax = 4_000;

export type Cost =
  | { readonly kind: "safe" }
  | { readonly kind: "exponential"; readonly attack: string }
  | { readonly kind: "polynomial"; readonly degree: number; readonly attack: string }
  | { readonly kind: "unknown"; readonly why: string };

export function findCostlyRegexes(
  policy: Policy,
  diagnostics: Diagnostics,
  library: boolean,
): void {
  const verdicts = new Map<string, Cost>();
  const endsAt = performance.now() + totalMs;
  for (const { pattern, filter, role } of patternsOf(policy)) {
    // One with the flag `l` no line can stall.
    if (pattern.kind !== "regex" || pattern.linear) continue;
    if (!library && isInLibrary(pattern.at)) continue;
    // A field may hold what was escaped in the log.
    const linesOnly = role !== "where" && filter.formats.every(holdsNoLineFeed);
    const key = `${linesOnly}${pattern.flags}/${pattern.expanded}`;
    const verdict =
      verdicts.get(key) ?? costOf(pattern.expanded, pattern.flags, { endsAt, linesOnly });
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

/** Only a message from JSON, or one of several lines, can have a line end in it. */
function holdsNoLineFeed(format: Filter["formats"][number]): boolean {
  return format.name !== "json" && format.window === null;
}

export interface Asking {
  /** Of performance.now: from then on recheck is asked no more. */
  readonly endsAt: number;
  /** What is matched holds no LF. */
  readonly linesOnly: boolean;
}

/** What the pattern costs at worst. */
export function costOf(expanded: string, flags: string, { endsAt, linesOnly }: Asking): Cost {
  const source = forCost(expanded);
  if (source.length > patternUnitsMax) return { kind: "unknown", why: "it is too long" };
  const own = ownVerdict(expanded, flags, linesOnly);
  if (own?.kind === "safe") return own;
  if (own !== null) {
    const { degree, line: attack } = own;
    return degree === null
      ? { kind: "exponential", attack }
      : { kind: "polynomial", degree, attack };
  }
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
