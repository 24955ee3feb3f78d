/**
 * The flags a translated pattern has.
 *
 * `u` is left out only where it says nothing: without it characters outside the first plane are two, so
 * whatever takes a character by exclusion needs it, and so do the classes that are Unicode's with it, and
 * letters without case. What is left are texts, sets of listed characters, `^`, `$` and tags.
 */
import { type Choice, type Node, nodesOf } from "./tree.ts";

export function flagsOf(body: Choice, ignoreCase: boolean): string {
  const nodes = [...nodesOf(body)];
  const dots = nodes.filter((node) => node.type === "dot");
  const dotAll = dots.length > 0 && dots.every((dot) => dot.all);
  const unicode = ignoreCase || nodes.some(needsUnicode);
  return `${ignoreCase ? "i" : ""}${dotAll ? "s" : ""}${unicode ? "u" : ""}`;
}

function needsUnicode(node: Node): boolean {
  switch (node.type) {
    case "dot":
      return true;
    case "char":
      return node.code >= 0xd800;
    case "set":
      return node.negated || node.items.some((item) => "kind" in item || item.to >= 0xd800);
    case "anchor":
      return node.where === "word" || node.where === "notWord";
    case "tag":
      return node.tag === "dns";
    default:
      return false;
  }
}
