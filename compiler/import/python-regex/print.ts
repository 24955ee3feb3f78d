/**
 * A translated tree as the text of an f2b regex: what stands between the slashes.
 *
 * In: a tree without what f2b cannot say, captures named. Out: one line that needs no group and no escape
 * that it does not have. With the flag `u` every escape must be one that `u` knows.
 */
import { Problem } from "./problem.ts";
import type { CharSet, Choice, Group, Node, Repeat, Sequence, SetItem, Tag } from "./tree.ts";

export interface Printing {
  /** f2b's name of a capture by its number. */
  readonly nameOf: (index: number) => string | null;
  /** The text has the flag `s`. */
  readonly dotAll: boolean;
  /** The `let` that stands for a group with a label; null or none: it is written out. */
  readonly letOf?: (group: Group) => string | null;
}

export function printChoice(choice: Choice, printing: Printing): string {
  return choice.map((sequence) => printSequence(sequence, printing)).join("|");
}

function printSequence(sequence: Sequence, printing: Printing): string {
  let out = "";
  // From behind, so that a `<` sees whether what follows would make it a tag.
  for (let i = sequence.length - 1; i >= 0; i--) {
    const node = sequence[i];
    if (node === undefined) continue;
    const text = printNode(node, printing, sequence.length > 1);
    const looksLikeTag = text === "<" && /^[A-Za-z_0-9][\w-]*>/.test(out);
    out = (looksLikeTag ? "[<]" : text) + out;
  }
  return out;
}

function printNode(node: Node, printing: Printing, inSequence: boolean): string {
  switch (node.type) {
    case "char":
      return printChar(node.code);
    case "set":
      return printSet(node);
    case "dot":
      if (node.all === printing.dotAll) return ".";
      return node.all ? "[^]" : "[^\\n]";
    case "anchor":
      return printAnchor(node.where, node.at);
    case "group": {
      const name = letOf(node, printing);
      if (name !== null) return `<${name}>`;
      const text = printChoice(node.body, printing);
      return inSequence && node.body.length > 1 ? `(?:${text})` : text;
    }
    case "capture": {
      const name = printing.nameOf(node.index);
      const text = printChoice(node.body, printing);
      if (name !== null) return `(?<${name}>${text})`;
      return inSequence && node.body.length > 1 ? `(?:${text})` : text;
    }
    case "look": {
      const sign = `${node.behind ? "<" : ""}${node.negative ? "!" : "="}`;
      return `(?${sign}${printChoice(node.body, printing)})`;
    }
    case "repeat":
      return printRepeat(node, printing);
    case "back":
      return `\\k<${printing.nameOf(node.index) ?? ""}>`;
    case "tag":
      return printTag(node);
    case "atomic":
    case "condition":
      throw new Problem(node.type, node.at, "report this: it should have been rewritten");
  }
}

function letOf(node: Node, printing: Printing): string | null {
  if (node.type !== "group" || node.label === undefined) return null;
  return printing.letOf?.(node) ?? null;
}

function printAnchor(where: string, at: number): string {
  if (where === "start") return "^";
  if (where === "end") return "$";
  // f2b knows no flag `m`: where lines begin and end is said in full.
  if (where === "lineStart") return "(?<![^\\n])";
  if (where === "lineEnd") return "(?![^\\n])";
  if (where === "word") return "\\b";
  if (where === "notWord") return "\\B";
  throw new Problem("\\Z", at, "write `$`: the line that f2b reads has no end of line");
}

function printTag(node: Tag): string {
  const { tag, at } = node;
  switch (tag) {
    case "host":
    case "address":
    case "ip4":
    case "ip6":
      return `<${tag}>`;
    case "mapped4":
      return "(?=::ffff:)<address>";
    case "beforePort":
      return "(?<address>(?<![0-9A-Za-z_.%:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?=:[0-9A-Za-z])";
    case "subnet":
      return printSubnet(node);
    case "dns":
      return "(?<host>[\\w.^-]*\\w)";
    case "cidr":
      throw new Problem("<CIDR>", at, "write `<SUBNET>` for the address and its length");
    default:
      // Whole lines, as few as will do, that the match leaves in the window.
      return "\\n(?<skip>(?:.*\\n)*?)";
  }
}

/** f2b's `<cidr>` is of either kind, needs no length and stands in no brackets: what Fail2ban asks for is said besides. */
function printSubnet({ parts }: Tag): string {
  if (parts === undefined) return "\\[?<cidr>\\]?";
  const { address, hasLength } = parts;
  const kinds: Partial<Record<string, string>> = { ip4: "(?=\\d+\\.)", ip6: "(?=[\\dA-Fa-f]*:)" };
  const kind = kinds[address];
  if (hasLength) return `${kind ?? ""}(?=[^\\s\\/]+\\/)<cidr>`;
  return kind === undefined ? `(?:<cidr>|<${address}>)` : `${kind}<cidr>`;
}

function printRepeat(node: Repeat, printing: Printing): string {
  const item = printNode(node.item, printing, false);
  const isAtom =
    ((node.item.type === "char" || node.item.type === "set" || node.item.type === "dot") &&
      item.length > 0) ||
    (node.item.type === "capture" && printing.nameOf(node.item.index) !== null) ||
    letOf(node.item, printing) !== null ||
    node.item.type === "back";
  const text = isAtom ? item : `(?:${item})`;
  const mark = node.mode === "lazy" && node.min !== node.max ? "?" : "";
  const times = printTimes(node.min, node.max);
  return times === "" ? (isAtom ? item : text) : text + times + mark;
}

function printTimes(min: number, max: number): string {
  if (min === 1 && max === 1) return "";
  if (min === 0 && max === 1) return "?";
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

const controls: ReadonlyMap<number, string> = new Map([
  [9, "\\t"],
  [10, "\\n"],
  [11, "\\v"],
  [12, "\\f"],
  [13, "\\r"],
]);

function printChar(code: number): string {
  return printCode(code, /[\\^$.*+?()[\]{}|/]/);
}

function printCode(code: number, escaped: RegExp): string {
  const control = controls.get(code);
  if (control !== undefined) return control;
  const text = String.fromCodePoint(code);
  if (escaped.test(text)) return `\\${text}`;
  if (/^[\x20-\x7e\p{L}\p{N}\p{P}\p{S}]$/u.test(text)) return text;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}

function printSet(set: CharSet): string {
  const only = set.items.length === 1 ? set.items[0] : undefined;
  if (only !== undefined && "kind" in only)
    return printClass(only.kind, only.negated !== set.negated);
  if (only !== undefined && "from" in only && only.from === only.to && !set.negated) {
    return printChar(only.from);
  }
  return `[${set.negated ? "^" : ""}${printItems(set.items)}]`;
}

function printClass(kind: string, negated: boolean): string {
  return `\\${negated ? kind.toUpperCase() : kind}`;
}

/** A `-` stands last, a `^` never first: so neither needs an escape. */
function printItems(items: readonly SetItem[]): string {
  const isAlone = (code: number) => (item: SetItem) =>
    "from" in item && item.from === code && item.to === code;
  const dash = items.some(isAlone(0x2d));
  const rest = items.filter((item) => !isAlone(0x2d)(item));
  const texts = rest.map((item) => {
    if ("kind" in item) return printClass(item.kind, item.negated);
    const from = printMember(item.from);
    if (item.from === item.to) return from;
    return item.to === item.from + 1
      ? from + printMember(item.to)
      : `${from}-${printMember(item.to)}`;
  });
  const text = texts.join("") + (dash ? "-" : "");
  return text.startsWith("^") ? `\\${text}` : text;
}

function printMember(code: number): string {
  return printCode(code, /[\\\]/[-]/);
}
