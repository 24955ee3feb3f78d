/**
 * A sliding window for every identity of one ban sentence.
 *
 * In: failures with their times. Out: whether an identity has reached the count, and what it reached it
 * with. What must hold: a failure at time t counts those later than t - D; memory is bounded, the weakest
 * (fewest failures, then oldest) go first and are counted; no operation is slower than the count is high.
 *
 * Identities are rows and failures are cells of typed arrays; a Map leads from a key to its row. That is
 * about a hundred bytes for an identity with one failure, most of it the key.
 */

/** One failure in a window. */
export interface Counted {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly weight: number;
  /** Canonical, where the sentence must know later who it was. */
  readonly address: string | null;
  /** What `distinct` compares. */
  readonly value: string | null;
}

/** Plain data of one identity: key, and its failures, oldest first. */
export type WindowRow = readonly [key: string, counted: readonly Counted[]];

export interface WindowOptions {
  readonly withinMs: number;
  readonly count: number;
  readonly distinct: boolean;
  /** Identities held at most. */
  readonly rowsMax: number;
}

const none = -1;
/** Identities with this many failures or more are equally strong when something must go. */
const levels = 64;

export class Window {
  /** Identities shed because there were too many. */
  shed = 0;

  readonly #rowOf = new Map<string, number>();
  #keys: string[] = [];
  #first = new Int32Array(16).fill(none);
  #total = new Int32Array(16);
  /** Rows of one level form a list from the one touched longest ago to the latest. */
  #before = new Int32Array(16);
  #after = new Int32Array(16);
  readonly #oldest = new Int32Array(levels).fill(none);
  readonly #latest = new Int32Array(levels).fill(none);
  readonly #freeRows: number[] = [];

  #times = new Float64Array(16);
  #weights = new Int32Array(16);
  /** The next cell of the same row, older ones first; for a free cell the next free one. */
  #next = new Int32Array(16);
  #freeCell = none;
  #cells = 0;
  /** Only sentences that need them fill these. */
  #addresses: (string | null)[] = [];
  #values: (string | null)[] = [];

  constructor(readonly options: WindowOptions) {}

  get size(): number {
    return this.#rowOf.size;
  }

  /** Counts a failure. Returns true when the identity has reached the count. */
  add(key: string, failure: Counted): boolean {
    this.#dropOver(failure.time);
    let row = this.#rowOf.get(key);
    if (row === undefined) row = this.#addRow(key);
    else this.#unlink(row);
    this.#insert(row, failure);
    this.#prune(row);
    this.#link(row);
    return (this.#total[row] ?? 0) >= this.options.count;
  }

  /** Takes an identity's failures out, oldest first: they are used up. */
  use(key: string): Counted[] {
    const row = this.#rowOf.get(key);
    if (row === undefined) return [];
    const counted = this.#read(row);
    this.#unlink(row);
    this.#freeRow(row);
    return counted;
  }

  /**
   * Everything as plain data, weakest first, so that restoring in order sheds the right ones. The rows are those
   * of this moment, whenever they are read: copying the arrays is quick, making the rows is not.
   */
  freeze(): Iterable<WindowRow> {
    const copy = new Window(this.options);
    copy.#keys = this.#keys.slice();
    copy.#first = this.#first.slice();
    copy.#after = this.#after.slice();
    copy.#oldest.set(this.#oldest);
    copy.#times = this.#times.slice();
    copy.#weights = this.#weights.slice();
    copy.#next = this.#next.slice();
    copy.#addresses = this.#addresses.slice();
    copy.#values = this.#values.slice();
    return copy.#rows();
  }

  *#rows(): Iterable<WindowRow> {
    for (let level = 0; level < levels; level += 1) {
      for (let row = this.#oldest[level] ?? none; row !== none; row = this.#after[row] ?? none) {
        yield [this.#keys[row] ?? "", this.#read(row)];
      }
    }
  }

  restore(rows: readonly WindowRow[]): void {
    for (const [key, counted] of rows) for (const failure of counted) this.add(key, failure);
  }

  /** Identities whose last failure no window can count any more; a few a call, so that none stalls. */
  #dropOver(now: number): void {
    const limit = now - this.options.withinMs;
    for (let level = 0; level < levels; level += 1) {
      for (let dropped = 0; dropped < 2; dropped += 1) {
        const row = this.#oldest[level] ?? none;
        if (row === none || this.#newestTime(row) > limit) break;
        this.#unlink(row);
        this.#freeRow(row);
      }
    }
  }

  #newestTime(row: number): number {
    let time = Number.NEGATIVE_INFINITY;
    for (let cell = this.#first[row] ?? none; cell !== none; cell = this.#next[cell] ?? none) {
      time = this.#times[cell] ?? time;
    }
    return time;
  }

  #addRow(key: string): number {
    if (this.#rowOf.size >= this.options.rowsMax) this.#shedWeakest();
    let row = this.#freeRows.pop();
    if (row === undefined) {
      row = this.#keys.length;
      if (row >= this.#first.length) this.#growRows();
    }
    this.#keys[row] = key;
    this.#first[row] = none;
    this.#total[row] = 0;
    this.#rowOf.set(key, row);
    return row;
  }

  #shedWeakest(): void {
    for (let level = 0; level < levels; level += 1) {
      const row = this.#oldest[level] ?? none;
      if (row === none) continue;
      this.#unlink(row);
      this.#freeRow(row);
      this.shed += 1;
      return;
    }
  }

  #freeRow(row: number): void {
    for (let cell = this.#first[row] ?? none; cell !== none; ) {
      const next = this.#next[cell] ?? none;
      this.#releaseCell(cell);
      cell = next;
    }
    this.#rowOf.delete(this.#keys[row] ?? "");
    this.#keys[row] = "";
    this.#first[row] = none;
    this.#freeRows.push(row);
  }

  /** Puts a failure where its time belongs: sources are not always read in the order of their stamps. */
  #insert(row: number, failure: Counted): void {
    let { time } = failure;
    if (this.options.distinct) time = Math.max(time, this.#removeValue(row, failure.value));
    let before = none;
    let cell = this.#first[row] ?? none;
    while (cell !== none && (this.#times[cell] ?? 0) <= time) {
      before = cell;
      cell = this.#next[cell] ?? none;
    }
    const made = this.#takeCell();
    const weight = this.options.distinct ? 1 : Math.min(failure.weight, this.options.count);
    this.#times[made] = time;
    this.#weights[made] = weight;
    this.#next[made] = cell;
    if (failure.address !== null) this.#addresses[made] = failure.address;
    if (failure.value !== null) this.#values[made] = failure.value;
    if (before === none) this.#first[row] = made;
    else this.#next[before] = made;
    this.#total[row] = (this.#total[row] ?? 0) + weight;
  }

  /** A value counts once, at its latest time. Returns the time it had, or minus infinity. */
  #removeValue(row: number, value: string | null): number {
    let before = none;
    for (let cell = this.#first[row] ?? none; cell !== none; cell = this.#next[cell] ?? none) {
      if ((this.#values[cell] ?? null) === value) {
        const time = this.#times[cell] ?? 0;
        if (before === none) this.#first[row] = this.#next[cell] ?? none;
        else this.#next[before] = this.#next[cell] ?? none;
        this.#total[row] = (this.#total[row] ?? 0) - 1;
        this.#releaseCell(cell);
        return time;
      }
      before = cell;
    }
    return Number.NEGATIVE_INFINITY;
  }

  #prune(row: number): void {
    const limit = this.#newestTime(row) - this.options.withinMs;
    for (let cell = this.#first[row] ?? none; cell !== none; ) {
      if ((this.#times[cell] ?? 0) > limit) break;
      const next = this.#next[cell] ?? none;
      this.#total[row] = (this.#total[row] ?? 0) - (this.#weights[cell] ?? 0);
      this.#releaseCell(cell);
      this.#first[row] = next;
      cell = next;
    }
  }

  #read(row: number): Counted[] {
    const counted: Counted[] = [];
    for (let cell = this.#first[row] ?? none; cell !== none; cell = this.#next[cell] ?? none) {
      counted.push({
        time: this.#times[cell] ?? 0,
        weight: this.#weights[cell] ?? 0,
        address: this.#addresses[cell] ?? null,
        value: this.#values[cell] ?? null,
      });
    }
    return counted;
  }

  #level(row: number): number {
    return Math.min(this.#total[row] ?? 0, levels - 1);
  }

  #link(row: number): void {
    const level = this.#level(row);
    const latest = this.#latest[level] ?? none;
    this.#before[row] = latest;
    this.#after[row] = none;
    if (latest === none) this.#oldest[level] = row;
    else this.#after[latest] = row;
    this.#latest[level] = row;
  }

  /** Must be called before the row's total changes: the total says in which list it is. */
  #unlink(row: number): void {
    const level = this.#level(row);
    const before = this.#before[row] ?? none;
    const after = this.#after[row] ?? none;
    if (before === none) this.#oldest[level] = after;
    else this.#after[before] = after;
    if (after === none) this.#latest[level] = before;
    else this.#before[after] = before;
  }

  #takeCell(): number {
    if (this.#freeCell !== none) {
      const cell = this.#freeCell;
      this.#freeCell = this.#next[cell] ?? none;
      return cell;
    }
    if (this.#cells >= this.#times.length) {
      const length = this.#cells * 2;
      this.#times = grow(this.#times, new Float64Array(length));
      this.#weights = grow(this.#weights, new Int32Array(length));
      this.#next = grow(this.#next, new Int32Array(length));
    }
    this.#cells += 1;
    return this.#cells - 1;
  }

  #releaseCell(cell: number): void {
    if (this.#addresses[cell] !== undefined) this.#addresses[cell] = null;
    if (this.#values[cell] !== undefined) this.#values[cell] = null;
    this.#next[cell] = this.#freeCell;
    this.#freeCell = cell;
  }

  #growRows(): void {
    const length = this.#first.length * 2;
    this.#first = grow(this.#first, new Int32Array(length));
    this.#total = grow(this.#total, new Int32Array(length));
    this.#before = grow(this.#before, new Int32Array(length));
    this.#after = grow(this.#after, new Int32Array(length));
  }
}

function grow<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
