/**
 * Drafts of jails -> the text of `use`, `defaults` and jails, as a person would write it.
 *
 * In: drafts, and the files that have their filters. Out: text that ends in LF. What several jails share stands once in `defaults`: of `ban`, `by`, `remember` and `do` what most of them
 * say, of `never ban` whom all of them spare. Each statement goes through the printer of `1-read`; foreign text stands in comments, escaped.
 */
import type * as ast from "../../1-read/ast.ts";
import { print } from "../../1-read/print.ts";
import { printJailStatement } from "../../1-read/print-jail.ts";
import { printBlock, printValue } from "../../1-read/print-values.ts";
import { showText } from "../../diagnostics/show-text.ts";
import type { JailDraft } from "./draft-jail.ts";
import { neverBan, type Statement, text } from "./nodes.ts";

interface Body {
  readonly draft: JailDraft;
  readonly statements: readonly Statement[];
}

export function writeJails(drafts: readonly JailDraft[], files: readonly string[]): string {
  const bodies = drafts.flatMap((draft) =>
    draft.statements === null ? [] : [{ draft, statements: draft.statements }],
  );
  const { defaults, jails } = bodies.length > 1 ? share(bodies) : { defaults: [], jails: bodies };
  const left = drafts.filter(({ statements }) => statements === null);
  const parts = [
    ...writeUse(bodies, files),
    ...(defaults.length > 0 ? [`defaults ${block(defaults, [])}`] : []),
    ...jails.map(({ draft: { name, options }, statements }) => {
      const lost = [...new Set(options.left)];
      const comments = lost.length > 0 ? ["Not taken over:", ...lost.map((one) => `  ${one}`)] : [];
      return `jail ${name} ${block(statements, comments)}`;
    }),
    ...left.map(writeLeftOut),
  ];
  return parts.map((part) => `${part}\n`).join("\n");
}

function writeUse(bodies: readonly Body[], files: readonly string[]): string[] {
  const at = { file: "", start: 0, end: 0 };
  const names = [...new Set(bodies.flatMap(({ draft }) => draft.modules))].sort();
  const modules = [
    ...names.map((name) => ({ type: "std" as const, name, at })),
    ...files.map((file) => text(file)),
  ];
  if (modules.length === 0) return [];
  return [print({ type: "policy", items: [{ type: "use", modules, at }], at }).trimEnd()];
}

function block(statements: readonly Statement[], comments: readonly string[]): string {
  return printBlock([
    ...statements.flatMap((one) => [...one.comments.map(comment), printJailStatement(one.node)]),
    ...comments.map(comment),
  ]);
}

function comment(line: string): string {
  return `# ${showText(line)}`;
}

/** What it says, for a person who writes it by hand. */
function writeLeftOut({ options: { use } }: JailDraft): string {
  return [
    `jail ${use.jail} is left out. It says, besides its filter ${use.filter}:`,
    ...use.settings.map(({ name, value }) => `  ${name} = ${value.replaceAll("\n", "  ")}`),
  ]
    .map(comment)
    .join("\n");
}

/** A jail's own takes the place of these; `never ban` adds, and stands where a person writes it. */
const shared = ["ban", "remember", "by", "never", "do"] as const;

function share(bodies: readonly Body[]): { defaults: Statement[]; jails: Body[] } {
  const defaults: Statement[] = [];
  const spared = sharedWho(bodies);
  for (const type of shared) {
    if (type === "never") {
      if (spared.length > 0) defaults.push(neverBan(spared));
      continue;
    }
    const all = bodies.flatMap(({ statements }) =>
      statements.filter(({ node }) => node.type === type),
    );
    // A jail without a ladder has nothing to remember; of all else each has one.
    if (type !== "remember" && all.length < bodies.length) continue;
    const most = mostOften(all);
    if (most !== null) defaults.push(most);
  }
  const said = new Set(defaults.map(({ node }) => printJailStatement(node)));
  const jails = bodies.map(({ draft, statements }) => ({
    draft,
    statements: statements.flatMap((one) => {
      if (one.node.type === "never") return without(one.node, spared);
      return said.has(printJailStatement(one.node)) ? [] : [one];
    }),
  }));
  return { defaults, jails };
}

/** Null: no two jails say the same. */
function mostOften(all: readonly Statement[]): Statement | null {
  const counts = new Map<string, { readonly one: Statement; count: number }>();
  for (const one of all) {
    const key = printJailStatement(one.node);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { one, count: 1 });
    else known.count++;
  }
  const [first] = [...counts.values()].sort((a, b) => b.count - a.count);
  return first !== undefined && first.count > 1 ? first.one : null;
}

function sharedWho(bodies: readonly Body[]): ast.Who[] {
  const lists = bodies.map(({ statements }) =>
    statements.flatMap(({ node }) => (node.type === "never" ? node.who : [])),
  );
  const [first = [], ...rest] = lists;
  return first.filter((who) => rest.every((list) => has(list, who)));
}

function has(list: readonly ast.Who[], who: ast.Who): boolean {
  return list.some((one) => printValue(one) === printValue(who));
}

function without(
  node: ast.JailStatement & { type: "never" },
  spared: readonly ast.Who[],
): Statement[] {
  const who = node.who.filter((one) => !has(spared, one));
  return who.length > 0 ? [neverBan(who)] : [];
}
