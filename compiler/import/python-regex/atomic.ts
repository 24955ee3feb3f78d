/**
 * Atomic groups and possessive quantifiers: a look-ahead, which gives nothing back, and a reference to
 * what it took. Where what follows could not use what is given back the plain form is the same.
 */
import { type Choice, mapChoices, type Node, type Sequence } from "./tree.ts";

export function writeAtomic(body: Choice, firstIndex: number): Choice {
  return new Writer(firstIndex).choice(body);
}

class Writer {
  #next: number;

  constructor(firstIndex: number) {
    this.#next = firstIndex;
  }

  choice(choice: Choice): Choice {
    return choice.map((sequence) => sequence.flatMap((node) => this.#node(node)));
  }

  #node(node: Node): Sequence {
    const inside = mapChoices(node, (choice) => this.choice(choice));
    if (inside.type === "atomic") return this.#once(inside.body, inside.at);
    if (inside.type !== "repeat" || inside.mode !== "possessive") return [inside];
    return this.#once([[{ ...inside, mode: "greedy" }]], inside.at);
  }

  #once(body: Choice, at: number): Sequence {
    const index = this.#next++;
    const capture = {
      type: "capture",
      index,
      name: null,
      role: null,
      isTag: false,
      body,
      at,
    } as const;
    return [
      { type: "look", behind: false, negative: false, body: [[capture]], at },
      { type: "back", index, fold: false, at },
    ];
  }
}
