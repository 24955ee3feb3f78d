/** F2B22xx: formats, frames, rules, conditions and tests of filters. */
import { entry } from "../diagnostic.ts";
import { sampleFilter, suggest } from "./sample.ts";

interface Named {
  readonly name: string;
  readonly nearest?: string;
}

const good = sampleFilter('fail "refused {address}"');

/** A filter that reads access logs. */
const access = (rule: string) =>
  `filter demo {\n  format combined\n  ${rule}\n  test { passes \`hello\` }\n}\n`;
const json = (format: string, rule = 'fail where .path == "/login"') =>
  `filter demo {\n  ${format}\n  ${rule}\n  test { passes \`{}\` }\n}\n`;
const chosen = (test: string) =>
  `filter demo(mode: normal | strict = normal) {\n  fail "refused {address}"\n  ${test}\n  test { passes \`2026-03-01T10:00:00Z hello\` }\n}\n`;
const probe = '{ fail "probe {address}" }';
const tested = (as: string) =>
  good.replace("test {", `test { fails \`2026-03-01T10:00:00Z refused 192.0.2.1\` as { ${as} }`);
const listOf = (names: readonly string[]) =>
  names.length === 0 ? "there are none" : `there are ${[...new Set(names)].sort().join(", ")}`;

export const checkRules = {
  unknownField: entry<Named & { known: readonly string[]; hasPaths: boolean }>({
    code: "F2B2201",
    severity: "error",
    message: ({ name }) => `no record here has a field \`${name}\``,
    help: (args) => {
      const path = `the record's own field is \`.${args.name}\``;
      return suggest(args) ?? `${args.hasPaths ? `${path}; ` : ""}${listOf(args.known)}`;
    },
    explain:
      "`where` sees what the rule captures, what the frame captures, and the fields the format gives. In json, logfmt and audit any field has a path: `.name`.",
    bad: access("fail where statsu == 403"),
    good: access("fail where status == 403"),
  }),
  pathWithoutStructure: entry<{ path: string }>({
    code: "F2B2202",
    severity: "error",
    message: ({ path }) => `\`${path}\` needs a structured format`,
    help: () => "paths are for json, logfmt and audit",
    explain:
      "A path such as `.user.name` leads into a structured record: `format json`, `logfmt` or `audit`.",
    bad: access("fail where .status == 403"),
    good: access("fail where status == 403"),
  }),
  neverTrue: entry<{ field: string; type: string; to: string }>({
    code: "F2B2203",
    severity: "error",
    message: ({ field, type, to }) => `\`${field}\` (${type}) compared with ${to} is never true`,
    help: ({ type }) => (type === "number" ? "write the number without quotes" : undefined),
    explain:
      "A comparison of values of different types is false whatever the record says, `!=` too.",
    bad: access('fail where status == "403"'),
    good: access("fail where status == 403"),
  }),
  listExpected: entry<{ found: string }>({
    code: "F2B2204",
    severity: "error",
    message: ({ found }) => `\`in\` wants a list, not ${found}`,
    help: () => "write `in [a, b]`",
    explain: "Behind `in` stands a list or the name of one.",
    bad: `let codes = 403\n${access("fail where status in codes")}`,
    good: `let codes = [401, 403]\n${access("fail where status in codes")}`,
  }),
  suffixInWhere: entry<object>({
    code: "F2B2205",
    severity: "error",
    message: () => "the suffix `i` means nothing here",
    help: () => 'write `field =~ "..."i`',
    explain: "Plain texts are compared as they are. To ignore case use a pattern with `=~`.",
    bad: access('fail where path == "/login"i'),
    good: access('fail where path =~ "/login"i'),
  }),
  notComparable: entry<{ found: string }>({
    code: "F2B2206",
    severity: "error",
    message: ({ found }) => `a field cannot be compared with ${found}`,
    explain: "Fields are compared with texts, numbers, durations, addresses, true and false.",
    bad: `let x = /a/\n${access("fail where path == x")}`,
    good: `let x = "/a"\n${access("fail where path == x")}`,
  }),
  badAddress: entry<{ text: string }>({
    code: "F2B2207",
    severity: "error",
    message: ({ text }) => `\`${text}\` is no address`,
    help: () => "four numbers 0 to 255 without leading zeros, or IPv6 without a zone",
    explain:
      "Addresses are read strictly, in policies as in logs: no leading zeros, other number bases or zones, and a prefix length that fits the family.",
    bad: access("fail where address in [192.0.2.256]"),
    good: access("fail where address in [192.0.2.25]"),
  }),
  hostBits: entry<{ text: string; canonical: string }>({
    code: "F2B2208",
    severity: "warning",
    message: ({ text, canonical }) => `\`${text}\` means \`${canonical}\``,
    help: ({ canonical }) => `write \`${canonical}\``,
    explain:
      "The address has bits set behind the prefix length. The whole network is taken; perhaps one address was meant, or another length.",
    bad: access("fail where address in [192.0.2.7/24]"),
    good: access("fail where address in [192.0.2.0/24]"),
  }),
  unknownFormat: entry<Named>({
    code: "F2B2209",
    severity: "error",
    message: ({ name }) => `there is no format \`${name}\``,
    help: (args) =>
      suggest(args) ?? "formats are syslog, combined, common, json, logfmt, audit, lines",
    explain: "A format reads a record: syslog, combined, common, json, logfmt, audit or lines.",
    bad: json("format jsn { address .peer }"),
    good: json("format json { address .peer }"),
  }),
  misplacedInFormat: entry<{ what: string; format: string; where: string }>({
    code: "F2B2210",
    severity: "error",
    message: ({ what, format }) => `format ${format} has no \`${what}\``,
    help: ({ where }) => `it goes with ${where}`,
    explain:
      "`program` belongs to syslog, `with` to combined and common, fields in braces to json, logfmt and audit.",
    bad: json('format json program "shop" { address .peer }'),
    good: json("format json { address .peer }"),
  }),
  numberRange: entry<{ what: string; from: number; to: number }>({
    code: "F2B2211",
    severity: "error",
    message: ({ what, from, to }) => `${what} must be ${from} to ${to}`,
    explain: "The number is outside what can be meant.",
    bad: sampleFilter('fail "refused {address}" weight 0'),
    good: sampleFilter('fail "refused {address}" weight 2'),
  }),
  unknownFieldKind: entry<Named>({
    code: "F2B2212",
    severity: "error",
    message: ({ name }) => `\`${name}\` is no kind of field`,
    help: suggest,
    explain: "A field may say that it is text, int, number, bool, address, host, time or list.",
    bad: json("format json { address .peer  port .p : itn }"),
    good: json("format json { address .peer  port .p : int }"),
  }),
  fieldTwice: entry<{ name: string }>({
    code: "F2B2213",
    severity: "error",
    message: ({ name }) => `\`${name}\` stands twice`,
    explain: "A name stands for one thing.",
    bad: json("format json { address .peer  address .client }"),
    good: json("format json { address .peer }"),
  }),
  badTimeLetter: entry<{ written: string }>({
    code: "F2B2215",
    severity: "error",
    message: ({ written }) => `\`${written}\` names no part of a time`,
    help: () => "letters are those of strptime: %Y %m %d %H %M %S ...",
    explain:
      "A time form is written with the letters of strptime(3) and the holes that docs/matching.md lists: `{time}`, `{epoch}`, `{tai64n}`, `{int}`, `{word}`, `{not CHARS}`, `{a|b}`, `{?...}`, and at its ends `{keep ...}`.",
    bad: good.replace("format lines", 'format lines time "%Y-%q-%d"'),
    good: good.replace("format lines", 'format lines time "%Y-%m-%d"'),
  }),
  keepWithoutPlace: entry({
    code: "F2B2230",
    severity: "error",
    message: () => "`{keep ...}` needs a place",
    help: () => "write `time start`, `time leading` or `time anywhere` before the pattern",
    explain:
      'With `time "PATTERN"` the message is what stands behind the stamp, so nothing before it can be kept. `time start`, `time leading` and `time anywhere` cut the stamp out and leave the rest.',
    bad: good.replace("format lines", 'format lines time "{keep {not [}[}%d/%b/%Y:%H:%M:%S"'),
    good: good.replace(
      "format lines",
      'format lines time start "{keep {not [}[}%d/%b/%Y:%H:%M:%S"',
    ),
  }),
  whenNoParameter: entry<Named & { params: readonly string[] }>({
    code: "F2B2216",
    severity: "error",
    message: ({ name }) => `\`${name}\` is no parameter of this filter`,
    help: (args) => suggest(args) ?? (args.params.length > 0 ? listOf(args.params) : undefined),
    explain:
      "`when` is decided while compiling, so it asks for parameters alone. What a record holds is asked with `where`.",
    bad: chosen(`when moode == strict ${probe}`),
    good: chosen(`when mode == strict ${probe}`),
  }),
  whenChoice: entry<Named & { parameter: string; choices: readonly string[] }>({
    code: "F2B2217",
    severity: "error",
    message: ({ parameter, choices }) => `\`${parameter}\` is one of ${choices.join(", ")}`,
    help: suggest,
    explain:
      "A choice is compared with one of its words; any other comparison would never be true.",
    bad: chosen(`when mode == strickt ${probe}`),
    good: chosen(`when mode == strict ${probe}`),
  }),
  whenType: entry<{ name: string; type: string; found: string }>({
    code: "F2B2218",
    severity: "error",
    message: ({ name, type, found }) =>
      `\`${name}\` is a ${type} and cannot be compared with ${found}`,
    explain:
      "Both sides of a comparison are of one type; `<` and `>` are for numbers and durations.",
    bad: chosen(`when mode > strict ${probe}`),
    good: chosen(`when mode == strict ${probe}`),
  }),
  whenForm: entry<object>({
    code: "F2B2219",
    severity: "error",
    message: () => "`when` compares parameters with `==`, `<` or `in` a list",
    explain:
      "`=~` asks what a record holds. A parameter always has a value and is compared; `has` asks whether a list or a text is not empty, and of nothing else.",
    bad: chosen(`when has mode ${probe}`),
    good: chosen(`when mode == strict ${probe}`),
  }),
  blockTwice: entry<{ what: string }>({
    code: "F2B2220",
    severity: "error",
    message: ({ what }) => `\`${what}\` stands twice`,
    help: () => "take one away or rename it",
    explain:
      "A filter has one `describe` and one `session`; names of rules and of `let`s stand once in a block.",
    bad: sampleFilter('fail as x "refused {address}"\n  fail as x "denied {address}"'),
    good: sampleFilter('fail as x "refused {address}"\n  fail as y "denied {address}"'),
  }),
  unknownSessionField: entry<Named & { known: readonly string[] }>({
    code: "F2B2221",
    severity: "error",
    message: ({ name }) => `nothing captures \`${name}\`, so there is no session by it`,
    help: (args) => suggest(args) ?? listOf(args.known),
    explain: "A session is told apart by program, pid, host, or by what a rule or frame captures.",
    bad: sampleFilter('session by pidd\n  fail "refused {address}"'),
    good: sampleFilter('session by pid\n  fail "refused {address}"'),
  }),
  filterWithoutRules: entry<{ name: string }>({
    code: "F2B2222",
    severity: "error",
    message: ({ name }) => `filter \`${name}\` has no rule`,
    help: () => 'write `fail "..."`',
    explain: "A filter without rules, with the arguments it is used with, matches nothing.",
    bad: "filter demo {\n  format lines\n  test { passes `hello` }\n}\n",
    good,
  }),
  frameGroup: entry<object>({
    code: "F2B2223",
    severity: "error",
    message: () => "a frame has exactly one group named `message`",
    help: () => "write `(?<message>.*)`",
    explain:
      "A frame says what every message is wrapped in; in a regular expression the group `message` is what is left.",
    bad: sampleFilter('frame /^warn: (.*)$/\n  fail "refused {address}"'),
    good: sampleFilter('frame /^warn: (?<message>.*)$/\n  fail "refused {address}"'),
  }),
  ruleShape: entry<{ clause: string; why: string }>({
    code: "F2B2224",
    severity: "error",
    message: ({ clause, why }) => `\`${clause}\` does nothing here: ${why}`,
    explain: "`weight` belongs to `fail`, `end` to rules that take part in a session.",
    bad: sampleFilter('fail "refused {address}"\n  ignore "x" weight 3'),
    good: sampleFilter('fail "refused {address}" weight 3\n  ignore "x"'),
  }),
  emptyRule: entry<{ kind: string }>({
    code: "F2B2225",
    severity: "error",
    message: ({ kind }) => `\`${kind}\` of what?`,
    help: () => "give it a pattern or a `where`",
    explain: "A rule without pattern and condition would match every record.",
    bad: access("fail"),
    good: access("fail where status == 403"),
  }),
  sessionNeeded: entry<{ what: string }>({
    code: "F2B2226",
    severity: "error",
    message: ({ what }) => `\`${what}\` needs a session`,
    help: () => "add `session by pid`, or by what else all lines of one connection have in common",
    explain:
      "`note`, `clear` and `end` work on what a session remembers. Without one they do nothing.",
    bad: sampleFilter('fail "refused {address}"\n  note "hello {address}"'),
    good: sampleFilter('session by pid\n  fail "refused {address}"\n  note "hello {address}"'),
  }),
  noAddress: entry<{ rule: string }>({
    code: "F2B2227",
    severity: "error",
    message: ({ rule }) => `${rule} can never know an address`,
    help: () => "add `{address}` or `session by pid`",
    explain:
      "The rule counts a failure, but neither it nor frame, format or session tells whose. With an identity by captures (`by user`) such rules are fine.",
    bad: `${sampleFilter('fail "too many errors"')}\njail demo {\n  watch file "/var/log/demo.log"\n  filter demo\n  ban after 5 failures for 1h\n  never ban self\n  do none\n}\n`,
    good: `${sampleFilter('session by pid\n  fail "too many errors"\n  note "connection from {address}"')}\njail demo {\n  watch file "/var/log/demo.log"\n  filter demo\n  ban after 5 failures for 1h\n  never ban self\n  do none\n}\n`,
  }),
  unknownExpectation: entry<Named & { known: readonly string[] }>({
    code: "F2B2228",
    severity: "error",
    message: ({ name }) => `no rule captures \`${name}\``,
    help: (args) => suggest(args) ?? listOf(args.known),
    explain: "A test line may expect address, id, time and what the filter captures.",
    bad: tested("adress: 192.0.2.1"),
    good: tested("address: 192.0.2.1"),
  }),
  badExpectation: entry<{ name: string; found: string }>({
    code: "F2B2229",
    severity: "error",
    message: ({ name, found }) => `\`${name}\` cannot be ${found}`,
    explain:
      "Addresses are expected as addresses or as `nobody`, captures as texts, numbers, true or false.",
    bad: tested("address: somebody"),
    good: tested("address: 192.0.2.1"),
  }),
};
