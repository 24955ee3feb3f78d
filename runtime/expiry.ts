/**
 * Which ban ends next: a binary heap by end, then by the order in which bans were made.
 *
 * What must hold: both operations take logarithmic time, so that a hundred thousand standing bans cost
 * nothing while none of them ends. A ban that was lifted or prolonged leaves its old entry behind; who
 * takes entries out checks that they still say the truth.
 */

export interface Expiry {
  readonly until: number;
  readonly key: string;
}

export class ExpiryHeap {
  // An entry in three arrays: objects of their own would be half of what a start makes of each ban.
  readonly #untils: number[] = [];
  readonly #keys: string[] = [];
  readonly #orders: number[] = [];
  #order = 0;

  get size(): number {
    return this.#keys.length;
  }

  /** The entry that ends first; null: none. */
  first(): Expiry | null {
    return this.size === 0 ? null : this.#entry(0);
  }

  push(until: number, key: string): void {
    const order = this.#order;
    this.#order += 1;
    let at = this.size;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(until, order, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, until, key, order);
  }

  pop(): Expiry | null {
    if (this.size === 0) return null;
    const first = this.#entry(0);
    const until = this.#untils.pop() ?? 0;
    const key = this.#keys.pop() ?? "";
    const order = this.#orders.pop() ?? 0;
    const { size } = this;
    if (size === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isEntryBefore(child + 1, child)) child += 1;
      if (this.#isBefore(until, order, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, until, key, order);
    return first;
  }

  clear(): void {
    this.#untils.length = 0;
    this.#keys.length = 0;
    this.#orders.length = 0;
  }

  #entry(at: number): Expiry {
    return { until: this.#untils[at] ?? 0, key: this.#keys[at] ?? "" };
  }

  #put(at: number, until: number, key: string, order: number): void {
    this.#untils[at] = until;
    this.#keys[at] = key;
    this.#orders[at] = order;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#untils[from] ?? 0, this.#keys[from] ?? "", this.#orders[from] ?? 0);
  }

  #isEntryBefore(a: number, b: number): boolean {
    return this.#isBefore(this.#untils[a] ?? 0, this.#orders[a] ?? 0, b);
  }

  #isBefore(until: number, order: number, at: number): boolean {
    const other = this.#untils[at] ?? 0;
    return until < other || (until === other && order < (this.#orders[at] ?? 0));
  }
}
