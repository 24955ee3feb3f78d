/**
 * Fail2ban's annotated sample logs, as Debian's package brings them -> what each line must give.
 *
 * In: the folder of the logs, read where it lies. Out: a run for each filter and set of options, its lines in order. Comment lines hold the
 * annotations: options for what follows, or what the next line must give; every other line must give nothing and says so in no annotation.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface Expectation {
  readonly match?: boolean;
  readonly host?: string;
  readonly time?: string | null;
  readonly constraint?: string;
  readonly [capture: string]: unknown;
}

export interface SampleLine {
  /** `sshd:17`. */
  readonly at: string;
  readonly text: string;
  /** Null: nothing is promised of it. */
  readonly expect: Expectation | null;
}

export interface SampleRun {
  readonly filter: string;
  readonly options: Readonly<Record<string, string>>;
  /** Before each line, of the journal's alone. */
  readonly prefix: string;
  readonly lines: SampleLine[];
}

type Options = Record<string, string>;

const annotation = /^#+ ?(failJSON|fileOptions|filterOptions|addFILE):([^\n]+)$/;

export function readSamples(folder: string): SampleRun[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => !name.startsWith(".") && statSync(join(folder, name)).isFile())
    .flatMap((name) => new SampleReader(folder, name).read());
}

class SampleReader {
  readonly #folder: string;
  readonly #name: string;
  readonly #runs = new Map<string, SampleRun>();
  readonly #files: string[];
  #common: Options = {};
  #active: Options[] = [];
  #isIgnored = false;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.#files = [name];
  }

  read(): SampleRun[] {
    // An annotation may add a file to the list while it is read.
    for (const file of this.#files) {
      const path = join(this.#folder, file);
      if (existsSync(path)) this.#readFile(file, readFileSync(path, "utf8").split("\n"));
    }
    return [...this.#runs.values()];
  }

  #readFile(file: string, lines: readonly string[]): void {
    for (let at = 0; at < lines.length; at++) {
      const [, kind, json = ""] = annotation.exec(lines[at] ?? "") ?? [];
      if (kind === "failJSON") {
        at++;
        this.#take(`${file}:${at + 1}`, lines[at] ?? "", JSON.parse(json) as Expectation);
      } else if (kind !== undefined) this.#setOptions(kind, JSON.parse(json));
      else if (!/^#|^\s*$/.test(lines[at] ?? "")) {
        this.#take(`${file}:${at + 1}`, lines[at] ?? "", null);
      }
    }
  }

  #setOptions(kind: string, value: unknown): void {
    if (kind === "addFILE") this.#files.push(String(value));
    else if (kind === "fileOptions") this.#common = value as Options;
    else {
      const all = (Array.isArray(value) ? value : [value]) as Options[];
      const merged = all.map((one) => ({ ...this.#common, ...one }));
      // Blocks for one of several filters of Fail2ban's own tests.
      this.#isIgnored = merged.some((one) => "test.condition" in one);
      this.#active = merged.filter((one) => !("test.condition" in one));
    }
  }

  #take(at: string, text: string, expect: Expectation | null): void {
    if (this.#isIgnored) return;
    const active = this.#active.length > 0 ? this.#active : [this.#common];
    for (const set of active) {
      if (expect?.constraint !== undefined && !this.#holds(expect.constraint, set)) continue;
      const entries = Object.entries(set).filter(([name]) => !name.startsWith("test."));
      const options = Object.fromEntries(entries.sort());
      const key = JSON.stringify([set["test.filter-name"] ?? "", options]);
      const isJournal = options["logtype"] === "journal";
      const prefix = isJournal ? (set["test.prefix-line"] ?? "") : "";
      const run = this.#runs.get(key) ?? { filter: this.#name, options, prefix, lines: [] };
      this.#runs.set(key, run);
      run.lines.push({ at, text: text.replace(/\r+$/, ""), expect });
    }
  }

  /** `opts.get('mode') == 'aggressive'`, `name == 'sshd'`, joined by `and` or `or`. */
  #holds(constraint: string, options: Options): boolean {
    const holds = (term: string): boolean => {
      const [, option, operator, value] =
        /^\s*(?:name|opts\.get\('(\w+)'\))\s*(==|!=)\s*'([^']*)'\s*$/.exec(term) ?? [];
      if (operator === undefined) throw new Error(`a constraint nobody can read: ${term}`);
      const actual = option === undefined ? this.#name : options[option];
      return (actual === value) === (operator === "==");
    };
    return constraint.split(/\bor\b/).some((part) => part.split(/\band\b/).every(holds));
  }
}
