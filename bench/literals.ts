/**
 * What a policy's first jail looks for, as the compiler planned it: what ripgrep is given to search.
 *
 * In: a checked policy. Out: texts, each once. Where case is ignored the text stands in its usual spelling
 * alone, which is less work for the search.
 */
import { plan } from "../compiler/3-plan/plan.ts";
import type { Policy } from "../schemas/policy.ts";

export function wantedLiterals(policy: Policy): string[] {
  const { jails, scanners } = plan(policy);
  const scanner = scanners[jails[0]?.replayScanner ?? -1];
  const texts = scanner?.needles.flat().map(({ text }) => text) ?? [];
  return [...new Set(texts)];
}
