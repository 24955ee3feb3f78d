/**
 * The tree with what nobody needs left out: captures without a name, groups around what stands alone. Groups with a label stay.
 *
 * Also puts an address and its length, which Fail2ban writes as two tags, into the one tag of f2b's.
 */
import { type Choice, inOne, mapChoices, type Node, type Sequence, type Tag } from "./tree.ts";

/** Captures that `isNeeded` knows nothing of capture nothing. */
export function simplify(body: Choice, isNeeded: (index: number) => boolean): Choice {
  const branches = body.map((sequence) => simplifySequence(sequence, isNeeded));
  return branches.flatMap((sequence) => {
    const only = sequence.length === 1 ? sequence[0] : undefined;
    return only?.type === "group" && only.label === undefined ? only.body : [sequence];
  });
}

function simplifySequence(sequence: Sequence, isNeeded: (index: number) => boolean): Sequence {
  const nodes = sequence.flatMap((node): Sequence => {
    const inside = mapChoices(node, (choice) => simplify(choice, isNeeded));
    if (inside.type === "capture" && !isNeeded(inside.index)) return inOne(inside.body);
    if (inside.type === "group" && inside.body.length === 1 && inside.label === undefined) {
      return inside.body[0] ?? [];
    }
    if (inside.type === "repeat" && inside.max === 0) return [];
    return [inside];
  });
  return joinSubnets(nodes);
}

function joinSubnets(nodes: Sequence): Sequence {
  const out: Node[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (node === undefined) break;
    const length = isAddress(node) ? lengthOfPrefix(nodes, i + 1) : 0;
    if (isAddress(node) && length > 0) {
      const parts = { address: node.tag, hasLength: length > 1 };
      out.push({ type: "tag", tag: "subnet", at: node.at, parts });
    } else out.push(node);
    i += length;
  }
  return out;
}

function isAddress(node: Node): node is Tag {
  return node.type === "tag" && ["address", "host", "ip4", "ip6"].includes(node.tag);
}

/** How many nodes behind an address are its length: `/<CIDR>`, or that as a part that may be left out. */
function lengthOfPrefix(nodes: Sequence, from: number): number {
  const first = nodes[from];
  if (first?.type === "repeat" && first.min === 0 && first.max === 1) {
    const inside = first.item.type === "group" ? first.item.body : [];
    return inside.length === 1 && isPrefix(inside[0] ?? []) ? 1 : 0;
  }
  return isPrefix(nodes.slice(from, from + 2)) ? 2 : 0;
}

function isPrefix([slash, tag]: Sequence): boolean {
  return slash?.type === "char" && slash.code === 0x2f && tag?.type === "tag" && tag.tag === "cidr";
}
