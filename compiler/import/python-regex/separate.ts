/**
 * Groups that stand several times in the tree since a part of it was written out: each gets a number of its
 * own where a reference must tell them apart.
 */
import { Problem } from "./problem.ts";
import { type Choice, mapChoices, type Node, nodesOf, type Sequence } from "./tree.ts";

export function separateGroups(body: Choice, firstIndex: number): Choice {
  const referred = new Set<number>();
  for (const node of nodesOf(body)) if (node.type === "back") referred.add(node.index);
  return new Separator(referred, firstIndex).choice(body);
}

class Separator {
  readonly #referred: ReadonlySet<number>;
  readonly #seen = new Set<number>();
  /** The group that a reference at this place means. */
  readonly #current = new Map<number, number>();
  #next: number;

  constructor(referred: ReadonlySet<number>, firstIndex: number) {
    this.#referred = referred;
    this.#next = firstIndex;
  }

  choice(choice: Choice): Choice {
    return choice.map((sequence) => this.#sequence(sequence));
  }

  #sequence(sequence: Sequence): Sequence {
    return sequence.map((node) => this.#node(node));
  }

  #node(node: Node): Node {
    if (node.type === "back") {
      const index = this.#current.get(node.index);
      if (index === undefined) throw new Problem("a reference forwards", node.at, "write it out");
      return { ...node, index };
    }
    const inside = mapChoices(node, (choice) => this.choice(choice));
    if (inside.type !== "capture" || !this.#referred.has(inside.index)) return inside;
    const original = inside.index;
    const index = this.#seen.has(original) ? this.#next++ : original;
    this.#seen.add(original);
    this.#current.set(original, index);
    return { ...inside, index };
  }
}
