/**
 * One file of a Fail2ban configuration -> its sections.
 *
 * In: a source. Out: sections with their options in order, each value traced, and the comments. The dialect is that of
 * Python's ConfigParser: names of options without case, the first `=` or `:` parts name and value, a line that
 * is indented deeper goes on with the value, `#` and `;` begin a comment line, and ` ;` one behind a value.
 */
import { importing } from "../../diagnostics/catalogue/importing.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { Source } from "../../source.ts";
import { type Places, Traced } from "./traced.ts";

export interface Option {
  /** Lower case. */
  readonly name: string;
  readonly value: Traced;
  /** The place of the name. */
  readonly place: number;
  /** Comment lines right above the option, without their `#`. */
  readonly comments: readonly string[];
  /** Comment lines inside the value, each with the place where it stands. */
  readonly within: readonly Comment[];
}

export interface Comment {
  readonly place: number;
  readonly text: string;
}

export interface IniSection {
  readonly name: string;
  readonly place: number;
  readonly options: Map<string, Option>;
}

export interface IniFile {
  readonly source: Source;
  readonly base: number;
  /** In the order of the file; `DEFAULT` may stand in several pieces, and is one here. */
  readonly sections: Map<string, IniSection>;
  /** Comment lines before the first section. */
  readonly head: readonly string[];
  /** Comment lines behind the last option. */
  readonly tail: readonly string[];
}

interface Line {
  /** Without its line end and without what is a comment. */
  readonly value: Traced;
  readonly indent: number;
  readonly comment: Comment | null;
  /** A line of blanks alone, or of a comment alone. */
  readonly isBlank: boolean;
}

export function readIni(source: Source, places: Places, diagnostics: Diagnostics): IniFile {
  const reader = new IniReader(source, places, diagnostics);
  for (const line of linesOf(source.text, reader.base)) reader.take(line);
  return reader.finish();
}

class IniReader {
  readonly base: number;
  readonly #source: Source;
  readonly #diagnostics: Diagnostics;
  readonly #sections = new Map<string, IniSection>();
  #section: IniSection | null = null;
  #open: {
    name: string;
    place: number;
    parts: Traced[];
    within: Comment[];
    above: string[];
  } | null = null;
  #indent = Number.POSITIVE_INFINITY;
  #comments: Comment[] = [];
  #head: string[] | null = null;

  constructor(source: Source, places: Places, diagnostics: Diagnostics) {
    this.#source = source;
    this.#diagnostics = diagnostics;
    this.base = places.add(source);
  }

  take(line: Line): void {
    if (line.isBlank) {
      if (line.comment !== null) this.#comments.push(line.comment);
      // A blank line is a part of the value, so that it goes on behind; a comment line is none.
      else if (this.#open !== null) this.#open.parts.push(line.value);
      else this.#comments.push({ place: line.value.places[0] ?? this.base, text: "" });
      return;
    }
    if (this.#open !== null && line.indent > this.#indent) {
      this.#open.within.push(...this.#comments);
      this.#comments = [];
      this.#open.parts.push(line.value);
      return;
    }
    this.#close();
    this.#indent = line.indent;
    if (line.value.text.startsWith("[") && line.value.text.lastIndexOf("]") > 1) this.#begin(line);
    else this.#option(line);
  }

  #begin({ value }: Line): void {
    const name = value.text.slice(1, value.text.lastIndexOf("]"));
    const place = value.places[0] ?? this.base;
    if (this.#head === null) {
      this.#head = this.#comments.map((one) => one.text);
      this.#comments = [];
    }
    const known = this.#sections.get(name);
    if (known !== undefined && name !== "DEFAULT") {
      this.#diagnostics.add(importing.sectionTwice, this.#span(place, name.length + 2), { name });
    }
    this.#section = known ?? { name, place, options: new Map() };
    this.#sections.set(name, this.#section);
  }

  #option({ value }: Line): void {
    const parts = /^(.*?)\s*[=:]\s*/s.exec(value.text);
    const place = value.places[0] ?? this.base;
    const written = parts?.[1] ?? "";
    if (this.#section === null || written === "") {
      this.#diagnostics.add(importing.noOption, this.#span(place, value.text.length), {
        isBeforeSection: this.#section === null,
      });
      return;
    }
    const name = written.toLowerCase();
    if (this.#section.options.has(name)) {
      this.#diagnostics.add(importing.optionTwice, this.#span(place, written.length), {
        name,
        section: this.#section.name,
      });
    }
    const above = this.#comments.map((one) => one.text);
    this.#comments = [];
    const first = value.slice(parts?.[0].length ?? 0);
    this.#open = { name, place, parts: [first], within: [], above };
  }

  #close(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    this.#section?.options.set(open.name, {
      name: open.name,
      place: open.place,
      value: joinLines(open.parts, open.place),
      comments: lastBlock(open.above),
      within: open.within,
    });
  }

  finish(): IniFile {
    this.#close();
    return {
      source: this.#source,
      base: this.base,
      sections: this.#sections,
      head: this.#head ?? [],
      tail: this.#comments.map((one) => one.text),
    };
  }

  #span(place: number, units: number) {
    const start = place - this.base;
    return { file: this.#source.name, start, end: start + units };
  }
}

/** What stands above an option belongs to it when no blank line parts them. */
function lastBlock(comments: readonly string[]): string[] {
  return comments.slice(comments.lastIndexOf("") + 1);
}

/** Lines of a value with LF between, blank ones at the end cut. */
function joinLines(parts: readonly Traced[], place: number): Traced {
  let end = parts.length;
  while (end > 1 && parts[end - 1]?.isEmpty) end--;
  const text = parts.slice(0, end).map((part) => part.text);
  const places: number[] = [];
  for (const [index, part] of parts.slice(0, end).entries()) {
    if (index > 0) places.push(part.places[0] ?? places.at(-1) ?? place);
    places.push(...part.places);
  }
  return new Traced(text.join("\n"), places);
}

function* linesOf(text: string, base: number): Generator<Line> {
  const lineEnd = /\r\n|\r|\n/g;
  let start = 0;
  while (start < text.length) {
    lineEnd.lastIndex = start;
    const found = lineEnd.exec(text);
    const end = found?.index ?? text.length;
    yield readLine(text.slice(start, end), base + start);
    start = found === null ? text.length : end + found[0].length;
  }
}

function readLine(written: string, place: number): Line {
  const indent = written.length - written.trimStart().length;
  const traced = (from: number, to: number) =>
    new Traced(
      written.slice(from, to),
      Array.from({ length: Math.max(0, to - from) }, (_, at) => place + from + at),
    ).trim();
  const isComment = /^\s*[#;]/.test(written);
  // A comment line says something only behind its mark and one blank.
  if (isComment) {
    const text = written
      .trim()
      .replace(/^[#;]+ ?/, "")
      .trimEnd();
    return { value: traced(0, 0), indent, comment: { place: place + indent, text }, isBlank: true };
  }
  const inline = written.search(/(?<=\s);/);
  const value = traced(0, inline < 0 ? written.length : inline);
  return { value, indent, comment: null, isBlank: value.isEmpty };
}
