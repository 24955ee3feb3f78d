/**
 * Tokens -> concrete tree, and the parser's complaints in the language's own words.
 *
 * In: balanced tokens. Out: the tree Chevrotain could make of them, or nothing when there were more
 * errors than anybody reads. Complaints that only follow from an earlier one are dropped: those at
 * its place and within what was skipped because of it.
 */
import {
  EOF,
  type IParserErrorMessageProvider,
  type IRecognitionException,
  type IToken,
  type TokenType,
} from "chevrotain";
import type { PolicyCstNode } from "../../grammar/cst.d.ts";
import { PolicyGrammar } from "../../grammar/grammar.ts";
import { hardWords, softWords } from "../../grammar/tokens.ts";
import { read } from "../diagnostics/catalogue/read.ts";
import { nearest } from "./nearest.ts";
import { diagnosticsMax, type Reading } from "./reading.ts";

class TooManyErrors extends Error {}

/** What could have stood here: labels of tokens, one a line. Counts, and stops a hopeless parse. */
class ExpectedLabels implements IParserErrorMessageProvider {
  count = 0;

  #list(types: readonly TokenType[]): string {
    if (++this.count > diagnosticsMax * 2) throw new TooManyErrors();
    return [...new Set(types.map(showType))].join("\n");
  }

  buildMismatchTokenMessage(options: { expected: TokenType }): string {
    return this.#list([options.expected]);
  }

  buildNotAllInputParsedMessage(): string {
    return this.#list([]);
  }

  buildNoViableAltMessage(options: { expectedPathsPerAlt: TokenType[][][] }): string {
    return this.#list(options.expectedPathsPerAlt.flat().flatMap((path) => path.slice(0, 1)));
  }

  buildEarlyExitMessage(options: { expectedIterationPaths: TokenType[][] }): string {
    return this.#list(options.expectedIterationPaths.flatMap((path) => path.slice(0, 1)));
  }
}

/** `fail` and `{` as they are typed, kinds of tokens as they are called. */
function showType(type: TokenType): string {
  const label = type.LABEL ?? type.name;
  return /^an? /.test(label) ? label : `\`${label}\``;
}

let machine: { labels: ExpectedLabels; grammar: PolicyGrammar } | undefined;

/** Made at the first use: analysing the grammar takes as long as reading a small policy. */
function getMachine() {
  if (machine === undefined) {
    const labels = new ExpectedLabels();
    machine = { labels, grammar: new PolicyGrammar(labels) };
  }
  return machine;
}

export function parseTokens(
  reading: Reading,
  tokens: readonly IToken[],
): PolicyCstNode | undefined {
  const { labels, grammar } = getMachine();
  labels.count = 0;
  grammar.input = [...tokens];
  let tree: PolicyCstNode | undefined;
  try {
    tree = grammar.policy() as PolicyCstNode;
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
  }
  reportErrors(reading, grammar.errors);
  grammar.reset();
  return tree;
}

function reportErrors(reading: Reading, errors: readonly IRecognitionException[]): void {
  let toldUpTo = -1;
  for (const error of errors) {
    const { token } = error;
    const isEnd = token.tokenType === EOF;
    const start = isEnd ? reading.source.text.trimEnd().length : token.startOffset;
    // An empty image is a bracket that `balance` put in, with an error of its own.
    const isFollowOn = start <= toldUpTo || (!isEnd && token.image === "");
    const skippedTo = error.resyncedTokens.at(-1)?.startOffset ?? start;
    toldUpTo = Math.max(toldUpTo, start, skippedTo);
    if (!isFollowOn) reportError(reading, error, start);
  }
}

/** The rules that are `{ statement ... }`, what they are called, and their statements' rule. */
const bodies = new Map([
  ["policy", { where: "a policy", statement: "item" }],
  ["filterBody", { where: "a filter", statement: "filterStatement" }],
  ["jailBody", { where: "a jail", statement: "jailStatement" }],
  ["filterTest", { where: "a filter's test", statement: "filterTestLine" }],
  ["jailTest", { where: "a jail's test", statement: "jailTestStep" }],
  ["action", { where: "an action", statement: "actionStatement" }],
  ["on", { where: "an action's `on`", statement: "step" }],
]);

function reportError(reading: Reading, error: IRecognitionException, start: number): void {
  const { token } = error;
  const found = showToken(token);
  const at = reading.span(start, start + token.image.length);
  const rule = error.context.ruleStack.at(-1) ?? "policy";
  const body = bodies.get(rule);
  const expected = error.message === "" ? [] : error.message.split("\n");
  const closes = expected.length === 0 || expected[0] === "`}`" || expected[0] === "`EOF`";
  const isStatement = body !== undefined && closes && token.tokenType !== EOF;
  const known = isStatement ? findFirstWords(body.statement) : expected.map(unquote);
  const near = findNearest(token.image, known, isStatement);
  const more = near === undefined ? {} : { fix: { at, text: near } };
  if (isStatement) {
    const { where } = body;
    const shown = known.map((word) => `\`${word}\``);
    reading.report(read.unknownStatement, at, { found, where, nearest: near, known: shown }, more);
  } else reading.report(read.unexpected, at, { found, expected, nearest: near }, more);
}

function unquote(label: string): string {
  return label.replaceAll("`", "");
}

/** Among the words that fit here; behind a whole statement among all, as a clause may follow it. */
function findNearest(image: string, known: readonly string[], orAny: boolean): string | undefined {
  if (!/^[A-Za-z]+$/.test(image)) return undefined;
  const words = known.filter((word) => /^[a-z]+$/.test(word));
  const all = [...softWords, ...hardWords].map((type) => type.LABEL ?? "");
  if (all.includes(image)) return undefined;
  return nearest(image, orAny ? all : words);
}

/** The words with which a rule can begin. */
function findFirstWords(rule: string): string[] {
  const paths = getMachine().grammar.computeContentAssist(rule, []);
  return [...new Set(paths.map(({ nextTokenType }) => nextTokenType.LABEL ?? ""))];
}

const shownUnitsMax = 40;

function showToken(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the file";
  const image = token.image.replace(/[^ -~\u00a0-\uffff]/g, "?");
  const shown = image.length <= shownUnitsMax ? image : `${image.slice(0, shownUnitsMax)}...`;
  return `\`${shown}\``;
}
