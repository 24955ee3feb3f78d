/**
 * The grammar itself: no ambiguity, fresh typings, and an example of every rule that parses.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CstNode, defaultParserErrorProvider, Lexer } from "chevrotain";
import t from "tap";
import { PolicyGrammar } from "../../grammar/grammar.ts";
import { tokens } from "../../grammar/tokens.ts";

const readme = readFileSync(new URL("../../grammar/README.md", import.meta.url), "utf8");
const examples = new Map(
  [...readme.matchAll(/^## (\w+)\n\n```f2b\n(.*?)\n```$/gms)].map(([, rule = "", text = ""]) => [
    rule,
    text,
  ]),
);

t.test("the grammar has no ambiguity and no useless rule", async (t) => {
  t.doesNotThrow(() => new PolicyGrammar(defaultParserErrorProvider, true));
});

t.test("no token hides another, and all can be told by a first character", async (t) => {
  t.doesNotThrow(() => new Lexer(tokens, { ensureOptimizations: true }));
});

t.test("grammar/README.md has an example of every rule, and each parses", async (t) => {
  const grammar = new PolicyGrammar(defaultParserErrorProvider);
  const lexer = new Lexer(tokens, { positionTracking: "onlyOffset" });
  const rules = Object.keys(grammar.getGAstProductions());
  t.same([...examples.keys()].sort(), rules.sort(), "the rules of the grammar are those explained");
  const parsers = grammar as unknown as Record<string, () => CstNode>;
  for (const [rule, text] of examples) {
    const lexed = lexer.tokenize(text);
    t.same(lexed.errors, [], `${rule}: tokens`);
    grammar.input = lexed.tokens;
    parsers[rule]?.call(grammar);
    t.same(
      grammar.errors.map(({ message }) => message),
      [],
      `${rule}: ${text}`,
    );
  }
});

t.test("grammar/cst.d.ts is fresh", async (t) => {
  const script = fileURLToPath(new URL("../../scripts/generate-grammar.ts", import.meta.url));
  const run = spawnSync(process.execPath, ["--import", "tsx", script, "--check"], {
    encoding: "utf8",
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
  t.equal(run.status, 0, run.stderr);
});
