/** F2B21xx: templates and regular expressions. */
import { entry } from "../diagnostic.ts";
import { sampleFilter, suggest } from "./sample.ts";

interface Named {
  readonly name: string;
  readonly nearest?: string;
}

const good = sampleFilter('fail "refused {address}"');
const doubled = "write `{{` and `}}` for braces that are meant as such";
const optional = "{?a}";

export const checkPatterns = {
  unknownHole: entry<Named>({
    code: "F2B2101",
    severity: "error",
    message: ({ name }) => `\`{${name}}\` is no hole`,
    help: (args) => suggest(args) ?? `give it a kind: \`{${args.name}:word}\``,
    explain:
      "Built-in holes are address, user, host, port, pid, int, number, hex, word, text, rest and time. Any other name is a `let` or a parameter, or needs a kind: `{shop:word}`. So a misspelt `{adress}` is found here and not at night.",
    bad: sampleFilter('fail "refused {adress}"'),
    good,
  }),
  unknownKind: entry<Named>({
    code: "F2B2102",
    severity: "error",
    message: ({ name }) => `\`${name}\` is no kind of hole`,
    help: (args) => suggest(args) ?? "for a choice of words write at least two: `{a|b}`",
    explain:
      "Kinds are word, int, number, hex, text, address, host, port, time, `not CHARS`, or words with `|` between.",
    bad: sampleFilter('fail "refused {id:inf} {address}"'),
    good: sampleFilter('fail "refused {id:int} {address}"'),
  }),
  strayBrace: entry<object>({
    code: "F2B2103",
    severity: "error",
    message: () => "this `}` closes nothing",
    help: () => doubled,
    explain:
      "Braces make holes. A brace that stands for itself is doubled; inside `{?...}` a `}` always closes.",
    bad: sampleFilter('fail "refused} {address}"'),
    good: sampleFilter('fail "refused}} {address}"'),
  }),
  openHole: entry<object>({
    code: "F2B2104",
    severity: "error",
    message: () => "this hole is never closed",
    help: () => doubled,
    explain: "A hole goes from `{` to `}`; only `{?...}` holds others.",
    bad: sampleFilter('fail "refused {address"'),
    good,
  }),
  emptyHole: entry<object>({
    code: "F2B2105",
    severity: "error",
    message: () => "a hole with nothing in it",
    help: () => doubled,
    explain: "A hole names what stands there.",
    bad: sampleFilter('fail "refused {} {address}"'),
    good: sampleFilter('fail "refused {{}} {address}"'),
  }),
  emptyWord: entry<object>({
    code: "F2B2106",
    severity: "error",
    message: () => "a choice with an empty word",
    help: () => "write `{?...}` for what may be left out",
    explain: "Each word of `{a|b}` must have a letter. What may be missing is optional: `{?a}`.",
    bad: sampleFilter('fail "{a||b} {address}"'),
    good: sampleFilter('fail "{?{a|b}} {address}"'),
  }),
  builtinRenamed: entry<{ name: string }>({
    code: "F2B2107",
    severity: "error",
    message: ({ name }) => `\`${name}\` has a kind of its own`,
    help: ({ name }) => `write \`{${name}}\`, or use another name`,
    explain:
      "The names address, host and message mean who it was and what was said. They cannot stand for something of another kind.",
    bad: sampleFilter('fail "refused {address:word}"'),
    good,
  }),
  vouchNothing: entry<{ what: string }>({
    code: "F2B2108",
    severity: "error",
    message: ({ what }) => `\`!\` says nothing about ${what}`,
    help: () => "take the `!` away",
    explain:
      "`!` says that the daemon vouches for what stands in a hole that a client could otherwise fill: user, text, rest, word, host. The other kinds are the daemon's anyway.",
    bad: sampleFilter('fail "refused {address!}"'),
    good,
  }),
  notInText: entry<{ name: string; found: string }>({
    code: "F2B2109",
    severity: "error",
    message: ({ name, found }) => `\`${name}\` is ${found}, which cannot stand in a pattern`,
    explain:
      "A pattern takes in texts, words and numbers; a regular expression also other ones and lists of texts.",
    bad: `let nets = [192.0.2.1]\n${sampleFilter('fail "refused {nets} {address}"')}`,
    good: `let at = "by"\n${sampleFilter('fail "refused {at} {address}"')}`,
  }),
  suffixInLet: entry<{ name: string }>({
    code: "F2B2110",
    severity: "error",
    message: ({ name }) => `\`${name}\` ignores case by itself`,
    help: () => "put the `i` behind the whole pattern",
    explain:
      "A template ignores case as a whole or not at all, so the suffix `i` belongs to it and not to a part.",
    bad: `let at = "by"i\n${sampleFilter('fail "refused {at} {address}"')}`,
    good: `let at = "by"\n${sampleFilter('fail "refused {at} {address}"i')}`,
  }),
  holeCycle: entry<{ name: string }>({
    code: "F2B2111",
    severity: "error",
    message: ({ name }) => `\`${name}\` holds itself`,
    explain: "A `let` that a pattern takes in leads back to itself.",
    bad: `let a = "x{b}"\nlet b = "y{a}"\n${sampleFilter('fail "{a} {address}"')}`,
    good: `let a = "x{b}"\nlet b = "y"\n${sampleFilter('fail "{a} {address}"')}`,
  }),
  templateTooLarge: entry<object>({
    code: "F2B2112",
    severity: "error",
    message: () => "this template has too many parts",
    help: () => "split the rule",
    explain: "A template has at most 2,000 parts, those of its `let`s included.",
    bad: `let a = "${"{int} ".repeat(60)}"\nlet b = "${"{a} ".repeat(40)}"\n${sampleFilter('fail "{b}{address}"')}`,
    good: `let a = "${"{int} ".repeat(60)}"\n${sampleFilter('fail "{a}{address}"')}`,
  }),
  emptyPattern: entry<object>({
    code: "F2B2113",
    severity: "error",
    message: () => "this pattern matches only an empty message",
    explain: "A pattern matches the whole message; an empty one could never mean anybody.",
    bad: sampleFilter('fail "refused {address}"\n  ignore ""'),
    good,
  }),
  tooManyAlternatives: entry<object>({
    code: "F2B2114",
    severity: "error",
    message: () => "this template can be read in more than 64 ways",
    help: () => "split the rule",
    explain:
      "Each optional part doubles the ways in which a template can be read. More than 64 are refused.",
    bad: sampleFilter(`fail "${optional.repeat(7)} {address}"`),
    good: sampleFilter(`fail "${optional.repeat(6)} {address}"`),
  }),
  holeTwice: entry<{ name: string }>({
    code: "F2B2115",
    severity: "error",
    message: ({ name }) => `\`${name}\` stands twice in one pattern`,
    help: () => "give one of them another name and a kind",
    explain: "A name captures one piece of text, so it stands once in a pattern.",
    bad: sampleFilter('fail "refused {address} by {address}"'),
    good: sampleFilter('fail "refused {address} by {local:address}"'),
  }),
  messageInRule: entry<object>({
    code: "F2B2116",
    severity: "error",
    message: () => "`{message}` belongs in a frame",
    help: () => "write `{rest}`",
    explain:
      "A frame says what every message is wrapped in. A rule's pattern matches what the frame left.",
    bad: sampleFilter('fail "refused {address} {message}"'),
    good: sampleFilter('fail "refused {address} {rest}"'),
  }),
  freeBesideFree: entry<{ first: string; second: string }>({
    code: "F2B2117",
    severity: "error",
    message: ({ first, second }) => `nothing says where ${first} ends and ${second} begins`,
    help: () => "put text between them, or make one a `word`",
    explain:
      "Two holes that take any text cannot stand beside each other, with optional parts left out either.",
    bad: sampleFilter('fail "refused {address} for {user}{text}"'),
    good: sampleFilter('fail "refused {address} for {user}: {text}"'),
  }),
  restNotLast: entry<object>({
    code: "F2B2118",
    severity: "error",
    message: () => "`{rest}` must be last",
    help: () => "write `{text}`",
    explain: "`{rest}` takes what is left of the message, so nothing can stand behind it.",
    bad: sampleFilter('fail "refused {address}: {rest}."'),
    good: sampleFilter('fail "refused {address}: {text}."'),
  }),
  frameWithoutMessage: entry<object>({
    code: "F2B2119",
    severity: "error",
    message: () => "a frame has exactly one `{message}`",
    explain:
      "A frame says what every message is wrapped in; `{message}` is what is left. It may not be optional.",
    bad: sampleFilter('frame "warn: {text}"\n  fail "refused {address}"'),
    good: sampleFilter('frame "warn: {message}"\n  fail "refused {address}"'),
  }),
  regexSyntax: entry<{ reason: string }>({
    code: "F2B2120",
    severity: "error",
    message: ({ reason }) => `this is no regular expression: ${reason}`,
    explain:
      "Regular expressions are JavaScript's, with the flags i, s and u. A name may stand for two groups only where one of two branches is taken.",
    bad: sampleFilter("fail /^refused (<address>$/"),
    good: sampleFilter("fail /^refused (<address>)$/"),
  }),
  regexTooLarge: entry<object>({
    code: "F2B2121",
    severity: "error",
    message: () => "this regular expression is too large",
    help: () => "split the rule",
    explain:
      "With its tags and `let`s filled in a regular expression has at most 32,768 characters.",
    bad: sampleFilter(`fail /^${"(?:<ip6>)?".repeat(120)} <ip4>$/`),
    good: sampleFilter("fail /^refused <ip4>$/"),
  }),
  unknownTag: entry<Named>({
    code: "F2B2122",
    severity: "error",
    message: ({ name }) => `\`<${name}>\` is no tag`,
    help: (args) => suggest(args) ?? `for the text itself write \`[<]${args.name}>\``,
    explain:
      "In a regular expression `<address>`, `<ip4>`, `<ip6>`, `<cidr>` and `<host>` stand for what they say, and `<NAME>` for a `let` or a parameter.",
    bad: sampleFilter("fail /^refused <adress>$/"),
    good: sampleFilter("fail /^refused <address>$/"),
  }),
  regexLetFlags: entry<{ name: string; flags: string }>({
    code: "F2B2123",
    severity: "error",
    message: ({ name, flags }) => `\`${name}\` has the flags ${flags}, which the whole has not`,
    help: () => "give both the same flags",
    explain:
      "The flags of a regular expression hold for all of it, and those of a `let` in it must be among them.",
    bad: `let word = /refused/i\n${sampleFilter("fail /^<word> <address>$/")}`,
    good: `let word = /refused/i\n${sampleFilter("fail /^<word> <address>$/i")}`,
  }),
  notLinear: entry<object>({
    code: "F2B2124",
    severity: "error",
    message: () => "the flag `l` cannot be kept: this is no pattern for linear time",
    help: () => "leave the reference to a group out, or make repeats with numbers smaller",
    explain:
      "With the flag `l` no way to match is tried twice, so that no line can stall the pattern. A reference to what a group took (`\\k<name>`) depends on the way, and a pattern of more than twenty thousand steps is too long.",
    bad: sampleFilter("fail /^(?<user>\\w+) \\k<user> <address>$/l"),
    good: sampleFilter("fail /^(?<user>\\w+) <address>$/l"),
  }),
};
