/**
 * Where case does not count: one flag for the whole pattern, or both cases written out.
 *
 * Python switches it for a group, f2b only for a pattern. When every letter of the pattern is within such
 * a group the flag says the same; else a letter within becomes a set of its cases.
 */
import { caseVariants } from "./case-variants.ts";
import { Problem } from "./problem.ts";
import { type CharSet, type Choice, mapChoices, type Node, nodesOf, type SetItem } from "./tree.ts";

const codesMax = 20_000;

export function settleCase(body: Choice): { body: Choice; ignoreCase: boolean } {
  let folds = false;
  let counts = false;
  for (const node of nodesOf(body)) {
    if (node.type !== "char" && node.type !== "set" && node.type !== "back") continue;
    if (!hasCases(node)) continue;
    if (node.fold) folds = true;
    else counts = true;
  }
  if (!folds) return { body, ignoreCase: false };
  if (counts) return { body: writeOut(body), ignoreCase: false };
  for (const node of nodesOf(body)) {
    // Python compares a reference by lower case alone, JavaScript as it compares letters.
    if (node.type === "back") throw backProblem(node);
  }
  return { body, ignoreCase: true };
}

function hasCases(node: Node): boolean {
  if (node.type === "char") return caseVariants(node.code).length > 0;
  if (node.type !== "set") return node.type === "back" && node.fold;
  return node.items.some((item) => "from" in item && rangeHasCases(item.from, item.to));
}

function rangeHasCases(from: number, to: number): boolean {
  for (let code = from; code <= to && code < from + codesMax; code++) {
    if (caseVariants(code).length > 0) return true;
  }
  return false;
}

function writeOut(choice: Choice): Choice {
  return choice.map((sequence) =>
    sequence.map((node): Node => {
      if (node.type === "back" && node.fold) throw backProblem(node);
      if (node.type === "char" && node.fold) return writeChar(node.code, node.at);
      if (node.type === "set" && node.fold) return writeSet(node);
      return mapChoices(node, writeOut);
    }),
  );
}

function backProblem(node: Node): Problem {
  return new Problem(
    "a reference where case does not count",
    node.at,
    "write out what it refers to, or let case count",
  );
}

function writeChar(code: number, at: number): Node {
  const codes = [code, ...caseVariants(code)].sort((a, b) => a - b);
  const items = codes.map((one) => ({ from: one, to: one }));
  return { type: "set", negated: false, items, fold: false, at };
}

function writeSet(set: CharSet): CharSet {
  const items: SetItem[] = [...set.items];
  const known = (code: number) =>
    items.some((item) => "from" in item && item.from <= code && code <= item.to);
  for (const item of set.items) {
    if (!("from" in item)) continue;
    if (item.to - item.from > codesMax) {
      throw new Problem("a wide range where case does not count", set.at, "let case count there");
    }
    for (let code = item.from; code <= item.to; code++) {
      for (const other of caseVariants(code)) {
        if (!known(other)) items.push({ from: other, to: other });
      }
    }
  }
  return { ...set, items, fold: false };
}
