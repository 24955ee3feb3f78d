/** Python looks behind only over a fixed number of characters. */
import { notPython, Problem } from "./problem.ts";
import { type Choice, choicesOf, type Node, nodesOf } from "./tree.ts";

export function checkLookBehind(body: Choice, at: number): void {
  widthOfChoice(body, at);
  for (const node of nodesOf(body)) {
    if (node.type === "back" || node.type === "condition") {
      throw new Problem("a reference within a look-behind", node.at, "write out what it refers to");
    }
  }
}

function widthOfChoice(choice: Choice, at: number): number {
  const widths = choice.map((sequence) =>
    sequence.reduce((sum, node) => sum + widthOf(node, at), 0),
  );
  const width = widths[0] ?? 0;
  if (widths.some((other) => other !== width)) throw notFixed(at);
  return width;
}

function widthOf(node: Node, at: number): number {
  switch (node.type) {
    case "char":
    case "set":
    case "dot":
      return 1;
    case "anchor":
    case "look":
      return 0;
    case "group":
    case "capture":
    case "atomic":
      return widthOfChoice(choicesOf(node), at);
    case "repeat": {
      const width = widthOf(node.item, at);
      if (width !== 0 && node.min !== node.max) throw notFixed(at);
      return width === 0 ? 0 : width * node.min;
    }
    default:
      throw notFixed(at);
  }
}

function notFixed(at: number): Problem {
  return notPython("look-behind requires fixed-width pattern", at);
}
