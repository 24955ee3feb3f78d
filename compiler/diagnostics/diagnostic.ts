/**
 * A diagnostic as data: what was found, where, and the way out.
 *
 * In: a catalogue entry (`catalogue/*.ts`) and its arguments. Out: `Diagnostic`s collected in a
 * `Diagnostics`, sorted by place. Nothing here prints; `render.ts` does.
 */
import type { Span } from "../source.ts";

export type Severity = "error" | "warning" | "note";

/** A second place that belongs to the finding, with a few words that say why. */
export interface Label {
  readonly at: Span;
  readonly text: string;
}

/** A replacement that mends the finding. */
export interface Fix {
  readonly at: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** At most a short sentence, without the place. */
  readonly message: string;
  readonly at: Span;
  readonly labels: readonly Label[];
  /** The line to write, or the question to ask oneself. */
  readonly help?: string;
  readonly fix?: Fix;
}

/**
 * One code of the catalogue. `A` is what the message needs to know. Codes are never reused:
 * F2B1xxx reading, F2B2xxx checking, F2B3xxx planning, F2B4xxx lint.
 */
export interface Entry<A> {
  readonly code: string;
  readonly severity: Severity;
  readonly message: (args: A) => string;
  readonly help?: (args: A) => string | undefined;
  /** The page that `f2b explain-code` shows: what it means, why it matters, how to mend it. */
  readonly explain: string;
  /** A whole policy that raises the code, and the same policy mended. */
  readonly bad: string;
  readonly good: string;
}

/** Makes an entry; only here so that `A` is inferred once, at the entry. */
export function entry<A>(e: Entry<A>): Entry<A> {
  return e;
}

export class Diagnostics {
  readonly #all: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  /** Adds a finding; the same code at the same place is kept once. */
  add<A>(
    what: Entry<A>,
    at: Span,
    args: A,
    more: { labels?: readonly Label[]; help?: string; fix?: Fix } = {},
  ): void {
    const key = `${what.code} ${at.file} ${at.start} ${at.end}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const help = more.help ?? what.help?.(args);
    this.#all.push({
      code: what.code,
      severity: what.severity,
      message: what.message(args),
      at,
      labels: more.labels ?? [],
      ...(help === undefined ? {} : { help }),
      ...(more.fix === undefined ? {} : { fix: more.fix }),
    });
  }

  get count(): number {
    return this.#all.length;
  }

  get hasErrors(): boolean {
    return this.#all.some((one) => one.severity === "error");
  }

  /** All findings by file, place and code: the order does not depend on who found them first. */
  sorted(): Diagnostic[] {
    return [...this.#all].sort(
      (a, b) =>
        (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0) ||
        a.at.start - b.at.start ||
        a.at.end - b.at.end ||
        (a.code < b.code ? -1 : 1),
    );
  }
}
