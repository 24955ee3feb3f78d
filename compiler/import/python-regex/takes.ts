/** Which characters a node of one character takes, as Python reads it. */
import { unicodeBlank, unicodeDigit, unicodeWord } from "../../2-check/unicode-classes.ts";
import { caseVariants } from "./case-variants.ts";
import type { CharSet, Node, SetItem } from "./tree.ts";

const classes = {
  d: new RegExp(`^[${unicodeDigit}]$`, "u"),
  w: new RegExp(`^[${unicodeWord}]$`, "u"),
  s: new RegExp(`^[${unicodeBlank}]$`, "u"),
};

/** A node that is one character wide takes the character; others are none. */
export function takes(node: Node, code: number): boolean {
  switch (node.type) {
    case "dot":
      return node.all || code !== 0x0a;
    case "char":
      return node.code === code || (node.fold && caseVariants(node.code).includes(code));
    case "set":
      return setTakes(node, code);
    default:
      return false;
  }
}

function setTakes({ items, negated, fold }: CharSet, code: number): boolean {
  const codes = fold ? [code, ...caseVariants(code)] : [code];
  return codes.some((one) => items.some((item) => itemTakes(item, one))) !== negated;
}

function itemTakes(item: SetItem, code: number): boolean {
  if ("from" in item) return item.from <= code && code <= item.to;
  return classes[item.kind].test(String.fromCodePoint(code)) !== item.negated;
}
