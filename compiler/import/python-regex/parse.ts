/**
 * Python's regular expressions (`re` of Python 3.11, with Fail2ban's tags) into a tree.
 *
 * In: the pattern, its flags, and stretches of it that have a name. Out: the tree; a `Problem` for what
 * Python rejects. A global flag at the start of a group belongs to that group, which then captures
 * nothing: so Fail2ban reads it.
 */

import { type Label, labelChoice, labelSequence } from "./labels.ts";
import { checkLookBehind } from "./look-behind.ts";
import { itemsOf, parseSet, readEscape } from "./parse-characters.ts";
import { notPython, Problem } from "./problem.ts";
import { pythonGroups, readTag, roleOf, type TagText } from "./tags.ts";
import { type Choice, type Node, nodesOf, type Sequence } from "./tree.ts";

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
  readonly a: boolean;
}

const depthMax = 100;
const repeatMax = 4_294_967_294;

export function parsePython(
  pattern: string,
  flagText: string,
  labels: readonly Label[] = [],
): Choice {
  const start = readGlobalFlags(pattern, flagsOf(flagText));
  const parser = new Parser(pattern, start.index, labels);
  const body = parser.parseChoice(start.flags, 0);
  if (parser.index < pattern.length) throw notPython("unbalanced parenthesis", parser.index);
  for (const node of nodesOf(body)) {
    if (node.type === "condition" && node.index >= parser.groupCount) {
      throw notPython(`invalid group reference ${node.index}`, node.at);
    }
  }
  return body;
}

function flagsOf(text: string): Flags {
  return {
    i: text.includes("i"),
    m: text.includes("m"),
    s: text.includes("s"),
    x: text.includes("x"),
    a: text.includes("a"),
  };
}

function readGlobalFlags(pattern: string, flags: Flags): { flags: Flags; index: number } {
  let index = 0;
  let all = flags;
  for (;;) {
    const found = /^\(\?([aimsuxL]+)\)/.exec(pattern.slice(index, index + 12));
    if (found === null) break;
    if (found[1]?.includes("L"))
      throw notPython("cannot use LOCALE flag with a str pattern", index);
    all = withFlags(all, found[1] ?? "", "");
    index += found[0].length;
  }
  return { flags: all, index };
}

function withFlags(flags: Flags, add: string, remove: string): Flags {
  const has = (name: keyof Flags) =>
    (flags[name] || add.includes(name)) &&
    !remove.includes(name) &&
    !(name === "a" && add.includes("u"));
  return { i: has("i"), m: has("m"), s: has("s"), x: has("x"), a: has("a") };
}

class Parser {
  readonly pattern: string;
  index: number;
  groupCount = 1;
  readonly #names = new Map<string, number>();
  /** Groups that are not closed yet, and the tags among them. */
  readonly #open = new Set<number>();
  readonly #openTags: string[] = [];
  readonly #labels: readonly Label[];

  constructor(pattern: string, index: number, labels: readonly Label[]) {
    this.pattern = pattern;
    this.index = index;
    this.#labels = labels;
  }

  parseChoice(flags: Flags, depth: number): Choice {
    if (flags.a && flags.i) {
      throw new Problem("the flags a and i together", this.index, "write out both cases");
    }
    if (depth > depthMax) {
      throw new Problem("groups nest too deep", this.index, "split the pattern into several");
    }
    const branches: Sequence[] = [];
    const starts: number[] = [];
    do {
      starts.push(this.index);
      branches.push(this.#parseSequence(flags, depth));
    } while (this.#take("|"));
    return labelChoice(branches, [...starts, this.index], this.#labels);
  }

  #take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.index)) return false;
    this.index += text.length;
    return true;
  }

  #parseSequence(flags: Flags, depth: number): Sequence {
    const nodes: Node[] = [];
    const starts: number[] = [];
    while (this.index < this.pattern.length) {
      const at = this.index;
      // A repeat takes the place of what it repeats; a comment makes no node.
      starts.length = nodes.length;
      starts.push(at);
      const unit = this.pattern[at] ?? "";
      if (unit === "|" || unit === ")") break;
      if (flags.x && this.#skipVerbose(unit)) continue;
      if (unit === "<") {
        const tag = readTag(this.pattern, at);
        if (tag?.kind === "close" && this.#openTags.at(-1) === tag.name) break;
        if (tag?.kind === "close" && this.#openTags.includes(tag.name)) {
          throw new Problem("a tag that closes within a group", at, "close it where it was opened");
        }
        if (tag !== null && tag.kind !== "close") {
          nodes.push(this.#parseTag(tag, flags, depth));
          continue;
        }
      }
      if (unit === "(") {
        const group = this.#parseGroup(flags, depth);
        if (group !== null) nodes.push(group);
        continue;
      }
      if ("*+?{".includes(unit) && this.#parseRepeat(nodes, starts.at(-2) ?? at)) continue;
      nodes.push(this.#parseAtom(unit, flags));
    }
    starts.length = nodes.length;
    return labelSequence(nodes, [...starts, this.index], this.#labels);
  }

  #skipVerbose(unit: string): boolean {
    if (/[ \t\n\r\v\f]/.test(unit)) this.index++;
    else if (unit === "#") {
      const end = this.pattern.indexOf("\n", this.index);
      this.index = end < 0 ? this.pattern.length : end + 1;
    } else return false;
    return true;
  }

  #parseAtom(unit: string, flags: Flags): Node {
    const at = this.index;
    switch (unit) {
      case ".":
        this.index++;
        return { type: "dot", all: flags.s, at };
      case "^":
        this.index++;
        return { type: "anchor", where: flags.m ? "lineStart" : "start", at };
      case "$":
        this.index++;
        return { type: "anchor", where: flags.m ? "lineEnd" : "end", at };
      case "[": {
        const { set, end } = parseSet(this.pattern, at, flags.a);
        this.index = end;
        return { type: "set", ...set, fold: flags.i, at };
      }
      case "\\":
        return this.#parseEscape(flags);
      default: {
        const code = this.pattern.codePointAt(at) ?? 0;
        this.index += code > 0xffff ? 2 : 1;
        return { type: "char", code, fold: flags.i, at };
      }
    }
  }

  #parseEscape(flags: Flags): Node {
    const at = this.index;
    const { escape: found, end } = readEscape(this.pattern, at, false);
    this.index = end;
    switch (found.kind) {
      case "char":
        return { type: "char", code: found.code, fold: flags.i, at };
      case "class":
        return {
          type: "set",
          negated: false,
          items: itemsOf(found.item, flags.a),
          fold: false,
          at,
        };
      case "anchor":
        if (flags.a && (found.where === "word" || found.where === "notWord")) {
          throw new Problem("\\b with the flag a", at, "leave the flag out");
        }
        return { type: "anchor", where: found.where, at };
      case "back":
        return this.#back(found.index, flags, at);
    }
  }

  #back(index: number, flags: Flags, at: number): Node {
    if (index >= this.groupCount) throw notPython(`invalid group reference ${index}`, at + 1);
    if (this.#open.has(index)) throw notPython("cannot refer to an open group", at);
    return { type: "back", index, fold: flags.i, at };
  }

  /** False: the brace stands for itself. `start`: where the last node begins. */
  #parseRepeat(nodes: Node[], start: number): boolean {
    const at = this.index;
    const found = /^(?:([*+?])|\{(\d*)(?:(,)(\d*))?\})([?+]?)/.exec(
      this.pattern.slice(at, at + 40),
    );
    if (found === null || found[0].startsWith("{}")) return false;
    const [all, sign, low = "", comma, high = "", mark] = found;
    let [min, max] = sign === undefined ? braces(low, comma, high) : signs(sign);
    if (max > repeatMax) max = Number.POSITIVE_INFINITY;
    if (min > repeatMax) throw notPython("the repetition number is too large", at);
    if (max < min) throw notPython("min repeat greater than max repeat", at + 1);
    const item = nodes.pop();
    if (item === undefined || item.type === "anchor") throw notPython("nothing to repeat", at);
    if (item.type === "repeat") throw notPython("multiple repeat", at);
    this.index += all.length;
    const mode = mark === "?" ? "lazy" : mark === "+" ? "possessive" : "greedy";
    const [repeated = item] = labelSequence([item], [start, at], this.#labels);
    nodes.push({ type: "repeat", min, max, mode, item: repeated, at });
    return true;
  }

  #parseTag(tag: Exclude<TagText, { kind: "close" }>, flags: Flags, depth: number): Node {
    const at = this.index;
    this.index += tag.length;
    if (tag.kind === "whole") {
      for (const name of pythonGroups[tag.tag]) this.#addGroup(name, at);
      return { type: "tag", tag: tag.tag, at };
    }
    const index = this.#addGroup(tag.name, at);
    const group = {
      type: "capture",
      index,
      name: tag.name,
      role: roleOf(tag.name),
      isTag: true,
      at,
    } as const;
    if (tag.kind === "run") {
      const item = { kind: tag.name === "fid" ? "s" : "w", negated: tag.name === "fid" } as const;
      const set = { type: "set", negated: false, items: [item], fold: false, at } as const;
      const run = {
        type: "repeat",
        min: 1,
        max: Number.POSITIVE_INFINITY,
        mode: "greedy",
        item: set,
        at,
      } as const;
      return { ...group, body: [[run]] };
    }
    this.#openTags.push(tag.name);
    this.#open.add(index);
    const body = this.parseChoice(flags, depth + 1);
    const close = readTag(this.pattern, this.index);
    if (close?.kind !== "close") throw notPython(`tag of '${tag.name}' is never closed`, at);
    this.index += close.length;
    this.#openTags.pop();
    this.#open.delete(index);
    return { ...group, body };
  }

  #addGroup(name: string | null, at: number): number {
    const index = this.groupCount++;
    if (name === null) return index;
    if (this.#names.has(name)) throw notPython(`redefinition of group name '${name}'`, at);
    this.#names.set(name, index);
    return index;
  }

  #parseGroup(flags: Flags, depth: number): Node | null {
    const at = this.index;
    if (this.#skipComment(at)) return null;
    const scoped = /^\((?:\?:)?\(\?([aimsux]+)\)/.exec(this.pattern.slice(at, at + 16));
    if (scoped !== null) {
      this.index += scoped[0].length;
      return this.#closeGroup(withFlags(flags, scoped[1] ?? "", ""), depth, at);
    }
    this.index++;
    if (!this.#take("?")) return this.#capture(null, flags, depth, at);
    if (this.#take("P<")) return this.#capture(this.#readName(">"), flags, depth, at);
    if (this.#take("P=")) {
      const name = this.#readName(")");
      return this.#back(this.#numberOf(name, at), flags, at);
    }
    if (this.#take(":")) return this.#closeGroup(flags, depth, at);
    if (this.#take(">")) return { type: "atomic", body: this.#body(flags, depth, at), at };
    if (this.#take("(")) return this.#condition(flags, depth, at);
    const look = /^(<?)([=!])/.exec(this.pattern.slice(this.index, this.index + 2));
    if (look !== null) {
      this.index += look[0].length;
      const behind = look[1] === "<";
      const body = this.#body(flags, depth, at);
      if (behind) checkLookBehind(body, at);
      return { type: "look", behind, negative: look[2] === "!", body, at };
    }
    return this.#flagGroup(flags, depth, at);
  }

  #skipComment(at: number): boolean {
    if (!this.pattern.startsWith("(?#", at)) return false;
    const end = this.pattern.indexOf(")", at);
    if (end < 0) throw notPython("missing ), unterminated comment", at);
    this.index = end + 1;
    return true;
  }

  #flagGroup(flags: Flags, depth: number, at: number): Node {
    const found = /^([aimsuxL]*)(?:-([imsx]+))?([:)])/.exec(
      this.pattern.slice(this.index, this.index + 20),
    );
    if (found === null || (found[1] === "" && found[2] === undefined)) {
      throw notPython(`unknown extension ?${this.pattern[this.index] ?? ""}`, at + 1);
    }
    const [all, add = "", remove = "", end] = found;
    if (end === ")") throw notPython("global flags not at the start of the expression", at);
    if (add.includes("L"))
      throw notPython("bad inline flags: cannot use 'L' flag with a str pattern", at);
    if (add.includes("a") && add.includes("u")) {
      throw notPython("bad inline flags: flags 'a', 'u' and 'L' are incompatible", at);
    }
    if ([...add].some((flag) => remove.includes(flag))) {
      throw notPython("bad inline flags: flag turned on and off", at);
    }
    this.index += all.length;
    return this.#closeGroup(withFlags(flags, add, remove), depth, at);
  }

  #closeGroup(flags: Flags, depth: number, at: number): Node {
    return { type: "group", body: this.#body(flags, depth, at), at };
  }

  #body(flags: Flags, depth: number, at: number): Choice {
    // A tag opened outside cannot be closed in here, and the other way round.
    this.#openTags.push("");
    const body = this.parseChoice(flags, depth + 1);
    this.#openTags.pop();
    if (!this.#take(")")) throw notPython("missing ), unterminated subpattern", at);
    return body;
  }

  #capture(name: string | null, flags: Flags, depth: number, at: number): Node {
    const index = this.#addGroup(name, at);
    this.#open.add(index);
    const body = this.#body(flags, depth, at);
    this.#open.delete(index);
    return {
      type: "capture",
      index,
      name,
      role: name === null ? null : roleOf(name),
      isTag: false,
      body,
      at,
    };
  }

  #condition(flags: Flags, depth: number, at: number): Node {
    const text = this.#readName(")", true);
    const index = /^\d+$/.test(text) ? Number(text) : this.#numberOf(text, at);
    if (index === 0) throw notPython("bad group number", at);
    const body = this.#body(flags, depth, at);
    const [yes = [], no = [], third] = body;
    if (third !== undefined) throw notPython("conditional backref with more than two branches", at);
    return { type: "condition", index, yes, no, at };
  }

  #numberOf(name: string, at: number): number {
    const index = this.#names.get(name);
    if (index === undefined) throw notPython(`unknown group name '${name}'`, at);
    return index;
  }

  #readName(end: string, orNumber = false): string {
    const at = this.index;
    const stop = this.pattern.indexOf(end, at);
    if (stop < 0) throw notPython(`missing ${end}, unterminated name`, at);
    const name = this.pattern.slice(at, stop);
    if (name === "") throw notPython("missing group name", at);
    const isName = /^[\p{L}\p{Nl}_][\p{L}\p{N}\p{Mn}\p{Mc}\p{Pc}]*$/u.test(name);
    if (!isName && !(orNumber && /^\d+$/.test(name))) {
      throw notPython(`bad character in group name '${name}'`, at);
    }
    this.index = stop + end.length;
    return name;
  }
}

function signs(sign: string): [min: number, max: number] {
  return [sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY];
}

function braces(low: string, comma: string | undefined, high: string): [min: number, max: number] {
  const min = low === "" ? 0 : Number(low);
  if (comma === undefined) return [min, min];
  return [min, high === "" ? Number.POSITIVE_INFINITY : Number(high)];
}
