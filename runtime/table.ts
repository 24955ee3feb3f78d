/**
 * Rows of text as a table for a terminal: columns as wide as their widest cell, nothing else.
 *
 * In: cells that may hold text of a log. Out: lines without colour or control characters.
 */
import { escapeText } from "./escape.ts";

/** A cell is cut here: one long line must not push all others off the screen. */
const cellMax = 60;

export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = [head, ...rows].map((row) => row.map(formatCell));
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function formatCell(text: string): string {
  const escaped = escapeText(text);
  return escaped.length <= cellMax ? escaped : `${escaped.slice(0, cellMax - 3)}...`;
}
