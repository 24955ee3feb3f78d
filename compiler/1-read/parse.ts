/**
 * Policy text -> syntax tree: the whole of phase 1.
 *
 * In: a source. Out: a tree, always; where the text is wrong it lacks what could not be read, and
 * `diagnostics` has at least one error. Never throws, and the work is bounded by the text's length:
 * tokens and nesting are limited before the parser runs, errors while it runs.
 */
import type { PolicyCstNode } from "../../grammar/cst.d.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Source } from "../source.ts";
import type * as ast from "./ast.ts";
import { balance } from "./balance.ts";
import { buildAst } from "./build-ast.ts";
import { lex } from "./lex.ts";
import { parseTokens } from "./parse-tokens.ts";
import { Reading } from "./reading.ts";

export function parse(source: Source, diagnostics: Diagnostics): ast.Policy {
  const reading = new Reading(source, diagnostics);
  const tokens = balance(reading, lex(reading).tokens);
  const tree: PolicyCstNode | undefined = parseTokens(reading, tokens);
  return tree === undefined
    ? { type: "policy", items: [], at: reading.span(0, source.text.length) }
    : buildAst(reading, tree);
}
