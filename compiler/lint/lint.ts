/**
 * Lint: what is allowed and still likely to be wrong, over the checked policy.
 *
 * In: a policy that passed the check. Out: findings in `diagnostics`; errors among them (patterns that
 * stall) must stop a compilation. What was never lowered, because nothing uses it, is only in the
 * trees, so those rules need `loaded`.
 */
import type { Policy } from "../../schemas/policy.ts";
import type { Loaded } from "../2-check/load.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { proveAddresses } from "./address-proof.ts";
import { findBareJails } from "./bare-jails.ts";
import { findCostlyRegexes } from "./costly-regexes.ts";
import { findMigratedFormats, findTakenHeaders } from "./migrated-formats.ts";
import { findRelativePaths } from "./relative-paths.ts";
import { findRepeatedCalls } from "./repeated-calls.ts";
import { findTwoSpellings } from "./two-spellings.ts";
import { findUnreachableRules } from "./unreachable-rules.ts";
import { findUntestedFilters } from "./untested-filters.ts";
import { findUntiedRegexes } from "./untied-regexes.ts";
import { findUnused } from "./unused.ts";
import { listVouchedHoles } from "./vouched-holes.ts";

export function lint(
  policy: Policy,
  diagnostics: Diagnostics,
  loaded?: Loaded,
  library = false,
): void {
  findCostlyRegexes(policy, diagnostics, library);
  findUntiedRegexes(policy, diagnostics);
  proveAddresses(policy, diagnostics, library);
  listVouchedHoles(policy, diagnostics);
  findUnreachableRules(policy, diagnostics);
  findTwoSpellings(policy, diagnostics);
  findMigratedFormats(policy, diagnostics);
  findTakenHeaders(policy, diagnostics);
  findBareJails(policy, diagnostics);
  findRelativePaths(policy, loaded, diagnostics);
  if (loaded === undefined) return;
  findRepeatedCalls(loaded, diagnostics);
  findUntestedFilters(loaded, diagnostics);
  findUnused(loaded, diagnostics);
}
