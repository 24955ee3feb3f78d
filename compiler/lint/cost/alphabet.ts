/**
 * The characters that a regular expression tells apart, one for each kind.
 *
 * In: the character classes of a pattern. Out: symbols, each with a sample character, and which of them each class takes. Two classes have a character in
 * common exactly when they have a symbol in common: a sample is drawn from every stretch between two places where a class begins or
 * ends, and the engine itself says who takes it.
 */
import type { AST } from "@eslint-community/regexpp";

/** What takes exactly one character. */
export type CharacterNode = AST.Character | AST.CharacterClass | AST.CharacterSet;

export interface Alphabet {
  /** A sample of each symbol; those that a log line can hold and print come first. */
  readonly samples: readonly string[];
  /** By a class's source text: 1 for each symbol it takes. */
  takes(raw: string): Uint8Array;
}

/** A class that takes whatever a line can hold: all but LF at most. */
export function takesAny(node: CharacterNode): boolean {
  return node.type === "CharacterSet"
    ? node.kind === "any"
    : node.type === "CharacterClass" &&
        node.negate &&
        node.elements.every((element) => element.type === "Character" && element.value === 0x0a);
}

/** Where the classes of the language begin and end, and letters whose case is odd. */
const always = [
  0x85, 0xa0, 0xc9, 0xe9, 0x130, 0x131, 0x17f, 0x660, 0x1680, 0x2000, 0x200b, 0x2028, 0x202a,
  0x202f, 0x2030, 0x205f, 0x2060, 0x212a, 0x3000, 0x3001, 0xd7ff, 0xfeff, 0xff00, 0xfffd, 0x10400,
  0x1f600,
];

/** For people: letters and digits before signs, signs before what cannot be seen. */
const preferred = "a1b0 x:=./-_,;'\"()[]<>@#!";

export function readAlphabet(classes: readonly CharacterNode[], flags: string): Alphabet {
  const mode = flags.replace(/[^isu]/g, "");
  const raws = [...new Set(classes.map((node) => node.raw))];
  const tests = raws.map((raw) => new RegExp(`^(?:${raw})$`, mode));
  const taken = new Map<string, { sample: string; row: string }>();
  for (const sample of samplesOf(classes, mode)) {
    const row = tests.map((test) => (test.test(sample) ? "1" : "0")).join("");
    if (!taken.has(row)) taken.set(row, { sample, row });
  }
  const symbols = [...taken.values()];
  const rows = new Map(
    raws.map((raw, i) => [raw, Uint8Array.from(symbols, ({ row }) => Number(row[i]))] as const),
  );
  const nothing = new Uint8Array(symbols.length);
  return {
    samples: symbols.map(({ sample }) => sample),
    takes: (raw) => rows.get(raw) ?? nothing,
  };
}

function samplesOf(classes: readonly CharacterNode[], mode: string): Set<string> {
  const codes = new Set<number>([...preferred].map((char) => char.codePointAt(0) ?? 0));
  for (let code = 0x20; code <= 0x7f; code++) codes.add(code);
  for (let code = 0; code < 0x20; code++) codes.add(code);
  for (const code of [...always, ...classes.flatMap(edgesOf)]) codes.add(code);
  const isWide = mode.includes("u");
  const texts = new Set<string>();
  for (const code of codes) {
    const isOutside = code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
    if (isOutside || (!isWide && code > 0xffff)) continue;
    const text = String.fromCodePoint(code);
    for (const one of [text, text.toLowerCase(), text.toUpperCase()]) {
      if ([...one].length === 1) texts.add(one);
    }
  }
  return texts;
}

/** The first and the last character of each stretch, and those beside them. */
function edgesOf(node: AST.Element | AST.CharacterClassElement): number[] {
  switch (node.type) {
    case "Character":
      return around(node.value, node.value);
    case "CharacterClassRange":
      return around(node.min.value, node.max.value);
    case "CharacterClass":
      return node.elements.flatMap((element) =>
        "type" in element ? edgesOf(element as AST.CharacterClassElement) : [],
      );
    default:
      return [];
  }
}

function around(from: number, to: number): number[] {
  return [from - 1, from, to, to + 1];
}
