/**
 * The tree of a regular expression -> what a template says in its place, part by part.
 *
 * In: a translated tree and its captures' names. Out: parts in their order, and whether they are tied to the line's start and end; null where a part has no
 * counterpart that takes exactly the same. Whether parts that stand together mean the same is for `template.ts` to prove.
 */
import type { Capture, CharSet, Choice, Node, Repeat, Sequence } from "../python-regex/tree.ts";

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "optional"; readonly parts: readonly Part[] }
  | Hole;

export type Hole = Free | Words | Not | Who;

/** Anything but LF. */
export interface Free {
  readonly kind: "free";
  readonly name: string | null;
  /** As little as will do. */
  readonly isLazy: boolean;
}

export interface Words {
  readonly kind: "words";
  readonly name: string | null;
  readonly words: readonly string[];
}

/** One character or more, none of these. */
export interface Not {
  readonly kind: "not";
  readonly name: string | null;
  readonly chars: string;
}

export interface Who {
  readonly kind: "who";
  readonly name: "host" | "address";
}

export interface TemplateParts {
  readonly parts: readonly Part[];
  readonly isTiedAtStart: boolean;
  readonly isTiedAtEnd: boolean;
}

const fewChars = 4;

/** Thrown inside this file only: there is no counterpart. */
class NoPart extends Error {}

export function partsOf(
  tree: Choice,
  nameOf: (index: number) => string | null,
): TemplateParts | null {
  const [only, ...others] = tree;
  if (only === undefined || others.length > 0) return null;
  const isAnchor = (node: Node | undefined, where: "start" | "end") =>
    node?.type === "anchor" && node.where === where;
  let from = 0;
  let to = only.length;
  while (isAnchor(only[from], "start")) from++;
  while (to > from && isAnchor(only[to - 1], "end")) to--;
  try {
    const parts = new PartReader(nameOf).row(only.slice(from, to));
    return { parts, isTiedAtStart: from > 0, isTiedAtEnd: to < only.length };
  } catch (error) {
    if (error instanceof NoPart) return null;
    throw error;
  }
}

class PartReader {
  readonly #nameOf: (index: number) => string | null;

  constructor(nameOf: (index: number) => string | null) {
    this.#nameOf = nameOf;
  }

  row(sequence: Sequence): Part[] {
    const parts: Part[] = [];
    for (const part of sequence.flatMap((node) => this.#node(node))) {
      const last = parts.at(-1);
      if (part.kind === "text" && last?.kind === "text") {
        parts[parts.length - 1] = { kind: "text", text: last.text + part.text };
      } else parts.push(part);
    }
    return parts;
  }

  #node(node: Node): Part[] {
    switch (node.type) {
      case "char":
        return [{ kind: "text", text: charText(node.code) }];
      case "set":
        return [wordsOfSet(node)];
      case "group":
        return this.#choice(node.body, null);
      case "capture":
        return this.#capture(node);
      case "repeat":
        return this.#repeat(node, null);
      case "tag":
        if (node.tag !== "host" && node.tag !== "address") throw new NoPart();
        return [{ kind: "who", name: node.tag }];
      default:
        throw new NoPart();
    }
  }

  #choice(choice: Choice, name: string | null): Part[] {
    const [only, ...others] = choice;
    if (only !== undefined && others.length === 0 && name === null) return this.row(only);
    const words = choice.map((sequence) => textOf(sequence));
    // A single word has no hole of its own.
    if (words.length < 2 || words.includes(null) || words.includes("")) throw new NoPart();
    return [{ kind: "words", name, words: words.filter((word) => word !== null) }];
  }

  /** A capture is one hole; further places of a capture are a matter of regular expressions. */
  #capture({ index, body }: Capture): Part[] {
    const name = this.#nameOf(index);
    if (name === null) return this.#choice(body, null);
    if (/_[2-9]$/.test(name) || reserved.has(name)) throw new NoPart();
    const [only, ...others] = body;
    const [node, ...more] = only ?? [];
    const isOne = others.length === 0 && more.length === 0;
    if (isOne && node?.type === "repeat") return this.#repeat(node, name);
    return this.#choice(body, name);
  }

  #repeat(node: Repeat, name: string | null): Part[] {
    const { item, min, max, mode } = node;
    if (mode === "possessive") throw new NoPart();
    if (min === 0 && max === 1 && mode === "greedy" && name === null) {
      return [{ kind: "optional", parts: this.row([item]) }];
    }
    if (Number.isFinite(max)) throw new NoPart();
    if (item.type === "dot" && !item.all && min === 0) {
      return [{ kind: "free", name, isLazy: mode === "lazy" }];
    }
    if (item.type !== "set" || !item.negated || mode === "lazy" || min > 1) throw new NoPart();
    const hole: Not = { kind: "not", name, chars: charsOfSet(item) };
    if (min === 1) return [hole];
    // A capture of nothing is none.
    return [{ kind: "optional", parts: [hole] }];
  }
}

/** Holes of these names have a kind of their own. */
const reserved: ReadonlySet<string> = new Set(["address", "host", "port", "pid", "message"]);

/** A character as text; what is no text of its own, or may stand for bytes that are none, is refused. */
function charText(code: number): string {
  if (code < 0x20 || code === 0x7f || code === 0xfffd || (code >= 0xd800 && code <= 0xdfff)) {
    throw new NoPart();
  }
  return String.fromCodePoint(code);
}

function textOf(sequence: Sequence): string | null {
  let text = "";
  for (const node of sequence) {
    if (node.type !== "char") return null;
    text += charText(node.code);
  }
  // What parts words in a hole, or closes it.
  return /[|{}]/.test(text) ? null : text;
}

/** `[Ll]`: one of few characters. */
function wordsOfSet({ items, negated }: CharSet): Words {
  const words = items.map((item) => {
    if (!("from" in item) || item.from !== item.to) throw new NoPart();
    return textOf([{ type: "char", code: item.from, fold: false, at: 0 }]);
  });
  if (negated || words.length < 2 || words.length > fewChars || words.includes(null)) {
    throw new NoPart();
  }
  return { kind: "words", name: null, words: words.filter((word) => word !== null) };
}

/** What a negated set leaves out: single characters of ASCII; LF is in no message. */
function charsOfSet({ items }: CharSet): string {
  const chars = items.map((item) => {
    if (!("from" in item) || item.from !== item.to || item.from > 0x7e) throw new NoPart();
    return item.from === 0x0a ? "" : charText(item.from);
  });
  const text = chars.join("");
  if (text === "" || /[{}]/.test(text)) throw new NoPart();
  return text;
}
