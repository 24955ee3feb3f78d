/**
 * Moves of an automaton, one, two or three at a time: which words lead from where to where.
 *
 * In: an automaton and its alphabet. Out: words; null where there is none, undefined where the search would take too long. All
 * searches of one reader together are bounded.
 */
import type { Alphabet } from "./alphabet.ts";
import type { Automaton } from "./automaton.ts";

/** One character of a word, and one of the states that take it. */
export interface Letter {
  readonly symbol: number;
  readonly state: number;
}

export type Word = readonly Letter[];

type Inside = ReadonlySet<number> | null;

/** Moves that are looked at in all. */
const movesMax = 3_000_000;

/** A text that a run must not read, and how far it has come in it. */
interface Guard {
  /** By letter of the text: the symbols that are it. */
  readonly letters: readonly Uint8Array[];
  /** Where to go on after a letter that does not fit, by how many fitted. */
  readonly back: readonly number[];
}

interface Search {
  /** States that move together on one symbol. */
  readonly start: readonly number[];
  /** Texts that the word must not hold. */
  readonly guards?: readonly Guard[];
  /** Where each of them must stay. */
  readonly inside: readonly Inside[];
  /** Asks for a place where the first two stood apart on the way. */
  readonly apart?: boolean;
  readonly goal: readonly number[];
}

export class Reader {
  readonly #automaton: Automaton;
  readonly #size: number;
  /** By state: the number of its class, and by class which symbols it takes. */
  readonly #classes: readonly number[];
  readonly #rows: Uint8Array[] = [];
  readonly #shared = new Map<number, number>();
  readonly #reached = new Map<number, ReadonlySet<number>>();
  readonly #alphabet: Alphabet;
  #moves = 0;

  constructor(automaton: Automaton, alphabet: Alphabet) {
    this.#automaton = automaton;
    this.#alphabet = alphabet;
    this.#size = automaton.nodes.length + 1;
    this.#rows.push(new Uint8Array(alphabet.samples.length).fill(1));
    const numbers = new Map<string, number>();
    const numberOf = (raw: string) => {
      const known = numbers.get(raw);
      if (known !== undefined) return known;
      numbers.set(raw, this.#rows.push(alphabet.takes(raw)) - 1);
      return this.#rows.length - 1;
    };
    this.#classes = [0, ...automaton.nodes.map((node) => numberOf(node.raw))];
  }

  /** A pattern that is not tied begins anywhere: its start takes whatever stands before. */
  *next(state: number): Generator<number> {
    if (state === 0 && !this.#automaton.isTied) yield 0;
    yield* this.#automaton.follow[state]?.keys() ?? [];
  }

  ways(from: number, to: number): number {
    if (from === 0 && to === 0) return this.#automaton.isTied ? 0 : 1;
    return this.#automaton.follow[from]?.get(to) ?? 0;
  }

  leads(from: number, to: number): boolean {
    const known = this.#reached.get(from);
    if (known !== undefined) return known.has(to);
    const seen = new Set<number>();
    const open = [from];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      for (const next of this.next(state)) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    this.#reached.set(from, seen);
    return seen.has(to);
  }

  /** A shortest word from one state to another; empty when they are one. */
  wordTo(from: number, to: number): Word | null {
    if (from === to) return [];
    return this.#search({ start: [from], inside: [null], goal: [to] }) ?? null;
  }

  /** A state of the circle, and a word that leads back to it in two ways. If one state has such a word, each has. */
  twiceRound(circle: readonly number[]): { state: number; word: Word } | null | undefined {
    const inside = new Set(circle);
    for (const state of circle) {
      for (const next of this.next(state)) {
        if (!inside.has(next) || this.ways(state, next) < 2) continue;
        const letter = { symbol: this.#symbolOf([next]), state: next };
        return { state, word: [letter, ...(this.wordTo(next, state) ?? [])] };
      }
    }
    const [state = 0] = circle;
    if (circle.length === 1) return null;
    const both = [state, state];
    const word = this.#search({ start: both, inside: [inside, inside], apart: true, goal: both });
    return word == null ? word : { state, word };
  }

  /** A word that leads round a state of the first circle, from it to one of the second, and round that. */
  sharedWord(
    first: readonly number[],
    second: readonly number[],
  ): { from: number; to: number; word: Word } | null | undefined {
    const inside = [new Set(first), null, new Set(second)];
    // Who goes round one state alone reads every letter there.
    const guards = [first, second].flatMap((circle) => {
      const text = this.#automaton.guards.get(circle[0] ?? 0);
      return circle.length === 1 && text !== undefined ? [this.#guardOf(text)] : [];
    });
    for (const from of first) {
      for (const to of second) {
        const search = { start: [from, from, to], inside, goal: [from, to, to] };
        const word =
          guards.length === 0 ? this.#search(search) : this.#searchGuarded({ ...search, guards });
        if (word === undefined) return undefined;
        if (word !== null) return { from, to, word };
      }
    }
    return null;
  }

  /** By state: those that some word leads to besides it, itself among them; undefined: too many to look at. */
  companions(): ReadonlyMap<number, ReadonlySet<number>> | undefined {
    const found = new Map<number, Set<number>>();
    const meet = (a: number, b: number): boolean => {
      const known = found.get(a) ?? new Set();
      found.set(a, known);
      if (known.has(b)) return false;
      known.add(b);
      return true;
    };
    meet(0, 0);
    const queue = [[0, 0]];
    for (const states of queue) {
      for (const next of this.#steps(states, [null, null])) {
        if (++this.#moves > movesMax) return undefined;
        const [a = 0, b = 0] = next;
        if (this.#symbolOf(next) < 0 || !meet(a, b)) continue;
        meet(b, a);
        queue.push(next);
      }
    }
    return found;
  }

  /** Breadth first, so that the word is a shortest one; it has one symbol at least. */
  #search({ start, inside, apart = false, goal }: Search): Word | null | undefined {
    const encode = (states: readonly number[], wasApart: boolean) =>
      states.reduce((key, state) => key * this.#size + state, 0) * 2 + (wasApart ? 1 : 0);
    const wanted = encode(goal, apart);
    const first = encode(start, false);
    const from = new Map<number, number>();
    const letters = new Map<number, Letter>();
    const queue = [{ states: start, wasApart: false, key: first }];
    for (const { states, wasApart, key } of queue) {
      for (const next of this.#steps(states, inside)) {
        if (++this.#moves > movesMax) return undefined;
        const symbol = this.#symbolOf(next);
        if (symbol < 0) continue;
        const isApart = apart && (wasApart || next[0] !== next[1]);
        const nextKey = encode(next, isApart);
        if (from.has(nextKey)) continue;
        from.set(nextKey, key);
        // Of three the second makes the way.
        letters.set(nextKey, { symbol, state: next[1] ?? next[0] ?? 0 });
        if (nextKey === wanted) return wordOf(from, letters, first, wanted);
        queue.push({ states: next, wasApart: isApart, key: nextKey });
      }
    }
    return null;
  }

  /** As `#search`, over nodes that know besides how much of each text was read; every symbol is tried. */
  #searchGuarded({ start, inside, goal, guards = [] }: Search): Word | null | undefined {
    const from = new Map<string, string>();
    const letters = new Map<string, Letter>();
    const first = [start, guards.map(() => 0)].join("/");
    const queue = [{ states: start, read: guards.map(() => 0), key: first }];
    for (const { states, read, key } of queue) {
      for (const next of this.#steps(states, inside)) {
        for (const symbol of this.#symbolsOf(next)) {
          if (++this.#moves > movesMax) return undefined;
          const now = guards.map((guard, i) => advance(guard, read[i] ?? 0, symbol));
          if (now.some((count, i) => count === guards[i]?.letters.length)) continue;
          const nextKey = [next, now].join("/");
          if (from.has(nextKey)) continue;
          from.set(nextKey, key);
          letters.set(nextKey, { symbol, state: next[1] ?? 0 });
          if (next.every((state, i) => state === goal[i])) {
            return wordOf(from, letters, first, nextKey);
          }
          queue.push({ states: next, read: now, key: nextKey });
        }
      }
    }
    return null;
  }

  #guardOf(text: readonly { readonly raw: string }[]): Guard {
    const back = [0];
    for (let i = 1; i < text.length; i++) {
      let length = back[i - 1] ?? 0;
      while (length > 0 && text[length]?.raw !== text[i]?.raw) length = back[length - 1] ?? 0;
      back.push(text[length]?.raw === text[i]?.raw ? length + 1 : 0);
    }
    return { letters: text.map(({ raw }) => this.#alphabet.takes(raw)), back };
  }

  #symbolsOf(states: readonly number[]): number[] {
    const [first, ...others] = states.map((state) => this.#rows[this.#classes[state] ?? 0]);
    return [...(first?.keys() ?? [])].filter(
      (symbol) => first?.[symbol] === 1 && others.every((row) => row?.[symbol] === 1),
    );
  }

  *#steps(states: readonly number[], inside: readonly Inside[]): Generator<number[]> {
    const choices = states.map((state, i) => {
      const within = inside[i] ?? null;
      const all = [...this.next(state)];
      return within === null ? all : all.filter((next) => within.has(next));
    });
    const [first = [], second, third] = choices;
    for (const a of first) {
      if (second === undefined) yield [a];
      else {
        for (const b of second) {
          if (third === undefined) yield [a, b];
          else for (const c of third) yield [a, b, c];
        }
      }
    }
  }

  /** The first symbol that all of them take; -1: there is none. */
  #symbolOf(states: readonly number[]): number {
    const classes = states.map((state) => this.#classes[state] ?? 0);
    const key = classes.reduce((sum, one) => sum * (this.#rows.length + 1) + one + 1, 0);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const [first, ...others] = classes.map((one) => this.#rows[one]);
    const found =
      first?.findIndex(
        (taken, symbol) => taken === 1 && others.every((row) => row?.[symbol] === 1),
      ) ?? -1;
    this.#shared.set(key, found);
    return found;
  }
}

/** How much of the text the last letters are. */
function advance({ letters, back }: Guard, read: number, symbol: number): number {
  let length = read;
  while (length > 0 && letters[length]?.[symbol] !== 1) length = back[length - 1] ?? 0;
  return letters[length]?.[symbol] === 1 ? length + 1 : 0;
}

function wordOf<Key>(
  from: ReadonlyMap<Key, Key>,
  letters: ReadonlyMap<Key, Letter>,
  first: Key,
  last: Key,
): Letter[] {
  const word: Letter[] = [];
  let key = last;
  do {
    const letter = letters.get(key);
    if (letter !== undefined) word.unshift(letter);
    key = from.get(key) ?? first;
  } while (key !== first);
  return word;
}
