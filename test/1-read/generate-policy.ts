/**
 * Random policies from the grammar itself.
 *
 * In: a list of numbers, the choices to make. Out: text that the grammar derives. What the grammar
 * can say this can say, so a new rule needs no new arbitrary. Out of numbers or too deep it takes
 * the last alternative and no optional part, which ends in every rule.
 */
import {
  Alternation,
  defaultParserErrorProvider,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
} from "chevrotain";
import { PolicyGrammar } from "../../grammar/grammar.ts";

const grammar = new PolicyGrammar(defaultParserErrorProvider);
const rules = grammar.getGAstProductions();
const depthMax = 24;

/** For each kind of token some that are typical and some that are meant to hurt. */
const images: Readonly<Record<string, readonly string[]>> = {
  Name: ["sshd", "3proxy", "user", "ban", "file", "time", "__proto__", "constructor", "a-b", "end"],
  Text: [
    '"login from {address}"',
    '""',
    '"a\\n\\t\\"\\\\\\u{1f600}"i',
    '"{{ # }}"',
    '"\\u{0}\\u{202e}é"',
  ],
  Raw: ['`a \\d " b`', "``", "`{?x}`i"],
  Regex: ["/^a$/", "/[/]\\/x/iu", "/ # /s", "/(a+)+$/l"],
  Address: ["192.0.2.1", "2001:db8::/32", "::", "::ffff:192.0.2.1", "10.0.0"],
  Duration: ["10m", "1w2d3h4m5s6ms", "0s"],
  Int: ["0", "5", "9007199254740991"],
  Family: ["ipv4/32", "ipv6/64"],
  StdModule: ["std/sshd", "std/a/b-c"],
  Path: [".a", '."a b"[0].@c', ".a[1][2]"],
};

export function generatePolicy(choices: readonly number[]): string {
  let at = 0;
  const choose = (count: number, depth: number, fallback: number): number => {
    const choice = choices[at++];
    return choice === undefined || depth > depthMax ? fallback : choice % count;
  };
  const words: string[] = [];
  const putToken = (type: TokenType, depth: number) => {
    const of = images[type.name];
    words.push(of === undefined ? (type.LABEL ?? "") : (of[choose(of.length, depth, 0)] ?? ""));
  };
  const putAll = (parts: readonly IProduction[], depth: number) => {
    for (const part of parts) put(part, depth);
  };
  const repeat = (parts: readonly IProduction[], min: number, depth: number, comma: boolean) => {
    const count = min + choose(3, depth, 0);
    for (let turn = 0; turn < count; turn++) {
      if (turn > 0 && comma) words.push(",");
      putAll(parts, depth + 1);
    }
  };
  const put = (part: IProduction, depth: number): void => {
    if (part instanceof Terminal) putToken(part.terminalType, depth);
    else if (part instanceof NonTerminal) putAll(part.referencedRule.definition, depth + 1);
    else if (part instanceof Alternation) {
      const last = part.definition.length - 1;
      put(part.definition[choose(last + 1, depth, last)] as IProduction, depth);
    } else if (part instanceof Option) {
      if (choose(2, depth, 0) === 1) putAll(part.definition, depth);
    } else if (part instanceof RepetitionMandatoryWithSeparator) {
      repeat(part.definition, 1, depth, true);
    } else if (part instanceof RepetitionWithSeparator) repeat(part.definition, 0, depth, true);
    else if (part instanceof RepetitionMandatory) repeat(part.definition, 1, depth, false);
    else if (part instanceof Repetition) repeat(part.definition, 0, depth, false);
    else putAll((part as Rule).definition, depth);
  };
  for (let item = 0; item < 6; item++) putAll(rules["item"]?.definition ?? [], 0);
  return words.join(" ");
}
