/**
 * Comments of a configuration file, for the places in the policy that come from where they stand.
 *
 * In: a place. Out: the comment lines right above it, each given once. A comment above `failregex` explains its first pattern, one between two
 * patterns the second.
 */
import type { IniFile } from "../config/ini.ts";

export class Comments {
  readonly #files: readonly IniFile[];
  readonly #given = new Set<string>();

  constructor(files: readonly IniFile[]) {
    this.#files = [...new Set(files)].sort((a, b) => a.base - b.base);
  }

  /** Comment lines directly above the line that holds the place. */
  above(place: number): string[] {
    const file = this.#files.findLast((one) => one.base <= place);
    if (file === undefined) return [];
    const { source } = file;
    let line = source.position(place - file.base).line - 1;
    const found: string[] = [];
    for (; line >= 1; line--) {
      const text = /^\s*[#;]+ ?(.*)$/.exec(source.line(line))?.[1];
      if (text === undefined || this.#isGiven(file, line)) break;
      this.#give(file, line);
      found.unshift(text.trimEnd());
    }
    return trimEmpty(found);
  }

  /** The file's first lines. */
  head(file: IniFile): string[] {
    return this.#block(file, 1);
  }

  /** The file's last lines. */
  tail(file: IniFile): string[] {
    let last = file.source.text.split("\n").length;
    while (last > 1 && file.source.line(last).trim() === "") last--;
    let first = last;
    while (first >= 1 && isComment(file.source.line(first)) && !this.#isGiven(file, first)) first--;
    return this.#block(file, first + 1);
  }

  /** Comment lines from `line` on. */
  #block(file: IniFile, line: number): string[] {
    const found: string[] = [];
    for (let at = line; ; at++) {
      const text = file.source.line(at);
      if (!isComment(text) || this.#isGiven(file, at)) break;
      this.#give(file, at);
      found.push(text.replace(/^\s*[#;]+ ?/, "").trimEnd());
    }
    return trimEmpty(found);
  }

  #isGiven(file: IniFile, line: number): boolean {
    return this.#given.has(`${file.base}:${line}`);
  }

  #give(file: IniFile, line: number): void {
    this.#given.add(`${file.base}:${line}`);
  }
}

function isComment(line: string): boolean {
  return /^\s*[#;]/.test(line);
}

function trimEmpty(lines: readonly string[]): string[] {
  let start = 0;
  let end = lines.length;
  while (start < end && lines[start] === "") start++;
  while (end > start && lines[end - 1] === "") end--;
  return lines.slice(start, end);
}
