/**
 * Escapes and character sets of Python's regular expressions.
 *
 * In: the pattern and the place of a `\` or a `[`. Out: what stands there and where it ends; a `Problem`
 * for what Python rejects.
 */
import { notPython, Problem } from "./problem.ts";
import type { Anchor, SetItem } from "./tree.ts";

export type ClassItem = Extract<SetItem, { kind: string }>;

export type Escape =
  | { readonly kind: "char"; readonly code: number }
  | { readonly kind: "class"; readonly item: ClassItem }
  | { readonly kind: "anchor"; readonly where: Anchor["where"] }
  | { readonly kind: "back"; readonly index: number };

const controls: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);
const anchors: ReadonlyMap<string, Anchor["where"]> = new Map([
  ["A", "start"],
  ["Z", "veryEnd"],
  ["b", "word"],
  ["B", "notWord"],
]);
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

export function readEscape(
  pattern: string,
  at: number,
  inSet: boolean,
): { escape: Escape; end: number } {
  const code = pattern.codePointAt(at + 1);
  if (code === undefined) throw notPython("bad escape (end of pattern)", at);
  const letter = String.fromCodePoint(code);
  const end = at + 1 + letter.length;
  if (/[0-9]/.test(letter)) return readDigits(pattern, at, inSet);
  if (!/[A-Za-z]/.test(letter)) return { escape: { kind: "char", code }, end };
  const control = controls.get(letter) ?? (inSet && letter === "b" ? 8 : undefined);
  if (control !== undefined) return { escape: { kind: "char", code: control }, end };
  const item = classOf(letter);
  if (item !== null) return { escape: { kind: "class", item }, end };
  const where = inSet ? undefined : anchors.get(letter);
  if (where !== undefined) return { escape: { kind: "anchor", where }, end };
  if (letter === "N") {
    throw new Problem("\\N{...}", at, "write the character itself, or its number as \\u1234");
  }
  const digits = hexDigits[letter];
  if (digits === undefined) throw notPython(`bad escape \\${letter}`, at);
  const hex = pattern.slice(end, end + digits);
  if (hex.length !== digits || !/^[0-9A-Fa-f]+$/.test(hex)) {
    throw notPython(`incomplete escape \\${letter}${hex}`, at);
  }
  const value = Number.parseInt(hex, 16);
  if (value > 0x10ffff) throw notPython(`bad escape \\${letter}${hex}`, at);
  return { escape: { kind: "char", code: value }, end: end + digits };
}

function classOf(letter: string): ClassItem | null {
  const lower = letter.toLowerCase();
  if (lower !== "d" && lower !== "s" && lower !== "w") return null;
  return { kind: lower, negated: lower !== letter };
}

/** Octal numbers and, outside of sets, references. */
function readDigits(pattern: string, at: number, inSet: boolean): { escape: Escape; end: number } {
  const octal = /^(?:0[0-7]{0,2}|[0-7]{3})/.exec(pattern.slice(at + 1, at + 4))?.[0];
  const inner = inSet ? /^[0-7]{1,3}/.exec(pattern.slice(at + 1, at + 4))?.[0] : undefined;
  const text = inner ?? octal;
  if (text !== undefined) {
    const code = Number.parseInt(text, 8);
    if (code > 0o377) throw notPython(`octal escape value \\${text} outside of range 0-0o377`, at);
    return { escape: { kind: "char", code }, end: at + 1 + text.length };
  }
  const reference = /^[1-9][0-9]?/.exec(pattern.slice(at + 1, at + 3))?.[0];
  if (inSet || reference === undefined) throw notPython(`bad escape \\${pattern[at + 1]}`, at);
  return { escape: { kind: "back", index: Number(reference) }, end: at + 1 + reference.length };
}

export function parseSet(
  pattern: string,
  at: number,
  ascii: boolean,
): { set: { negated: boolean; items: SetItem[] }; end: number } {
  const negated = pattern[at + 1] === "^";
  const first = at + (negated ? 2 : 1);
  const items: SetItem[] = [];
  let index = first;
  for (;;) {
    if (index >= pattern.length) throw notPython("unterminated character set", at);
    if (pattern[index] === "]" && index > first) break;
    const from = readMember(pattern, index);
    index = from.end;
    const isRange =
      pattern[index] === "-" && index + 1 < pattern.length && pattern[index + 1] !== "]";
    if (!isRange) {
      items.push(...itemsOf(from.member, ascii));
      continue;
    }
    const to = readMember(pattern, index + 1);
    const isBad = "kind" in from.member || "kind" in to.member || to.member.from < from.member.from;
    if (isBad || !("from" in from.member) || !("from" in to.member)) {
      throw notPython(`bad character range ${pattern.slice(from.start, to.end)}`, from.start);
    }
    items.push({ from: from.member.from, to: to.member.from });
    index = to.end;
  }
  return { set: { negated, items }, end: index + 1 };
}

function readMember(pattern: string, at: number): { member: SetItem; start: number; end: number } {
  if (pattern[at] !== "\\") {
    const code = pattern.codePointAt(at) ?? 0;
    return { member: { from: code, to: code }, start: at, end: at + (code > 0xffff ? 2 : 1) };
  }
  const { escape: found, end } = readEscape(pattern, at, true);
  if (found.kind === "class") return { member: found.item, start: at, end };
  if (found.kind !== "char") throw notPython(`bad escape ${pattern.slice(at, end)}`, at);
  return { member: { from: found.code, to: found.code }, start: at, end };
}

export function itemsOf(item: SetItem, ascii: boolean): SetItem[] {
  return "kind" in item && ascii ? asciiItems(item) : [item];
}

const asciiRanges: Readonly<Record<ClassItem["kind"], readonly (readonly [number, number])[]>> = {
  d: [[0x30, 0x39]],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
};

function asciiItems({ kind, negated }: ClassItem): SetItem[] {
  const ranges = asciiRanges[kind];
  if (!negated) return ranges.map(([from, to]) => ({ from, to }));
  const items: SetItem[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    if (start > from) items.push({ from, to: start - 1 });
    from = end + 1;
  }
  return [...items, { from, to: 0x10ffff }];
}
