/**
 * Who is never banned, and who is trusted as a proxy.
 *
 * In: what the policy names, and what each name stands for now. Out: answers about addresses and prefixes.
 * What must hold: an answer never waits for a disk or a network; what a name stands for is looked up
 * elsewhere (who-lists.ts) and put in with `refresh`.
 */
import type { WhoSpec } from "./contract.ts";
import { type Prefix, PrefixSet } from "./prefix.ts";

/** What somebody named in a policy stands for at present; never waits. */
export type LookUp = (who: WhoSpec) => readonly Prefix[];

export interface Protection {
  /** A canonical address. */
  covers(address: string): boolean;
  /** Whether a prefix holds an address that is covered. */
  meets(prefix: Prefix): boolean;
  /** Takes in what the names stand for now. */
  refresh(): void;
}

export function protect(who: readonly WhoSpec[], lookUp: LookUp): Protection {
  const collect = () => new PrefixSet(who.flatMap((one) => lookUp(one)));
  let members = collect();
  return {
    covers: (address) => members.covers(address),
    meets: (prefix) => members.meets(prefix),
    refresh: () => {
      members = collect();
    },
  };
}
