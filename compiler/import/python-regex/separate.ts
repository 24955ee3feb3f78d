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
  /** The groups one of which a reference at this place means. */
  #current = new Map<number, readonly number[]>();
  #next: number;

  constructor(referred: ReadonlySet<number>, firstIndex: number) {
    this.#referred = referred;
    this.#next = firstIndex;
  }

  choice(choice: Choice): Choice {
    const before = this.#current;
    const after = new Map<number, readonly number[]>();
    const branches = choice.map((sequence) => {
      this.#current = new Map(before);
      const separated = sequence.flatMap((node) => this.#node(node));
      for (const [original, indexes] of this.#current) {
        after.set(original, [...new Set([...(after.get(original) ?? []), ...indexes])]);
      }
      return separated;
    });
    this.#current = after;
    return branches;
  }

  #node(node: Node): Sequence {
    if (node.type === "back") {
      const indexes = this.#current.get(node.index);
      if (indexes === undefined) throw new Problem("a reference forwards", node.at, "write it out");
      // One of them is set, and in JavaScript a reference to the others takes nothing.
      return indexes.map((index) => ({ ...node, index }));
    }
    const inside = mapChoices(node, (choice) => this.choice(choice));
    if (inside.type !== "capture" || !this.#referred.has(inside.index)) return [inside];
    const original = inside.index;
    const index = this.#seen.has(original) ? this.#next++ : original;
    this.#seen.add(original);
    this.#current.set(original, [index]);
    return [{ ...inside, index }];
  }
}
