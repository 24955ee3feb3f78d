/**
 * Branches that are plain words -> a list of texts, which a regular expression takes as one of its words.
 *
 * In: a choice. Out: the words in their order, null when there is more in it than letters.
 */
import { printText } from "../../1-read/print-values.ts";
import { makeText } from "../../2-check/scope.ts";
import type { Choice } from "../python-regex/tree.ts";

/** A line of a list is not longer. */
const lineUnits = 120;
const wordsMin = 3;

export function wordsOf(choice: Choice): string[] | null {
  if (choice.length < wordsMin) return null;
  const words: string[] = [];
  for (const sequence of choice) {
    let word = "";
    for (const node of sequence) {
      if (node.type !== "char" || node.code < 0x20) return null;
      word += String.fromCodePoint(node.code);
    }
    if (word === "") return null;
    words.push(word);
  }
  return words;
}

export function printWords(words: readonly string[]): string {
  const texts = words.map((word) => printText(makeText(word, { file: "", start: 0, end: 0 })));
  const flat = `[${texts.join(", ")}]`;
  if (flat.length <= lineUnits) return flat;
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length < lineUnits) {
      lines[lines.length - 1] = `${last} ${text},`;
    } else lines.push(`${text},`);
  }
  return `[\n${lines
    .map((line) => `  ${line}\n`)
    .join("")
    .replace(/,\n$/, "\n")}]`;
}
