/**
 * Templates into flat alternatives: docs/matching.md section 5, carried out at compile time.
 *
 * In: a checked template. Out: rows of literals and holes without optional parts, in the order in
 * which they are tried, each cut at its free holes into what is matched from the left, what is
 * matched from the right, and the segments between. Adjacent literals are one.
 */
import type { Part, PartHole, Parts } from "../../schemas/policy.ts";
import type { Alternative, Op } from "./plan-types.ts";

export const alternativesMax = 64;

type Flat = (PartHole | { readonly kind: "text"; readonly text: string })[];

const freeKinds: ReadonlySet<PartHole["of"]> = new Set(["user", "text", "rest", "message"]);

/**
 * How many rows a template has; counted first, so that a hostile policy cannot make them all. The
 * parts inside a part that is left out do not vary.
 */
export function countAlternatives(parts: Parts): number {
  let count = 1;
  for (const part of parts) {
    if (part.kind === "optional") count *= 1 + countAlternatives(part.parts);
    if (count > alternativesMax) return Number.POSITIVE_INFINITY;
  }
  return count;
}

/** "All taken" first, earlier parts taken before later ones. */
export function flatten(parts: Parts): Flat[] {
  let rows: Flat[] = [[]];
  for (const part of parts) {
    const choices: Flat[] = part.kind === "optional" ? [...flatten(part.parts), []] : [[part]];
    rows = rows.flatMap((row) => choices.map((choice) => append(row, choice)));
  }
  return rows;
}

function append(row: Flat, more: Flat): Flat {
  const joined = [...row];
  for (const part of more) {
    const last = joined.at(-1);
    if (part.kind === "text" && last?.kind === "text") {
      joined[joined.length - 1] = { kind: "text", text: last.text + part.text };
    } else {
      joined.push(part);
    }
  }
  return joined;
}

/** Cuts a row at its free holes; 2-check has seen to it that no two stand side by side. */
export function cut(row: Flat, slotOf: (hole: PartHole) => number): Alternative {
  const frees = row.flatMap((part, i) => (isFree(part) ? [i] : []));
  const first = frees[0];
  const last = frees.at(-1);
  if (first === undefined || last === undefined) {
    return { left: forward(row, false, slotOf), right: [], free: null };
  }
  const segments = frees.slice(1).map((next, i) => ({
    ops: forward(row.slice((frees[i] ?? 0) + 1, next), true, slotOf),
    slot: slotOf(row[next] as PartHole),
  }));
  if (segments.some((segment) => segment.ops.length === 0)) {
    throw new RangeError("2-check lets no template through in which two free holes meet");
  }
  return {
    left: forward(row.slice(0, first), false, slotOf),
    right: backward(row.slice(last + 1), slotOf),
    free: { slot: slotOf(row[first] as PartHole), segments },
  };
}

function isFree(part: Part): boolean {
  return part.kind === "hole" && freeKinds.has(part.of);
}

/** `open`: a free hole stands before the first part. */
function forward(row: Flat, open: boolean, slotOf: (hole: PartHole) => number): Op[] {
  return takeNeighbours(row.map((part, i) => toOp(part, row[i + 1], i === 0 && open, slotOf)));
}

function backward(row: Flat, slotOf: (hole: PartHole) => number): Op[] {
  const ops = row.map((part, i) => toOp(part, row[i - 1], i === 0, slotOf));
  return takeNeighbours(ops.reverse());
}

/** The literal behind a hole is taken with the hole, not once more by itself. */
function takeNeighbours(ops: readonly Op[]): Op[] {
  return ops.filter((op, i) => op.op === "hole" || ops[i - 1]?.op !== "hole");
}

function toOp(
  part: Flat[number],
  neighbour: Flat[number] | undefined,
  open: boolean,
  slotOf: (hole: PartHole) => number,
): Op {
  if (part.kind === "text") return { op: "text", text: part.text };
  if (isFree(part)) throw new Error("a free hole is not matched by an operation");
  return {
    op: "hole",
    of: part.of as Extract<Op, { op: "hole" }>["of"],
    slot: slotOf(part),
    neighbour: neighbour?.kind === "text" ? neighbour.text : null,
    open,
    chars: part.chars,
    words: part.words,
  };
}
