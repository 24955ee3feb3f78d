/**
 * Rows of text as a table for a terminal: columns as wide as their widest cell, nothing else.
 *
 * In: cells that may hold text of a log. Out: lines without colour or control characters.
 */
import { escapeText } from "./escape.ts";

/** A cell is cut here: one long line must not push all others off the screen. */
const cellMax = 60;
/** Narrower than this a column says nothing. */
const cellMin = 12;

/** `width` is the terminal's, if there is one: the widest columns are cut until lines fit. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const lines = [head, ...rows].map((row) => row.map((cell) => cutCell(escapeText(cell), cellMax)));
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const lineOf = (sum: number, one: number) => sum + one + 2;
  for (let over = widths.reduce(lineOf, -2) - width; over > 0; ) {
    const widest = Math.max(...widths);
    if (widest <= cellMin) break;
    const cut = Math.min(over, Math.ceil((widest - cellMin) / 2));
    widths[widths.lastIndexOf(widest)] = widest - cut;
    over -= cut;
  }
  return lines.map((line) =>
    line
      .map((cell, at) => cutCell(cell, widths[at] ?? 0).padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function cutCell(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
