/** The in-memory firewall: for trying out and for tests. It holds what it is told, and bans nobody. */
import type { DriverContext, Firewall, StandingAddress } from "../contract.ts";

export function memory(context: DriverContext): Firewall {
  const bans = new Map<string, StandingAddress>();
  const keyOf = (ban: StandingAddress) => `${ban.jail}\0${ban.address}`;
  return {
    name: "memory",
    endsBans: false,
    async start(standing) {
      bans.clear();
      for (const ban of standing) bans.set(keyOf(ban), ban);
      context.log("info", `memory: ${bans.size} bans, in force nowhere`);
    },
    async apply(changes) {
      for (const change of changes) {
        if (change.op === "delete") bans.delete(keyOf(change));
        else bans.set(keyOf(change), change);
      }
    },
    async check(sample) {
      return sample.every((ban) => bans.has(keyOf(ban)));
    },
    async stop(flush) {
      if (flush) bans.clear();
    },
  };
}
