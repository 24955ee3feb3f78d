/**
 * What a pattern cannot do without: the text a match begins with, and a text every match contains.
 *
 * In: an alternative of a template, or a regular expression. Out: plain text, empty when nothing is
 * known. Both only ever let lines pass that do not match; they must never hold back one that does.
 * Texts of regular expressions are ASCII: other characters may stand for bytes that were replaced.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { Alternative, Op } from "./plan-types.ts";

/** So many beginnings of one alternative are told apart; with more nothing is known. */
const prefixesMax = 32;

/** What a text that the alternative matches begins with: one of these. Words count as literals. */
export function templatePrefixes(alternative: Alternative): string[] {
  let prefixes = [""];
  for (const op of alternative.left) {
    const choices = op.op === "text" ? [op.text] : wordsWithNeighbour(op);
    if (choices.length === 0 || prefixes.length * choices.length > prefixesMax) break;
    prefixes = prefixes.flatMap((prefix) => choices.map((choice) => prefix + choice));
  }
  return prefixes;
}

function wordsWithNeighbour(hole: Extract<Op, { op: "hole" }>): string[] {
  return (hole.words ?? []).map((word) => word + (hole.neighbour ?? ""));
}

export interface RegexLiterals {
  readonly prefix: string;
  readonly required: string;
}

/** With the `u` flag `i` folds letters outside ASCII onto three ASCII ones, which therefore are not known. */
export function regexLiterals(source: string, flags: string): RegexLiterals {
  const pattern = new RegExpParser({ ecmaVersion: 2023 }).parsePattern(
    source,
    0,
    source.length,
    flags.includes("u"),
  );
  const runs = new Runs(flags.includes("i") && flags.includes("u") ? /[iks]/i : null);
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
  readonly #unknown: RegExp | null;

  constructor(unknown: RegExp | null) {
    this.#unknown = unknown;
  }

  addAlternatives(alternatives: readonly AST.Alternative[]): void {
    const only = alternatives[0];
    if (alternatives.length !== 1 || only === undefined) this.break();
    else for (const element of only.elements) this.#addElement(element);
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
        this.#addCharacter(element.value);
        break;
      case "Assertion":
        this.#addAssertion(element);
        break;
      case "Group":
        if (element.modifiers) this.break();
        else this.addAlternatives(element.alternatives);
        break;
      case "CapturingGroup":
        this.addAlternatives(element.alternatives);
        break;
      case "Quantifier":
        if (element.min > 0) this.#addElement(element.element);
        this.break();
        break;
      default:
        this.break();
    }
  }

  #addCharacter(value: number): void {
    const text = String.fromCharCode(value);
    if (value > 0x7f || value === 0x0a || this.#unknown?.test(text)) {
      this.break();
      return;
    }
    this.#nothingSeen = false;
    this.#run += text;
  }

  #addAssertion(assertion: AST.Assertion): void {
    if (assertion.kind === "start" && this.#nothingSeen) {
      this.#atStart = true;
      this.#nothingSeen = false;
    } else if (assertion.kind !== "end" && assertion.kind !== "word") {
      this.break();
    }
  }
}
