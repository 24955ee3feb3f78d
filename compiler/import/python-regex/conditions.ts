/**
 * Conditions `(?(name)yes|no)` and references to groups that may be unset, which JavaScript does not have.
 *
 * What follows a group that may or may not take part is put into the branches that decide it, where it is
 * known: `A(b)?C(?(1)D|E)F` becomes `A(?:(b)CD|CE)F`. Branches are tried in the same order as before, so
 * that verdict and captures are the same. A reference to a group that is not set never matches.
 */
import { Problem } from "./problem.ts";
import {
  type Back,
  type Capture,
  type Choice,
  type Condition,
  choicesOf,
  inOne,
  mapChoices,
  type Node,
  nodesOf,
  type Repeat,
  type Sequence,
} from "./tree.ts";

const nodesMax = 4_000;

interface Path {
  readonly nodes: Sequence;
  readonly isSet: boolean;
}

/** What follows, given whether the group took part. */
type Rest = (isSet: boolean) => Sequence;

export function resolveConditions(body: Choice): Choice {
  let out = body;
  for (const index of referredIndexes(body)) {
    out = new Resolver(index).choice(out, false);
    if ([...nodesOf(out)].length > nodesMax) {
      throw new Problem("conditions that multiply", 0, "split the pattern into one for each case");
    }
  }
  const possible = out.filter((sequence) => !sequence.some(isFailure));
  return possible.length === 0 ? [[failure(0)]] : possible;
}

/** In the order of the groups: an outer condition is gone before what it holds is looked at. */
function referredIndexes(body: Choice): number[] {
  const found = new Set<number>();
  for (const node of nodesOf(body)) if (isUse(node)) found.add(node.index);
  return [...found].sort((a, b) => a - b);
}

function isUse(node: Node): node is Condition | Back {
  return node.type === "condition" || node.type === "back";
}

function isFailure(node: Node): boolean {
  return node.type === "look" && node.negative && node.body.some((branch) => branch.length === 0);
}

class Resolver {
  readonly #index: number;

  constructor(index: number) {
    this.#index = index;
  }

  choice(choice: Choice, inLoop: boolean): Choice {
    return choice.map((sequence) => this.#sequence(sequence, inLoop));
  }

  /** Goes down to where the group and its uses part. */
  #sequence(sequence: Sequence, inLoop: boolean): Sequence {
    const touched = sequence.filter((node) => this.#isGroup(node) || this.#uses(node));
    const place = sequence.findIndex((node) => this.#holdsGroup(node));
    const [first] = touched;
    if (first === undefined) return sequence;
    if (place < 0) return this.#with(sequence, false, inLoop);
    const holder = sequence[place];
    const isAlone = touched.every((node) => node === holder);
    if (holder !== undefined && isAlone && !this.#isGroup(holder)) {
      const isLoop = holder.type === "repeat" && holder.max > 1;
      const inside = mapChoices(holder, (choice) => this.choice(choice, inLoop || isLoop));
      return sequence.map((node, i) => (i === place ? inside : node));
    }
    if (inLoop && this.#truth(holder) === "maybe")
      throw inLoopProblem(touched.find(isUse) ?? first);
    // What stands behind the last use need not be known twice.
    const last = sequence.reduce((found, node, i) => (this.#uses(node) ? i : found), place);
    return [...this.#restOf(sequence.slice(0, last + 1), () => []), ...sequence.slice(last + 1)];
  }

  #restOf(sequence: Sequence, rest: Rest): Sequence {
    const place = sequence.findIndex((node) => this.#holdsGroup(node));
    const holder = sequence[place];
    if (holder === undefined) return [...this.#with(sequence, false, false), ...rest(false)];
    return [
      ...this.#with(sequence.slice(0, place), false, false),
      ...this.#node(holder, (isSet) => [
        ...this.#with(sequence.slice(place + 1), isSet, false),
        ...rest(isSet),
      ]),
    ];
  }

  #node(node: Node, rest: Rest): Sequence {
    const truth = this.#truth(node);
    if (truth !== "maybe") {
      const inside = mapChoices(node, (choice) => this.choice(choice, false));
      return [inside, ...rest(truth === "always")];
    }
    switch (node.type) {
      case "group":
        return this.#choice(node.body, node.at, rest);
      case "capture":
        return this.#capture(node, rest);
      case "repeat":
        return this.#optional(node, rest);
      default:
        throw new Problem(
          "a condition on a group within a look-around",
          node.at,
          "put the group outside of it",
        );
    }
  }

  #choice(choice: Choice, at: number, rest: Rest): Sequence {
    return oneOf(
      choice.map((sequence) => this.#restOf(sequence, rest)),
      at,
    );
  }

  #optional(node: Repeat, rest: Rest): Sequence {
    if (node.min !== 0 || node.max !== 1) throw inLoopProblem(node);
    const taken = this.#node(node.item, rest);
    const left = rest(false);
    return oneOf(node.mode === "lazy" ? [left, taken] : [taken, left], node.at);
  }

  /** What stands in another capture cannot take the rest in: its branches are captures of their own. */
  #capture(node: Capture, rest: Rest): Sequence {
    return oneOf(
      this.#paths(node.body).map(({ nodes, isSet }) => [
        { ...node, body: [nodes] },
        ...rest(isSet),
      ]),
      node.at,
    );
  }

  #paths(choice: Choice): Path[] {
    return choice.flatMap((sequence): Path[] => {
      const place = sequence.findIndex((node) => this.#holdsGroup(node));
      const holder = sequence[place];
      if (holder === undefined)
        return [{ nodes: this.#with(sequence, false, false), isSet: false }];
      const before = this.#with(sequence.slice(0, place), false, false);
      return this.#pathsOfNode(holder).map(({ nodes, isSet }) => ({
        nodes: [...before, ...nodes, ...this.#with(sequence.slice(place + 1), isSet, false)],
        isSet,
      }));
    });
  }

  #pathsOfNode(node: Node): Path[] {
    const truth = this.#truth(node);
    if (truth !== "maybe") {
      const inside = mapChoices(node, (choice) => this.choice(choice, false));
      return [{ nodes: [inside], isSet: truth === "always" }];
    }
    if (node.type === "group") return this.#paths(node.body);
    if (node.type === "repeat" && node.min === 0 && node.max === 1) {
      const taken = this.#pathsOfNode(node.item);
      const left = { nodes: [], isSet: false };
      return node.mode === "lazy" ? [left, ...taken] : [...taken, left];
    }
    if (node.type !== "capture") throw inLoopProblem(node);
    return this.#paths(node.body).map(({ nodes, isSet }) => ({
      nodes: [{ ...node, body: [nodes] }],
      isSet,
    }));
  }

  /** The uses with it known whether the group is set. */
  #with(sequence: Sequence, isSet: boolean, inLoop: boolean): Sequence {
    return sequence.flatMap((node): Sequence => {
      if (isUse(node) && node.index === this.#index) {
        if (inLoop && !isSet) throw inLoopProblem(node);
        if (node.type === "condition") return this.#with(isSet ? node.yes : node.no, isSet, inLoop);
        return isSet
          ? [node]
          : [{ ...node, type: "look", behind: false, negative: true, body: [[]] }];
      }
      const inside = (choice: Choice) =>
        choice
          .map((branch) => this.#with(branch, isSet, inLoop))
          .filter((branch) => isNegative(node) || !branch.some(isFailure));
      const mapped = mapChoices(node, (choice) => {
        const branches = inside(choice);
        return branches.length === 0 ? [[failure(node.at)]] : branches;
      });
      return [mapped];
    });
  }

  #isGroup(node: Node): node is Capture {
    return node.type === "capture" && node.index === this.#index;
  }

  #holdsGroup(node: Node): boolean {
    return this.#isGroup(node) || some(node, (inner) => this.#isGroup(inner));
  }

  #uses(node: Node): boolean {
    const isMine = (one: Node) => isUse(one) && one.index === this.#index;
    return isMine(node) || some(node, isMine) || some(node, (inner) => this.#isGroup(inner));
  }

  #truth(node: Node | undefined): "always" | "never" | "maybe" {
    if (node === undefined) return "never";
    if (this.#isGroup(node)) return "always";
    if (!this.#holdsGroup(node)) return "never";
    if (node.type === "look" && node.negative) return "never";
    const branches = choicesOf(node).map((sequence) => {
      const truths = sequence.map((inner) => this.#truth(inner));
      if (truths.includes("always")) return "always";
      return truths.includes("maybe") ? "maybe" : "never";
    });
    const [first = "never"] = branches;
    const truth = branches.every((one) => one === first) ? first : "maybe";
    return node.type === "repeat" && node.min === 0 ? "maybe" : truth;
  }
}

function some(node: Node, test: (inner: Node) => boolean): boolean {
  for (const inner of nodesOf(choicesOf(node))) if (test(inner)) return true;
  return false;
}

/** The branches that can match at all. */
function oneOf(branches: readonly Sequence[], at: number): Sequence {
  const possible = branches.filter((branch) => !branch.some(isFailure));
  return possible.length === 0 ? [failure(at)] : inOne(possible);
}

function isNegative(node: Node): boolean {
  return node.type === "look" && node.negative;
}

function failure(at: number): Node {
  return { type: "look", behind: false, negative: true, body: [[]], at };
}

function inLoopProblem(node: Node): Problem {
  return new Problem(
    node.type === "back" ? "a reference to a group in a loop" : "a condition on a group in a loop",
    node.at,
    "split the pattern into one for each case",
  );
}
