/**
 * Captures in loops: Python keeps what the last turn that set the group left there, JavaScript forgets it
 * at each turn.
 *
 * A group that every turn sets is the same in both. One that a turn may leave out is found by writing the
 * loop as the turns before the last that sets it, that one, and the turns behind it. Verdict and capture
 * are the same when the turns are told apart by a separator; else a remark says that the capture may differ. So it may around a turn that takes
 * nothing: Python ends the loop there, JavaScript tries it another way.
 */
import { Problem } from "./problem.ts";
import { takes } from "./takes.ts";
import {
  type Capture,
  type Choice,
  choicesOf,
  inOne,
  isNullable,
  mapChoices,
  type Node,
  nodesOf,
  oneNode,
  type Repeat,
  type Sequence,
} from "./tree.ts";

export function unrollCaptures(body: Choice, remarks: string[]): Choice {
  const referred = new Set<number>();
  for (const node of nodesOf(body)) if (node.type === "back") referred.add(node.index);
  return unrollChoice(body, { remarks, referred });
}

interface Unrolling {
  readonly remarks: string[];
  readonly referred: ReadonlySet<number>;
}

function unrollChoice(choice: Choice, unrolling: Unrolling): Choice {
  return choice.map((sequence) =>
    sequence.flatMap((node): Sequence => {
      const inside = mapChoices(node, (inner) => unrollChoice(inner, unrolling));
      if (inside.type !== "repeat" || inside.max <= 1) return [inside];
      const captures = capturesOf(inside.item);
      if (isNullable(inside.item)) unrolling.remarks.push(remarkOf("may match nothing", captures));
      if (captures.length === 0) return [inside];
      if (captures.every(({ index }) => isAlwaysSet(inside.item, index))) return [inside];
      return unroll(inside, captures, unrolling);
    }),
  );
}

function unroll(loop: Repeat, captures: readonly Capture[], unrolling: Unrolling): Sequence {
  const isReferred = captures.some(({ index }) => unrolling.referred.has(index));
  if (loop.mode === "lazy" || loop.min > 1 || isReferred || Number.isFinite(loop.max)) {
    throw new Problem(
      "a group in a loop that not every turn sets",
      captures[0]?.at ?? loop.at,
      "leave the group out, or write the turns one by one",
    );
  }
  const turn = withoutCaptures(loop.item);
  const last = onlyWith([[loop.item]]);
  if (!isTold(loop.item)) {
    unrolling.remarks.push(remarkOf("may be cut in several ways", captures));
  }
  const any: Repeat = { ...loop, min: 0, mode: "greedy", item: turn };
  const withIt: Sequence = [any, ...inOne(last), any];
  const written: Choice = [withIt, [{ ...loop, mode: "greedy", item: turn }]];
  return loop.mode === "possessive"
    ? [{ type: "atomic", body: written, at: loop.at }]
    : inOne(written);
}

function remarkOf(what: string, captures: readonly Capture[]): string {
  const names = captures.map(({ name }) => name ?? "a group").join(", ");
  const loop = names === "" ? "a loop" : `the loop around ${names}`;
  return `the turns of ${loop} ${what}: then what is captured may differ`;
}

function capturesOf(node: Node): Capture[] {
  const found = node.type === "capture" ? [node] : [];
  for (const inner of nodesOf(choicesOf(node))) if (inner.type === "capture") found.push(inner);
  return found;
}

function isAlwaysSet(node: Node, index: number): boolean {
  if (node.type === "capture" && node.index === index) return true;
  if (node.type === "repeat" && node.min === 0) return false;
  if (node.type === "look" && node.negative) return false;
  const choice = choicesOf(node);
  return (
    choice.length > 0 &&
    choice.every((sequence) => sequence.some((inner) => isAlwaysSet(inner, index)))
  );
}

export function withoutCaptures(node: Node): Node {
  const inside = mapChoices(node, (choice) =>
    choice.map((sequence) => sequence.map(withoutCaptures)),
  );
  return inside.type === "capture" ? oneNode(inside.body, inside.at) : inside;
}

/** What is left of a turn when one of its groups must take part. */
function onlyWith(choice: Choice): Choice {
  const kept = choice.filter((sequence) => sequence.some((node) => capturesOf(node).length > 0));
  return kept.map((sequence) =>
    sequence.map((node): Node => {
      if (capturesOf(node).length === 0 || node.type === "capture") return node;
      if (node.type === "repeat" && node.max === 1)
        return oneNode(onlyWith([[node.item]]), node.at);
      return node.type === "group" ? { ...node, body: onlyWith(node.body) } : node;
    }),
  );
}

/** Every turn ends in text whose first character nothing before it can take. */
function isTold(item: Node): boolean {
  return choicesOf(item.type === "group" ? item : oneNode([[item]], item.at)).every((sequence) => {
    let first = sequence.length;
    while (first > 0 && sequence[first - 1]?.type === "char") first--;
    const separator = sequence[first];
    if (separator?.type !== "char") return false;
    const before = [sequence.slice(0, first)];
    for (const node of nodesOf(before)) {
      if (node.type === "tag" || node.type === "back") return false;
      if (takes(node, separator.code)) return false;
    }
    return firstBranchesSet(before);
  });
}

/** Where a branch with the group and one without it both fit, the one with it must come first. */
function firstBranchesSet(choice: Choice): boolean {
  for (const node of nodesOf(choice)) {
    if (node.type !== "group") continue;
    const sets = node.body.map((branch) => branch.some((inner) => capturesOf(inner).length > 0));
    const without = sets.indexOf(false);
    if (without >= 0 && sets.includes(true, without)) return false;
  }
  return true;
}
