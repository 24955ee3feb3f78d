/**
 * Stretches of a pattern that came from one option -> groups that bear its name.
 *
 * In: nodes with the places where they begin, and the stretches. Out: the same nodes, those that a stretch holds, no more and no less, in a group
 * with its label. A stretch that ends inside of a node, such as one of which a `?` behind it takes the last letter only, is no part anybody can name.
 */
import { type Choice, mapChoices, type Node, type Sequence } from "./tree.ts";

export interface Label {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** `starts` has a place for each node, and the end of the last one. */
export function labelSequence(
  nodes: Sequence,
  starts: readonly number[],
  labels: readonly Label[],
): Sequence {
  const first = starts[0] ?? 0;
  const last = starts.at(-1) ?? 0;
  const inside = labels.filter(({ start, end }) => start >= first && end <= last && end > start);
  // The shortest first: what holds others finds them as one node.
  inside.sort((a, b) => a.end - a.start - (b.end - b.start));
  const row = [...nodes];
  const places = [...starts];
  for (const { name, start, end } of inside) {
    const from = places.indexOf(start);
    const to = places.lastIndexOf(end);
    if (from < 0 || to <= from) continue;
    const held = row.slice(from, to);
    if (held.length === 1 && !isWorthAName(held[0])) continue;
    const group: Node = { type: "group", body: [held], at: start, label: name };
    row.splice(from, to - from, group);
    places.splice(from + 1, to - from - 1);
  }
  return row;
}

/** A single character or a run of one says as much as its name would; what has a name needs no second one. */
function isWorthAName(node: Node | undefined): boolean {
  const inside = node?.type === "repeat" ? node.item : node;
  if (inside?.type === "group") return inside.label === undefined;
  return inside?.type === "capture";
}

/** The tree without its labels: the groups stay, to be left out by `simplify`. */
export function withoutLabels(choice: Choice): Choice {
  return choice.map((sequence) =>
    sequence.map((node): Node => {
      const inside = mapChoices(node, withoutLabels);
      if (inside.type !== "group") return inside;
      return { type: "group", body: inside.body, at: inside.at };
    }),
  );
}

/** Branches that are together the value of an option; of one branch its sequence tells. `starts` has the end of the last one, too. */
export function labelChoice(
  branches: Choice,
  starts: readonly number[],
  labels: readonly Label[],
): Choice {
  for (const { name, start, end } of labels) {
    const from = starts.indexOf(start);
    // Behind each branch but the last stands a `|`.
    const to = starts.findIndex(
      (next, i) => i > 0 && (next === end + 1 || (next === end && i === branches.length)),
    );
    if (from < 0 || to - from < 2) continue;
    const group: Node = { type: "group", body: branches.slice(from, to), at: start, label: name };
    return [...branches.slice(0, from), [group], ...branches.slice(to)];
  }
  return branches;
}
