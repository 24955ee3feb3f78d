/**
 * A regular expression as an automaton without empty moves (Glushkov's): a state for each place that takes a character.
 *
 * In: a parsed pattern. Out: states, and which follow which; a move that can be made in two ways without taking a character between counts as two. What
 * only forbids (look-around, borders, anchors within) is left away, and a reference takes whatever its group might, so that the automaton has every
 * way the engine has, and more. Ways end where the engine has matched for certain, for there it stops. Null: too large.
 */
import type { AST } from "@eslint-community/regexpp";
import type { CharacterNode } from "./alphabet.ts";

/** How many ways lead from one place to another: two stand for more. */
type Ways = 1 | 2;

export interface Automaton {
  /** What state i + 1 takes; state 0 is the start. */
  readonly nodes: readonly CharacterNode[];
  /** By state: the text that must not begin with what it takes, as in `(?!text).` */
  readonly guards: ReadonlyMap<number, readonly AST.Character[]>;
  /** By state: those behind it. */
  readonly follow: readonly ReadonlyMap<number, Ways>[];
  /** Every way begins at the line's start. */
  readonly isTied: boolean;
  /** There are look-arounds in it that cost more than a fixed number of steps. */
  readonly isInexact: boolean;
}

const statesMax = 4_000;

/** A part of the pattern: states it can begin and end in, and in how many ways it takes nothing. */
interface Part {
  readonly first: Map<number, Ways>;
  readonly last: Map<number, Ways>;
  readonly empty: 0 | Ways;
}

/** Thrown inside this file only. */
class Unfit extends Error {}

/** `takesAny`: a class takes every character that a message holds. */
export function buildAutomaton(
  pattern: AST.Pattern,
  takesAny: (node: CharacterNode) => boolean,
): Automaton | null {
  const builder = new Builder();
  try {
    const all = builder.choice(pattern.alternatives);
    const follow = [new Map(all.first), ...builder.follow];
    const end = endOf(pattern.alternatives);
    for (const state of all.last.keys()) {
      const node = builder.nodes[state - 1];
      const isAnything = follow[state]?.has(state) === true && node !== undefined && takesAny(node);
      if (end === "open" || (end === "tied" && isAnything)) {
        for (const next of follow) next.delete(state);
      }
    }
    return {
      nodes: builder.nodes,
      guards: builder.guards,
      follow,
      isTied: pattern.alternatives.every(({ elements }) => isTiedRow(elements)),
      isInexact: builder.isInexact,
    };
  } catch (error) {
    if (error instanceof Unfit) return null;
    throw error;
  }
}

function isTiedRow([first]: readonly AST.Element[]): boolean {
  if (first?.type === "Assertion") return first.kind === "start";
  const isGroup = first?.type === "Group" || first?.type === "CapturingGroup";
  return isGroup && first.alternatives.every(({ elements }) => isTiedRow(elements));
}

type End = "open" | "tied" | "unknown";

/** What must hold behind the last character: nothing, that the line ends, or what is not looked into. */
function endOf(alternatives: readonly AST.Alternative[]): End {
  const ends = alternatives.map(({ elements }): End => {
    const last = elements.at(-1);
    const isTied = last?.type === "Assertion" && last.kind === "end";
    const before = isTied ? elements.slice(0, -1) : elements;
    const lastTaker = before.findLastIndex((element) => !isNullable(element));
    if (before.slice(Math.max(0, lastTaker)).some(holdsAssertion)) return "unknown";
    return isTied ? "tied" : "open";
  });
  const [first = "unknown"] = ends;
  return ends.every((end) => end === first) ? first : "unknown";
}

function isNullable(element: AST.Element): boolean {
  if (element.type === "Assertion") return true;
  if (element.type === "Quantifier") return element.min === 0 || isNullable(element.element);
  if (!("alternatives" in element)) return element.type === "Backreference";
  return element.alternatives.some(({ elements }) => elements.every(isNullable));
}

function holdsAssertion(element: AST.Element): boolean {
  if (element.type === "Assertion") return true;
  if (element.type === "Quantifier") return holdsAssertion(element.element);
  if (!("alternatives" in element)) return false;
  return element.alternatives.some(({ elements }) => elements.some(holdsAssertion));
}

class Builder {
  readonly nodes: CharacterNode[] = [];
  readonly guards = new Map<number, readonly AST.Character[]>();
  readonly follow: Map<number, Ways>[] = [];
  isInexact = false;

  choice(alternatives: readonly AST.Alternative[]): Part {
    const parts = alternatives.map(({ elements }) => this.#row(elements));
    const [only = nothing(), ...others] = parts;
    return others.reduce(either, only);
  }

  #row(elements: readonly AST.Element[]): Part {
    let row = nothing();
    for (const [i, element] of elements.entries()) {
      const state = this.nodes.length + 1;
      row = this.#then(row, this.#element(element));
      const guard = literalOf(elements[i - 1]);
      // Only what takes one character, right behind, is one state.
      if (guard !== null && this.nodes.length === state && isCharacter(element)) {
        this.guards.set(state, guard);
      }
    }
    return row;
  }

  #element(element: AST.Element): Part {
    switch (element.type) {
      case "Character":
      case "CharacterSet":
        return this.#state(element);
      case "CharacterClass":
        return this.#state(element);
      case "Group":
        if (element.modifiers) throw new Unfit();
        return this.choice(element.alternatives);
      case "CapturingGroup":
        return this.choice(element.alternatives);
      case "Quantifier":
        return this.#repeated(element);
      case "Assertion":
        if ("alternatives" in element && holdsLoop(element)) this.isInexact = true;
        return nothing();
      case "Backreference":
        return this.#reference(element);
      default:
        throw new Unfit();
    }
  }

  /** Of a group that took no part it takes nothing. */
  #reference({ resolved, start }: AST.Backreference): Part {
    const groups = Array.isArray(resolved) ? resolved : [resolved];
    const outside = groups.filter((group) => start < group.start || start >= group.end);
    const parts = outside.map((group) => this.choice(group.alternatives));
    return optional(parts.reduce(either, { first: new Map(), last: new Map(), empty: 0 }));
  }

  #state(node: CharacterNode): Part {
    if (this.nodes.length >= statesMax) throw new Unfit();
    this.nodes.push(node);
    this.follow.push(new Map());
    const state = this.nodes.length;
    return { first: new Map([[state, 1]]), last: new Map([[state, 1]]), empty: 0 };
  }

  #repeated({ element, min, max }: AST.Quantifier): Part {
    if (max === 0) return nothing();
    let all = nothing();
    const isLoop = max === Number.POSITIVE_INFINITY;
    // The last turn that must be may be the loop itself.
    const before = isLoop ? Math.max(0, min - 1) : min;
    for (let n = 0; n < before; n++) all = this.#then(all, this.#element(element));
    if (isLoop) return this.#then(all, this.#loop(this.#element(element), min > 0));
    let rest: Part | null = null;
    for (let n = min; n < max; n++) {
      const turn = this.#element(element);
      rest = optional(rest === null ? turn : this.#then(turn, rest));
    }
    return rest === null ? all : this.#then(all, rest);
  }

  #loop(turn: Part, isOnce: boolean): Part {
    this.#connect(turn.last, turn.first);
    return isOnce ? turn : optional(turn);
  }

  #then(before: Part, after: Part): Part {
    this.#connect(before.last, after.first);
    return {
      first: sum(before.first, after.first, before.empty),
      last: sum(after.last, before.last, after.empty),
      empty: product(before.empty, after.empty),
    };
  }

  #connect(from: ReadonlyMap<number, Ways>, to: ReadonlyMap<number, Ways>): void {
    for (const [state, ways] of from) {
      const follow = this.follow[state - 1];
      for (const [next, more] of to) {
        const known = follow?.get(next) ?? 0;
        follow?.set(next, known > 0 || ways > 1 || more > 1 ? 2 : 1);
      }
    }
  }
}

function nothing(): Part {
  return { first: new Map(), last: new Map(), empty: 1 };
}

/** A turn that takes nothing is not made where it need not be: there is one way to take nothing. */
function optional(part: Part): Part {
  return { ...part, empty: 1 };
}

function either(a: Part, b: Part): Part {
  const empty = a.empty + b.empty;
  return {
    first: sum(a.first, b.first, 1),
    last: sum(a.last, b.last, 1),
    empty: empty === 0 ? 0 : empty === 1 ? 1 : 2,
  };
}

/** The states of both, those of the second as many times as there are ways to it. */
function sum(
  a: ReadonlyMap<number, Ways>,
  b: ReadonlyMap<number, Ways>,
  times: 0 | Ways,
): Map<number, Ways> {
  const out = new Map(a);
  if (times === 0) return out;
  for (const [state, ways] of b) out.set(state, out.has(state) || times > 1 ? 2 : ways);
  return out;
}

function product(a: 0 | Ways, b: 0 | Ways): 0 | Ways {
  if (a === 0 || b === 0) return 0;
  return a > 1 || b > 1 ? 2 : 1;
}

function isCharacter(element: AST.Element): boolean {
  return ["Character", "CharacterClass", "CharacterSet"].includes(element.type);
}

/** The text that a negative look-ahead forbids; null: it is none, or more than a text. */
function literalOf(element: AST.Element | undefined): readonly AST.Character[] | null {
  if (element?.type !== "Assertion" || element.kind !== "lookahead" || !element.negate) return null;
  const [only, ...others] = element.alternatives;
  if (only === undefined || others.length > 0 || only.elements.length === 0) return null;
  const letters = only.elements.filter((one) => one.type === "Character");
  return letters.length === only.elements.length ? letters : null;
}

/** A loop within makes its cost depend on the line; one of a fixed size is looked at anew wherever it stands. */
function holdsLoop(element: AST.Element): boolean {
  if (element.type === "Quantifier") {
    return element.max === Number.POSITIVE_INFINITY || holdsLoop(element.element);
  }
  if (!("alternatives" in element)) return element.type === "Backreference";
  return element.alternatives.some(({ elements }) => elements.some(holdsLoop));
}
