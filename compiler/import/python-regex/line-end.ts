/**
 * The end of the line: Fail2ban searches in the line and a final LF, f2b in the message without it.
 *
 * Whatever can take that LF as the last thing that a match (or a look-ahead) takes may find the end there
 * instead: `x\s` becomes `x(?:\s|$)`, `x\s+$` becomes `x\s*$`. A blank that must stand last is cut from
 * f2b's message too, so it is treated alike.
 */
import { Problem } from "./problem.ts";
import { takes } from "./takes.ts";
import {
  type Choice,
  inOne,
  isNullable,
  mapChoices,
  type Node,
  nodesOf,
  oneNode,
  type Repeat,
  type Sequence,
} from "./tree.ts";

const lineFeed = 0x0a;

export function loosenEnd(body: Choice): Choice {
  for (const node of nodesOf(body)) if (isGreedyForever(node)) refuseAtomic(node, body);
  return new Loosening(true, hasInnerEnd(body, false)).choice(lookAheads(body), []);
}

/** What gives nothing back and can take the LF leaves none for what follows: f2b has no LF to take. */
function refuseAtomic(atomic: Node, body: Choice): void {
  const inside =
    atomic.type === "repeat" ? [[atomic.item]] : atomic.type === "atomic" ? atomic.body : [];
  const takesLineFeed = [...nodesOf(inside)].some((node) => takes(node, lineFeed));
  const isLast = body.every((sequence) => sequence.at(-1) === atomic);
  if (!takesLineFeed || isLast) return;
  throw new Problem(
    "an atomic group that can take the end of the line",
    atomic.at,
    "let it give back, or keep the line's end out of it",
  );
}

function isGreedyForever(node: Node): boolean {
  return node.type === "atomic" || (node.type === "repeat" && node.mode === "possessive");
}

/** A look-ahead ends where it ends, wherever it stands; blanks in it are there to be seen. */
function lookAheads(choice: Choice): Choice {
  return choice.map((sequence) =>
    veryEnds(sequence).map((node) => {
      const inside = mapChoices(node, lookAheads);
      const isAhead = inside.type === "look" && !inside.behind;
      return isAhead
        ? { ...inside, body: new Loosening(false, false).choice(inside.body, []) }
        : inside;
    }),
  );
}

/** `\Z` is behind the final LF: it matches only behind what takes it. */
function veryEnds(sequence: Sequence): Sequence {
  return sequence.map((node, i): Node => {
    if (node.type !== "anchor" || node.where !== "veryEnd") return node;
    const before = sequence[i - 1];
    const taker = before?.type === "repeat" ? before.item : before;
    if (taker !== undefined && takes(taker, lineFeed)) return { ...node, where: "end" };
    throw new Problem("\\Z", node.at, "write `$`: at `\\Z` Fail2ban sees the line's end of line");
  });
}

/** Does a `$` stand before something that takes characters? `followed`: that stands behind the choice. */
function hasInnerEnd(choice: Choice, followed: boolean): boolean {
  return choice.some((sequence) =>
    sequence.some((node, i) => {
      const isBefore = followed || sequence.slice(i + 1).some((later) => !isAnchor(later));
      if (isEnd(node)) return isBefore;
      let found = false;
      mapChoices(node, (inside) => {
        found ||= hasInnerEnd(inside, isBefore || node.type === "repeat");
        return inside;
      });
      return found;
    }),
  );
}

class Loosening {
  readonly #blanks: boolean;
  readonly #hasInnerEnd: boolean;

  constructor(blanks: boolean, innerEnd: boolean) {
    this.#blanks = blanks;
    this.#hasInnerEnd = innerEnd;
  }

  /** `outer` is what follows in the sequences around. */
  choice(choice: Choice, outer: Sequence): Choice {
    const branches = choice.flatMap((sequence) => {
      const loosened = this.#sequence(sequence, outer);
      const only = loosened.length === 1 ? loosened[0] : undefined;
      return only?.type === "group" && only.label === undefined ? only.body : [loosened];
    });
    // `x|\s|$` needs no second `$`.
    const firstEnd = branches.findIndex(isOnlyEnd);
    return branches.filter((branch, i) => !isOnlyEnd(branch) || i === firstEnd);
  }

  #sequence(sequence: Sequence, outer: Sequence): Sequence {
    const out: Node[] = [];
    for (let i = sequence.length - 1; i >= 0; i--) {
      const node = sequence[i];
      if (node === undefined) break;
      out.unshift(...this.#node(node, [...sequence.slice(i + 1), ...outer]));
      if (!isNullable(node)) return [...sequence.slice(0, i), ...out];
    }
    return out;
  }

  #node(node: Node, behind: Sequence): Sequence {
    switch (node.type) {
      case "char":
      case "set":
      case "dot":
        return this.#one(node, node, behind);
      case "repeat":
        return this.#repeat(node, behind);
      case "group":
      case "capture":
      case "atomic":
        return [{ ...node, body: this.choice(node.body, behind) }];
      default:
        return [node];
    }
  }

  /** `node` must take one character of the kind of `one`. */
  #one(node: Node, one: Node, behind: Sequence): Sequence {
    const isBlank = this.#blanks && one.type === "char" && (one.code === 0x20 || one.code === 0x09);
    if (!takes(one, lineFeed) && !(isBlank && behind.every(isAnchor))) return [node];
    if (isBlank && this.#hasInnerEnd) {
      // Without the blank the `$` would be at the end, where it never was.
      const why = "a blank at the end of a pattern with a `$` inside";
      throw new Problem(why, node.at, "leave the blank out, or the `$`");
    }
    checkBehind(behind);
    const end: Node = { type: "anchor", where: "end", at: node.at };
    if (node === one && one.type === "char" && one.code === lineFeed) return [end];
    if (endsAtEnd(behind)) {
      return [{ type: "repeat", min: 0, max: 1, mode: "greedy", item: node, at: node.at }];
    }
    return [{ type: "group", body: [[node], [end]], at: node.at }];
  }

  #repeat(node: Repeat, behind: Sequence): Sequence {
    const { item, min } = node;
    const isOne = item.type === "char" || item.type === "set" || item.type === "dot";
    if (!isOne) return [{ ...node, item: oneNode(this.choice([[item]], behind), node.at) }];
    const loosened = min === 0 ? [node] : this.#one(node, item, behind);
    if (loosened[0] === node) return [node];
    // One of those that must be there may be the end itself.
    if (min === 1 && endsAtEnd(behind)) return [{ ...node, min: 0 }];
    const end: Node = { type: "anchor", where: "end", at: node.at };
    const fewer = min === 1 ? [] : [{ ...node, min: min - 1, max: min - 1 }];
    return inOne([[node], [...fewer, end]]);
  }
}

/** What is asked behind the LF has another answer before it. */
function checkBehind(behind: Sequence): void {
  for (const node of nodesOf([behind])) {
    if (node.type === "look" || (node.type === "anchor" && !isEnd(node))) {
      throw new Problem(
        "a border behind the end of the line",
        node.at,
        "leave it out, or let `$` stand before it",
      );
    }
  }
}

function isAnchor(node: Node): boolean {
  return node.type === "anchor";
}

function isEnd(node: Node): boolean {
  return node.type === "anchor" && (node.where === "end" || node.where === "lineEnd");
}

function isOnlyEnd(sequence: Sequence): boolean {
  return sequence.length > 0 && sequence.every(isEnd);
}

/** Nothing but the end of the line follows. */
function endsAtEnd(sequence: Sequence): boolean {
  return sequence.some(isEnd) && sequence.every(isAnchor);
}
