/**
 * The last lines of everybody who failed lately: what `bans --why` shows.
 *
 * In: failures with the text of their record. Out: the lines of an identity. What must hold: memory is bounded in
 * identities, lines and bytes; who was seen longest ago is forgotten first. Lines of a standing ban are
 * taken out of here and kept with it.
 */
import { AgedMap } from "../aged-map.ts";
import { recentIdentitiesMax, recentLinesMax } from "../limits.ts";
import type { EvidenceLine } from "./evidence-lines.ts";

export class RecentLines {
  readonly #lines = new AgedMap<EvidenceLine[]>();

  add(who: string, line: EvidenceLine): void {
    const lines = this.#lines.get(who) ?? [];
    this.#lines.put(who, lines);
    lines.push(line);
    if (lines.length > recentLinesMax) lines.shift();
    if (this.#lines.size <= recentIdentitiesMax) return;
    const oldest = this.#lines.oldest();
    if (oldest !== null) this.#lines.take(oldest);
  }

  take(who: string): EvidenceLine[] {
    return this.#lines.take(who) ?? [];
  }
}
