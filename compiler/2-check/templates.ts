/**
 * Templates: literal text with typed holes, as docs/matching.md section 5 reads them.
 *
 * In: a text of the tree, in a place where a template stands. Out: its parts with `let`s and
 * parameters filled in, or null after reporting. What holds afterwards: at most 64 alternatives, no
 * free hole beside another, `rest` last, every name once, `{message}` exactly once in frames only.
 */

import type { Part, PartHole, Parts, Template } from "../../schemas/policy.ts";
import type { Text } from "../1-read/ast.ts";
import { checkPatterns as catalogue } from "../diagnostics/catalogue/check-patterns.ts";
import type { Entry } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";
import { atOf, type Context, near } from "./context.ts";
import type { Scope } from "./scope.ts";
import { describeValue } from "./values.ts";

type Kind = PartHole["of"];

/** Built-in holes; those that capture do so under their own name. */
const builtinHoles: ReadonlyMap<string, { of: Kind; captures: boolean }> = new Map([
  ["address", { of: "address", captures: true }],
  ["user", { of: "user", captures: true }],
  ["host", { of: "host", captures: true }],
  ["port", { of: "port", captures: true }],
  ["pid", { of: "int", captures: true }],
  ["message", { of: "message", captures: true }],
  ["int", { of: "int", captures: false }],
  ["number", { of: "number", captures: false }],
  ["hex", { of: "hex", captures: false }],
  ["word", { of: "word", captures: false }],
  ["text", { of: "text", captures: false }],
  ["rest", { of: "rest", captures: false }],
  ["time", { of: "time", captures: false }],
]);

/** What may stand behind `NAME:`; `not CHARS` and words besides. */
const holeKinds: readonly Kind[] = [
  "word",
  "int",
  "number",
  "hex",
  "text",
  "address",
  "host",
  "port",
  "time",
];

/** Holes that take any text, and none. */
export const freeKinds: readonly Kind[] = ["user", "text", "rest", "message"];
/** Holes whose text the client may have written, unless marked `!`. */
export const clientKinds: readonly Kind[] = ["user", "text", "rest", "word", "not", "host"];

const alternativesMax = 64;

/** Parts nest; a `let` may bring many of them. Both are bounded before anything is built. */
const partsMax = 2_000;

export interface TemplateSetting {
  readonly context: Context;
  readonly scope: Scope;
  readonly isFrame: boolean;
}

/** Thrown inside this file only: the template was reported and has no meaning. */
class Refused extends Error {}

export function lowerTemplate(text: Text, setting: TemplateSetting): Template | null {
  const reader = new TemplateReader(setting);
  try {
    const parts = reader.read(text, setting.scope);
    checkParts(parts, text, setting, reader.places);
    return {
      kind: "template",
      source: text.raw.replace(/^["`]|["`]i?$/g, ""),
      ignoreCase: text.ignoreCase,
      parts,
      at: atOf(setting.context, text.at),
    };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

class TemplateReader {
  readonly #setting: TemplateSetting;
  /** The `let`s that are being filled in, by place: a second time is a cycle. */
  readonly #open: string[] = [];
  #count = 0;
  #depth = 0;
  /** Where each part stands in the file: for errors that are found once all parts are known. */
  readonly places = new Map<Part, Span>();

  constructor(setting: TemplateSetting) {
    this.#setting = setting;
  }

  read(text: Text, scope: Scope): Parts {
    const { parts } = this.#parts(text, 0, false, scope);
    return parts;
  }

  /** Reads up to the end, or inside `{?` up to the `}` that closes it, and says where it stopped. */
  #parts(text: Text, from: number, inside: boolean, scope: Scope): { parts: Part[]; end: number } {
    const parts: Part[] = [];
    const { value } = text;
    let literal = "";
    let at = from;
    const flush = () => {
      if (literal !== "") this.#push(parts, { kind: "text", text: literal }, text.at);
      literal = "";
    };
    while (at < value.length) {
      const unit = value[at];
      if (unit === "{" && value[at + 1] === "{") {
        literal += "{";
        at += 2;
      } else if (unit === "{") {
        flush();
        at = this.#hole(parts, text, at, scope);
      } else if (unit === "}" && inside) {
        flush();
        return { parts, end: at + 1 };
      } else if (unit === "}") {
        if (value[at + 1] !== "}") this.#refuse(catalogue.strayBrace, spanIn(text, at, at + 1), {});
        literal += "}";
        at += 2;
      } else {
        literal += unit;
        at++;
      }
    }
    if (inside) this.#refuse(catalogue.openHole, spanIn(text, from - 2, value.length), {});
    flush();
    return { parts, end: at };
  }

  #hole(parts: Part[], text: Text, open: number, scope: Scope): number {
    const { value } = text;
    if (value[open + 1] === "?") {
      if (++this.#depth > alternativesMax) {
        this.#refuse(catalogue.tooManyAlternatives, spanIn(text, open, open + 2), {});
      }
      const inner = this.#parts(text, open + 2, true, scope);
      this.#depth--;
      if (inner.parts.length === 0) {
        this.#refuse(catalogue.emptyHole, spanIn(text, open, inner.end), {});
      }
      this.#push(parts, { kind: "optional", parts: inner.parts }, text.at);
      return inner.end;
    }
    const close = value.indexOf("}", open);
    const nested = value.indexOf("{", open + 1);
    if (close < 0 || (nested >= 0 && nested < close)) {
      this.#refuse(catalogue.openHole, spanIn(text, open, nested < 0 ? value.length : nested), {});
    }
    this.#fill(parts, value.slice(open + 1, close), spanIn(text, open, close + 1), scope);
    return close + 1;
  }

  /** One hole without `?`: built in, a name with a kind, words, or what a name stands for. */
  #fill(parts: Part[], body: string, at: Span, scope: Scope): void {
    // A `let` without parts costs nothing but the way to it: that is counted too.
    this.#tally(at);
    if (body.trim() === "") this.#refuse(catalogue.emptyHole, at, {});
    const named = /^([A-Za-z_0-9][\w-]*):(.*)$/s.exec(body);
    if (named !== null) {
      const [, name = "", kind = ""] = named;
      if (builtinHoles.get(name)?.captures && !isOwnKind(name, kind)) {
        this.#refuse(catalogue.builtinRenamed, at, { name });
      }
      this.#push(parts, this.#kindHole(name, kind, at), at);
      return;
    }
    if (body.startsWith("not ") || body.includes("|")) {
      this.#push(parts, this.#kindHole(null, body, at), at);
      return;
    }
    const { word, vouched } = splitVouch(body);
    const builtin = builtinHoles.get(word);
    if (builtin !== undefined) {
      const hole = makeHole(builtin.captures ? word : null, builtin.of, vouched);
      this.#checkVouch(hole, at);
      this.#push(parts, hole, at);
      return;
    }
    this.#insert(parts, word, vouched, at, scope);
  }

  #kindHole(name: string | null, written: string, at: Span): PartHole {
    if (written.startsWith("not ")) {
      const chars = written.slice(4);
      if (chars === "") this.#refuse(catalogue.emptyHole, at, {});
      return { ...makeHole(name, "not", false), chars };
    }
    if (written.includes("|")) {
      const words = written.split("|");
      if (words.includes("")) this.#refuse(catalogue.emptyWord, at, {});
      return { ...makeHole(name, "words", false), words };
    }
    const { word, vouched } = splitVouch(written);
    const kind = holeKinds.find((one) => one === word);
    const special = word === name && builtinHoles.get(word)?.of;
    if (kind === undefined && !special) {
      this.#refuse(catalogue.unknownKind, at, near(word, holeKinds));
    }
    const hole = makeHole(name, kind ?? (special as Kind), vouched);
    this.#checkVouch(hole, at);
    return hole;
  }

  #insert(parts: Part[], word: string, vouched: boolean, at: Span, scope: Scope): void {
    const found = scope.find(word);
    if (found === null) {
      const known = [...builtinHoles.keys(), ...scope.names()];
      this.#refuse(catalogue.unknownHole, at, near(word, known));
    }
    if (vouched) this.#refuse(catalogue.vouchNothing, at, { what: `{${word}}` });
    const { binding } = found;
    if (binding.kind === "param") {
      if (binding.value === null) throw new Refused();
      const literal = literalOf(binding.value);
      if (literal === null || binding.type === "secret") {
        this.#refuse(catalogue.notInText, at, { name: word, found: describeValue(binding.value) });
      }
      if (literal !== "") this.#push(parts, { kind: "text", text: literal }, at);
      return;
    }
    const value = binding.let.value;
    if (value.type !== "text") {
      this.#refuse(catalogue.notInText, at, { name: word, found: describeValue(value) });
    }
    if (value.ignoreCase) this.#refuse(catalogue.suffixInLet, value.at, { name: word });
    const key = `${value.at.file}:${value.at.start}`;
    if (this.#open.includes(key)) this.#refuse(catalogue.holeCycle, at, { name: word });
    this.#open.push(key);
    for (const part of this.#parts(value, 0, false, found.scope).parts) {
      this.#push(parts, part, at);
    }
    this.#open.pop();
  }

  #checkVouch(hole: PartHole, at: Span): void {
    if (hole.vouched && !clientKinds.includes(hole.of)) {
      this.#refuse(catalogue.vouchNothing, at, { what: `{${hole.name ?? hole.of}}` });
    }
  }

  /** Adds a part; texts that meet become one. */
  #push(parts: Part[], part: Part, at: Span): void {
    this.#tally(at);
    if (!this.places.has(part)) this.places.set(part, at);
    const last = parts.at(-1);
    if (part.kind === "text" && last?.kind === "text") {
      parts[parts.length - 1] = { kind: "text", text: last.text + part.text };
    } else parts.push(part);
  }

  #tally(at: Span): void {
    if (++this.#count > partsMax) this.#refuse(catalogue.templateTooLarge, at, {});
  }

  #refuse<A>(entry: Entry<A>, at: Span, args: A): never {
    this.#setting.context.diagnostics.add(entry, at, args);
    throw new Refused();
  }
}

function makeHole(name: string | null, of: Kind, vouched: boolean): PartHole {
  return { kind: "hole", name, of, vouched, chars: null, words: null };
}

/** `{address:host}` names who it was whichever way it is written; `{user:word}` narrows the user. */
function isOwnKind(name: string, kind: string): boolean {
  if (name === "message") return false;
  if (name === "address" || name === "host") return /^(address|host)!?$/.test(kind);
  return true;
}

function splitVouch(body: string): { word: string; vouched: boolean } {
  return body.endsWith("!")
    ? { word: body.slice(0, -1), vouched: true }
    : { word: body, vouched: false };
}

export function spanIn(text: Text, from: number, to: number): Span {
  const start = text.offsets[Math.max(from, 0)] ?? text.at.start;
  return { file: text.at.file, start, end: text.offsets[to] ?? text.at.end };
}

/** What a plain value looks like inside a text, or null when it is no plain value. */
export function literalOf(value: import("../1-read/ast.ts").Value): string | null {
  if (value.type === "text") return value.value;
  if (value.type === "int" || value.type === "bool") return String(value.value);
  if (value.type === "duration" || value.type === "address") return value.text;
  if (value.type === "reference" && value.argument === null) return value.name.name;
  return null;
}

/** How many ways the optional parts can be taken or left. */
function countAlternatives(parts: Parts): number {
  let count = 1;
  for (const part of parts) {
    if (part.kind === "optional") count *= 1 + countAlternatives(part.parts);
    if (count > alternativesMax) return alternativesMax + 1;
  }
  return count;
}

/** Every way a template can be read, optional parts taken first, as docs/matching.md orders them. */
export function flatten(parts: Parts): (PartHole | { kind: "text"; text: string })[][] {
  let rows: (PartHole | { kind: "text"; text: string })[][] = [[]];
  for (const part of parts) {
    const choices = part.kind === "optional" ? [...flatten(part.parts), []] : [[part]];
    rows = rows.flatMap((row) => choices.map((choice) => [...row, ...choice]));
  }
  return rows;
}

function checkParts(
  parts: Parts,
  text: Text,
  setting: TemplateSetting,
  places: ReadonlyMap<Part, Span>,
): void {
  const { diagnostics } = setting.context;
  if (parts.length === 0) {
    diagnostics.add(catalogue.emptyPattern, text.at, {});
    throw new Refused();
  }
  if (countAlternatives(parts) > alternativesMax) {
    diagnostics.add(catalogue.tooManyAlternatives, text.at, {});
    throw new Refused();
  }
  const names = new Set<string>();
  for (const hole of holesOf(parts)) {
    if (hole.name !== null && names.has(hole.name)) {
      diagnostics.add(catalogue.holeTwice, places.get(hole) ?? text.at, { name: hole.name });
      throw new Refused();
    }
    if (hole.name !== null) names.add(hole.name);
    if (hole.of === "message" && !setting.isFrame) {
      diagnostics.add(catalogue.messageInRule, places.get(hole) ?? text.at, {});
      throw new Refused();
    }
  }
  for (const row of flatten(parts)) checkRow(row, text, setting, places);
}

function checkRow(
  row: readonly Part[],
  text: Text,
  setting: TemplateSetting,
  places: ReadonlyMap<Part, Span>,
): void {
  const { diagnostics } = setting.context;
  const isFree = (part: Part | undefined): part is PartHole =>
    part?.kind === "hole" && freeKinds.includes(part.of);
  for (const [i, part] of row.entries()) {
    const next = row[i + 1];
    if (isFree(part) && isFree(next)) {
      const of = (hole: PartHole) => `{${hole.name ?? hole.of}}`;
      diagnostics.add(catalogue.freeBesideFree, places.get(next) ?? text.at, {
        first: of(part),
        second: of(next),
      });
      throw new Refused();
    }
    if (part.kind === "hole" && part.of === "rest" && next !== undefined) {
      diagnostics.add(catalogue.restNotLast, places.get(part) ?? text.at, {});
      throw new Refused();
    }
  }
  if (!setting.isFrame) return;
  if (row.filter((part) => part.kind === "hole" && part.of === "message").length !== 1) {
    diagnostics.add(catalogue.frameWithoutMessage, text.at, {});
    throw new Refused();
  }
}

export function holesOf(parts: Parts): PartHole[] {
  return parts.flatMap((part) =>
    part.kind === "hole" ? [part] : part.kind === "optional" ? holesOf(part.parts) : [],
  );
}
