/**
 * Text that knows where each of its characters stands in the configuration.
 *
 * A value goes through two substitutions and is then cut into lines, and still a finding in the tenth
 * regular expression can point at the letter, in whatever file it was written. A place is the number that
 * `Places` gave to a character; text that was made, such as an argument, has the place of what asked for it.
 */
import type { Source, Span } from "../../source.ts";

/** A stretch of a text that came from one option: what a person would name when they speak of it. */
export interface Mark {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** The place of the option's name. */
  readonly place: number;
}

export class Traced {
  static readonly empty = new Traced("", []);

  readonly text: string;
  /** The place of each UTF-16 unit of `text`. */
  readonly places: readonly number[];
  /** Stretches that lie whole in the text; of two one holds the other, or they do not meet. */
  readonly marks: readonly Mark[];

  constructor(text: string, places: readonly number[], marks: readonly Mark[] = []) {
    this.text = text;
    this.places = places;
    this.marks = marks;
  }

  /** All of the text at one place. */
  static at(text: string, place: number): Traced {
    return new Traced(text, new Array<number>(text.length).fill(place));
  }

  get isEmpty(): boolean {
    return this.text === "";
  }

  /** All of it marked as the value of an option. */
  named(name: string, place: number): Traced {
    if (this.isEmpty) return this;
    const mark = { name, start: 0, end: this.text.length, place };
    return new Traced(this.text, this.places, [...this.marks, mark]);
  }

  slice(start: number, end = this.text.length): Traced {
    const marks = this.marks.filter((mark) => mark.start >= start && mark.end <= end);
    return new Traced(
      this.text.slice(start, end),
      this.places.slice(start, end),
      marks.map((mark) => moved(mark, -start)),
    );
  }

  concat(other: Traced): Traced {
    const marks = [...this.marks, ...other.marks.map((mark) => moved(mark, this.text.length))];
    return new Traced(this.text + other.text, [...this.places, ...other.places], marks);
  }

  /** With other text in the place of a part; a stretch that holds the part holds the other text. */
  splice(start: number, end: number, by: Traced): Traced {
    const spliced = this.slice(0, start).concat(by).concat(this.slice(end));
    const grown = by.text.length - (end - start);
    const around = this.marks
      .filter((mark) => mark.start <= start && mark.end >= end)
      .map((mark) => ({ ...mark, end: mark.end + grown }));
    return new Traced(spliced.text, spliced.places, [...spliced.marks, ...around]);
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

function moved(mark: Mark, by: number): Mark {
  return { ...mark, start: mark.start + by, end: mark.end + by };
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
