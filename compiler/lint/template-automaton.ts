/**
 * One way through a template as an automaton over characters, and a line that two of them take.
 *
 * In: a row of `flatten`, and what stands in each of its holes. Out: states with edges; of two
 * automata the shortest line that both take. An automaton takes at least the lines that the template
 * matches: which of several readings matching prefers (docs/matching.md section 5) is not looked at.
 */
import type { PartHole } from "../../schemas/policy.ts";
import type { Row } from "./template-row.ts";

/** Characters by code: one, or all that `has` says. */
interface Chars {
  readonly one: number;
  readonly has: (code: number) => boolean;
}

interface Edge {
  readonly chars: Chars;
  readonly to: number;
}

/** State 0 begins; `end` takes the line. */
export interface Automaton {
  readonly edges: readonly (readonly Edge[])[];
  readonly free: readonly (readonly number[])[];
  readonly end: number;
  /** Of each state the part of the row that it is in; between two parts a half. */
  readonly parts: readonly number[];
}

/** What a hole holds: texts to choose from, or one and more (`min` 0: none, too) of some characters. */
export type Filling =
  | { readonly texts: readonly string[] }
  | {
      readonly has: (code: number) => boolean;
      readonly min: 0 | 1;
      /** Of some characters its first and its last is one of these; then it holds one at least. */
      readonly first?: (code: number) => boolean;
      readonly last?: (code: number) => boolean;
    };

type Fenced = Exclude<Filling, { readonly texts: readonly string[] }>;

const lineFeed = 10;
const isDigit = (code: number) => code >= 48 && code <= 57;
const isLetter = (code: number) => (code | 32) >= 97 && (code | 32) <= 122;
const isHex = (code: number) => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);
const isWord = (code: number) => code > 32 && code !== 127;
const isHost = (code: number) => isDigit(code) || isLetter(code) || [45, 46, 95].includes(code);

/** What may stand in a hole; an address of the line that is nobody's culprit is one of `addresses`. */
export function fillingOf(hole: PartHole, addresses: readonly string[]): Filling {
  switch (hole.of) {
    case "address":
      return { texts: addresses };
    case "host":
      return { has: isHost, min: 1 };
    case "int":
    case "port":
      return { has: isDigit, min: 1 };
    case "number":
      return { has: (code) => isDigit(code) || code === 46, min: 1 };
    case "hex":
      return { has: isHex, min: 1 };
    case "word":
      return { has: isWord, min: 1 };
    case "time":
      return { texts: ["2026-03-01T10:00:00Z"] };
    case "words":
      return { texts: hole.words ?? [] };
    case "not": {
      const not = [...(hole.chars ?? "")].map((char) => char.codePointAt(0));
      return { has: (code) => code !== lineFeed && !not.includes(code), min: 1 };
    }
    default:
      return { has: (code) => code !== lineFeed, min: 0 };
  }
}

export function automatonOf(
  row: Row,
  ignoreCase: boolean,
  fill: (hole: PartHole) => Filling,
): Automaton {
  const edges: Edge[][] = [];
  const free: number[][] = [];
  const parts: number[] = [];
  const add = (part: number) => {
    free.push([]);
    parts.push(part);
    return edges.push([]) - 1;
  };
  /** A way from `from` to `to`, an edge a character. */
  const spell = (from: number, text: string, to: number, part: number) => {
    const codes = [...text].map((char) => char.codePointAt(0) as number);
    let at = from;
    for (const [index, code] of codes.entries()) {
      const next = index === codes.length - 1 ? to : add(part);
      edges[at]?.push({ chars: charOf(code, ignoreCase), to: next });
      at = next;
    }
  };
  const fence = (from: number, filling: Fenced, to: number, part: number) => {
    const { has, first = has, last = has } = filling;
    const inside = add(part);
    edges[from]?.push({ chars: { one: -1, has: first }, to: inside });
    edges[inside]?.push({ chars: { one: -1, has }, to: inside });
    edges[inside]?.push({ chars: { one: -1, has: last }, to });
    edges[from]?.push({ chars: { one: -1, has: (code) => first(code) && last(code) }, to });
  };
  let at = add(-0.5);
  for (const [index, part] of row.entries()) {
    const filling = part.kind === "text" ? { texts: [part.text] } : fill(part);
    const next = add(index + 0.5);
    if ("texts" in filling) for (const text of filling.texts) spell(at, text, next, index);
    else if (filling.first !== undefined || filling.last !== undefined) {
      fence(at, filling, next, index);
    } else {
      const chars: Chars = { one: -1, has: filling.has };
      if (filling.min === 0) free[at]?.push(next);
      else edges[at]?.push({ chars, to: next });
      edges[next]?.push({ chars, to: next });
    }
    at = next;
  }
  return { edges, free, end: at, parts };
}

function charOf(code: number, ignoreCase: boolean): Chars {
  const same = ignoreCase && isLetter(code);
  return { one: code, has: same ? (other) => (other | 32) === (code | 32) : (o) => o === code };
}

/** What stands where anything may: a letter before what else is in question. */
const samples = [..."xw0a9_-. \"'/<>[]()=:;,@"].map((char) => char.charCodeAt(0));

function common(a: Chars, b: Chars): number {
  if (a.one >= 0) return b.has(a.one) ? a.one : -1;
  if (b.one >= 0) return a.has(b.one) ? b.one : -1;
  return samples.find((code) => a.has(code) && b.has(code)) ?? -1;
}

/** Steps of `a` into its part `entered` are taken only where `b` is before or behind its part `passed`. */
export interface Order {
  readonly entered: number;
  readonly passed: number;
  readonly side: "before" | "behind";
}

/** The shortest line that both take; null: there is none; "limit": more than `pairsMax` pairs of states. */
export function commonLine(
  a: Automaton,
  b: Automaton,
  pairsMax: number,
  order: Order | null,
): string | null | "limit" {
  const isInOrder = (i: number, to: number, j: number) => {
    if (order === null) return true;
    const before = order.entered - 0.5;
    if (a.parts[i] !== before || a.parts[to] === before) return true;
    const where = b.parts[j] as number;
    return order.side === "before" ? where < order.passed : where > order.passed;
  };
  const width = b.edges.length;
  const goal = a.end * width + b.end;
  /** Pairs in the order in which they were reached, each with the place of the one before it and the character between. */
  const queue = [0];
  const cameFrom = [-1];
  const codes = [-1];
  const seen = makeSeen(a.edges.length * width);
  seen(0);
  const visit = (pair: number, from: number, code: number) => {
    if (seen(pair)) return;
    queue.push(pair);
    cameFrom.push(from);
    codes.push(code);
  };
  for (let next = 0; next < queue.length; next++) {
    const pair = queue[next] as number;
    if (pair === goal) return spelled(cameFrom, codes, next);
    if (queue.length > pairsMax) return "limit";
    const i = Math.floor(pair / width);
    const j = pair % width;
    for (const to of a.free[i] ?? []) visit(to * width + j, next, -1);
    for (const to of b.free[j] ?? []) visit(i * width + to, next, -1);
    for (const left of a.edges[i] ?? []) {
      for (const right of b.edges[j] ?? []) {
        const code = common(left.chars, right.chars);
        if (code >= 0 && isInOrder(i, left.to, j)) {
          visit(left.to * width + right.to, next, code);
        }
      }
    }
  }
  return null;
}

const bitsMax = 1 << 24;

/** Whether a number below `count` was asked about before. */
function makeSeen(count: number): (pair: number) => boolean {
  if (count > bitsMax) {
    const pairs = new Set<number>();
    return (pair) => {
      const isKnown = pairs.has(pair);
      pairs.add(pair);
      return isKnown;
    };
  }
  const bits = new Uint8Array((count >> 3) + 1);
  return (pair) => {
    const byte = bits[pair >> 3] as number;
    const bit = 1 << (pair & 7);
    bits[pair >> 3] = byte | bit;
    return (byte & bit) !== 0;
  };
}

function spelled(cameFrom: readonly number[], codes: readonly number[], end: number): string {
  const found: number[] = [];
  for (let at = end; at > 0; at = cameFrom[at] as number) {
    const code = codes[at] as number;
    if (code >= 0) found.push(code);
  }
  return String.fromCodePoint(...found.reverse());
}
