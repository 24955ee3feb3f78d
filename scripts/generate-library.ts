/**
 * library/ -> docs/library/, a page a module and a list of them.
 * With --check it writes nothing and fails when a page is not fresh, missing or left over.
 *
 * In: the modules' syntax trees and the comments at their tops. What must hold: every number and every
 * name comes from a module.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type {
  Action,
  Filter,
  FilterTest,
  FilterTestLine,
  Jail,
  Param,
  Policy,
} from "../compiler/1-read/ast.ts";
import { load } from "../compiler/2-check/load.ts";
import { listModules, openPolicy } from "../compiler/cli/policy-files.ts";
import { Diagnostics } from "../compiler/diagnostics/diagnostic.ts";
import type { Span } from "../compiler/source.ts";

interface Module {
  /** `std/nginx`. */
  readonly name: string;
  readonly text: string;
  readonly header: string;
  readonly filters: readonly Filter[];
  readonly actions: readonly Action[];
  readonly jails: readonly Jail[];
}

const folder = new URL("../docs/library/", import.meta.url);
const generated = "<!-- generated from library/ by npm run generate -->";
const jailFolder = "std/jails/";
const sharedFolder = "std/shared/";

function readModule(name: string): Module {
  const loaded = load(name, openPolicy(name), new Diagnostics());
  const tree = loaded.trees.get(name);
  const text = loaded.sources.get(name)?.text;
  if (tree === undefined || text === undefined) throw new Error(`${name} cannot be read`);
  const header = (/^(?:#[^\n]*\n)+/.exec(text)?.[0] ?? "").replace(/^# ?/gm, "").trim();
  const of = <T extends Policy["items"][number]["type"]>(type: T) =>
    tree.items.filter((item): item is Extract<typeof item, { type: T }> => item.type === type);
  return { name, text, header, filters: of("filter"), actions: of("action"), jails: of("jail") };
}

/** What stands at a place of the module, on one line. */
const quote = (module: Module, { start, end }: Span) =>
  module.text.slice(start, end).replace(/\s+/g, " ");

/** Signs that Markdown would read, but for those in backquotes and within words. */
function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith("`") ? part : part.replace(/[\\*<]|\b_(?!\w)|(?<!\w)_/g, "\\$&"),
    )
    .join("");
}

const cell = (text: string) => text.replaceAll("|", "\\|");
const code = (text: string) => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);
const fence = (text: string, language = "") => `\`\`\`${language}\n${text}\n\`\`\`\n`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))];
  return `${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n`;
}

/** Joined by one blank line; empty ones are left out. */
const paragraphs = (...parts: readonly string[]) =>
  `${parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n\n")}\n`;

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** The comment at a module's top; sources, ports and what was read for it in paragraphs of their own. */
function prose(header: string): string {
  return header
    .replace(/(?:^|\n| (?=Ports))(Sources|Ports|Read)(?::| (?=in \d))\s*/g, "\n\n**$1:** ")
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => {
      if (paragraph.startsWith("  ")) return fence(paragraph).trimEnd();
      const [, name = "", rest = ""] = /^(\*\*\w+:\*\*)?([\s\S]*)$/.exec(paragraph) ?? [];
      return name + plain(rest);
    })
    .join("\n\n");
}

function parameters(module: Module, params: readonly Param[]): string {
  if (params.length === 0) return "";
  const rows = params.map((param) => [
    code(param.name.name),
    param.choices.map((choice) => code(choice.name)).join(", "),
    param.byDefault === null ? "must be given" : code(quote(module, param.byDefault.at)),
  ]);
  return table(["parameter", "values", "without it"], rows);
}

function filterPart(module: Module, filter: Filter): string {
  const describe = filter.body.find((part) => part.type === "describe");
  const tests = filter.body.filter((part) => part.type === "test");
  const lines = tests.flatMap((test) => test.lines);
  const counting = lines.filter(counts);
  return paragraphs(
    `## Filter \`${filter.name.name}\``,
    plain(describe?.text.value ?? ""),
    parameters(module, filter.params),
    exampleOf(module, tests),
    `Tested with ${count(counting.length, "line")} that count and ${lines.length - counting.length} that must not.`,
  );
}

const counts = (line: FilterTestLine) => line.verdict === "fails";

/** The first line that counts, and what is read from it. */
function exampleOf(module: Module, tests: readonly FilterTest[]): string {
  const test = tests.find((one) => one.lines.some(counts));
  const line = test?.lines.find(counts);
  if (test === undefined || line === undefined) return "";
  const args = test.args.map((arg) => quote(module, arg.at)).join(", ");
  const facts = line.as === null ? "" : quote(module, line.as.at).replace(/^\{ ?| ?\}$/g, "");
  const called = args === "" ? "" : ` with ${code(args)}`;
  return paragraphs(
    facts === ""
      ? `A line that counts${called}:`
      : `A line that counts${called} and gives ${code(facts)}:`,
    fence(line.text.value),
  );
}

function actionPart(module: Module, action: Action): string {
  const before = module.text.slice(0, action.at.start);
  const comment = /\n\n((?:#[^\n]*\n)+)$/.exec(before)?.[1] ?? "";
  return paragraphs(
    `## Action \`${action.name.name}\``,
    plain(comment.replace(/^# ?/gm, "")),
    parameters(module, action.params),
  );
}

function jailPart(module: Module): string {
  const rows = module.jails.map((jail) => {
    const at = (type: string) =>
      jail.body.filter((part) => part.type === type).map((part) => quote(module, part.at));
    return [
      code(jail.name.name),
      at("filters")
        .map((text) => code(text.replace(/^filter /, "")))
        .join(", "),
      at("watch")
        .map((text) => code(text.replace(/^watch /, "")))
        .join(" and "),
      at("ban")
        .map((text) => text.replace(/^ban /, ""))
        .join("; "),
      at("ports")
        .map((text) => text.replace(/^ports /, ""))
        .join(", "),
    ];
  });
  return paragraphs(
    `## Ready: \`use ${module.name}\``,
    prose(module.header),
    table(["jail", "filter", "watches", "bans", "ports"], rows),
  );
}

function page(module: Module, jails: Module | undefined): string {
  return paragraphs(
    `# ${module.name}`,
    generated,
    prose(module.header),
    ...module.filters.map((filter) => filterPart(module, filter)),
    ...module.actions.map((action) => actionPart(module, action)),
    jails === undefined ? "" : jailPart(jails),
  );
}

function overview(
  services: readonly Module[],
  jails: ReadonlyMap<string, Module>,
  shared: readonly Module[],
): string {
  const row = (module: Module, parts: readonly (Filter | Action)[]) => {
    const short = module.name.slice("std/".length);
    const ready = (jails.get(short)?.jails ?? []).map((jail) => jail.name.name);
    return [
      `[${module.name}](${short}.md)`,
      parts.map((part) => part.name.name).join(", "),
      ready.join(", "),
    ];
  };
  const filters = services.filter((module) => module.filters.length > 0);
  const actions = services.filter((module) => module.actions.length > 0);
  const sum = (of: readonly Module[], what: "filters" | "actions" | "jails") =>
    of.reduce((total, module) => total + module[what].length, 0);
  const filterCount = count(sum(filters, "filters"), "filter");
  const jailCount = count(sum([...jails.values()], "jails"), "ready jail");
  return paragraphs(
    "# The standard library",
    generated,
    `${filterCount} in ${count(filters.length, "module")}, ${jailCount}, ${count(sum(actions, "actions"), "action")}. \`f2b library\` lists them on a host, \`f2b library show std/nginx\` prints a module: each is short, and says how its lines are read and why. [language.md](../language.md) says how to write one's own, [actions.md](../actions.md) what the actions need, [agreement.md](../agreement.md) where the filters differ from Fail2ban's.`,
    "## Services",
    table(
      ["module", "filters", "ready jails"],
      filters.map((module) => row(module, module.filters)),
    ),
    "## Actions",
    table(
      ["module", "actions"],
      actions.map((module) => row(module, module.actions).slice(0, 2)),
    ),
    "## Shared parts",
    table(
      ["module", "what it holds"],
      shared.map((module) => [code(module.name), plain(firstSentence(module.header))]),
    ),
  );
}

const firstSentence = (text: string) =>
  /^.*?[.:](?=\s|$)/.exec(text.replace(/\s+/g, " "))?.[0].replace(/:$/, ".") ?? text;

const modules = listModules().map(readModule);
const services = modules.filter(
  ({ name }) => !name.startsWith(jailFolder) && !name.startsWith(sharedFolder),
);
const jails = new Map(
  modules
    .filter(({ name }) => name.startsWith(jailFolder))
    .map((module) => [module.name.slice(jailFolder.length), module]),
);
const pages = new Map(
  services.map((module) => {
    const short = module.name.slice("std/".length);
    return [`${short}.md`, page(module, jails.get(short))];
  }),
);
pages.set(
  "README.md",
  overview(
    services,
    jails,
    modules.filter(({ name }) => name.startsWith(sharedFolder)),
  ),
);

mkdirSync(folder, { recursive: true });
const there = new Set(readdirSync(folder));
const stale = [...pages].filter(
  ([name, text]) => !there.has(name) || readFileSync(new URL(name, folder), "utf8") !== text,
);
const over = [...there].filter((name) => !pages.has(name));
if (process.argv.includes("--check")) {
  for (const name of [...stale.map(([one]) => one), ...over]) {
    process.exitCode = 1;
    console.error(`docs/library/${name} is not fresh: run npm run generate`);
  }
} else {
  for (const [name, text] of stale) writeFileSync(new URL(name, folder), text);
  for (const name of over) rmSync(new URL(name, folder));
}
