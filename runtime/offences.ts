/**
 * Who was banned before, and when: what ladders climb on.
 *
 * In: the bans of one jail. Out: how many an identity has had since some time. What must hold: memory is
 * bounded; who offended longest ago is forgotten first, and counted.
 */
import { offencesPerIdentityMax, offendersMax } from "./limits.ts";

/** Identity and the starts of its bans, milliseconds since 1970, the earliest first. */
export type OffenceRow = readonly [id: string, times: readonly number[]];

export class Offences {
  /** Identities forgotten because there were too many. */
  shed = 0;
  /** Most have offended once: those stand without an array. Arrays are never changed, only replaced. */
  readonly #times = new Map<string, number | readonly number[]>();

  constructor(
    readonly rememberMs: number,
    readonly offendersKept = offendersMax,
  ) {}

  add(id: string, time: number): void {
    const times = this.#times.get(id);
    this.#times.delete(id);
    this.#times.set(
      id,
      times === undefined ? time : [...listOf(times), time].slice(-offencesPerIdentityMax),
    );
    this.#forget(time);
  }

  /** Offences later than `since`. */
  count(id: string, since: number): number {
    return listOf(this.#times.get(id) ?? []).filter((time) => time > since).length;
  }

  /** The rows of this moment; they may be read later. */
  freeze(): Iterable<OffenceRow> {
    const ids = [...this.#times.keys()];
    const times = [...this.#times.values()];
    return (function* () {
      for (const [at, id] of ids.entries()) yield [id, listOf(times[at] ?? [])] as const;
    })();
  }

  restore(rows: readonly OffenceRow[]): void {
    let last = Number.NEGATIVE_INFINITY;
    for (const [id, times] of rows) {
      last = Math.max(last, times.at(-1) ?? last);
      const only = times.length === 1 ? times[0] : undefined;
      if (this.#times.has(id)) for (const time of times) this.add(id, time);
      else this.#times.set(id, only ?? times.slice(-offencesPerIdentityMax));
    }
    this.#forget(last);
  }

  /** The Map is in the order of the latest offence: what is over stands first. */
  #forget(now: number): void {
    for (const [id, times] of this.#times) {
      const isOver = latestOf(times) <= now - this.rememberMs;
      if (!isOver && this.#times.size <= this.offendersKept) return;
      if (!isOver) this.shed += 1;
      this.#times.delete(id);
    }
  }
}

function listOf(times: number | readonly number[]): readonly number[] {
  return typeof times === "number" ? [times] : times;
}

function latestOf(times: number | readonly number[]): number {
  return typeof times === "number" ? times : (times.at(-1) ?? 0);
}
