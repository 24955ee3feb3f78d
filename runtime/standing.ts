/**
 * The bans of one jail that stand now.
 *
 * In: bans made, prolonged and lifted. Out: which ban holds an address, and which has run out. What must
 * hold: one ban an identity; a standing ban is never shed; a hundred thousand of them cost a look-up no
 * more than one does.
 */
import { hasEnded } from "./ban-ladder.ts";
import type { IdentitySpec } from "./contract.ts";
import type { Ban } from "./decision.ts";
import { ExpiryHeap } from "./expiry.ts";
import { type Culprit, eachAddress, identify } from "./identity.ts";
import { parsePrefix } from "./prefix.ts";

export class StandingBans {
  readonly #bans = new Map<string, Ban>();
  readonly #ends = new ExpiryHeap();
  /** Every way in which somebody may be banned here; grows with prefixes that are banned by hand. */
  readonly #identities: IdentitySpec[] = [];
  readonly #known = new Set<string>();
  /** When the next ban ends; NaN: it must be looked for. */
  #next = Number.POSITIVE_INFINITY;

  constructor(identities: readonly IdentitySpec[]) {
    for (const identity of [eachAddress, ...identities]) this.#learn(identity);
  }

  get size(): number {
    return this.#bans.size;
  }

  get(id: string): Ban | undefined {
    return this.#bans.get(id);
  }

  values(): IterableIterator<Ban> {
    return this.#bans.values();
  }

  /** The ban that holds whoever it was at `time`; null: none. */
  find(culprit: Culprit, time: number): Ban | null {
    if (this.#bans.size === 0) return null;
    let before: string | null = null;
    for (const identity of this.#identities) {
      const id = identify(culprit, identity);
      // Whoever is one address whatever is asked is looked for once.
      if (id === null || id === before) continue;
      before = id;
      const ban = this.#bans.get(id);
      if (ban !== undefined && !hasEnded(ban.until, time)) return ban;
    }
    return null;
  }

  /** A new ban, or the same identity's with another end. */
  put(ban: Ban): void {
    this.#next = Number.NaN;
    this.#bans.set(ban.id, ban);
    if (ban.until !== null) this.#ends.push(ban.until, ban.id);
    // Every single address is looked for anyway: a hundred thousand of them are read at a start.
    const prefix = ban.address?.includes("/") ? parsePrefix(ban.address) : null;
    if (prefix === null) return;
    const { family } = prefix.address;
    this.#learn({
      kind: "address",
      ipv4: family === 4 ? prefix.length : 32,
      ipv6: family === 6 ? prefix.length : 128,
    });
  }

  delete(id: string): void {
    this.#next = Number.NaN;
    this.#bans.delete(id);
    this.#compact();
  }

  /** When the next ban ends; infinity: none does. */
  nextEnd(): number {
    if (Number.isNaN(this.#next)) {
      this.#dropOldEntries();
      this.#next = this.#ends.first()?.until ?? Number.POSITIVE_INFINITY;
    }
    return this.#next;
  }

  /** The ban that ends first, if it has ended at `now`; it stays until it is deleted. */
  firstEnded(now: number): Ban | null {
    if (this.nextEnd() > now) return null;
    return this.#bans.get(this.#ends.first()?.key ?? "") ?? null;
  }

  #dropOldEntries(): void {
    for (let first = this.#ends.first(); first !== null; first = this.#ends.first()) {
      if (this.#bans.get(first.key)?.until === first.until) return;
      this.#ends.pop();
    }
  }

  /** Many bans lifted or prolonged must not leave a heap of old entries behind. */
  #compact(): void {
    if (this.#ends.size < 1024 || this.#ends.size < 4 * this.#bans.size) return;
    this.#ends.clear();
    for (const ban of this.#bans.values()) {
      if (ban.until !== null) this.#ends.push(ban.until, ban.id);
    }
  }

  #learn(identity: IdentitySpec): void {
    const key = JSON.stringify(identity);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#identities.push(identity);
  }
}
