/**
 * Drafts -> the text of a filter, in the layout of `1-read/print.ts`, with comments.
 *
 * In: what is to be written. Out: one `filter`, ending in LF. Comments are foreign text: what could mislead a reader of the policy
 * is written escaped.
 */
import { printBlock, printText } from "../../1-read/print-values.ts";
import { makeText } from "../../2-check/scope.ts";
import { showText } from "../../diagnostics/show-text.ts";
import type { FormatDraft } from "./formats.ts";
import { chooseLets, type Lets } from "./lets.ts";
import type { Draft, DraftRegex } from "./rules.ts";

export interface Written {
  readonly name: string;
  readonly head: readonly string[];
  readonly describe: string;
  readonly formats: readonly FormatDraft[];
  readonly window: number;
  readonly lets: readonly { readonly comments: readonly string[]; readonly text: string }[];
  readonly frame: { readonly comments: readonly string[]; readonly lines: readonly string[] };
  readonly session: string | null;
  readonly rules: readonly { readonly comments: readonly string[]; readonly text: string }[];
  readonly tail: readonly string[];
}

export function writeFilter(written: Written): string {
  const parts = [
    [
      `describe ${quote(written.describe)}`,
      ...written.formats.flatMap((draft) => [
        ...comment(draft.comments),
        printFormat(draft, written.window),
      ]),
    ],
    written.lets.flatMap(({ comments, text }) => [...comment(comments), text]),
    [
      ...comment(written.frame.comments),
      ...written.frame.lines,
      ...(written.session === null ? [] : [written.session]),
    ],
    written.rules.flatMap(({ comments, text }) => [...comment(comments), text]),
    comment(written.tail),
    [skeleton],
  ];
  const body = parts.filter((part) => part.length > 0).map((part) => part.join("\n"));
  const head = comment(written.head).map((line) => `${line}\n`);
  // A blank line between the parts, which no block may indent.
  const block = printBlock([body.join("\n\n")]).replace(/^ +$/gm, "");
  return `${head.join("")}filter ${written.name} ${block}\n`;
}

/** Every value written out. */
export const noLets: Lets = chooseLets([]);

const skeleton = `# Lines of the real log belong here: what must count, what must not, and what an attacker would write.
# test {
#   fails  "..." as { address: 192.0.2.1 }
#   passes "..."
# }`;

export function printFormat({ words, pattern }: FormatDraft, window: number): string {
  const parts = ["format lines"];
  if (words.length > 0) parts.push("time", ...words);
  if (pattern !== null) parts.push(quote(pattern));
  if (window > 1) parts.push(`window ${window}`);
  return parts.join(" ");
}

export function printDraft({ kind, end, regex, original }: Draft, lets: Lets = noLets): string {
  if (regex === null) return `# not translated: ${kind} /${showText(original.text)}/`;
  const { template } = regex;
  const pattern = template === null ? printRegex(regex, lets) : quote(template);
  return `${kind} ${pattern}${end ? " end" : ""}`;
}

export function printRegex(regex: DraftRegex, lets: Lets): string {
  return `/${regex.wrap(lets.print(regex))}/${regex.flags}${regex.linear ? "l" : ""}`;
}

export function quote(text: string): string {
  return printText(makeText(text, { file: "", start: 0, end: 0 }));
}

function comment(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "#" : `# ${showText(line)}`));
}
