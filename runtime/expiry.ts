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

interface Entry extends Expiry {
  readonly order: number;
}

export class ExpiryHeap {
  readonly #entries: Entry[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that ends first; null: none. */
  first(): Expiry | null {
    return this.#entries[0] ?? null;
  }

  push(until: number, key: string): void {
    const entries = this.#entries;
    const entry = { until, key, order: this.#order };
    this.#order += 1;
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt];
      if (parent === undefined || !isBefore(entry, parent)) break;
      entries[at] = parent;
      at = parentAt;
    }
    entries[at] = entry;
  }

  pop(): Expiry | null {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first ?? null;
    let at = 0;
    for (;;) {
      const left = entries[2 * at + 1];
      const right = entries[2 * at + 2];
      const child =
        right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      entries[at] = child;
      at = child === right ? 2 * at + 2 : 2 * at + 1;
    }
    entries[at] = last;
    return first;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.until < b.until || (a.until === b.until && a.order < b.order);
}
