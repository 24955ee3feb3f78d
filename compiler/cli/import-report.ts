/**
 * The end of `f2b import`'s report: what became of each filter, and what is left out of the policy, with file and line.
 *
 * In: a row of counts a filter. Out: text for standard error: tables on a terminal, plain lines elsewhere.
 */
import Table from "cli-table3";
import type { ImportJail, ImportLine, ImportMissing } from "../../schemas/import.ts";
import { showText } from "../diagnostics/show-text.ts";
import type { Colors } from "./terminal.ts";

const columnsMax = 120;
const whyMin = 24;
const style = { head: [], border: [], compact: true };

export function reportTables(all: readonly ImportLine[], columns: number, colors: Colors): string {
  const hasJails = all.some(({ jails }) => jails.length > 0);
  const counts = new Table({
    head: ["filter", "templates", "regexes", "lets", "left out", ...(hasJails ? ["jails"] : [])],
    colAligns: ["left", "right", "right", "right", "right", "left"],
    style,
  });
  for (const { filter, templates, regexes, lets, missing, jails } of all) {
    const left = missing.length === 0 ? "0" : colors.yellow(String(missing.length));
    const row = [colors.bold(showText(filter)), templates, regexes, lets, left];
    const names = jails.map((jail) =>
      isWhole(jail) ? jailText(jail) : colors.yellow(jailText(jail)),
    );
    counts.push(hasJails ? [...row, names.join("\n")] : row);
  }
  const rows = withoutRepeats(all.flatMap(leftOut));
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
    .flatMap((one) => [
      `${showText(one.filter)}  ${countsOf([
        [one.templates, "template", "templates"],
        [one.regexes, "regex", "regexes"],
        [one.lets, "let", "lets"],
      ])}`,
      ...one.jails.map((jail) => `  jail ${jailText(jail)}`),
      ...withoutRepeats(leftOut(one)).map(
        ({ file, line, what }) => `  left out  ${showText(file)}:${line}  ${showText(what)}`,
      ),
    ])
    .join("\n");
}

function isWhole({ imported, observes }: ImportJail): boolean {
  return imported && !observes;
}

function jailText({ jail, name, imported, observes }: ImportJail): string {
  const as = name === jail ? "" : ` as ${showText(name)}`;
  const state = imported ? (observes ? ", which only observes" : "") : ", left out";
  return `${showText(jail)}${as}${state}`;
}

/** Of the filter and of its jails. */
function leftOut({ missing, jails }: ImportLine): ImportMissing[] {
  return [...missing, ...jails.flatMap((jail) => jail.missing)];
}

/** What holds for several jails is said once. */
function withoutRepeats(all: readonly ImportMissing[]): ImportMissing[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function countsOf(counts: readonly (readonly [number, string, string])[]): string {
  const parts = counts.flatMap(([count, one, more]) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : more}`],
  );
  return parts.length === 0 ? "no rules" : parts.join(", ");
}
