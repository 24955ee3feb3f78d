/**
 * F2B25xx: what a Fail2ban filter has that f2b says in another way, or not at all. Samples are the text of `filter.d/demo.conf`.
 */
import { entry } from "../diagnostic.ts";
import { sampleConf } from "./importing.ts";

const usual = "failregex = ^refused <ADDR>$";
const good = sampleConf(usual);

export const migrating = {
  noTranslation: entry<{ option: string; construct: string; wayOut: string }>({
    code: "F2B2501",
    severity: "warning",
    message: ({ option, construct }) => `this ${option} is left out: f2b cannot say ${construct}`,
    help: ({ wayOut }) => wayOut,
    explain:
      "Nearly all that Fail2ban's regular expressions can say has a counterpart. This one has none, so the policy lacks the rule; a comment stands in its place with the pattern as it was. Write it another way there.",
    bad: sampleConf(`${usual}\n  ^refused (?P<a>x)?(?(a)y|z)(?P<a>q) <ADDR>$`),
    good,
  }),
  noTimeForm: entry<{ construct: string }>({
    code: "F2B2502",
    severity: "warning",
    message: ({ construct }) =>
      `this date pattern is left out: f2b has no counterpart of ${construct}`,
    help: () => "write a `format lines time` for it by hand; docs/matching.md has the letters",
    explain:
      "A date pattern becomes a `time` of a `format lines`, which has strptime's letters and the holes of templates, and no alternatives that differ in shape. The policy has a comment in its place and reads stamps wherever they stand.",
    bad: sampleConf(`${usual}\ndatepattern = ^%%Y-%%m-%%d(?=x)`),
    good: sampleConf(`${usual}\ndatepattern = ^%%Y-%%m-%%d`),
  }),
  widerTimeForm: entry<{ what: string }>({
    code: "F2B2503",
    severity: "note",
    message: ({ what }) => `the date pattern became a little wider: ${what}`,
    explain:
      "The policy reads every stamp that the original reads, at the same place, and a few of other shapes besides. No log has them as a rule.",
    bad: sampleConf(`${usual}\ndatepattern = ^x\\d%%Y-%%m-%%d`),
    good: sampleConf(`${usual}\ndatepattern = ^x%%Y-%%m-%%d`),
  }),
  exponentialLeftOut: entry<{ attack: string }>({
    code: "F2B2504",
    severity: "warning",
    message: () => "this pattern can be stalled by a line and is left out",
    help: ({ attack }) => `its time doubles with each character of ${attack}`,
    explain:
      "A line of a few dozen characters keeps the pattern busy for hours, in Fail2ban too, and anybody who can write to the log can send one. f2b does not compile such patterns, and this one has a reference to a group, so that it cannot be matched in linear time either. A comment stands in its place; a repeat inside a repeat is the usual cause.",
    bad: sampleConf(`${usual}\n  ^(?P<q>[ab])(?:\\w+ ?)+(?P=q) from <ADDR>$`),
    good: sampleConf("failregex = ^(?P<q>[ab])\\w+(?: \\w+)*(?P=q) from <ADDR>$"),
  }),
  linearInstead: entry<{ attack: string; degree: number | null }>({
    code: "F2B2509",
    severity: "note",
    message: () => "a line could stall this pattern, so it is matched in linear time",
    help: ({ attack, degree }) =>
      degree === null
        ? `elsewhere its time doubles with each turn of ${attack}`
        : `elsewhere its time grows with power ${degree} of the length of ${attack}`,
    explain:
      "Fail2ban tries every way to match a line, and for this pattern a client can write a line that has more ways than anybody can wait for. The policy has the pattern with the flag `l`: f2b finds the same matches and tries no way twice. A repeat inside a repeat is the usual cause; without one the pattern would be quicker.",
    bad: sampleConf("failregex = ^(?:\\w+ ?)+ from <ADDR>$"),
    good: sampleConf("failregex = ^\\w+(?: \\w+)* from <ADDR>$"),
  }),
  nothingLeft: entry<{ lostFrame: boolean }>({
    code: "F2B2510",
    severity: "error",
    message: ({ lostFrame }) =>
      lostFrame
        ? "every `failregex` of this filter is left out, for its `prefregex` is"
        : "every `failregex` of this filter is left out",
    help: ({ lostFrame }) =>
      lostFrame
        ? "what stands in the way of the `prefregex` is told with it"
        : "what stands in the way of each is told with it",
    explain:
      "A filter that finds nothing is no filter, so nothing is written. What could not be translated was reported, with its place and a way out.",
    bad: sampleConf("failregex = ^refused (?P<a>x)?(?(a)y|z)(?P<a>q) <ADDR>$"),
    good,
  }),
  polynomialKept: entry<{ degree: number; attack: string }>({
    code: "F2B2505",
    severity: "note",
    message: ({ degree }) => `this pattern slows down with power ${degree} of a line's length`,
    help: ({ attack }) => `as with ${attack}`,
    explain:
      "Lines have a size limit, so the pattern cannot stop protection, but long lines cost more than short ones, in Fail2ban too. Several `.*` in a row are the usual cause.",
    bad: sampleConf("failregex = ^.*a.*b\\d <ADDR>$"),
    good,
  }),
  captureDiffers: entry<{ what: string }>({
    code: "F2B2506",
    severity: "note",
    message: ({ what }) => `the verdict is the same, a capture may differ: ${what}`,
    explain:
      "Whose failure it is and whether it is one stays the same. What is captured besides can differ from Fail2ban on some lines.",
    bad: sampleConf("failregex = ^(?: a=<F-USER>\\S+</F-USER>| \\S+)* from <ADDR>$"),
    good,
  }),
  ignoresSeeMessage: entry<object>({
    code: "F2B2507",
    severity: "note",
    message: () => "`ignoreregex` sees what `prefregex` leaves, not the whole line",
    help: () => "if it begins with the line's prefix, write it without",
    explain:
      "Where a filter has a prefregex and several failregex, Fail2ban looks for ignoreregex in the whole line first and in the message later. In f2b `ignore` sees the message.",
    bad: sampleConf(
      "prefregex = ^demo: <F-CONTENT>.+</F-CONTENT>$\nfailregex = ^a <ADDR>$\n  ^b <ADDR>$\n  ^c <ADDR>$\n  ^d <ADDR>$\nignoreregex = ^demo: c",
    ),
    good,
  }),
  costUnknown: entry<{ why: string }>({
    code: "F2B2508",
    severity: "note",
    message: ({ why }) => `what this pattern costs is not known (${why})`,
    explain:
      "Whether a line can stall a pattern is looked into for a few seconds each. For this one it was not found out.",
    bad: sampleConf(`failregex = ^(?:${"abcdefgh|".repeat(500)}x) <ADDR>$`),
    good,
  }),
  addressMovable: entry<{ message: string; help: string }>({
    code: "F2B2511",
    severity: "warning",
    message: ({ message }) => `${message.replace(/`\{\w+\}`/, "the address")}, as in Fail2ban`,
    help: ({ help }) => help,
    explain:
      "The line that is shown is one that the daemon can write, with a client's text in it, and the pattern takes another address from it than the one that the daemon wrote. Fail2ban does the same. As a template the pattern would not compile, so it stays a regular expression, which nobody proves. Narrow what stands beside the address: `\\S+` or `[^\"]*` in the place of `.*`.",
    bad: sampleConf("failregex = ^user=.* from <HOST>, x=.*$"),
    good: sampleConf("failregex = ^user=.* from <HOST>, x=\\S*$"),
  }),
  noTimeInPattern: entry<object>({
    code: "F2B2512",
    severity: "warning",
    message: () => "this date pattern tells no time, so a line counts when it arrives",
    help: () =>
      "letters of a time begin with `%%`; whole forms are EPOCH, LEPOCH, TAI64N and {DATE}",
    explain:
      "Nothing in the pattern is a part of a date or a time, so that no line has a stamp, in Fail2ban either. That matters where logs of the past are read: all their lines are from now.",
    bad: sampleConf(`${usual}\ndatepattern = ^YYYY-mm-dd`),
    good: sampleConf(`${usual}\ndatepattern = ^%%Y-%%m-%%d`),
  }),
};
