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

  /** Who was seen last, and stands last already: an attacker's lines often come in a row. */
  #latest: { readonly who: string; readonly lines: EvidenceLine[] } | null = null;

  add(who: string, line: EvidenceLine): void {
    const lines = this.#linesOf(who);
    lines.push(line);
    if (lines.length > recentLinesMax) lines.shift();
    if (this.#lines.size <= recentIdentitiesMax) return;
    for (const oldest of this.#lines.keys()) {
      this.#lines.delete(oldest);
      break;
    }
  }

  #linesOf(who: string): EvidenceLine[] {
    if (this.#latest?.who === who) return this.#latest.lines;
    const lines = this.#lines.get(who) ?? [];
    this.#lines.delete(who);
    this.#lines.set(who, lines);
    this.#latest = { who, lines };
    return lines;
  }

  take(who: string): EvidenceLine[] {
    this.#latest = null;
    const lines = this.#lines.get(who) ?? [];
    this.#lines.delete(who);
    return lines;
  }
}
