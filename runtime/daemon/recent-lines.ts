/**
 * The last lines of everybody who failed lately: what `bans --why` shows.
 *
 * In: failures with the text of their record. Out: the lines of an identity. What must hold: memory is bounded in
 * identities, lines and bytes; who was seen longest ago is forgotten first. Lines of a standing ban are
 * taken out of here and kept with it.
 */
import { recentIdentitiesMax, recentLinesMax } from "../limits.ts";
import type { EvidenceLine } from "./evidence-lines.ts";

export class RecentLines {
  readonly #lines = new Map<string, EvidenceLine[]>();

  add(who: string, line: EvidenceLine): void {
    const lines = this.#lines.get(who) ?? [];
    this.#lines.delete(who);
    this.#lines.set(who, lines);
    lines.push(line);
    if (lines.length > recentLinesMax) lines.shift();
    if (this.#lines.size <= recentIdentitiesMax) return;
    for (const oldest of this.#lines.keys()) {
      this.#lines.delete(oldest);
      break;
    }
  }

  take(who: string): EvidenceLine[] {
    const lines = this.#lines.get(who) ?? [];
    this.#lines.delete(who);
    return lines;
  }
}
