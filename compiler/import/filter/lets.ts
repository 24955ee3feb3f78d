/**
 * The options that a filter was put together from -> `let`s of their names.
 *
 * In: its regular expressions, trees in which an option's value stands in a group with its label. Out: the `let`s worth having, and each expression written with them. A value has one text wherever a `let` stands for it: where translation made another
 * one of it, as at the end of the line, that is written out.
 */
import { type Printing, printChoice } from "../python-regex/print.ts";
import { type Choice, choicesOf, type Group, type Node } from "../python-regex/tree.ts";
import { printWords, wordsOf } from "./words.ts";

export interface NamedRegex {
  readonly flags: string;
  readonly labelled: Choice;
  readonly printing: Printing;
}

export interface LetDraft {
  readonly name: string;
  /** The option's. */
  readonly label: string;
  /** What stands behind `=`. */
  readonly value: string;
}

export interface Lets {
  readonly drafts: readonly LetDraft[];
  /** What stands between the slashes. */
  print(regex: NamedRegex): string;
}

/** From here on a value is worth a name when it stands twice, and when it stands once. */
const twiceUnits = 12;
const onceUnits = 60;

/** The program a filter is for: what people look for first. */
const program = "_daemon";

/** Tags, holes and words of the language, which a `let` of the same name would hide or confuse. */
const taken = new Set(
  (
    "address host ip4 ip6 cidr user text rest word not int pid number hex port time message id " +
    "and or in has true false session skip"
  ).split(" "),
);

interface Value {
  readonly label: string;
  /** Written out. */
  readonly text: string;
  readonly group: Group;
  readonly printing: Printing;
  uses: number;
}

export function chooseLets(regexes: readonly NamedRegex[]): Lets {
  const values = collect(regexes);
  const chosen = new Map<string, Value>();
  const names = new Map<string, string>();
  for (const value of [...values.values()].sort((a, b) => b.text.length - a.text.length)) {
    const uses = countUses(regexes, chosen).get(keyOf(value)) ?? 0;
    if (!isWorthIt(value, uses)) continue;
    chosen.set(keyOf(value), value);
    names.set(keyOf(value), freeName(value.label, new Set(names.values())));
  }
  const letOf = (printing: Printing) => (group: Group) => {
    const text = printChoice(group.body, printing);
    return names.get(keyOf({ label: group.label ?? "", text })) ?? null;
  };
  const print = ({ labelled, printing }: NamedRegex) =>
    printChoice(labelled, { ...printing, letOf: letOf(printing) }) || "(?:)";
  const drafts = inOrder(regexes, chosen).map(({ label, text, group, printing }) => {
    const words = wordsOf(group.body);
    const source = printChoice(group.body, { ...printing, letOf: letOf(printing) });
    const value = words === null ? `/${source}/` : printWords(words);
    return { name: names.get(keyOf({ label, text })) ?? label, label, value };
  });
  return { drafts, print };
}

/** In the order in which a reader meets them, each behind those it needs. */
function inOrder(regexes: readonly NamedRegex[], chosen: ReadonlyMap<string, Value>): Value[] {
  const found = new Set<Value>();
  const visit = (choice: Choice, printing: Printing): void => {
    for (const node of choice.flat()) {
      visit(choicesOf(node), printing);
      if (!isLabelled(node)) continue;
      const text = printChoice(node.body, printing);
      const value = chosen.get(keyOf({ label: node.label, text }));
      if (value !== undefined) found.add(value);
    }
  };
  for (const { labelled, printing } of regexes) visit(labelled, printing);
  return [...found];
}

function keyOf({ label, text }: { readonly label: string; readonly text: string }): string {
  return `${label}\0${text}`;
}

/** All values with a label, of each the text that stands most often. */
function collect(regexes: readonly NamedRegex[]): Map<string, Value> {
  const all = new Map<string, Value>();
  for (const regex of regexes) {
    const { printing } = regex;
    for (const group of labelledIn(regex.labelled)) {
      const text = printChoice(group.body, printing);
      const value = { label: group.label ?? "", text, group, printing, uses: 0 };
      const known = all.get(keyOf(value)) ?? value;
      known.uses++;
      all.set(keyOf(known), known);
    }
  }
  const best = new Map<string, Value>();
  for (const value of all.values()) {
    const before = best.get(value.label);
    const isMore = before === undefined || value.uses > before.uses;
    if (isMore && value.text !== "") best.set(value.label, value);
  }
  return new Map([...best.values()].map((value) => [keyOf(value), value]));
}

function* labelledIn(choice: Choice): Generator<Group & { label: string }> {
  for (const sequence of choice) {
    for (const node of sequence) {
      if (isLabelled(node)) yield node;
      yield* labelledIn(choicesOf(node));
    }
  }
}

function isLabelled(node: Node): node is Group & { label: string } {
  return node.type === "group" && node.label !== undefined;
}

/** How often each value is written when those chosen are `let`s. */
function countUses(
  regexes: readonly NamedRegex[],
  chosen: ReadonlyMap<string, Value>,
): Map<string, number> {
  const uses = new Map<string, number>();
  const count = (choice: Choice, printing: Printing): void => {
    for (const sequence of choice) {
      for (const node of sequence) {
        let isCut = false;
        if (isLabelled(node)) {
          const key = keyOf({ label: node.label, text: printChoice(node.body, printing) });
          uses.set(key, (uses.get(key) ?? 0) + 1);
          isCut = chosen.has(key);
        }
        if (!isCut) count(choicesOf(node), printing);
      }
    }
  };
  for (const { labelled, printing } of regexes) {
    // A name for all of a pattern says nothing that the rule does not.
    count(isWhole(labelled) ? choicesOf(bodyOf(labelled)) : labelled, printing);
  }
  for (const { group, printing } of chosen.values()) count(group.body, printing);
  return uses;
}

function isWhole(choice: Choice): boolean {
  return isLabelled(bodyOf(choice));
}

/** The one node of a pattern besides its anchors. */
function bodyOf(choice: Choice): Node {
  const nodes = choice.flat().filter((node) => node.type !== "anchor");
  const [only] = nodes;
  return choice.length === 1 && nodes.length === 1 && only !== undefined
    ? only
    : { type: "group", body: choice, at: 0 };
}

function isWorthIt({ label, text }: Value, uses: number): boolean {
  if (uses === 0) return false;
  if (label === program) return true;
  return text.length >= (uses === 1 ? onceUnits : twiceUnits);
}

function freeName(label: string, names: ReadonlySet<string>): string {
  const plain = label.replace(/[^\w-]/g, "_").replace(/^[_-]+|[_-]+$/g, "") || "part";
  let name = taken.has(plain) ? `${plain}_part` : plain;
  for (let n = 2; names.has(name); n++) name = `${plain}_${n}`;
  return name;
}
