/**
 * A diagnostic for people: the sentence, the line it is about, a caret under the place, the way out.
 *
 * In: a diagnostic, the sources its places point into, and how to colour. Out: lines of text, none of
 * them longer than about a hundred columns of policy. Whatever the policy holds is shown escaped.
 */
import { plural } from "../../runtime/plural.ts";
import type { Source, Span } from "../source.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { type Cell, layOut, showText } from "./show-text.ts";

/** What the renderer asks of a palette; picocolors has it, `plain` changes nothing. */
export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  green(text: string): string;
}

const same = (text: string) => text;
export const plain: Palette = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  cyan: same,
  green: same,
};

type Sources = ReadonlyMap<string, Source>;

const snippetColumnsMax = 100;

export function renderDiagnostic(one: Diagnostic, sources: Sources, colors = plain): string {
  const paint = severityPaint(one.severity, colors);
  const width = gutterWidth(one, sources);
  const lines = [
    `${paint(`${one.severity}[${one.code}]`)}${colors.bold(`: ${showText(one.message)}`)}`,
    ...renderPlace(one.at, sources, { width, arrow: "-->", mark: "^", text: "", paint, colors }),
  ];
  for (const { at, text } of one.labels) {
    const look = { width, arrow: ":::", mark: "-", text, paint: colors.cyan, colors };
    lines.push(...renderPlace(at, sources, look));
  }
  const gutter = " ".repeat(width + 1);
  const note = (name: string, text: string) =>
    lines.push(`${gutter}${colors.dim("=")} ${colors.green(name)}: ${text}`);
  if (one.help !== undefined) {
    note("help", one.help.split("\n").map(showText).join(`\n${gutter}        `));
  }
  if (one.fix !== undefined) note("fix", describeFix(one.fix.text, one.fix.at, sources));
  return lines.join("\n");
}

/** `2 errors, 1 warning`, or the empty text. */
export function countFindings(all: readonly Diagnostic[]): string {
  const parts = (["error", "warning", "note"] as const).map((severity) => {
    const count = all.filter((one) => one.severity === severity).length;
    return count === 0 ? "" : plural(count, severity);
  });
  return parts.filter((part) => part !== "").join(", ");
}

interface Look {
  readonly width: number;
  readonly arrow: string;
  readonly mark: string;
  readonly text: string;
  readonly paint: (text: string) => string;
  readonly colors: Palette;
}

function renderPlace(at: Span, sources: Sources, look: Look): string[] {
  const { colors, paint, width } = look;
  const source = sources.get(at.file);
  const text = showText(look.text);
  const gap = " ".repeat(width);
  if (source === undefined || source.text === "") {
    return [`${gap}${colors.dim(look.arrow)} ${showText(at.file)}${text && `: ${text}`}`];
  }
  const { line, column } = source.position(at.start);
  const { shown, before, marked } = cutLine(source.line(line), column - 1, at.end - at.start);
  const bar = colors.dim("|");
  return [
    `${gap}${colors.dim(look.arrow)} ${showText(at.file)}:${line}:${column}`,
    `${gap} ${bar}`,
    `${colors.dim(String(line).padStart(width))} ${bar} ${shown}`.trimEnd(),
    `${gap} ${bar} ${" ".repeat(before)}${paint(look.mark.repeat(marked) + (text && ` ${text}`))}`,
  ];
}

/** The line as shown, how many columns stand before the marked part, and how many it has. */
function cutLine(text: string, start: number, length: number) {
  // Enough of the line on both sides to fill the window; a line may have megabytes.
  const from = Math.max(0, start - snippetColumnsMax);
  const cells = layOut(text.slice(from, start + snippetColumnsMax));
  const isMarked = (cell: Cell) =>
    cell.start + from >= start && cell.start + from < start + Math.max(1, length);
  let first = cells.findIndex(isMarked);
  if (first < 0) first = cells.length;
  const room = snippetColumnsMax - 2;
  const tail = columns(cells.slice(first));
  let left = columns(cells.slice(0, first));
  let begin = 0;
  // What stands before the place gives way first, but a third of the window stays for it.
  while (begin < first && left + tail > room && left > room / 3) {
    left -= cells[begin]?.width ?? 0;
    begin++;
  }
  let end = cells.length;
  let total = left + tail;
  while (end > first + 1 && total > room) {
    end--;
    total -= cells[end]?.width ?? 0;
  }
  const isCutLeft = from + begin > 0 && begin > 0;
  const isCutRight = end < cells.length || start + snippetColumnsMax < text.length;
  const visible = cells.slice(begin, end);
  const marked = columns(visible.filter(isMarked));
  return {
    shown: `${isCutLeft ? "…" : ""}${visible.map((cell) => cell.shown).join("")}${isCutRight ? "…" : ""}`,
    before: left + (isCutLeft ? 1 : 0),
    marked: Math.max(1, marked),
  };
}

function columns(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

function describeFix(text: string, at: Span, sources: Sources): string {
  const old = sources.get(at.file)?.text.slice(at.start, at.end) ?? "";
  const show = (what: string) =>
    `\`${showText(what.length > 60 ? `${what.slice(0, 60)}…` : what)}\``;
  if (text === "") return `remove ${show(old)}`;
  return old === "" ? `insert ${show(text)}` : `write ${show(text)} for ${show(old)}`;
}

function gutterWidth(one: Diagnostic, sources: Sources): number {
  const places = [one.at, ...one.labels.map((label) => label.at)];
  const numbers = places.map((at) => sources.get(at.file)?.position(at.start).line ?? 1);
  return String(Math.max(...numbers)).length;
}

function severityPaint(severity: Severity, colors: Palette): (text: string) => string {
  if (severity === "error") return (text) => colors.bold(colors.red(text));
  if (severity === "warning") return (text) => colors.bold(colors.yellow(text));
  return (text) => colors.bold(colors.cyan(text));
}
