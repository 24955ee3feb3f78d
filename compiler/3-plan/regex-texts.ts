/**
 * Texts of which every match of a regular expression holds one.
 *
 * In: source and flags. Out: some texts, or null when nothing is known. They may only ever let a line pass that
 * does not match. ASCII alone: other characters may stand for bytes that were replaced.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { betterOf, textsMax } from "./texts.ts";

/** With the `u` flag `i` folds letters outside ASCII onto ASCII ones (the Kelvin sign), so nothing is known. */
export function regexTexts(source: string, flags: string): string[] | null {
  const unicode = flags.includes("u") || flags.includes("v");
  if (flags.includes("i") && unicode) return null;
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const pattern = parser.parsePattern(source, 0, source.length, {
    unicode: flags.includes("u"),
    unicodeSets: flags.includes("v"),
  });
  return textsOfChoice(pattern.alternatives);
}

/** One of several: the texts of each together, or nothing. */
function textsOfChoice(alternatives: readonly AST.Alternative[]): string[] | null {
  const found = new Set<string>();
  for (const alternative of alternatives) {
    const texts = textsOfRow(alternative.elements);
    if (texts === null) return null;
    for (const text of texts) found.add(text);
    if (found.size > textsMax) return null;
  }
  return [...found];
}

function textsOfRow(elements: readonly AST.Element[]): string[] | null {
  let best: string[] | null = null;
  let run = "";
  const close = () => {
    if (run !== "") best = betterOf(best, [run]);
    run = "";
  };
  const add = (element: AST.Element): void => {
    switch (element.type) {
      case "Character":
        if (element.value > 0x7f || element.value === 0x0a) close();
        else run += String.fromCharCode(element.value);
        return;
      case "Group":
      case "CapturingGroup":
        if (element.type === "Group" && element.modifiers) close();
        else addChoice(element.alternatives);
        return;
      case "Quantifier":
        if (element.min > 0) add(element.element);
        close();
        return;
      case "Assertion":
        if (element.kind === "lookahead" || element.kind === "lookbehind") close();
        return;
      default:
        close();
    }
  };
  const addChoice = (alternatives: readonly AST.Alternative[]): void => {
    const only = alternatives[0];
    if (alternatives.length === 1 && only !== undefined) {
      for (const element of only.elements) add(element);
      return;
    }
    close();
    best = betterOf(best, textsOfChoice(alternatives));
  };
  for (const element of elements) add(element);
  close();
  return best;
}
