/**
 * The tree of a regular expression: what the parser makes of Python's text and what the printer makes
 * f2b's text of.
 *
 * Both sides share the types; what f2b cannot say (conditions, atomic groups, `\Z`) is gone after
 * translation. `at` is a place in Python's text.
 */

/** Branches, the first that leads to a match wins; one branch when there is no `|`. */
export type Choice = readonly Sequence[];
export type Sequence = readonly Node[];

export type SetItem =
  | { readonly from: number; readonly to: number }
  | { readonly kind: "d" | "w" | "s"; readonly negated: boolean };

/** What a group means to Fail2ban beyond being captured. */
export type Role = "session" | "nofail" | "forget" | "gained" | "content";

export type TagName =
  | "host"
  | "address"
  | "ip4"
  | "ip6"
  | "dns"
  | "cidr"
  | "subnet"
  | "skiplines"
  /** Not Fail2ban's: an IPv4 address behind `::ffff:`, and an IPv6 address that a port ends. */
  | "mapped4"
  | "beforePort";

export interface Char {
  readonly type: "char";
  readonly code: number;
  /** Both cases count. */
  readonly fold: boolean;
  readonly at: number;
}

export interface CharSet {
  readonly type: "set";
  readonly negated: boolean;
  readonly items: readonly SetItem[];
  readonly fold: boolean;
  readonly at: number;
}

export interface Dot {
  readonly type: "dot";
  /** LF too. */
  readonly all: boolean;
  readonly at: number;
}

export interface Anchor {
  readonly type: "anchor";
  /** `end` is before a last LF too, `veryEnd` is not. */
  readonly where: "start" | "end" | "veryEnd" | "lineStart" | "lineEnd" | "word" | "notWord";
  readonly at: number;
}

export interface Group {
  readonly type: "group";
  readonly body: Choice;
  readonly at: number;
  /** The option whose value stands here. */
  readonly label?: string;
}

export interface Capture {
  readonly type: "capture";
  /** Python's number, which tells captures apart. */
  readonly index: number;
  /** Python's name until it is translated, then f2b's. */
  readonly name: string | null;
  readonly role: Role | null;
  /** Written as one of Fail2ban's tags. */
  readonly isTag: boolean;
  readonly body: Choice;
  readonly at: number;
}

export interface Look {
  readonly type: "look";
  readonly behind: boolean;
  readonly negative: boolean;
  readonly body: Choice;
  readonly at: number;
}

export interface Atomic {
  readonly type: "atomic";
  readonly body: Choice;
  readonly at: number;
}

export interface Repeat {
  readonly type: "repeat";
  readonly min: number;
  readonly max: number;
  readonly mode: "greedy" | "lazy" | "possessive";
  readonly item: Node;
  readonly at: number;
}

export interface Back {
  readonly type: "back";
  readonly index: number;
  readonly fold: boolean;
  readonly at: number;
}

export interface Condition {
  readonly type: "condition";
  readonly index: number;
  readonly yes: Sequence;
  readonly no: Sequence;
  readonly at: number;
}

export interface Tag {
  readonly type: "tag";
  readonly tag: TagName;
  readonly at: number;
  /** Of a `subnet` that was written as an address and its length. */
  readonly parts?: { readonly address: TagName; readonly hasLength: boolean };
}

export type Node =
  | Char
  | CharSet
  | Dot
  | Anchor
  | Group
  | Capture
  | Look
  | Atomic
  | Repeat
  | Back
  | Condition
  | Tag;

/** What stands directly in a node. */
export function choicesOf(node: Node): Choice {
  switch (node.type) {
    case "group":
    case "capture":
    case "look":
    case "atomic":
      return node.body;
    case "repeat":
      return [[node.item]];
    case "condition":
      return [node.yes, node.no];
    default:
      return [];
  }
}

/** Every node of a choice, outer ones first. */
export function* nodesOf(choice: Choice): Generator<Node> {
  for (const sequence of choice) {
    for (const node of sequence) {
      yield node;
      yield* nodesOf(choicesOf(node));
    }
  }
}

/** The node with each of its choices replaced. */
export function mapChoices(node: Node, map: (choice: Choice) => Choice): Node {
  switch (node.type) {
    case "group":
    case "capture":
    case "look":
    case "atomic":
      return { ...node, body: map(node.body) };
    case "repeat":
      return { ...node, item: oneNode(map([[node.item]]), node.at) };
    case "condition":
      return { ...node, yes: inOne(map([node.yes])), no: inOne(map([node.no])) };
    default:
      return node;
  }
}

/** The choice as one node, in a group only when it must be. */
export function oneNode(choice: Choice, at: number): Node {
  const only = choice.length === 1 ? choice[0] : undefined;
  const node = only?.length === 1 ? only[0] : undefined;
  return node ?? { type: "group", body: choice, at };
}

/** The choice as a part of a sequence. */
export function inOne(choice: Choice): Sequence {
  const only = choice[0];
  if (only === undefined) return [];
  return choice.length === 1 ? only : [{ type: "group", body: choice, at: only[0]?.at ?? 0 }];
}

/** Can it match without taking a character? Tags and references cannot be told: they are not. */
export function isNullable(node: Node): boolean {
  switch (node.type) {
    case "char":
    case "set":
    case "dot":
    case "tag":
      return false;
    case "anchor":
    case "look":
    case "back":
      return true;
    case "repeat":
      return node.min === 0 || isNullable(node.item);
    case "group":
    case "capture":
    case "atomic":
    case "condition":
      return choicesOf(node).some((sequence) => sequence.every(isNullable));
  }
}
