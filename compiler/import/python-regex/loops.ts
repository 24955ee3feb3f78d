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
  type Tag,
} from "./tree.ts";

export function unrollCaptures(body: Choice, remarks: string[]): Choice {
  const referred = new Set<number>();
  for (const node of nodesOf(body)) if (node.type === "back") referred.add(node.index);
  return unrollChoice(body, { remarks, referred });
}

/** Groups that say whose failure it is. */
const identities: ReadonlySet<string> = new Set(["fid", "ip4", "ip6", "dns", "mlfid"]);

interface Unrolling {
  readonly remarks: string[];
  readonly referred: ReadonlySet<number>;
}

function unrollChoice(choice: Choice, unrolling: Unrolling): Choice {
  return choice.map((sequence) =>
    sequence.flatMap((node): Sequence => {
      const inside = mapChoices(node, (inner) => unrollChoice(inner, unrolling));
      if (inside.type !== "repeat") return [inside];
      if (inside.max <= 1) return [writeOption(inside)];
      refuseAddresses(inside);
      const captures = capturesOf(inside.item);
      if (isNullable(inside.item)) {
        refuseReferred(
          captures,
          unrolling,
          "a reference to a group in a loop that may match nothing",
        );
        unrolling.remarks.push(remarkOf("may match nothing", captures));
      }
      if (captures.length === 0) return [inside];
      if (captures.every(({ index }) => isAlwaysSet(inside.item, index))) return [inside];
      return unroll(inside, captures, unrolling);
    }),
  );
}

/** A turn that takes nothing is one to Python, and none to JavaScript. */
function writeOption(option: Repeat): Node {
  const { item, min, mode, at } = option;
  if (min > 0 || mode === "possessive" || isNothingLast(item)) return option;
  const taken = item.type === "group" && item.label === undefined ? item.body : [[item]];
  return { type: "group", body: mode === "lazy" ? [[], ...taken] : [...taken, []], at };
}

/** Does it take something, or tries it everything else before it takes nothing? */
function isNothingLast(node: Node): boolean {
  if (!isNullable(node) || node.type === "anchor") return true;
  if (node.type === "repeat") return node.mode === "greedy" && isNothingLast(node.item);
  if (node.type !== "group" && node.type !== "atomic") return false;
  const first = node.body.findIndex((branch) => branch.every(isNullable));
  return first === node.body.length - 1 && (node.body[first] ?? []).every(isNothingLast);
}

function refuseReferred(captures: readonly Capture[], { referred }: Unrolling, what: string): void {
  const found = captures.find(({ index }) => referred.has(index));
  if (found === undefined) return;
  throw new Problem(what, found.at, "leave the group out, or write the turns one by one");
}

/** Whose failure it is may not depend on how a language forgets: the address must stand in every turn. */
function refuseAddresses({ item }: Repeat): void {
  for (const node of nodesOf([[item]])) {
    if (node.type !== "tag" || isAlwaysSet(item, node)) continue;
    const what = "an address in a loop that not every turn has";
    throw new Problem(what, node.at, "write one pattern for each place of the address");
  }
}

function unroll(loop: Repeat, captures: readonly Capture[], unrolling: Unrolling): Sequence {
  const what = "a group in a loop that not every turn sets";
  refuseReferred(captures, unrolling, what);
  if (loop.mode === "lazy" || loop.min > 1 || Number.isFinite(loop.max)) {
    const at = captures[0]?.at ?? loop.at;
    throw new Problem(what, at, "leave the group out, or write the turns one by one");
  }
  const turn = withoutCaptures(loop.item);
  const last = onlyWith([[loop.item]]);
  const who = captures.find(({ name }) => identities.has(name ?? ""));
  if (who !== undefined) {
    throw new Problem(what, who.at, "write one pattern for each place where the name can stand");
  }
  if (captures.length > 1) {
    unrolling.remarks.push(remarkOf("set different groups", captures));
  } else if (!isTold(loop.item)) {
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

/** `wanted`: the number of a capture, or a tag. */
function isAlwaysSet(node: Node, wanted: number | Tag): boolean {
  if (node === wanted || (node.type === "capture" && node.index === wanted)) return true;
  if (node.type === "repeat" && node.min === 0) return false;
  if (node.type === "look" && node.negative) return false;
  const choice = choicesOf(node);
  return (
    choice.length > 0 &&
    choice.every((sequence) => sequence.some((inner) => isAlwaysSet(inner, wanted)))
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
      if (node.type === "repeat") {
        const turn = oneNode(onlyWith([[node.item]]), node.at);
        return node.max === 1 ? turn : { ...node, min: Math.max(1, node.min), item: turn };
      }
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
