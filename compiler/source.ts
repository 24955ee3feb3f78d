/**
 * Policy text and places in it.
 *
 * In: a file's name and its decoded text. Out: spans (offsets in UTF-16 code units) turned into
 * lines and columns. A `Source` is never changed after it was made, so a `Span` stays true for ever.
 */

/** A piece of one source: `start` inclusive, `end` exclusive, in UTF-16 code units. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Counted from 1, columns in UTF-16 code units, as editors and SARIF count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export class Source {
  readonly #lineStarts: number[] = [0];

  /** `name` is what diagnostics print: a path relative to the policy, or a module such as `std/sshd`. */
  constructor(
    readonly name: string,
    readonly text: string,
  ) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#lineStarts.push(at + 1);
    }
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** The text of a line counted from 1, without its line end. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return "";
    const next = this.#lineStarts[number];
    return this.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, "");
  }
}
