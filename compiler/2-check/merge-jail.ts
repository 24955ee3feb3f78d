/**
 * A ready jail of the library and a jail of the policy's own with its name: they are one jail.
 *
 * In: both trees. Out: the own jail, and of the ready one what the own does not say. What can be said
 * once of a kind (its sources, filters, ban sentences, ...) is taken as a whole from one of them; what
 * adds up anywhere (`never ban`, `ignore`, `observe`, `resolve hosts`) adds up here too. Tests stay with
 * the jail that they were written for. The ready jail's statements name nothing of their own module's
 * scope but filters and actions, which are known everywhere.
 */
import type { Jail, JailStatement } from "../1-read/ast.ts";

const adding: readonly JailStatement["type"][] = ["never", "rule", "observe", "resolve"];

export function mergeJail(own: Jail, ready: Jail): Jail {
  const said = new Set(own.body.map((one) => one.type));
  const kept = ready.body.filter(
    ({ type }) => type !== "jailtest" && (adding.includes(type) || !said.has(type)),
  );
  return { ...own, body: [...kept, ...own.body] };
}
