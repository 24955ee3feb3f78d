/**
 * A regular expression -> the program by which runtime/linear.ts searches.
 *
 * In: an expanded pattern without references, and its flags. Out: steps, classes of characters as source text, groups; null: with references, or too long. The steps make
 * every choice in the order of JavaScript's engine: greedy loops first go on, branches stand in their order.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { type LinearProgram, op } from "../runtime/linear.ts";

export interface WrittenProgram extends LinearProgram {
  /** The source text of what takes one character. */
  readonly classes: readonly string[];
}

const stepsMax = 20_000;
const none = 0;

/** Thrown inside this file only. */
class Unfit extends Error {}

export function writeProgram(expanded: string, flags: string): WrittenProgram | null {
  const unicode = flags.includes("u");
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  const pattern = parser.parsePattern(expanded, 0, expanded.length, { unicode });
  try {
    return new Writer(pattern, unicode).program;
  } catch (error) {
    if (error instanceof Unfit) return null;
    throw error;
  }
}

class Writer {
  readonly #steps: number[] = [];
  readonly #classes: string[] = [];
  readonly #groups: AST.CapturingGroup[] = [];
  readonly #guarded: number[][] = [];
  /** Registers of the turns around that may take nothing. */
  readonly #open: number[] = [];
  /** Bodies of look-arounds, which stand behind the rest. */
  readonly #later: (() => void)[] = [];
  #splits = 0;
  #registers = 0;
  readonly program: WrittenProgram;

  constructor(pattern: AST.Pattern, isUnicode: boolean) {
    this.#collect(pattern.alternatives);
    this.#choice(pattern.alternatives, false);
    this.#step(op.match);
    for (let body = this.#later.shift(); body !== undefined; body = this.#later.shift()) body();
    this.program = {
      steps: this.#steps,
      classes: this.#classes,
      names: this.#groups.flatMap(({ name }, i) => (name === null ? [] : [[name, i + 1] as const])),
      groups: this.#groups.length,
      splits: this.#splits,
      guarded: this.#guarded,
      registers: this.#registers,
      isUnicode,
    };
  }

  get #here(): number {
    return this.#steps.length / 4;
  }

  /** Its number, so that what it leads to can be filled in later. */
  #step(code: number, a = none, b = none, c = none): number {
    if (this.#here >= stepsMax) throw new Unfit();
    this.#steps.push(code, a, b, c);
    return this.#here - 1;
  }

  #fill(step: number, operand: 1 | 2, value: number): void {
    this.#steps[step * 4 + operand] = value;
  }

  /** Where the first way begins, right behind, is known; the second is filled in. `isGreedy`: the first is preferred. */
  #split(isGreedy: boolean): (to: number) => void {
    const split = this.#splits++;
    if (this.#open.length > 0) this.#guarded.push([split, ...this.#open]);
    const step = this.#step(op.split, none, none, split);
    this.#fill(step, isGreedy ? 1 : 2, step + 1);
    return (to) => this.#fill(step, isGreedy ? 2 : 1, to);
  }

  /** Groups by the order of their parentheses. */
  #collect(alternatives: readonly AST.Alternative[]): void {
    const visit = (element: AST.Element): void => {
      if (element.type === "CapturingGroup") this.#groups.push(element);
      if (element.type === "Quantifier") visit(element.element);
      else if ("alternatives" in element) this.#collect(element.alternatives);
    };
    for (const { elements } of alternatives) for (const element of elements) visit(element);
  }

  #choice(alternatives: readonly AST.Alternative[], isBack: boolean): void {
    const ends: number[] = [];
    for (const [i, { elements }] of alternatives.entries()) {
      const isLast = i === alternatives.length - 1;
      const otherwise = isLast ? null : this.#split(true);
      for (const element of isBack ? [...elements].reverse() : elements) {
        this.#element(element, isBack);
      }
      if (otherwise === null) break;
      ends.push(this.#step(op.jump));
      otherwise(this.#here);
    }
    for (const end of ends) this.#fill(end, 1, this.#here);
  }

  #element(element: AST.Element, isBack: boolean): void {
    switch (element.type) {
      case "Character":
      case "CharacterClass":
      case "CharacterSet":
        this.#step(isBack ? op.charBack : op.char, this.#classOf(element.raw));
        return;
      case "Group":
        if (element.modifiers) throw new Unfit();
        this.#choice(element.alternatives, isBack);
        return;
      case "CapturingGroup": {
        const slot = (this.#groups.indexOf(element) + 1) * 2;
        this.#step(op.save, isBack ? slot + 1 : slot);
        this.#choice(element.alternatives, isBack);
        this.#step(op.save, isBack ? slot : slot + 1);
        return;
      }
      case "Quantifier":
        this.#repeated(element, isBack);
        return;
      case "Assertion":
        this.#assertion(element);
        return;
      default:
        throw new Unfit();
    }
  }

  #classOf(raw: string): number {
    const known = this.#classes.indexOf(raw);
    return known >= 0 ? known : this.#classes.push(raw) - 1;
  }

  #repeated(quantifier: AST.Quantifier, isBack: boolean): void {
    const { element, min, max, greedy } = quantifier;
    for (let n = 0; n < min; n++) this.#turn(element, isBack);
    const isFree = isNullable(element);
    const turn = () => {
      const register = this.#registers;
      if (isFree) {
        this.#registers++;
        this.#open.push(register);
        this.#step(op.mark, register);
      }
      this.#turn(element, isBack);
      if (!isFree) return;
      this.#step(op.moved, register);
      this.#open.pop();
    };
    if (max === Number.POSITIVE_INFINITY) {
      const head = this.#here;
      const otherwise = this.#split(greedy);
      turn();
      this.#step(op.jump, head);
      otherwise(this.#here);
      return;
    }
    const exits: ((to: number) => void)[] = [];
    for (let n = min; n < max; n++) {
      exits.push(this.#split(greedy));
      turn();
    }
    for (const exit of exits) exit(this.#here);
  }

  /** Each turn begins with its groups empty. */
  #turn(element: AST.QuantifiableElement, isBack: boolean): void {
    const inside = this.#groups.flatMap((group, i) =>
      group.start >= element.start && group.end <= element.end ? [i + 1] : [],
    );
    const [first] = inside;
    const last = inside.at(-1);
    if (first !== undefined && last !== undefined) this.#step(op.clear, first * 2, last * 2 + 2);
    this.#element(element, isBack);
  }

  #assertion(node: AST.Assertion): void {
    switch (node.kind) {
      case "start":
        this.#step(op.start);
        return;
      case "end":
        this.#step(op.end);
        return;
      case "word":
        this.#step(op.word, node.negate ? 1 : 0);
        return;
      default: {
        const step = this.#step(op.look, none, node.negate ? 1 : 0);
        const open = [...this.#open];
        this.#later.push(() => {
          this.#fill(step, 1, this.#here);
          this.#open.splice(0, this.#open.length, ...open);
          this.#choice(node.alternatives, node.kind === "lookbehind");
          this.#open.length = 0;
          this.#step(op.match);
        });
      }
    }
  }
}

function isNullable(element: AST.Element): boolean {
  if (element.type === "Assertion") return true;
  if (element.type === "Quantifier") return element.min === 0 || isNullable(element.element);
  if (!("alternatives" in element)) return element.type === "Backreference";
  return element.alternatives.some(({ elements }) => elements.every(isNullable));
}
