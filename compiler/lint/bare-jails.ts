/**
 * Jails that ban whom nobody protects, for less time than they look back, or where no packet arrives.
 */
import type { Policy } from "../../schemas/policy.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { spanOf } from "./patterns-of.ts";

/** They see the address that is on the wire, and no other. */
const packetDrivers: readonly string[] = ["nftables", "ipset", "blackhole"];

export function findBareJails(policy: Policy, diagnostics: Diagnostics): void {
  const packetFilters = policy.actions
    .filter((action) =>
      action.hooks.some(({ steps }) =>
        steps.some((step) => step.verb === "driver" && packetDrivers.includes(step.driver)),
      ),
    )
    .map((action) => action.id);
  for (const jail of policy.jails) {
    const at = spanOf(jail.at);
    if (jail.neverBan.length === 0) {
      diagnostics.add(catalogue.noNeverBan, at, { jail: jail.name });
    }
    for (const ban of jail.bans) {
      const [first] = ban.times;
      if (first !== null && first < ban.withinMs) {
        diagnostics.add(catalogue.banBelowWindow, spanOf(ban.at), {});
      }
    }
    const filter = jail.actions.find((id) => packetFilters.includes(id));
    if (jail.behind.length > 0 && filter !== undefined) {
      diagnostics.add(catalogue.behindPacketFilter, at, { jail: jail.name, action: filter });
    }
  }
}
