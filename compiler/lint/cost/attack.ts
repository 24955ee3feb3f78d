/**
 * From words that can be read in many ways to a line that shows it, and proof that it does.
 *
 * In: a pattern, the words, what their letters stand for. Out: the line as an expression, and how its cost grows, counted; null: no ending was found with which the
 * pattern fails as slowly as the words promise.
 */
import type { AST } from "@eslint-community/regexpp";
import { countSteps, textMax } from "./count-steps.ts";

export interface Piece {
  readonly text: string;
  readonly isRepeated: boolean;
}

export interface Attack {
  /** `'a'.repeat(5000) + '!'`. */
  readonly line: string;
  /** Of time in the line's length; null: it doubles with each turn. */
  readonly degree: number | null;
}

export interface Setting {
  readonly flags: string;
  /** Characters that the pattern tells apart, and texts that it forbids: with one of them behind it the line may fail. */
  readonly endings: readonly string[];
}

/** What may have to stand beside a repeated word: a border, the start of a line. */
const between = ["", " ", "\n"];

const stepsMax = 500_000;
/** Of all lines that are tried for one pattern: a third of a second. */
const stepsMaxInAll = 3_000_000;
/** Less is a straight line with noise. */
const exponentMin = 1.5;

/** `claimed`: the degree as the automaton has it; null: exponential. */
export function proveAttack(
  pattern: AST.Pattern,
  { flags, endings }: Setting,
  words: readonly Piece[],
  claimed: number | null,
): Attack | null {
  let best: Attack | null = null;
  const ways = between.flatMap((before) => {
    if (before !== "" && !endings.includes(before)) return [];
    const pieces = words.map((word) =>
      word.isRepeated ? { ...word, text: before + word.text } : word,
    );
    return ["", ...endings].map((ending) => ({ pieces, ending }));
  });
  let left = stepsMaxInAll;
  for (const { pieces, ending } of ways) {
    if (left <= 0) break;
    const steps = (turns: number) => {
      const text = pieces.map((piece) => piece.text.repeat(piece.isRepeated ? turns : 1)).join("");
      if (text.length > textMax) return null;
      const counted = countSteps(pattern, flags, text + ending, stepsMax);
      left -= counted?.count ?? stepsMax;
      return counted;
    };
    if (claimed === null) {
      if (doubles(steps)) return { line: lineOf(pieces, ending, 30), degree: null };
      continue;
    }
    const degree = degreeOf(steps, turnsFor(pieces, claimed));
    if (degree === null || (best?.degree ?? 0) >= degree) continue;
    best = { line: lineOf(pieces, ending, 3_000), degree };
    if (degree >= claimed) break;
  }
  return best;
}

type StepsOf = (turns: number) => ReturnType<typeof countSteps>;

/** Every few turns multiply the steps, and by more each time than a power of the length would. */
function doubles(steps: StepsOf): boolean {
  const counts: number[] = [];
  for (const turns of [6, 12, 18, 24]) {
    const one = steps(turns);
    if (one === null || one.isMatch) return false;
    if (one.count > stepsMax) return true;
    counts.push(one.count);
  }
  const [, second = 1, , fourth = 1] = counts;
  return fourth / second > 1_000;
}

/** As many as a count of steps that grows so has room for. */
function turnsFor(pieces: readonly Piece[], degree: number): number {
  const length = (repeated: boolean) =>
    pieces
      .filter((one) => one.isRepeated === repeated)
      .reduce((sum, one) => sum + one.text.length, 0);
  const most = Math.min(64, Math.floor(stepsMax ** (1 / (degree + 1))));
  return Math.min(most, Math.floor((textMax - length(false)) / Math.max(1, length(true))));
}

/** The power of the line's length with which the steps grow between half of the turns and all of them. */
function degreeOf(steps: StepsOf, turns: number): number | null {
  const [none, half, all] = [steps(0), steps(Math.floor(turns / 2)), steps(turns)];
  if (turns < 6 || none === null || half === null || all === null || all.isMatch) return null;
  const exponent = Math.log2((all.count - none.count) / Math.max(1, half.count - none.count));
  return exponent >= exponentMin ? Math.max(2, Math.round(exponent)) : null;
}

function lineOf(pieces: readonly Piece[], ending: string, turns: number): string {
  const all = [...pieces, { text: ending, isRepeated: false }];
  return all
    .filter(({ text }) => text !== "")
    .map(({ text, isRepeated }) => quote(text) + (isRepeated ? `.repeat(${turns})` : ""))
    .join(" + ");
}

function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
