/**
 * Who is banned by any jail: for firewalls that hold an address once, whoever banned it.
 *
 * In: changes of all jails. Out: which addresses came and which are gone. What must hold: an address stays
 * as long as one jail wants it; only text that the strict parser made comes out.
 */
import type { FirewallChange, StandingAddress } from "../contract.ts";
import { formatPrefix, parsePrefix } from "../prefix.ts";

export class BannedAddresses {
  readonly #jailsOf = new Map<string, Set<string>>();

  /** Canonical, without `/32` and `/128`. */
  all(): IterableIterator<string> {
    return this.#jailsOf.keys();
  }

  has(address: string): boolean {
    return this.#jailsOf.has(address);
  }

  /** All that stands, in the place of what stood. */
  fill(bans: readonly StandingAddress[]): void {
    this.clear();
    this.take(bans.map(({ jail, address, until }) => ({ op: "add", jail, address, until })));
  }

  clear(): void {
    this.#jailsOf.clear();
  }

  /** Every address that changed, with whether it is banned now. */
  take(changes: readonly FirewallChange[]): Map<string, boolean> {
    const changed = new Map<string, boolean>();
    for (const { op, jail, address } of changes) {
      const prefix = parsePrefix(address);
      if (prefix === null) continue;
      const key = formatPrefix(prefix);
      const jails = this.#jailsOf.get(key) ?? new Set();
      const before = jails.size;
      if (op === "delete") jails.delete(jail);
      else jails.add(jail);
      if (jails.size === 0) this.#jailsOf.delete(key);
      else this.#jailsOf.set(key, jails);
      if (before === 0 || jails.size === 0) changed.set(key, jails.size > 0);
    }
    return changed;
  }
}
