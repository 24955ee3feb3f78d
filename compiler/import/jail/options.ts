/**
 * What a jail says, for those who make statements of it: values with their places, and a note of what is lost.
 *
 * What must hold: whatever is not taken over is reported, and stands in `left`, for a comment in the jail.
 */
import type { Diagnostics, Entry } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../source.ts";
import type { JailUse } from "../config/read-jails.ts";
import { type Places, Traced } from "../config/traced.ts";

export class JailOptions {
  readonly use: JailUse;
  /** Comment lines. */
  readonly left: string[] = [];
  readonly #places: Places;
  readonly #diagnostics: Diagnostics;
  readonly #told: Set<string>;

  /** `told` is shared by all jails of one import. */
  constructor(use: JailUse, places: Places, diagnostics: Diagnostics, told: Set<string>) {
    this.use = use;
    this.#places = places;
    this.#diagnostics = diagnostics;
    this.#told = told;
  }

  /** Whether no jail has told it yet. */
  isNews(fact: string): boolean {
    if (this.#told.has(fact)) return false;
    this.#told.add(fact);
    return true;
  }

  value(name: string): Traced {
    return this.use.options.get(name)?.trim() ?? Traced.empty;
  }

  /** Empty: the jail does not say it. */
  text(name: string): string {
    return this.value(name).text;
  }

  isTrue(name: string, byDefault = false): boolean {
    const text = this.text(name);
    return text === "" ? byDefault : /^(?:1|on|true|yes)$/i.test(text);
  }

  report<A>(entry: Entry<A>, at: Traced | "jail", args: A): void {
    const span = at === "jail" || at.isEmpty ? this.use.at : this.#spanOf(at);
    this.#diagnostics.add(entry, span, args);
  }

  /** Reports it, and keeps it for the comment. */
  lose<A>(entry: Entry<A>, name: string, args: A): void {
    this.report(entry, this.value(name), args);
    this.left.push(`${name} = ${this.text(name).replaceAll("\n", "  ")}`);
  }

  /** As far as it stands in one piece. */
  #spanOf({ text, places }: Traced): Span {
    const [first = 0] = places;
    const broken = places.findIndex((place, index) => place !== first + index);
    const units = broken < 0 ? text.length : broken;
    return this.#places.span(first, Math.max(1, units));
  }
}
