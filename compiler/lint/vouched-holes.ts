/**
 * Every `!`: a promise that the daemon, not the client, wrote what stands there. Listed, so that
 * somebody can go through them.
 */
import type { Policy } from "../../schemas/policy.ts";
import { holesOf } from "../2-check/templates.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { patternsOf, spanOf } from "./patterns-of.ts";

export function listVouchedHoles(policy: Policy, diagnostics: Diagnostics): void {
  for (const { pattern } of patternsOf(policy)) {
    if (pattern.kind !== "template") continue;
    const vouched = holesOf(pattern.parts).filter((hole) => hole.vouched);
    if (vouched.length === 0) continue;
    const names = vouched.map((hole) => hole.name ?? hole.of);
    diagnostics.add(catalogue.vouchedHoles, spanOf(pattern.at), { names });
  }
}
