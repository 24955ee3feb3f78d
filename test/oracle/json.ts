/*
 * JSON by RFC 8259, read by hand so that two things survive that JSON.parse forgets: a key that
 * stands twice, and a number's digits as written. Text in, a tree out, or null when it is no JSON
 * or nests over 64 levels.
 */

export type Json =
  | { kind: "object"; entries: [string, Json][] }
  | { kind: "array"; items: Json[] }
  | { kind: "text"; text: string }
  | { kind: "number"; digits: string }
  | { kind: "bool"; value: boolean }
  | { kind: "null" };

const levelsMax = 64;
const blanks = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 excludes exactly these
const string = /"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*)"/y;
const words: [string, Json][] = [
  ["true", { kind: "bool", value: true }],
  ["false", { kind: "bool", value: false }],
  ["null", { kind: "null" }],
];

class NoJson extends Error {}

class JsonReader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): Json {
    const value = this.value(1);
    this.take(blanks);
    if (this.at !== this.text.length) throw new NoJson();
    return value;
  }

  private take(form: RegExp): string | null {
    form.lastIndex = this.at;
    const match = form.exec(this.text);
    if (match === null) return null;
    this.at = form.lastIndex;
    return match[0];
  }

  private takeSign(sign: string): boolean {
    this.take(blanks);
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private value(level: number): Json {
    if (this.takeSign("{")) return { kind: "object", entries: this.entries(level) };
    if (this.takeSign("[")) return { kind: "array", items: this.items(level) };
    const text = this.take(string);
    if (text !== null) return { kind: "text", text: decode(text) };
    const digits = this.take(number);
    if (digits !== null) return { kind: "number", digits };
    for (const [word, value] of words) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    throw new NoJson();
  }

  private entries(level: number): [string, Json][] {
    if (level > levelsMax) throw new NoJson();
    const entries: [string, Json][] = [];
    if (this.takeSign("}")) return entries;
    do {
      this.take(blanks);
      const key = this.take(string);
      if (key === null || !this.takeSign(":")) throw new NoJson();
      entries.push([decode(key), this.value(level + 1)]);
    } while (this.takeSign(","));
    if (!this.takeSign("}")) throw new NoJson();
    return entries;
  }

  private items(level: number): Json[] {
    if (level > levelsMax) throw new NoJson();
    const items: Json[] = [];
    if (this.takeSign("]")) return items;
    do {
      items.push(this.value(level + 1));
    } while (this.takeSign(","));
    if (!this.takeSign("]")) throw new NoJson();
    return items;
  }
}

/** Escapes undone; a surrogate without its partner becomes U+FFFD. */
function decode(quoted: string): string {
  return (JSON.parse(quoted) as string).replace(/\p{Surrogate}/gu, "\ufffd");
}

export function readJson(text: string): Json | null {
  try {
    return new JsonReader(text).read();
  } catch (error) {
    if (error instanceof NoJson) return null;
    throw error;
  }
}

/** What stands at a path; `twice`: a key on the way stands twice; null: nothing. */
export function valueAt(json: Json, path: readonly (string | number)[]): Json | "twice" | null {
  let here = json;
  for (const step of path) {
    if (typeof step === "number") {
      const item = here.kind === "array" ? here.items[step] : undefined;
      if (item === undefined) return null;
      here = item;
    } else {
      const found = here.kind === "object" ? here.entries.filter(([key]) => key === step) : [];
      if (found.length > 1) return "twice";
      if (found[0] === undefined) return null;
      here = found[0][1];
    }
  }
  return here.kind === "null" ? null : here;
}
