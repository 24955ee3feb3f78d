/**
 * How many steps a backtracking engine takes for a text: to see whether a line that should be slow is.
 *
 * In: a parsed pattern with its flags, a text, and after how many steps to stop. Out: the number; null: the text leads too deep. All that JavaScript's engine does is done here, in its order,
 * one step for each place of the pattern that is tried at a place of the text; what engines do to be quicker is not.
 */
import type { AST } from "@eslint-community/regexpp";
import type { CharacterNode } from "./alphabet.ts";

type Next = (at: number) => boolean;
type Try = (at: number, next: Next) => boolean;

/** Thrown inside this file only. */
class Enough extends Error {}
class TooDeep extends Error {}

export interface Steps {
  readonly count: number;
  readonly isMatch: boolean;
}

/** How deep the counter may go into itself: a turn of a loop goes a few calls deeper. */
export const textMax = 800;

export function countSteps(
  pattern: AST.Pattern,
  flags: string,
  text: string,
  stepsMax: number,
): Steps | null {
  const walker = new Walker(flags, text, stepsMax);
  const all = walker.choice(pattern.alternatives, false);
  let isMatch = false;
  try {
    for (let at = 0; at <= walker.length && !isMatch; at++) isMatch = all(at, () => true);
  } catch (error) {
    // The stack may be shorter than usual.
    if (error instanceof TooDeep || error instanceof RangeError) return null;
    if (!(error instanceof Enough)) throw error;
  }
  return { count: walker.count, isMatch };
}

/** Rows and turns within each other, half a dozen calls each: what the stack has room for, whatever the machine. */
const depthMax = 1_200;

class Walker {
  count = 0;
  #depth = 0;
  readonly length: number;
  readonly #chars: readonly string[];
  readonly #mode: string;
  readonly #max: number;
  readonly #taken = new Map<AST.CapturingGroup, readonly [number, number]>();

  constructor(flags: string, text: string, stepsMax: number) {
    this.#mode = flags.replace(/[^isu]/g, "");
    this.#chars = flags.includes("u") ? [...text] : text.split("");
    this.length = this.#chars.length;
    this.#max = stepsMax;
  }

  choice(alternatives: readonly AST.Alternative[], isBack: boolean): Try {
    const ways = alternatives.map(({ elements }) => this.#row(elements, isBack));
    return (at, next) => {
      for (const way of ways) if (way(at, next)) return true;
      return false;
    };
  }

  #row(elements: readonly AST.Element[], isBack: boolean): Try {
    const parts = elements.map((element) => this.#element(element, isBack));
    if (isBack) parts.reverse();
    return parts.reduceRight<Try>(
      (rest, part) => (at, next) => this.#deeper(() => part(at, (then) => rest(then, next))),
      (at, next) => next(at),
    );
  }

  #element(element: AST.Element, isBack: boolean): Try {
    switch (element.type) {
      case "Character":
      case "CharacterClass":
      case "CharacterSet":
        return this.#character(element, isBack);
      case "Group":
        return this.choice(element.alternatives, isBack);
      case "CapturingGroup":
        return this.#capture(element, isBack);
      case "Quantifier":
        return this.#repeated(element, isBack);
      case "Assertion":
        return this.#assertion(element);
      case "Backreference":
        return this.#reference(element);
      default:
        return () => false;
    }
  }

  #deeper(inside: () => boolean): boolean {
    if (++this.#depth > depthMax) throw new TooDeep();
    const isMatch = inside();
    this.#depth--;
    return isMatch;
  }

  #step(): void {
    if (++this.count > this.#max) throw new Enough();
  }

  #character(node: CharacterNode, isBack: boolean): Try {
    const takes = takerOf(node.raw, this.#mode);
    return (at, next) => {
      this.#step();
      const char = this.#chars[isBack ? at - 1 : at];
      return char !== undefined && takes(char) && next(isBack ? at - 1 : at + 1);
    };
  }

  #capture(group: AST.CapturingGroup, isBack: boolean): Try {
    const inside = this.choice(group.alternatives, isBack);
    return (at, next) => {
      const before = this.#taken.get(group);
      const isTaken = inside(at, (end) => {
        const earlier = this.#taken.get(group);
        this.#taken.set(group, [Math.min(at, end), Math.max(at, end)]);
        if (next(end)) return true;
        if (earlier === undefined) this.#taken.delete(group);
        else this.#taken.set(group, earlier);
        return false;
      });
      if (!isTaken && before !== undefined) this.#taken.set(group, before);
      return isTaken;
    };
  }

  #repeated({ element, min, max, greedy }: AST.Quantifier, isBack: boolean): Try {
    const turn = this.#element(element, isBack);
    const from = (times: number, at: number, next: Next): boolean => {
      this.#step();
      const more = () =>
        times < max && turn(at, (end) => (end !== at || times < min) && from(times + 1, end, next));
      return this.#deeper(() => {
        if (times < min) return more();
        return greedy ? more() || next(at) : next(at) || more();
      });
    };
    return (at, next) => from(0, at, next);
  }

  #assertion(node: AST.Assertion): Try {
    switch (node.kind) {
      case "start":
        return (at, next) => at === 0 && next(at);
      case "end":
        return (at, next) => at === this.length && next(at);
      case "word": {
        const isWord = (char: string | undefined) => char !== undefined && /^\w$/.test(char);
        return (at, next) => {
          this.#step();
          const isBorder = isWord(this.#chars[at - 1]) !== isWord(this.#chars[at]);
          return isBorder !== node.negate && next(at);
        };
      }
      default: {
        const inside = this.choice(node.alternatives, node.kind === "lookbehind");
        return (at, next) => inside(at, () => true) !== node.negate && next(at);
      }
    }
  }

  #reference({ resolved }: AST.Backreference): Try {
    const groups = Array.isArray(resolved) ? resolved : [resolved];
    return (at, next) => {
      this.#step();
      const taken = groups.map((group) => this.#taken.get(group)).find((one) => one !== undefined);
      if (taken === undefined) return next(at);
      const [start, end] = taken;
      const isSame = this.#chars.slice(start, end).every((char, i) => this.#chars[at + i] === char);
      return isSame && next(at + end - start);
    };
  }
}

const takers = new Map<string, (char: string) => boolean>();

/** Whether one character is of a class: the engine itself is asked, once for each. */
function takerOf(raw: string, mode: string): (char: string) => boolean {
  const key = `${mode}/${raw}`;
  const known = takers.get(key);
  if (known !== undefined) return known;
  const test = new RegExp(`^(?:${raw})$`, mode);
  const answers = new Map<string, boolean>();
  const takes = (char: string) => {
    const before = answers.get(char);
    if (before !== undefined) return before;
    const answer = test.test(char);
    answers.set(char, answer);
    return answer;
  };
  takers.set(key, takes);
  return takes;
}
