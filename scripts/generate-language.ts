/**
 * grammar/grammar.ts -> the grammar in docs/language.md, between its two markers.
 * With --check it writes nothing and fails when the page is not fresh.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { defaultParserErrorProvider, serializeGrammar } from "chevrotain";
import { PolicyGrammar } from "../grammar/grammar.ts";

const page = new URL("../docs/language.md", import.meta.url);
const begin = "<!-- grammar: generated from grammar/grammar.ts by npm run generate -->\n";
const end = "<!-- end of grammar -->";

/** Chevrotain's serialized grammar, as far as it is read here. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly nonTerminalName?: string;
  readonly label?: string;
  readonly definition?: Node[];
  readonly separator?: Node;
}

function write(node: Node): string {
  const parts = () => (node.definition ?? []).map(write).filter((text) => text !== "");
  const row = () => parts().join(" ");
  switch (node.type) {
    case "NonTerminal":
      return node.nonTerminalName ?? node.name ?? "";
    case "Terminal":
      return terminal(node);
    case "Alternation":
      return `( ${parts().join(" | ")} )`;
    case "Option":
      return `[ ${row()} ]`;
    case "Repetition":
      return `{ ${row()} }`;
    case "RepetitionMandatory":
      return `${row()} { ${row()} }`;
    case "RepetitionWithSeparator":
      return `[ ${row()} { ${separator(node)} ${row()} } ]`;
    case "RepetitionMandatoryWithSeparator":
      return `${row()} { ${separator(node)} ${row()} }`;
    default:
      return row();
  }
}

function separator(node: Node): string {
  return node.separator === undefined ? "," : terminal(node.separator);
}

/** Words and signs as they are written, in quotes; the rest by the name of its token. */
function terminal(node: Node): string {
  const label = node.label ?? "";
  const quoted = /^[`'"]?([a-z]+|[^\w\s]{1,2})[`'"]?$/.exec(label);
  return quoted === null ? (node.name ?? "") : `"${quoted[1]}"`;
}

const grammar = new PolicyGrammar(defaultParserErrorProvider, true);
const rules = serializeGrammar(Object.values(grammar.getGAstProductions())) as Node[];
const width = Math.max(...rules.map((rule) => rule.name?.length ?? 0));
const text = rules
  .map(
    (rule) =>
      `${(rule.name ?? "").padEnd(width)} = ${(rule.definition ?? []).map(write).join(" ")} .`,
  )
  .join("\n");

const old = readFileSync(page, "utf8");
const from = old.indexOf(begin);
const to = old.indexOf(end);
if (from < 0 || to < from) throw new Error("docs/language.md has lost its markers");
const fresh = `${old.slice(0, from)}${begin}\n\`\`\`\n${text}\n\`\`\`\n\n${old.slice(to)}`;
if (fresh !== old) {
  if (process.argv.includes("--check")) {
    process.exitCode = 1;
    console.error("docs/language.md is not fresh: run npm run generate");
  } else writeFileSync(page, fresh);
}
