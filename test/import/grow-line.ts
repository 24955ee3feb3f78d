/**
 * Lines for a pattern: grown from its tree, so that most match, and then hurt, so that some do not.
 */
import { takes } from "../../compiler/import/python-regex/takes.ts";
import type { Choice, Node, Sequence } from "../../compiler/import/python-regex/tree.ts";

/** From 0 up to but not including the number. */
export type Random = (below: number) => number;

/** Characters that regular expressions of two languages are likely to read in two ways. */
const odd = [
  ..."\x1c\x1f\x85\u00a0\u2028\ufeff\u017f\u212a\u0130\u0131\u00e9\u00c9\u0660\u00b2\u2167\u200b\u{1d7d8}\u{10400}\u0301\u00df",
];
const plain = [..."abfiksxyzABIKS0123456789 \t_-.,:;=<>()[]{}'\"/\\|+*?^$@#%"];
const pool = [...plain, ...odd];

export function growLine(body: Choice, random: Random): string {
  return new Grower(random).choice(body);
}

class Grower {
  readonly #random: Random;
  readonly #taken = new Map<number, string>();

  constructor(random: Random) {
    this.#random = random;
  }

  choice(choice: Choice): string {
    return this.#sequence(choice[this.#random(choice.length)] ?? []);
  }

  #sequence(sequence: Sequence): string {
    return sequence.map((node) => this.#node(node)).join("");
  }

  #node(node: Node): string {
    switch (node.type) {
      case "char":
      case "set":
      case "dot":
        return this.#character(node);
      case "group":
      case "atomic":
        return this.choice(node.body);
      case "capture": {
        const text = this.choice(node.body);
        this.#taken.set(node.index, text);
        return text;
      }
      case "repeat": {
        const most = Math.min(node.max, node.min + 3);
        const times = node.min + this.#random(most - node.min + 1);
        return Array.from({ length: times }, () => this.#node(node.item)).join("");
      }
      case "back":
        return this.#taken.get(node.index) ?? "";
      case "tag":
        return this.#pick(
          node.tag === "ip6" ? ["2001:db8::1"] : ["192.0.2.1", "203.0.113.77", "198.51.100.3"],
        );
      default:
        return "";
    }
  }

  #character(node: Node): string {
    if (node.type === "char" && this.#random(8) > 0) return String.fromCodePoint(node.code);
    const first = this.#random(4) > 0 ? plain : pool;
    for (let tries = 0; tries < 40; tries++) {
      const char = this.#pick(tries < 20 ? first : pool);
      if (takes(node, char.codePointAt(0) ?? 0)) return char;
    }
    if (node.type === "char") return String.fromCodePoint(node.code);
    const item = node.type === "set" ? node.items[0] : undefined;
    return item !== undefined && "from" in item ? String.fromCodePoint(item.from) : "";
  }

  #pick(choices: readonly string[]): string {
    return choices[this.#random(choices.length)] ?? "";
  }
}

/** One to three small injuries. */
export function hurtLine(line: string, random: Random): string {
  let chars = [...line];
  for (let left = 1 + random(3); left > 0; left--) {
    const at = random(chars.length + 1);
    const char = pool[random(pool.length)] ?? "";
    switch (random(4)) {
      case 0:
        chars.splice(at, 1);
        break;
      case 1:
        chars.splice(at, 0, char);
        break;
      case 2:
        chars.splice(at, 1, char);
        break;
      default:
        chars = random(2) === 0 ? chars.slice(0, at) : chars.slice(at);
    }
  }
  return chars.join("");
}

/** As f2b reads a message: no LF, no blanks or CR at its end. */
export function asMessage(line: string): string {
  return line.replace(/\n/g, "").replace(/[ \t\r]+$/, "");
}
