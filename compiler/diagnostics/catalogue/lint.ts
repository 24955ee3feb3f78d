/** F2B4xxx: what lint finds. Samples that begin with `# std/demo` are read as that library module. */
import { entry } from "../diagnostic.ts";
import { sampleFilter, sampleJail } from "./sample.ts";

const good = sampleJail();
const library = "# std/demo\n";

export const lint = {
  exponentialRegex: entry<{ attack: string }>({
    code: "F2B4001",
    severity: "error",
    message: () => "this regular expression can be stalled",
    help: ({ attack }) => `its time doubles with each character of ${attack}`,
    explain:
      "A line of a few dozen characters would keep the pattern busy for hours, and anybody who can write to the log could send one. A repeat inside a repeat is the usual cause: `(a+)+`. Use a template, or make it plain which repeat takes what.",
    bad: sampleFilter("fail /^(?:\\w+ ?)+ from <address>$/"),
    good: sampleFilter("fail /^\\w+(?: \\w+)* from <address>$/"),
  }),
  polynomialRegex: entry<{ degree: number; attack: string }>({
    code: "F2B4002",
    severity: "warning",
    message: ({ degree }) =>
      `this regular expression slows down with the ${powerOf(degree)} of a line's length`,
    help: ({ attack }) => `as with ${attack}`,
    explain:
      "Lines have a size limit, so such a pattern cannot stop protection, but long lines cost far more than short ones. Several `.*` in a row are the usual cause; a template finds its parts from both ends without going back.",
    bad: sampleFilter("fail /^.*a.*b.*c <address>$/"),
    good: sampleFilter('fail "{text}a{text}b{text}c {address}"'),
  }),
  unknownRegex: entry<{ why: string }>({
    code: "F2B4003",
    severity: "note",
    message: ({ why }) => `what this regular expression costs is not known (${why})`,
    explain:
      "Whether a pattern can be stalled is looked into for five seconds each, in patterns of up to 4,000 characters. For this one it was not.",
    bad: sampleFilter(`fail /^(?:${"abcdefgh|".repeat(500)}x) <address>$/`),
    good,
  }),
  untiedRegex: entry<{ end: string }>({
    code: "F2B4004",
    severity: "warning",
    message: ({ end }) => `this regular expression is not tied to the message's ${end}`,
    help: ({ end }) => `write \`${end === "start" ? "^" : "$"}\`, or use a template`,
    explain:
      "A regular expression is searched anywhere in the message. What a client writes, a user name for one, can then look like a failure of somebody else. Tie it with `^` and `$`.",
    bad: sampleFilter("fail /^refused <address>/"),
    good: sampleFilter("fail /^refused <address>$/"),
  }),
  untiedRegexInLibrary: entry<{ end: string }>({
    code: "F2B4005",
    severity: "error",
    message: ({ end }) => `this regular expression is not tied to the message's ${end}`,
    help: ({ end }) => `write \`${end === "start" ? "^" : "$"}\`, or use a template`,
    explain:
      "In the library a pattern that matches in the middle of a message is an error: see F2B4004.",
    bad: library + sampleFilter("fail /^refused <address>/"),
    good: library + sampleFilter("fail /^refused <address>$/"),
  }),
  ambiguousAddress: entry<{ hole: string; line: string; victim: string; writer: string | null }>({
    code: "F2B4006",
    severity: "error",
    message: ({ hole, victim, writer }) =>
      writer === null
        ? `a client can have \`{${hole}}\` read as ${victim}`
        : `the client ${writer} can have \`{${hole}}\` read as ${victim}`,
    help: ({ line }) => `it writes: ${line}`,
    explain:
      "An address is proved when no text of a client can move it. Here the line that is shown, with a client's text in it, can be read with another address than the one that the daemon wrote: by this rule, though it may be written for a later one. Narrow one side (`word`, `not CHARS`), name what the daemon writes there, or mark with `!` what it vouches for.",
    bad: sampleFilter('fail "failed for {user} from {address} using {text}"'),
    good: sampleFilter('fail "failed for {user} from {address} using {method:a|b}"'),
  }),
  vouchedHoles: entry<{ names: readonly string[] }>({
    code: "F2B4007",
    severity: "note",
    message: ({ names }) =>
      `the daemon vouches for ${names.map((name) => `\`${name}\``).join(", ")}`,
    explain:
      "`!` says that no client can choose what stands there, because the daemon checked it first. Each is listed, so that somebody can go through them.",
    bad: sampleFilter('clear "accepted for {user:word!} from {address}"').replace(
      "  clear",
      '  session by pid\n  fail "refused {address}"\n  clear',
    ),
    good: sampleFilter('fail "refused {user} from {address}"'),
  }),
  noNeverBan: entry<{ jail: string }>({
    code: "F2B4008",
    severity: "warning",
    message: ({ jail }) => `jail \`${jail}\` would ban anybody`,
    help: () => "add `never ban self` and your own addresses",
    explain:
      "Without `never ban` a few mistyped passwords lock the administrator out. Say it in `defaults` for all jails.",
    bad: sampleJail({ never: "" }),
    good,
  }),
  banBelowWindow: entry<object>({
    code: "F2B4009",
    severity: "warning",
    message: () => "the ban is over before the failures are forgotten",
    help: () => "ban for at least as long as `within`",
    explain:
      "Who is unbanned while the window still looks back can go on at the same pace. A ban should outlast its window.",
    bad: sampleJail({ ban: "ban after 5 failures within 1h for 10m" }),
    good,
  }),
  noPasses: entry<{ filter: string }>({
    code: "F2B4010",
    severity: "note",
    message: ({ filter }) => `no test says what \`${filter}\` must let pass`,
    help: () => "add `test { passes `...` }`",
    explain: "Lines that must not count are what keeps a rule from taking more than was meant.",
    bad: 'filter demo {\n  fail "refused {address}"\n}\n',
    good: sampleFilter('fail "refused {address}"'),
  }),
  noPassesInLibrary: entry<{ filter: string }>({
    code: "F2B4011",
    severity: "warning",
    message: ({ filter }) => `no test says what \`${filter}\` must let pass`,
    help: () => "add `test { passes `...` }`",
    explain: "Each filter of the library proves itself: see F2B4010.",
    bad: `${library}filter demo {\n  fail "refused {address}"\n}\n`,
    good: library + sampleFilter('fail "refused {address}"'),
  }),
  unused: entry<{ kind: string; name: string }>({
    code: "F2B4012",
    severity: "warning",
    message: ({ kind, name }) => `${kind} \`${name}\` is never used`,
    help: () => "use it or take it away",
    explain:
      "What nothing uses is often what was forgotten: a filter in no jail, an action that nobody does.",
    bad: `${good}\nlet office = [192.0.2.0/24]\n`,
    good,
  }),
  unreachableRule: entry<{ earlier: string }>({
    code: "F2B4013",
    severity: "warning",
    message: ({ earlier }) => `${earlier} takes every line of this rule`,
    help: () => "take one of them away",
    explain:
      "The first rule that matches wins, and all `ignore` rules come before the others. A rule behind one with the same pattern never matches.",
    bad: sampleFilter('fail "refused {address}"\n  fail "refused {address}" weight 3'),
    good: sampleFilter('fail "refused {address}"'),
  }),
  behindPacketFilter: entry<{ jail: string; action: string }>({
    code: "F2B4014",
    severity: "warning",
    message: ({ action }) => `\`${action}\` never sees the addresses behind a proxy`,
    help: () => "ban at the proxy or in the web server",
    explain:
      "With `behind` the banned address is the client's, and packets come from the proxy. A packet filter on this host blocks nothing with it.",
    bad: `use std/nftables\n\n${sampleJail({ action: "behind 192.0.2.1\n  do nftables" })}`,
    good: `use std/nftables\n\n${sampleJail({ action: "do nftables" })}`,
  }),
  migratedFormat: entry<{ what: string }>({
    code: "F2B4015",
    severity: "warning",
    message: ({ what }) => `\`${what}\` is there for migrated filters`,
    help: () => "name where the time stands, and match one line at a time",
    explain:
      "A time looked for anywhere can be one that a client wrote; a window of several messages joins lines that do not belong together. Use a frame, and a session.",
    bad: sampleFilter('fail "refused {address}"').replace(
      "format lines",
      "format lines time anywhere",
    ),
    good: sampleFilter('fail "refused {address}"'),
  }),
  headerTaken: entry<{ filter: string }>({
    code: "F2B4018",
    severity: "warning",
    message: ({ filter }) =>
      `\`${filter}\` reads whole lines, and the journal's header is taken off`,
    help: () => "write `as lines` behind what is watched",
    explain:
      "A filter with `time leading`, `start` or `anywhere` comes from Fail2ban as a rule and looks for host, program and process itself. Of a journal's record it would see the message alone: `watch journal ... as lines` gives it `STAMP HOST PROGRAM[PID]: MESSAGE`.",
    bad: sampleJail({ watch: 'watch journal unit "demo.service"' }).replace(
      "format lines",
      "format lines time leading",
    ),
    good: sampleJail({ watch: 'watch journal unit "demo.service" as lines' }).replace(
      "format lines",
      "format lines time leading",
    ),
  }),
  twoSpellings: entry<{ name: string; first: string }>({
    code: "F2B4016",
    severity: "warning",
    message: ({ name, first }) => `\`${name}\` is called \`${first}\` elsewhere in this filter`,
    help: ({ first }) => `write \`${first}\``,
    explain:
      "Captures whose names differ only in case, `-` or `_` are two things to `by` and `distinct`.",
    bad: sampleFilter('fail "refused {shop:int} {address}"\n  fail "denied {Shop:int} {address}"'),
    good: sampleFilter('fail "refused {shop:int} {address}"\n  fail "denied {shop:int} {address}"'),
  }),
  addressNotProved: entry<{ hole: string }>({
    code: "F2B4017",
    severity: "note",
    message: ({ hole }) => `whose text \`{${hole}}\` is was not proved`,
    help: () => "a condition decides, or the search for a line that reads two ways was given up",
    explain:
      "Without its `where` this rule can read an address that a client wrote. Whether the condition keeps it from that is for a person to say; a `test` line with a second address shows it.",
    bad: sampleFilter(
      'fail "failed for {user} from {address}: {why:text}" where not user =~ "{text} from {rest}"',
    ),
    good,
  }),
  relativePath: entry<{ path: string; asService: string; whole: string }>({
    code: "F2B4019",
    severity: "warning",
    message: ({ path }) => `where ${JSON.stringify(path)} is depends on where f2b is started`,
    help: ({ asService, whole }) =>
      `as a service it is ${JSON.stringify(asService)}: write the whole path, such as ${JSON.stringify(whole)}`,
    explain:
      "A path that does not begin with `/` is looked for from the folder in which the bundle is started. systemd starts services in `/`, so the log of a trial in a shell is not the one that the service watches: that one waits for a file that never comes. `~` and variables of a shell mean nothing here.",
    bad: sampleJail({ watch: 'watch file "demo.log"' }),
    good,
  }),
  repeatedCall: entry<{ name: string; what: string }>({
    code: "F2B4020",
    severity: "warning",
    message: ({ name, what }) => `this jail ${what} \`${name}\` already`,
    help: () => "take the second away, or write the one that was meant",
    explain:
      "A filter or an action that stands twice with the same arguments is taken once. Nothing is lost, but perhaps another was meant.",
    bad: sampleJail({ filter: "filter demo, demo" }),
    good,
  }),
};

function powerOf(degree: number): string {
  return degree === 2 ? "square" : degree === 3 ? "cube" : `power ${degree}`;
}
