/**
 * The end of `f2b import`'s report: what became of each filter, and what is left out of the policy, with file and line.
 *
 * In: a row of counts a filter. Out: text for standard error: tables on a terminal, plain lines elsewhere.
 */
import Table from "cli-table3";
import type { ImportLine } from "../../schemas/import.ts";
import { showText } from "../diagnostics/show-text.ts";
import type { Colors } from "./terminal.ts";

const columnsMax = 120;
const whyMin = 24;
const style = { head: [], border: [], compact: true };

export function reportTables(all: readonly ImportLine[], columns: number, colors: Colors): string {
  const counts = new Table({
    head: ["filter", "templates", "regexes", "lets", "left out"],
    colAligns: ["left", "right", "right", "right", "right"],
    style,
  });
  for (const { filter, templates, regexes, lets, missing } of all) {
    const left = missing.length === 0 ? "0" : colors.yellow(String(missing.length));
    counts.push([colors.bold(showText(filter)), templates, regexes, lets, left]);
  }
  const rows = all.flatMap(({ missing }) => missing);
  if (rows.length === 0) return counts.toString();
  const places = rows.map(({ file, line }) => `${showText(file)}:${line}`);
  const width = Math.max(...places.map((place) => place.length)) + 2;
  const table = new Table({
    head: ["left out", "why"],
    colWidths: [width, Math.max(whyMin, Math.min(columns, columnsMax) - width - 3)],
    wordWrap: true,
    style,
  });
  for (const [i, { what }] of rows.entries()) table.push([places[i], showText(what)]);
  return `${counts.toString()}\n${table.toString()}`;
}

export function reportLines(all: readonly ImportLine[]): string {
  return all
    .flatMap(({ filter, templates, regexes, lets, missing }) => [
      `${showText(filter)}  ${countsOf([
        [templates, "template", "templates"],
        [regexes, "regex", "regexes"],
        [lets, "let", "lets"],
      ])}`,
      ...missing.map(
        ({ file, line, what }) => `  left out  ${showText(file)}:${line}  ${showText(what)}`,
      ),
    ])
    .join("\n");
}

function countsOf(counts: readonly (readonly [number, string, string])[]): string {
  const parts = counts.flatMap(([count, one, more]) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : more}`],
  );
  return parts.length === 0 ? "no rules" : parts.join(", ");
}
