/**
 * Text that knows where each of its characters stands in the configuration.
 *
 * A value goes through two substitutions and is then cut into lines, and still a finding in the tenth
 * regular expression can point at the letter, in whatever file it was written. A place is the number that
 * `Places` gave to a character; text that was made, such as an argument, has the place of what asked for it.
 */
import type { Source, Span } from "../../source.ts";

export class Traced {
  static readonly empty = new Traced("", []);

  readonly text: string;
  /** The place of each UTF-16 unit of `text`. */
  readonly places: readonly number[];

  constructor(text: string, places: readonly number[]) {
    this.text = text;
    this.places = places;
  }

  /** All of the text at one place. */
  static at(text: string, place: number): Traced {
    return new Traced(text, new Array<number>(text.length).fill(place));
  }

  get isEmpty(): boolean {
    return this.text === "";
  }

  slice(start: number, end = this.text.length): Traced {
    return new Traced(this.text.slice(start, end), this.places.slice(start, end));
  }

  concat(other: Traced): Traced {
    return new Traced(this.text + other.text, [...this.places, ...other.places]);
  }

  /** With other text in the place of a part. */
  splice(start: number, end: number, by: Traced): Traced {
    return this.slice(0, start).concat(by).concat(this.slice(end));
  }

  /** Cut at line ends, which belong to no part. */
  lines(): Traced[] {
    const lines: Traced[] = [];
    let start = 0;
    for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", start)) {
      lines.push(this.slice(start, at));
      start = at + 1;
    }
    lines.push(this.slice(start));
    return lines;
  }

  trim(): Traced {
    const start = this.text.length - this.text.trimStart().length;
    return this.slice(start, Math.max(start, this.text.trimEnd().length));
  }
}

/** Numbers for the characters of all files that were read, and back. */
export class Places {
  readonly #files: { readonly source: Source; readonly base: number }[] = [];
  #next = 0;

  /** The place of the file's first character. */
  add(source: Source): number {
    const base = this.#next;
    this.#files.push({ source, base });
    this.#next += source.text.length + 1;
    return base;
  }

  span(place: number, units = 1): Span {
    const found = this.#files.findLast((one) => one.base <= place);
    if (found === undefined) return { file: "", start: 0, end: 0 };
    const start = place - found.base;
    return { file: found.source.name, start, end: start + units };
  }

  /** `file:line` of a place, for comments. */
  describe(place: number): string {
    const found = this.#files.findLast((one) => one.base <= place);
    if (found === undefined) return "";
    return `${found.source.name}:${found.source.position(place - found.base).line}`;
  }

  sources(): Map<string, Source> {
    return new Map(this.#files.map(({ source }) => [source.name, source]));
  }
}
