/**
 * Jails that watch each other's bans in a ring would ban for ever: found here, each ring once.
 */
import type { Jail } from "../../schemas/policy.ts";
import { checkJails as catalogue } from "../diagnostics/catalogue/check-jails.ts";
import type { Context } from "./context.ts";

export function findBanCycle(jails: readonly Jail[], context: Context): void {
  const watched = new Map(
    jails.map((jail) => [
      jail.name,
      jail.watches.flatMap((watch) => (watch.kind === "bans" ? watch.of : [])),
    ]),
  );
  const done = new Set<string>();
  const chain: string[] = [];
  const visit = (name: string): void => {
    const start = chain.indexOf(name);
    if (start >= 0) {
      const ring = [...chain.slice(start), name];
      const jail = context.jails.get(name);
      if (jail) {
        context.diagnostics.add(catalogue.banCycle, jail.tree.name.at, {
          way: ring.join(" watches "),
        });
      }
      return;
    }
    if (done.has(name)) return;
    chain.push(name);
    for (const next of watched.get(name) ?? []) visit(next);
    chain.pop();
    done.add(name);
  };
  for (const name of watched.keys()) visit(name);
}
