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
  // The depth is that of the longest chain of jails, of which a policy has at most a thousand.
  const visit = (name: string): void => {
    const start = chain.indexOf(name);
    if (start >= 0) {
      const way = [...chain.slice(start), name].join(" watches ");
      const at = context.jails.get(name)?.tree.name.at;
      if (at !== undefined) context.diagnostics.add(catalogue.banCycle, at, { way });
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
