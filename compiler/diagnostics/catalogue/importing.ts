/**
 * F2B15xx: reading a Fail2ban configuration. Samples are the text of `filter.d/demo.conf`, not policies.
 */
import { entry } from "../diagnostic.ts";
import { suggest } from "./sample.ts";

/** A filter with the given lines in `[Definition]` and nothing else to be said of it. */
export function sampleConf(lines: string, before = ""): string {
  return `${before}[Definition]\n${lines}\n`;
}

const usual = "failregex = ^refused <ADDR>$";
const good = sampleConf(usual);

const jail = "[door]\nfilter = demo\nlogpath = /var/log/door.log\naction = nftables\n";

export const importing = {
  noFilter: entry<{ name: string; nearest?: string }>({
    code: "F2B1501",
    severity: "error",
    message: ({ name }) => `this configuration has no filter \`${name}\``,
    help: suggest,
    explain:
      "A filter is `filter.d/NAME.conf` or `filter.d/NAME.local` in the folder that was given, which is /etc/fail2ban as a rule. `--filter` takes NAME, with arguments in brackets if one likes: `sshd[mode=ddos]`.",
    bad: "",
    good,
  }),
  unreadable: entry<{ name: string; why: string }>({
    code: "F2B1502",
    severity: "error",
    message: ({ name, why }) => `cannot read ${name}: ${why}`,
    explain:
      "The file is there and cannot be read. What stands in it could change every value, so nothing is imported without it.",
    bad: sampleConf(usual, "[INCLUDES]\nbefore = unreadable.conf\n\n"),
    good,
  }),
  notUtf8: entry<object>({
    code: "F2B1503",
    severity: "error",
    message: () => "this file is not UTF-8",
    help: () => "if it is Latin-1: iconv -f latin1 -t utf-8 OLD > NEW",
    explain:
      "A pattern in another encoding would look for other letters than the log has. Convert the file.",
    bad: sampleConf("failregex = ^refus\u00e9 <ADDR>$"),
    good,
  }),
  sectionTwice: entry<{ name: string }>({
    code: "F2B1504",
    severity: "error",
    message: ({ name }) => `section [${name}] stands twice in this file`,
    help: () => "put the options of both under one heading",
    explain:
      "Fail2ban refuses a file with two sections of one name, so the filter does not work there either. A .local file is the place to change an option.",
    bad: `${good}[Definition]\nignoreregex = ^x$\n`,
    good,
  }),
  optionTwice: entry<{ name: string; section: string }>({
    code: "F2B1505",
    severity: "error",
    message: ({ name, section }) => `option \`${name}\` stands twice in [${section}]`,
    help: () => "for several patterns, write them below each other, indented, behind one name",
    explain:
      "Fail2ban refuses a file in which one section has an option twice: which was meant cannot be known.",
    bad: sampleConf(`${usual}\nfailregex = ^denied <ADDR>$`),
    good: sampleConf(`${usual}\n            ^denied <ADDR>$`),
  }),
  noOption: entry<{ isBeforeSection: boolean }>({
    code: "F2B1506",
    severity: "error",
    message: ({ isBeforeSection }) =>
      isBeforeSection
        ? "an option before the first section"
        : "this line is neither an option nor a section",
    help: ({ isBeforeSection }) =>
      isBeforeSection
        ? "write `[Definition]` above it"
        : "a line that goes on with a value is indented",
    explain:
      "A line is `name = value`, `[Section]`, a comment, or, when it is indented, goes on with the value above it. Fail2ban refuses the file.",
    bad: sampleConf(`${usual}\n^denied <ADDR>$`),
    good: sampleConf(`${usual}\n  ^denied <ADDR>$`),
  }),
  noInclude: entry<{ name: string }>({
    code: "F2B1507",
    severity: "warning",
    message: ({ name }) => `there is no file ${name} to include`,
    help: () => "Fail2ban passes over it in silence; what it should have brought is missing",
    explain:
      "Fail2ban reads on without an included file that is not there. Where options came from it, they are missing and reported by name; where it only changed some, the filter does something else than was meant.",
    bad: sampleConf(usual, "[INCLUDES]\nbefore = nowhere.conf\n\n"),
    good,
  }),
  barePercent: entry<object>({
    code: "F2B1508",
    severity: "error",
    message: () => "a `%` that begins no `%(name)s`",
    help: () => "write `%%` for a percent sign",
    explain: "In a configuration `%(name)s` stands for another option and `%%` for a percent sign.",
    bad: sampleConf(`${usual} %d`),
    good: sampleConf("failregex = ^100%% refused <ADDR>$"),
  }),
  noValue: entry<{ name: string; section: string }>({
    code: "F2B1509",
    severity: "error",
    message: ({ name, section }) => `there is no option \`${name}\` for [${section}]`,
    help: ({ name }) =>
      name.startsWith("__") ? "is `before = common.conf` missing in [INCLUDES]?" : undefined,
    explain:
      "`%(name)s` looks in the section itself and in [DEFAULT], `%(section/name)s` in another one. What stands in [Init] is not seen this way: that is `<name>`.",
    bad: sampleConf("failregex = ^%(prefix)srefused <ADDR>$"),
    good: sampleConf("prefix = demo: \nfailregex = ^%(prefix)srefused <ADDR>$"),
  }),
  tooDeep: entry<{ name: string }>({
    code: "F2B1510",
    severity: "error",
    message: ({ name }) => `\`%(${name})s\` is filled in more than ten levels deep`,
    help: () => "does it lead back to itself?",
    explain:
      "Fail2ban gives up at ten levels of `%(name)s`: as a rule one of them leads in a circle.",
    bad: sampleConf("a = %(b)s\nb = %(a)s\nfailregex = ^%(a)s <ADDR>$"),
    good,
  }),
  tagCircle: entry<{ name: string }>({
    code: "F2B1511",
    severity: "error",
    message: ({ name }) => `\`<${name}>\` leads back to itself`,
    explain: "The value of a tag may hold other tags, but not, at the end of the way, itself.",
    bad: sampleConf("a = <b>\nb = x<a>\nfailregex = ^<a> <ADDR>$"),
    good: sampleConf("a = <b>\nb = x\nfailregex = ^<a> <ADDR>$"),
  }),
  badNumber: entry<{ name: string; found: string }>({
    code: "F2B1512",
    severity: "error",
    message: ({ name, found }) => `\`${name}\` is a number from 1 up, not \`${found}\``,
    explain: "How many lines a pattern sees at a time is a whole number.",
    bad: sampleConf(`${usual}\nmaxlines = many`),
    good: sampleConf(`${usual}\nmaxlines = 1`),
  }),
  unusedOption: entry<{ name: string; nearest?: string }>({
    code: "F2B1513",
    severity: "warning",
    message: ({ name }) => `nothing reads the option \`${name}\``,
    help: suggest,
    explain:
      "Fail2ban knows `prefregex`, `failregex`, `ignoreregex`, `datepattern`, `maxlines` and `journalmatch` in a filter; every other option is there to be filled into these. This one is not, so it does nothing, in Fail2ban and here.",
    bad: sampleConf(`${usual}\nignoreregx = ^refused 192\\.0\\.2\\.1$`),
    good: sampleConf(`${usual}\nignoreregex = ^refused 192\\.0\\.2\\.1$`),
  }),
  openTag: entry<{ tag: string }>({
    code: "F2B1514",
    severity: "error",
    message: ({ tag }) => `no option gives \`<${tag}>\` a value`,
    help: () => "is the value of the argument that leads to it one that the filter knows?",
    explain:
      "After all is filled in, a tag is left that is none of Fail2ban's own. As a rule an argument has a value the filter does not know, such as `mode=agressive`. Fail2ban would look for the tag itself in the log, and never find it.",
    bad: sampleConf("mode = other\nmdre-normal = ^refused <ADDR>$\nfailregex = <mdre-<mode>>"),
    good: sampleConf("mode = normal\nmdre-normal = ^refused <ADDR>$\nfailregex = <mdre-<mode>>"),
  }),
  noFailregex: entry<object>({
    code: "F2B1515",
    severity: "error",
    message: () => "this filter has no `failregex`: it finds nothing",
    help: () => "does the jail that uses it bring one?",
    explain:
      "Without a `failregex` Fail2ban's filter does nothing, or takes patterns from the jail that uses it. There is nothing to write.",
    bad: sampleConf("ignoreregex = ^x$"),
    good,
  }),
  namesNobody: entry<{ found: string | null }>({
    code: "F2B1516",
    severity: "warning",
    message: () => "this failregex is left out: it does not say whose failure it is",
    help: ({ found }) =>
      found === null
        ? "write `<HOST>` or `<ADDR>` where the address stands"
        : `write \`<HOST>\` or \`<ADDR>\` in the place of \`${found}\``,
    explain:
      "A failregex, or the prefregex before it, has to name a host with `<HOST>` or `<ADDR>`, somebody else with `<F-ID>`, or a session with `<F-MLFID>`; capital letters count. Since its version 0.10 Fail2ban refuses a filter with one that does not, `(?P<host>...)` included.",
    bad: sampleConf(`${usual}\n  ^refused (?P<host>\\S+)$`),
    good,
  }),
  noJails: entry<object>({
    code: "F2B1517",
    severity: "error",
    message: () => "this configuration has no jail.conf and no jail.local",
    help: () => "`--filter NAME` imports a filter that no jail uses",
    explain:
      "Without `--filter` the filters of the enabled jails are imported, which stand in jail.conf, jail.d, and jail.local of the folder that was given: /etc/fail2ban as a rule.",
    bad: "",
    good: jail,
  }),
  noJail: entry<{ name: string; nearest?: string }>({
    code: "F2B1518",
    severity: "error",
    message: ({ name }) => `this configuration has no jail \`${name}\``,
    help: suggest,
    explain:
      "A jail is a section of jail.conf, jail.local or a file in jail.d. `--jail` takes its name.",
    bad: "[gate]\nfilter = demo\n",
    good: jail,
  }),
  jailFilter: entry<{ jail: string; found: string; hasOwn: boolean }>({
    code: "F2B1519",
    severity: "warning",
    message: ({ jail, found }) =>
      found === ""
        ? `jail \`${jail}\` is left out: it names no filter`
        : `jail \`${jail}\` is left out: its filter cannot be read`,
    help: ({ jail, found, hasOwn }) =>
      found === "" && hasOwn
        ? `put its failregex into filter.d/${jail}.conf below [Definition], and write \`filter = ${jail}\``
        : 'write `filter = NAME[option=value, other="a, b"]`',
    explain:
      "A jail has exactly one filter: a name, and arguments in brackets, each `option=value`; a value with `,` or `]` stands in quotes. One without a filter finds what its own failregex says; for f2b that is a filter of its own.",
    bad: "[door]\nfilter = demo[mode]\n",
    good: jail.replace("demo", "demo[mode=odd]"),
  }),
  hashInValue: entry<{ name: string }>({
    code: "F2B1520",
    severity: "warning",
    message: ({ name }) => `what stands behind \`#\` is a part of \`${name}\``,
    help: () => "put the comment on a line of its own; behind a value only ` ;` begins one",
    explain:
      "In Fail2ban's files `#` begins a comment at the beginning of a line only. Behind a value it belongs to the value: a number or a switch so written is none, and Fail2ban takes its default or refuses the jail.",
    bad: `${jail}maxretry = 3 # strict\n`,
    good: `${jail}# strict\nmaxretry = 3\n`,
  }),
};
