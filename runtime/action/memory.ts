/**
 * A firewall that only remembers: for trying a policy out, for tests and for the demonstration.
 *
 * In: changes. Out: nothing anywhere but here. It ends bans by its own clock, as the kernel's would.
 */
import type { DriverContext, Firewall, FirewallChange } from "../contract.ts";

export interface MemoryFirewall extends Firewall {
  /** What it holds at present, in the order in which it was added. */
  bans(): FirewallChange[];
}

export function memory(context: DriverContext, now: () => number = Date.now): MemoryFirewall {
  const held = new Map<string, FirewallChange>();
  const keyOf = (change: FirewallChange) => `${change.jail} ${change.address}`;

  function put(change: FirewallChange): void {
    if (change.op === "delete") held.delete(keyOf(change));
    else held.set(keyOf(change), change);
    context.log("debug", `memory: ${change.op} ${change.address} in ${change.jail}`);
  }

  function dropEnded(): void {
    for (const [key, { until }] of held) if (until !== null && until <= now()) held.delete(key);
  }

  return {
    name: "memory",
    async start(bans) {
      held.clear();
      for (const ban of bans) put(ban);
    },
    async apply(changes) {
      dropEnded();
      for (const change of changes) put(change);
    },
    async check(sample) {
      return sample.every((change) => held.has(keyOf(change)));
    },
    async stop(flush) {
      if (flush) held.clear();
    },
    bans: () => {
      dropEnded();
      return [...held.values()];
    },
  };
}
