/**
 * Patterns of Python's that use everything the translator knows, with Fail2ban's tags around captures.
 *
 * Many of them are nonsense: what counts is that Python and f2b think the same of them.
 */
import type { Random } from "./grow-line.ts";

const atoms = [
  ..."aabbkKsSiI10 _-",
  "é",
  "\\.",
  "\\{",
  "\\x41",
  "\\u017f",
  "\\101",
  "\\-",
  "\\'",
  "]",
  "}",
  "{",
  "/",
  "<",
  "<b>",
];
const classes = [..."dDwWsS"].map((letter) => `\\${letter}`);
const sets = [
  "[a-k]",
  "[^a]",
  "[]a]",
  "[^]a-]",
  "[\\w.-]",
  "[^\\W_]",
  "[\\W\\d]",
  "[^\\s:]",
  "[\\S ]",
  "[^\\d\\s]",
  "[\\D1]",
  "[s-z]",
  "[^iK]",
  "[\\b\\x1c-\\x20]",
];
const anchors = ["^", "$", "\\b", "\\B", "\\A"];
const times = ["*", "+", "?", "{2}", "{,2}", "{1,}", "{1,3}", "*?", "+?", "??", "{,2}?"];
const possessive = ["*+", "++", "?+", "{1,2}+"];

export function pythonPattern(random: Random): string {
  return new Generator(random).pattern();
}

/** What Fail2ban makes of the tags. */
export function withoutOpenTags(pattern: string): string {
  return pattern
    .replace(/<F-(G\d+)>/g, (_all, name: string) => `(?P<${name.toLowerCase()}>`)
    .replace(/<\/F-G\d+>/g, ")")
    .replace(/\((?:\?:)?\(\?i\)/g, "(?i:");
}

class Generator {
  readonly #random: Random;
  #groups = 0;
  #closed: number[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  pattern(): string {
    const flags = this.#pick(["", "", "", "", "(?i)", "(?s)", "(?is)", "(?x)", "(?a)"]);
    const start = this.#pick(["^", "^", "", "\\A"]);
    const end = this.#pick([
      "$",
      "$",
      "",
      "\\s",
      "\\s+",
      "\\s*$",
      "[^a]",
      "\\s*\\Z",
      "[^x]$",
      "\\W",
    ]);
    return flags + start + this.#sequence(3) + end;
  }

  #choice(depth: number): string {
    const branches = 1 + (this.#random(3) === 0 ? 1 + this.#random(2) : 0);
    const out: string[] = [];
    const before = [...this.#closed];
    const after = new Set<number>();
    for (let i = 0; i < branches; i++) {
      this.#closed = [...before];
      out.push(this.#sequence(depth));
      for (const index of this.#closed) after.add(index);
    }
    this.#closed = [...after];
    return out.join("|");
  }

  #sequence(depth: number): string {
    const length = 1 + this.#random(4);
    return Array.from({ length }, () => this.#piece(depth)).join("");
  }

  #piece(depth: number): string {
    const kind = this.#random(depth > 0 ? 24 : 9);
    if (kind < 5) return this.#pick(atoms) === "" ? "" : this.#repeated(this.#pick(atoms), 4);
    if (kind < 7) return this.#repeated(this.#pick([...classes, ...sets, "."]), 2);
    if (kind < 8) return this.#pick(anchors);
    if (kind < 9) return this.#reference();
    if (kind < 14) return this.#repeated(this.#tagged(depth), 3);
    if (kind < 17) return this.#repeated(`(?:${this.#choice(depth - 1)})`, 2);
    if (kind < 18) return `(?${this.#pick(["=", "!"])}${this.#choice(depth - 1)})`;
    if (kind < 19)
      return `(?<${this.#pick(["=", "!"])}${this.#pick(["a", "\\w", "[^a]b", "\\s", "\\b"])})`;
    if (kind < 20) return `(?>${this.#choice(depth - 1)})`;
    if (kind < 21) return this.#pick(["\\w", "a", "[^a]"]) + this.#pick(possessive);
    if (kind < 22) return `(?${this.#pick(["i", "s", "-i", "i-s"])}:${this.#choice(depth - 1)})`;
    if (kind < 23) return this.#pick(["(?#why)", "((?i)ab)", "(?:(?i)k|s)"]);
    return this.#condition(depth);
  }

  #repeated(item: string, outOf: number): string {
    if (this.#random(outOf) !== 0 || item === "") return item;
    return (item.length > 2 && !/^[(<[\\]/.test(item) ? `(?:${item})` : item) + this.#pick(times);
  }

  #tagged(depth: number): string {
    const index = ++this.#groups;
    const body = this.#choice(depth - 1);
    this.#closed.push(index);
    return this.#random(4) === 0
      ? `(?:<F-G${index}>${body}</F-G${index}>)`
      : `<F-G${index}>${body}</F-G${index}>`;
  }

  #reference(): string {
    if (this.#closed.length === 0) return "a";
    return `(?P=g${this.#closed[this.#random(this.#closed.length)]})`;
  }

  #condition(depth: number): string {
    if (this.#closed.length === 0) return "b";
    const index = this.#closed[this.#random(this.#closed.length)];
    const no = this.#random(2) === 0 ? "" : `|${this.#sequence(depth - 1)}`;
    return `(?(g${index})${this.#sequence(depth - 1)}${no})`;
  }

  #pick(choices: readonly string[]): string {
    return choices[this.#random(choices.length)] ?? "";
  }
}
