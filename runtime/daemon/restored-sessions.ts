/**
 * Sessions that the last run left, until the log they belong to is opened.
 *
 * In: rows as the journal has them, in order. Out: what they come to, a row a session, those seen longest
 * ago first.
 */
import type { LaneSessions } from "../intake.ts";
import type { SessionRow } from "../session.ts";

interface Known {
  readonly lane: number;
  readonly filter: string;
  readonly rows: Map<string, SessionRow>;
}

export class RestoredSessions {
  readonly #logs = new Map<string, Known[]>();

  add(log: string, { lane, filter, rows }: LaneSessions): void {
    const all = this.#logs.get(log) ?? [];
    this.#logs.set(log, all);
    let known = all.find((one) => one.lane === lane && one.filter === filter);
    if (known === undefined) {
      known = { lane, filter, rows: new Map() };
      all.push(known);
    }
    for (const row of rows) {
      known.rows.delete(row.key);
      if (row.party !== null || row.held.length > 0) known.rows.set(row.key, row);
    }
  }

  /** Those of one log, which are forgotten here. */
  take(log: string): LaneSessions[] {
    const all = this.#logs.get(log) ?? [];
    this.#logs.delete(log);
    return all.map(({ lane, filter, rows }) => ({ lane, filter, rows: [...rows.values()] }));
  }

  rows(): { readonly reader: string; readonly sessions: LaneSessions }[] {
    return [...this.#logs].flatMap(([reader, all]) =>
      all.map(({ lane, filter, rows }) => {
        return { reader, sessions: { lane, filter, rows: [...rows.values()] } };
      }),
    );
  }
}
