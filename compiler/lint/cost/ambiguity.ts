/**
 * In how many ways an automaton can read a line: what a backtracking engine tries when the line does not match.
 *
 * In: an automaton and its alphabet. Out: *none* (few ways, whatever the line's length: linear time), *exponential*, or *polynomial* with a degree of time, and words that
 * show it: a beginning, and turns that can be repeated. The criteria are those of Weber and Seidl (On the degree of ambiguity of finite automata, 1991): ways
 * are exponential when a circle can be read in two ways; their degree is the longest chain of circles of which one word leads round the first, from it
 * to the second, and round the second. Null: too large to be looked at.
 */
import type { Alphabet } from "./alphabet.ts";
import type { Automaton } from "./automaton.ts";
import { components } from "./graph.ts";
import { Reader, type Word } from "./reader.ts";

export interface Witness {
  /** From the line's start on: fixed words and such that are repeated. */
  readonly pieces: readonly { readonly word: Word; readonly isRepeated: boolean }[];
}

export type Ambiguity =
  | { readonly kind: "none" }
  | { readonly kind: "exponential"; readonly witness: Witness }
  /** Of time: one more than that of ways. */
  | { readonly kind: "polynomial"; readonly degree: number; readonly witness: Witness };

export function findAmbiguity(automaton: Automaton, alphabet: Alphabet): Ambiguity | null {
  const reader = new Reader(automaton, alphabet);
  const parts = components(0, (state) => reader.next(state));
  const circles = parts.filter(
    (part) => part.length > 1 || reader.ways(part[0] ?? 0, part[0] ?? 0) > 0,
  );
  for (const circle of circles) {
    const found = reader.twiceRound(circle);
    if (found === undefined) return null;
    if (found === null) continue;
    const pieces = [
      { word: reader.wordTo(0, found.state) ?? [], isRepeated: false },
      { word: found.word, isRepeated: true },
    ];
    return { kind: "exponential", witness: { pieces } };
  }
  const found = findChain(circles, reader);
  if (found?.kind === "none" && !hasFewWays(parts, reader)) return null;
  return found;
}

/** Ways to one state: more than these is not few. */
const waysMax = 256;

/**
 * Without circles that multiply the ways are bounded, but `(?:a?){40}` has a trillion. Of the states before a state only those count together
 * that one word can lead to; a circle is as many ways as lead into it.
 */
function hasFewWays(parts: readonly (readonly number[])[], reader: Reader): boolean {
  const companions = reader.companions();
  if (companions === undefined) return false;
  const ways = new Map<number, number>([[0, 1]]);
  const before = new Map<number, number[]>();
  for (const state of parts.flat()) {
    for (const next of reader.next(state)) before.set(next, [...(before.get(next) ?? []), state]);
  }
  // Each part stands before those that lead to it.
  for (const part of [...parts].reverse()) {
    const inside = new Set(part);
    for (const state of part) {
      const into = (before.get(state) ?? []).filter((one) => !inside.has(one));
      const sums = into.map((one) => {
        const together = into.filter((other) => companions.get(one)?.has(other) === true);
        return together.reduce(
          (sum, other) => sum + (ways.get(other) ?? 0) * reader.ways(other, state),
          0,
        );
      });
      const most = Math.max(ways.get(state) ?? 0, ...sums);
      if (most > waysMax) return false;
      ways.set(state, most);
    }
    const most = Math.max(...part.map((state) => ways.get(state) ?? 0));
    for (const state of part) ways.set(state, most);
  }
  return true;
}

interface Link {
  readonly from: number;
  readonly to: number;
  readonly word: Word;
}

interface Chain {
  readonly length: number;
  readonly links: readonly Link[];
}

/** Circles come in an order in which each stands before those that lead to it. */
function findChain(circles: readonly (readonly number[])[], reader: Reader): Ambiguity | null {
  const best: Chain[] = [];
  for (const [i, circle] of circles.entries()) {
    let chain: Chain = { length: 0, links: [] };
    for (let j = 0; j < i; j++) {
      const other = circles[j] ?? [];
      const rest = best[j] ?? { length: 0, links: [] };
      if (!reader.leads(circle[0] ?? 0, other[0] ?? 0)) continue;
      if (rest.length > chain.length) chain = rest;
      if (rest.length + 1 <= chain.length) continue;
      const link = reader.sharedWord(circle, other);
      if (link === undefined) return null;
      if (link !== null) chain = { length: rest.length + 1, links: [link, ...rest.links] };
    }
    best.push(chain);
  }
  const longest = best.reduce<Chain>((a, b) => (b.length > a.length ? b : a), {
    length: 0,
    links: [],
  });
  if (longest.length === 0) return { kind: "none" };
  return { kind: "polynomial", degree: longest.length + 1, witness: witnessOf(longest, reader) };
}

function witnessOf({ links }: Chain, reader: Reader): Witness {
  const pieces: Witness["pieces"][number][] = [];
  let at = 0;
  for (const { from, to, word } of links) {
    pieces.push({ word: reader.wordTo(at, from) ?? [], isRepeated: false });
    pieces.push({ word, isRepeated: true });
    at = to;
  }
  return { pieces };
}
