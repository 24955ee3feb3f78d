/**
 * What a pattern cannot do without: the text a match begins with, and a text every match contains.
 *
 * In: an alternative of a template, or a regular expression. Out: plain text, empty when nothing is
 * known. Both only ever let lines pass that do not match; they must never hold back one that does.
 * Texts of regular expressions are ASCII: other characters may stand for bytes that were replaced.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { Alternative } from "./plan-types.ts";

export function templatePrefix(alternative: Alternative): string {
  const first = alternative.left[0];
  return first?.op === "text" ? first.text : "";
}

export interface RegexLiterals {
  readonly prefix: string;
  readonly required: string;
}

/** With the `u` flag `i` folds letters outside ASCII onto ASCII ones (the Kelvin sign), so nothing is known. */
export function regexLiterals(source: string, flags: string): RegexLiterals {
  if (flags.includes("i") && flags.includes("u")) return { prefix: "", required: "" };
  const pattern = new RegExpParser({ ecmaVersion: 2023 }).parsePattern(
    source,
    0,
    source.length,
    flags.includes("u"),
  );
  const runs = new Runs();
  runs.addAlternatives(pattern.alternatives);
  runs.break();
  return { prefix: runs.prefix, required: runs.longest };
}

/** Walks what must be matched in any case and collects rows of characters that stand together. */
class Runs {
  prefix = "";
  longest = "";
  #run = "";
  /** The run at hand began at `^`. */
  #atStart = false;
  #nothingSeen = true;

  addAlternatives(alternatives: readonly AST.Alternative[]): void {
    const only = alternatives[0];
    if (alternatives.length !== 1 || only === undefined) return this.break();
    for (const element of only.elements) this.#addElement(element);
  }

  break(): void {
    if (this.#atStart) this.prefix = this.#run;
    if (this.#run.length > this.longest.length) this.longest = this.#run;
    this.#run = "";
    this.#atStart = false;
    this.#nothingSeen = false;
  }

  #addElement(element: AST.Element): void {
    switch (element.type) {
      case "Character":
        if (element.value > 0x7f || element.value === 0x0a) return this.break();
        this.#nothingSeen = false;
        this.#run += String.fromCharCode(element.value);
        return;
      case "Assertion":
        if (element.kind === "start" && this.#nothingSeen) {
          this.#atStart = true;
          this.#nothingSeen = false;
        } else if (element.kind !== "end" && element.kind !== "word") {
          this.break();
        }
        return;
      case "Group":
      case "CapturingGroup":
        if (element.type === "Group" && element.modifiers) return this.break();
        return this.addAlternatives(element.alternatives);
      case "Quantifier":
        if (element.min === 0) return this.break();
        this.#addElement(element.element);
        return this.break();
      default:
        return this.break();
    }
  }
}
