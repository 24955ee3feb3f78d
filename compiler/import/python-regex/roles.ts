/**
 * Which groups of a pattern have a role for Fail2ban, whether it depends on the line, and the pattern cut
 * into branches in which it does not.
 *
 * A role is true when its group took a text that is not empty.
 */
import {
  type Capture,
  type Choice,
  choicesOf,
  inOne,
  isNullable,
  mapChoices,
  type Node,
  nodesOf,
  type Role,
  type Sequence,
} from "./tree.ts";

export type Truth = "always" | "never" | "depends";

export interface RoleUse {
  readonly role: Role;
  readonly truth: Truth;
  /** f2b's name when it is captured. */
  readonly group: string | null;
}

export function rolesOf(body: Choice, names: ReadonlyMap<number, string>): RoleUse[] {
  const found = new Map<number, Role>();
  for (const node of nodesOf(body)) {
    if (node.type === "capture" && node.role !== null) found.set(node.index, node.role);
  }
  return [...found].map(([index, role]) => ({
    role,
    truth: truthOf(body, index),
    group: names.get(index) ?? null,
  }));
}

function truthOf(choice: Choice, index: number): Truth {
  const truths = choice.map((sequence) => {
    const inside = sequence.map((node) => truthOfNode(node, index));
    if (inside.includes("always")) return "always";
    return inside.includes("depends") ? "depends" : "never";
  });
  const [first = "never"] = truths;
  return truths.every((truth) => truth === first) ? first : "depends";
}

function truthOfNode(node: Node, index: number): Truth {
  if (node.type === "capture" && node.index === index) {
    if (node.body.every((sequence) => sequence.every(isZeroWidth))) return "never";
    return node.body.some((sequence) => sequence.every(isNullable)) ? "depends" : "always";
  }
  if (node.type === "look" && node.negative) return "never";
  const truth = truthOf(choicesOf(node), index);
  return node.type === "repeat" && node.min === 0 && truth === "always" ? "depends" : truth;
}

function isZeroWidth(node: Node): boolean {
  if (node.type === "anchor" || node.type === "look") return true;
  if (node.type === "repeat" && node.max === 0) return true;
  const choice = choicesOf(node);
  return choice.length > 0 && choice.every((sequence) => sequence.every(isZeroWidth));
}

const piecesMax = 32;

/**
 * The pattern as several, tried in this order, none of which leaves it open whether the group of `role`
 * took part. One that may take nothing still can: then the truth of a piece stays `depends`. Null: it
 * cannot be cut, for the group stands in a loop or there would be too many pieces.
 */
export function splitByRole(body: Choice, role: Role): Choice[] | null {
  const pieces = split(body, (node) => node.type === "capture" && node.role === role);
  return pieces === null || pieces.length > piecesMax
    ? null
    : joinEqual(pieces, role).map((sequences) => sequences);
}

/** Neighbours that are alike in the role stay one pattern. */
function joinEqual(pieces: readonly Sequence[], role: Role): Choice[] {
  const joined: { has: boolean; choice: Sequence[] }[] = [];
  for (const piece of pieces) {
    const has = hasRole([piece], role);
    const last = joined.at(-1);
    if (last?.has === has) last.choice.push(piece);
    else joined.push({ has, choice: [piece] });
  }
  return joined.map(({ choice }) => choice);
}

function hasRole(choice: Choice, role: Role): boolean {
  for (const node of nodesOf(choice)) {
    if (node.type === "capture" && node.role === role) return true;
  }
  return false;
}

type Test = (node: Node) => boolean;

function split(choice: Choice, isWanted: Test): Sequence[] | null {
  const out: Sequence[] = [];
  for (const sequence of choice) {
    const pieces = splitSequence(sequence, isWanted);
    if (pieces === null) return null;
    out.push(...pieces);
    if (out.length > piecesMax) return null;
  }
  return out;
}

function splitSequence(sequence: Sequence, isWanted: Test): Sequence[] | null {
  let pieces: Sequence[] = [[]];
  for (const node of sequence) {
    const ways = splitNode(node, isWanted);
    if (ways === null || pieces.length * ways.length > piecesMax) return null;
    pieces = pieces.flatMap((piece) => ways.map((way) => [...piece, ...way]));
  }
  return pieces;
}

function splitNode(node: Node, isWanted: Test): Sequence[] | null {
  if (isWanted(node) || !holds(node, isWanted)) return [[node]];
  if (node.type === "group") return split(node.body, isWanted);
  if (node.type === "repeat") {
    if (node.max !== 1 || node.min !== 0) return null;
    const taken = splitNode(node.item, isWanted);
    if (taken === null) return null;
    return node.mode === "lazy" ? [[], ...taken] : [...taken, []];
  }
  if (node.type !== "capture") return null;
  const inside = split(node.body, isWanted);
  return inside?.map((sequence) => [{ ...node, body: [sequence] }]) ?? null;
}

function holds(node: Node, isWanted: Test): boolean {
  for (const inner of nodesOf(choicesOf(node))) if (isWanted(inner)) return true;
  return false;
}

/** The tree without the groups of a role, what stood in them stays. */
export function withoutRole(body: Choice, role: Role): Choice {
  return body.map((sequence) =>
    sequence.flatMap((node): Sequence => {
      const inside = mapChoices(node, (choice) => withoutRole(choice, role));
      return isOfRole(inside, role) ? inOne(inside.body) : [inside];
    }),
  );
}

function isOfRole(node: Node, role: Role): node is Capture {
  return node.type === "capture" && node.role === role;
}
