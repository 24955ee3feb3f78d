/**
 * The end of the line: Fail2ban searches in the line and a final LF, f2b in the message without it.
 *
 * Whatever can take that LF as the last thing that a match (or a look-ahead) takes may find the end there
 * instead: `x\s` becomes `x(?:\s|$)`, `x\s+$` becomes `x\s*$`. A blank that must stand last is cut from
 * f2b's message too, so it is treated alike.
 */
import { lineFeed, matchesNothing } from "./line-feed.ts";
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

/** What can follow in the sequences around, all of which may take nothing. */
interface Behind {
  readonly nodes: Sequence;
  /** Another turn can follow, too. */
  readonly inLoop: boolean;
}

export function loosenEnd(body: Choice): Choice {
  for (const node of nodesOf(body)) if (isGreedyForever(node)) refuseAtomic(node, body);
  const settled = settleVeryEnds(body);
  return loosenLooks(new Loosening(true, hasInnerEnd(settled, false)).choice(settled, last));
}

const last: Behind = { nodes: [], inLoop: false };

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
function loosenLooks(choice: Choice): Choice {
  return choice.map((sequence) =>
    sequence.map((node) => {
      const isAhead = node.type === "look" && !node.behind;
      // What is asked behind it sees the look-aheads within as Python does: they come last.
      const loosened = isAhead
        ? { ...node, body: new Loosening(false, false).choice(node.body, last) }
        : node;
      return mapChoices(loosened, loosenLooks);
    }),
  );
}

function settleVeryEnds(choice: Choice): Choice {
  return choice.map((sequence) =>
    veryEnds(sequence).map((node) => mapChoices(node, settleVeryEnds)),
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

  choice(choice: Choice, outer: Behind): Choice {
    const branches = choice.flatMap((sequence) => {
      const loosened = this.#sequence(sequence, outer);
      const only = loosened.length === 1 ? loosened[0] : undefined;
      return only?.type === "group" && only.label === undefined ? only.body : [loosened];
    });
    // `x|\s|$` needs no second `$`.
    const firstEnd = branches.findIndex(isOnlyEnd);
    return branches.filter((branch, i) => !isOnlyEnd(branch) || i === firstEnd);
  }

  #sequence(sequence: Sequence, outer: Behind): Sequence {
    const out: Node[] = [];
    for (let i = sequence.length - 1; i >= 0; i--) {
      const node = sequence[i];
      if (node === undefined) break;
      const nodes = [...sequence.slice(i + 1), ...outer.nodes];
      out.unshift(...this.#node(node, { ...outer, nodes }));
      if (!isNullable(node)) return [...sequence.slice(0, i), ...out];
    }
    return out;
  }

  #node(node: Node, behind: Behind): Sequence {
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
  #one(node: Node, one: Node, behind: Behind): Sequence {
    const isBlank = this.#blanks && one.type === "char" && (one.code === 0x20 || one.code === 0x09);
    if (isBlank && behind.nodes.every(isAnchor)) this.#checkBlank(node, behind);
    else if (isBlank && !this.#hasInnerEnd && isLeftOut(behind)) {
      // What may follow the blank is not there: then it stands last, and is cut.
      return [{ type: "group", body: [[node], [endAt(node)]], at: node.at }];
    } else if (!takes(one, lineFeed)) return [node];
    // Where what follows cannot match behind the LF, nothing takes it.
    else if (matchesNothing(behind.nodes, 1) === "no") return [node];
    else checkBehind(node, behind);
    const end = endAt(node);
    if (node === one && one.type === "char" && one.code === lineFeed) return [end];
    if (endsAtEnd(behind)) {
      return [{ type: "repeat", min: 0, max: 1, mode: "greedy", item: node, at: node.at }];
    }
    return [{ type: "group", body: [[node], [end]], at: node.at }];
  }

  #checkBlank(node: Node, { nodes }: Behind): void {
    if (this.#hasInnerEnd) {
      // Without the blank the `$` would be at the end, where it never was.
      const why = "a blank at the end of a pattern with a `$` inside";
      throw new Problem(why, node.at, "leave the blank out, or the `$`");
    }
    // A border has a blank before it in Python, and here what stands before the blank.
    const border = nodes.find((one) => !isEnd(one));
    if (border !== undefined) throw borderProblem(border);
  }

  #repeat(node: Repeat, behind: Behind): Sequence {
    const { item, min } = node;
    const isOne = item.type === "char" || item.type === "set" || item.type === "dot";
    if (!isOne) return this.#turns(node, behind);
    if (min === 0 && takes(item, lineFeed)) checkBehind(node, behind);
    const loosened = min === 0 ? [node] : this.#one(node, item, behind);
    if (loosened[0] === node) return [node];
    // One of those that must be there may be the end itself.
    if (min === 1 && endsAtEnd(behind)) return [{ ...node, min: 0 }];
    const end = endAt(node);
    const fewer = min === 1 ? [] : [{ ...node, min: min - 1, max: min - 1 }];
    return inOne([[node], [...fewer, end]]);
  }

  /** The end is one turn's: where several must be, the others are as they were. */
  #turns(node: Repeat, behind: Behind): Sequence {
    const { item, min, max } = node;
    const isLoop = max > 1;
    const body = this.choice([[item]], isLoop ? { ...behind, inLoop: true } : behind);
    const turn = oneNode(body, node.at);
    if (min < 2 || JSON.stringify(turn) === JSON.stringify(item)) return [{ ...node, item: turn }];
    for (const inner of nodesOf([[item]])) {
      if (inner.type === "capture") {
        const why = "a group in a loop that can take the end of the line";
        throw new Problem(why, inner.at, "leave the group out, or write the turns one by one");
      }
    }
    return [{ ...node, min: min - 1, max: max - 1 }, turn];
  }
}

/** What is asked behind the LF has another answer before it, where f2b asks. */
function checkBehind(taker: Node, { nodes }: Behind): void {
  if (matchesNothing(nodes, 1) === "no" || matchesNothing(nodes, 0) === "yes") return;
  throw borderProblem(nodes.find((node) => !isEnd(node)) ?? taker);
}

function borderProblem(node: Node): Problem {
  return new Problem(
    "a border behind the end of the line",
    node.at,
    "leave it out, or let `$` stand before it",
  );
}

function endAt({ at }: Node): Node {
  return { type: "anchor", where: "end", at };
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

/** Parts that may be left out as a whole, and the end of the line: a run such as `.*` is hardly ever empty. */
function isLeftOut({ nodes }: Behind): boolean {
  const isOptional = (node: Node) => node.type === "repeat" && node.max === 1;
  return (
    nodes.every((node) => isAnchor(node) || isOptional(node)) && matchesNothing(nodes, 0) === "yes"
  );
}

/** Nothing but the end of the line follows. */
function endsAtEnd({ nodes, inLoop }: Behind): boolean {
  return !inLoop && nodes.some(isEnd) && nodes.every(isAnchor);
}
