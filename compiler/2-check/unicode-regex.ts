/**
 * The flag `u`: what a regular expression of f2b means with it, in JavaScript's words.
 *
 * In: a pattern with its tags filled in, and its flags. Out: the pattern in which `\d \w \s \b` (and their
 * opposites) are Unicode's, `.` is all but LF, and with `i` the letters i, I, İ and ı are one. What a tag
 * stands for is left alone: addresses and names are ASCII.
 */
import { type AST, visitRegExpAST } from "@eslint-community/regexpp";
import { unicodeBlank, unicodeDigit, unicodeNoBlank, unicodeWord } from "./unicode-classes.ts";

const isWord = `[${unicodeWord}]`;
const border = `(?:(?<=${isWord})(?!${isWord})|(?<!${isWord})(?=${isWord}))`;
const noBorder = `(?:(?<=${isWord})(?=${isWord})|(?<!${isWord})(?!${isWord}))`;
/** The letters that Unicode's simple folding keeps apart and Python, for one, does not. */
const lettersI = [0x49, 0x69, 0x130, 0x131];
const allLettersI = "i\\u0130\\u0131";

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function lowerUnicode(
  source: string,
  pattern: AST.Pattern,
  flags: string,
  isTag: (group: AST.CapturingGroup) => boolean,
): string {
  const pieces: Piece[] = [];
  const ignoreCase = flags.includes("i");
  let tags = 0;
  visitRegExpAST(pattern, {
    onCapturingGroupEnter(group) {
      if (isTag(group)) tags++;
    },
    onCapturingGroupLeave(group) {
      if (isTag(group)) tags--;
    },
    onAssertionEnter(node) {
      if (tags > 0 || node.kind !== "word") return;
      pieces.push({ ...placeOf(node), text: node.negate ? noBorder : border });
    },
    onCharacterSetEnter(node) {
      if (tags > 0 || node.parent.type === "CharacterClass") return;
      const text = writeSet(node, flags);
      if (text !== null) pieces.push({ ...placeOf(node), text });
    },
    onCharacterClassEnter(node) {
      if (tags > 0) return;
      pieces.push({ ...placeOf(node), text: writeClass(node, ignoreCase) });
    },
    onCharacterEnter(node) {
      if (tags > 0 || !ignoreCase || node.parent.type.startsWith("CharacterClass")) return;
      if (lettersI.includes(node.value)) {
        pieces.push({ ...placeOf(node), text: `[${allLettersI}]` });
      }
    },
  });
  return replace(source, pieces);
}

function placeOf({ start, end }: AST.Node): { start: number; end: number } {
  return { start, end };
}

function replace(source: string, pieces: readonly Piece[]): string {
  let out = "";
  let done = 0;
  for (const { start, end, text } of pieces) {
    out += source.slice(done, start) + text;
    done = end;
  }
  return out + source.slice(done);
}

function writeSet(node: AST.CharacterSet, flags: string): string | null {
  switch (node.kind) {
    case "any":
      return flags.includes("s") ? null : "[^\\n]";
    case "digit":
      return node.negate ? `[^${unicodeDigit}]` : `[${unicodeDigit}]`;
    case "space":
      return node.negate ? `[^${unicodeBlank}]` : `[${unicodeBlank}]`;
    case "word":
      return node.negate ? `[^${unicodeWord}]` : isWord;
    default:
      return null;
  }
}

/** JavaScript's classes hold no complement of several kinds, so `\W` stands beside its class. */
function writeClass(node: AST.CharacterClass, ignoreCase: boolean): string {
  const isNoWord = (element: AST.CharacterClassElement) =>
    element.type === "CharacterSet" && element.kind === "word" && element.negate;
  const members = node.elements.filter((element) => !isNoWord(element));
  const inside = members.map((element) => writeMember(element, ignoreCase)).join("");
  if (members.length === node.elements.length) return `[${node.negate ? "^" : ""}${inside}]`;
  if (node.negate) return inside === "" ? isWord : `(?:(?![${inside}])${isWord})`;
  return inside === "" ? `[^${unicodeWord}]` : `(?:[${inside}]|[^${unicodeWord}])`;
}

function writeMember(element: AST.CharacterClassElement, ignoreCase: boolean): string {
  if (element.type === "CharacterSet") {
    if (element.kind === "digit") return element.negate ? "\\P{Nd}" : unicodeDigit;
    if (element.kind === "space") return element.negate ? unicodeNoBlank : unicodeBlank;
    return element.kind === "word" ? unicodeWord : element.raw;
  }
  if (!ignoreCase) return element.raw;
  const holds =
    element.type === "Character"
      ? lettersI.includes(element.value)
      : element.type === "CharacterClassRange" &&
        lettersI.some((code) => element.min.value <= code && code <= element.max.value);
  return holds ? element.raw + allLettersI : element.raw;
}

/** The pattern with ASCII's classes again: for questions of cost, which do not depend on them. */
export function withoutUnicode(expanded: string): string {
  return expanded
    .replaceAll(border, "\\b")
    .replaceAll(noBorder, "\\B")
    .replaceAll(unicodeWord, "\\w")
    .replaceAll(unicodeBlank, "\\s")
    .replaceAll(unicodeDigit, "\\d")
    .replaceAll("[^\\n]", ".");
}
