/**
 * Clauses that may stand once in a statement but stand twice.
 *
 * In: the keyword of each clause in order. Out: a diagnostic for each that was there before.
 */
import type { IToken } from "chevrotain";
import { read } from "../diagnostics/catalogue/read.ts";
import type { Reading } from "./reading.ts";

export function findRepeated(reading: Reading, keywords: readonly (IToken | undefined)[]): void {
  const first = new Map<string, IToken>();
  for (const keyword of keywords) {
    if (keyword === undefined) continue;
    const before = first.get(keyword.image);
    if (before === undefined) first.set(keyword.image, keyword);
    else {
      reading.report(
        read.repeatedClause,
        reading.at(keyword),
        { clause: keyword.image },
        { labels: [{ at: reading.at(before), text: "it stands here already" }] },
      );
    }
  }
}
