/** F2B20xx: files, names, parameters and arguments. */
import { entry } from "../diagnostic.ts";
import { sampleFilter, sampleJail, suggest } from "./sample.ts";

interface Named {
  readonly name: string;
  readonly nearest?: string;
}

const rule = 'fail "refused {address}"';
const wordRule = 'fail "{word-of} refused {address}"';
const countRule = 'fail "refused {count} {address}"';
const many = (word: string, count: number) => Array.from({ length: count }, () => word).join(", ");
const needing = (params: string) =>
  sampleJail({ rule: wordRule }).replace("filter demo {", `filter demo${params} {`);
const moded = "(mode: normal | strict = normal)";
const call = (filter: string) =>
  sampleJail({ filter })
    .replace("filter demo {", `filter demo${moded} {`)
    .replace("  fail ", '  when mode == strict { fail "probe {address}" }\n  fail ');

export const checkNames = {
  missingFile: entry<Named>({
    code: "F2B2001",
    severity: "error",
    message: ({ name }) => `there is no \`${name}\``,
    help: suggest,
    explain:
      'A `use` line names a library module (`std/sshd`) or a file beside the policy (`"./shop.f2b"`). Nothing of that name could be read. `f2b library` lists the modules.',
    bad: "use std/nosuchmodule\n",
    good: "use std/sshd\n",
  }),
  badFileName: entry<object>({
    code: "F2B2002",
    severity: "error",
    message: () => "a file is named from where the policy stands",
    help: () => 'write `"./NAME.f2b"`',
    explain:
      "Files are named relative to the file that uses them, begin with `./` or `../` and end in `.f2b`, so that a policy means the same on every machine. Library modules stand without quotes.",
    bad: 'use "/etc/f2b/shop.f2b"\n',
    good: "use std/sshd\n",
  }),
  useCycle: entry<{ way: string }>({
    code: "F2B2003",
    severity: "error",
    message: ({ way }) => `files use each other in a ring: ${way}`,
    help: () => "move what both need into a file of its own",
    explain:
      "A file may not lead back to itself through `use`. Declarations may stand in any order and any file, so what two files share can always stand in a third.",
    bad: 'use "./policy.f2b"\n',
    good: "use std/sshd\n",
  }),
  declaredTwice: entry<{ kind: string; name: string }>({
    code: "F2B2004",
    severity: "error",
    message: ({ kind, name }) => `${kind} \`${name}\` is declared twice`,
    help: () => "rename one of them or take it away",
    explain:
      "Filters, actions and jails have one name each over all files, the library included. Which of two was meant cannot be told.",
    bad: `${sampleFilter(rule)}${sampleFilter(rule)}`,
    good: sampleFilter(rule),
  }),
  defaultsTwice: entry<object>({
    code: "F2B2005",
    severity: "error",
    message: () => "`defaults` stands twice",
    help: () => "put both into one block",
    explain: "A policy has at most one `defaults` block, over all its files.",
    bad: `defaults { do none }\ndefaults { observe }\n${sampleJail()}`,
    good: `defaults { do none observe }\n${sampleJail()}`,
  }),
  unknownFilter: entry<Named>({
    code: "F2B2006",
    severity: "error",
    message: ({ name }) => `there is no filter \`${name}\``,
    help: (args) => suggest(args) ?? "is a `use` line missing?",
    explain:
      "A jail names filters that are declared in the policy or in a file or module it uses. `f2b library` lists the modules and their filters.",
    bad: sampleJail({ filter: "filter demmo" }),
    good: sampleJail(),
  }),
  unknownAction: entry<Named>({
    code: "F2B2007",
    severity: "error",
    message: ({ name }) => `there is no action \`${name}\``,
    help: (args) => suggest(args) ?? "is a `use` line missing?",
    explain:
      "`do` names actions that are declared in the policy or in a file or module it uses, such as `nftables` of std/nftables.",
    bad: sampleJail({ action: "do nftabels" }),
    good: `use std/nftables\n\n${sampleJail({ action: "do nftables" })}`,
  }),
  unknownName: entry<Named>({
    code: "F2B2008",
    severity: "error",
    message: ({ name }) => `nothing is called \`${name}\` here`,
    help: suggest,
    explain:
      "A name stands for a `let` or a parameter that can be seen from where it is used. A text is written in quotes.",
    bad: sampleJail({ never: "never ban self, ofice" }),
    good: `let office = [192.0.2.0/24]\n\n${sampleJail({ never: "never ban self, office" })}`,
  }),
  letCycle: entry<{ name: string }>({
    code: "F2B2009",
    severity: "error",
    message: ({ name }) => `\`${name}\` stands for itself`,
    help: () => "give one of them a value",
    explain: "A `let` leads back to itself, so it has no value.",
    bad: `let a = b\nlet b = a\n${sampleJail({ never: "never ban a" })}`,
    good: `let a = b\nlet b = 192.0.2.1\n${sampleJail({ never: "never ban a" })}`,
  }),
  letTooDeep: entry<{ max: number }>({
    code: "F2B2020",
    severity: "error",
    message: ({ max }) => `more than ${max} names stand for one another here`,
    explain: "A name may stand for a name that stands for a name, and so on, but not without end.",
    bad: `${Array.from({ length: 66 }, (_, i) => `let a${i} = a${i + 1}\n`).join("")}let a66 = 192.0.2.1\n${sampleJail({ never: "never ban a0" })}`,
    good: `let a0 = 192.0.2.1\n${sampleJail({ never: "never ban a0" })}`,
  }),
  listCycle: entry<object>({
    code: "F2B2021",
    severity: "error",
    message: () => "this list holds itself",
    explain: "Lists may name lists, but none may lead back to itself.",
    bad: `let a = [192.0.2.1, b]\nlet b = [a]\n${sampleJail({ never: "never ban a" })}`,
    good: `let a = [192.0.2.1, b]\nlet b = [192.0.2.2]\n${sampleJail({ never: "never ban a" })}`,
  }),
  listTooLong: entry<{ max: number }>({
    code: "F2B2022",
    severity: "error",
    message: ({ max }) => `this list has more than ${max} items`,
    help: () => 'keep them in a file: `file "/etc/f2b/list.txt"`',
    explain:
      "With the lists it names a list has at most 100,000 items. Long ones belong in a file that the host reads.",
    bad: `let a = [${many("192.0.2.1", 400)}]\nlet b = [${many("a", 300)}]\n${sampleJail({ never: "never ban b" })}`,
    good: `let a = [${many("192.0.2.1", 400)}]\n${sampleJail({ never: "never ban a" })}`,
  }),
  tooMuch: entry<{ what: string; max: number }>({
    code: "F2B2023",
    severity: "error",
    message: ({ what, max }) => `a policy has at most ${max} ${what}`,
    explain:
      "Jails and the rules of all filters in use are bounded, so that nothing a policy holds can stall the compiler.",
    bad: Array.from({ length: 1001 }, (_, i) => `jail j${i} { }\n`).join(""),
    good: sampleJail(),
  }),
  tooManyFindings: entry<{ max: number }>({
    code: "F2B2024",
    severity: "error",
    message: ({ max }) => `there is more; the first ${max} findings are told`,
    explain: "After a hundred findings the check stops. Mend those first.",
    bad: sampleJail({
      never: `never ban ${Array.from({ length: 101 }, (_, i) => `who${i}`).join(", ")}`,
    }),
    good: sampleJail(),
  }),
  unknownArgument: entry<Named & { owner: string; names: readonly string[] }>({
    code: "F2B2010",
    severity: "error",
    message: ({ name, owner }) => `${owner} has no parameter \`${name}\``,
    help: (args) =>
      suggest(args) ??
      (args.names.length === 0 ? "it takes no arguments" : `it has ${args.names.join(", ")}`),
    explain: "Arguments are given by name, and only for parameters that are declared.",
    bad: call("filter demo(moode: strict)"),
    good: call("filter demo(mode: strict)"),
  }),
  argumentTwice: entry<{ name: string }>({
    code: "F2B2011",
    severity: "error",
    message: ({ name }) => `\`${name}\` is given twice`,
    explain: "Each parameter takes one argument.",
    bad: call("filter demo(mode: strict, mode: normal)"),
    good: call("filter demo(mode: strict)"),
  }),
  missingArgument: entry<{ name: string; owner: string }>({
    code: "F2B2012",
    severity: "error",
    message: ({ name, owner }) => `${owner} needs \`${name}\``,
    help: ({ name }) => `add \`(${name}: ...)\``,
    explain: "A parameter without a default needs an argument in every call.",
    bad: needing("(word-of: string)"),
    good: needing('(word-of: string = "x")'),
  }),
  unknownType: entry<Named>({
    code: "F2B2013",
    severity: "error",
    message: ({ name }) => `\`${name}\` is no type`,
    help: (args) =>
      suggest(args) ?? "types are string, int, bool, duration, address, list, secret, or `a | b`",
    explain:
      "A parameter is a string, int, bool, duration, address, list or secret, or a choice of at least two words: `normal | aggressive`.",
    bad: sampleFilter(wordRule, '(word-of: sting = "x")'),
    good: sampleFilter(wordRule, '(word-of: string = "x")'),
  }),
  secretInFilter: entry<object>({
    code: "F2B2014",
    severity: "error",
    message: () => "a filter has no use for a secret",
    help: () => "secrets belong in actions",
    explain:
      "Filters are compiled into the bundle, and no secret ever is. Actions read them on the host.",
    bad: sampleFilter(rule, '(token: secret = env "TOKEN")'),
    good: sampleFilter(rule),
  }),
  badChoice: entry<{ name: string; choices: readonly string[]; nearest?: string }>({
    code: "F2B2015",
    severity: "error",
    message: ({ name, choices }) => `\`${name}\` is one of ${choices.join(", ")}`,
    help: suggest,
    explain: "A choice takes one of the words its declaration lists, without quotes.",
    bad: call("filter demo(mode: strickt)"),
    good: call("filter demo(mode: strict)"),
  }),
  argumentType: entry<{ name: string; type: string; found: string }>({
    code: "F2B2016",
    severity: "error",
    message: ({ name, type, found }) => `\`${name}\` takes ${anOf(type)}, not ${found}`,
    explain: "Arguments and defaults must be of the parameter's type.",
    bad: sampleFilter(countRule, '(count: int = "three")'),
    good: sampleFilter(countRule, "(count: int = 3)"),
  }),
  secretAsText: entry<object>({
    code: "F2B2017",
    severity: "error",
    message: () => "a secret must not stand in a policy",
    help: () => 'write `env "NAME"` or `file "/path"`',
    explain:
      "A secret is read on the host when it is needed, from the environment or from a file. Written into the policy it would be in the bundle, in backups and in version control.",
    bad: 'action tell(token: secret = "hunter2") {\n  on ban { run ["tell"] input token }\n}\n',
    good: 'action tell(token: secret = env "TOKEN") {\n  on ban { run ["tell"] input token }\n}\n',
  }),
  suffixHere: entry<object>({
    code: "F2B2018",
    severity: "error",
    message: () => "the suffix `i` means nothing here",
    help: () => "only a pattern can ignore case",
    explain: 'The suffix `i` of a text (`"..."i`) says that a pattern ignores ASCII case.',
    bad: sampleFilter(wordRule, '(word-of: string = "x"i)'),
    good: sampleFilter(wordRule, '(word-of: string = "x")'),
  }),
};

function anOf(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
