/** Every code of planning: its `bad` policy raises it, its `good` policy raises nothing. */
import t from "tap";
import { plan } from "../../compiler/3-plan/plan.ts";
import { plan as catalogue } from "../../compiler/diagnostics/catalogue/plan.ts";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import { checkText } from "../2-check/compile-text.ts";

/** What checking and, where it lets the policy through, planning find. */
function codesOf(text: string): string[] {
  const { codes, policy } = checkText(text);
  const diagnostics = new Diagnostics();
  if (policy !== null) {
    plan(policy, { diagnostics, scanners: [policy.filters.map((filter) => filter.id)] });
  }
  return [...codes, ...diagnostics.sorted().map(({ code }) => code)];
}

for (const entry of Object.values(catalogue)) {
  t.same(codesOf(entry.bad), [entry.code], `${entry.code}: bad`);
  t.same(codesOf(entry.good), [], `${entry.code}: good`);
  t.match(entry.explain, /^.{20}.*\.$/s, entry.code);
}
