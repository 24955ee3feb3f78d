/**
 * grammar/grammar.ts -> grammar/cst.d.ts, the types of the concrete tree.
 * With --check it writes nothing and fails when the file is not fresh.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { defaultParserErrorProvider, generateCstDts } from "chevrotain";
import { PolicyGrammar } from "../grammar/grammar.ts";

const target = new URL("../grammar/cst.d.ts", import.meta.url);
const grammar = new PolicyGrammar(defaultParserErrorProvider, true);
const banner =
  "/** Generated from grammar.ts by scripts/generate-grammar.ts: edit that, not this. */\n";
const text = banner + generateCstDts(grammar.getGAstProductions());
let old = "";
try {
  old = readFileSync(target, "utf8");
} catch {
  // Not generated yet.
}
if (old !== text) {
  if (process.argv.includes("--check")) {
    process.exitCode = 1;
    console.error("grammar/grammar.ts changed: run npm run generate");
  } else writeFileSync(target, text);
}
