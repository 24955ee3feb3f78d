/** F2B23xx: jails, what they watch, whom they ban. */
import { entry } from "../diagnostic.ts";
import { sampleAction, sampleJail, suggest } from "./sample.ts";

interface Named {
  readonly name: string;
  readonly nearest?: string;
}

const good = sampleJail();
const ban = (text: string) => sampleJail({ ban: text });
/** A second jail that watches the bans of others. */
const again = (of: string, name = "again", sentence = "ban after 3 bans for 1w") =>
  `\njail ${name} {\n  watch bans of ${of}\n  ${sentence}\n  never ban self\n  do none\n}\n`;

export const checkJails = {
  noAction: entry<{ jail: string }>({
    code: "F2B2301",
    severity: "error",
    message: ({ jail }) => `jail \`${jail}\` does nothing with its bans`,
    help: () => "add `do nftables`; say `do none` or `observe` if nothing is meant",
    explain:
      "A jail without action looks like protection and is none. `do none` and `observe` say it on purpose.",
    bad: sampleJail({ action: "" }),
    good,
  }),
  noFilter: entry<{ jail: string }>({
    code: "F2B2302",
    severity: "error",
    message: ({ jail }) => `jail \`${jail}\` has no filter`,
    help: () => "add `filter NAME`",
    explain: "A filter reads failures out of what a jail watches.",
    bad: sampleJail({ filter: "" }),
    good,
  }),
  noWatch: entry<{ jail: string }>({
    code: "F2B2303",
    severity: "error",
    message: ({ jail }) => `jail \`${jail}\` watches nothing`,
    help: () => 'add `watch file "/var/log/..."` or `watch journal unit "..."`',
    explain: "A jail needs something to watch.",
    bad: sampleJail({ watch: "" }),
    good,
  }),
  noBan: entry<{ jail: string }>({
    code: "F2B2304",
    severity: "error",
    message: ({ jail }) => `jail \`${jail}\` never bans`,
    help: () => "add `ban after 5 failures within 10m for 1h`",
    explain: "A jail needs a ban sentence, of its own or in `defaults`.",
    bad: sampleJail({ ban: "" }),
    good,
  }),
  notInDefaults: entry<{ what: string }>({
    code: "F2B2305",
    severity: "error",
    message: ({ what }) => `\`${what}\` belongs in a jail`,
    explain:
      "`defaults` holds what jails share: ban, by, never ban, behind, ports, do, observe, remember.",
    bad: `defaults { filter demo }\n${good}`,
    good,
  }),
  saidTwice: entry<{ what: string }>({
    code: "F2B2306",
    severity: "error",
    message: ({ what }) => `\`${what}\` and another of its kind cannot both hold`,
    help: () => "keep one",
    explain: "The two statements contradict each other; which was meant cannot be told.",
    bad: sampleJail({ more: "remember 1d\n  remember 2d" }),
    good: sampleJail({ more: "remember 2d" }),
  }),
  banRange: entry<{ what: string; from: number; to: number }>({
    code: "F2B2307",
    severity: "error",
    message: ({ what, from, to }) => `${what} must be ${from} to ${to}`,
    explain: "A count of 0 would ban everybody at once, and no window holds a million failures.",
    bad: ban("ban after 0 failures for 1h"),
    good,
  }),
  timeRange: entry<{ text: string }>({
    code: "F2B2308",
    severity: "error",
    message: ({ text }) => `${text} is no time that can be meant`,
    help: () => "for always write `ever`",
    explain: "Times are longer than nothing and at most a hundred years.",
    bad: ban("ban after 5 failures for 0s"),
    good,
  }),
  doublingEver: entry<object>({
    code: "F2B2309",
    severity: "error",
    message: () => "nothing is longer than ever",
    help: () => "take `doubling` away",
    explain: "A ban that lasts for ever cannot double.",
    bad: ban("ban after 5 failures within 10m for ever doubling to 4w"),
    good: ban("ban after 5 failures within 10m for ever"),
  }),
  doublingBelow: entry<{ to: string; first: string }>({
    code: "F2B2310",
    severity: "error",
    message: ({ to, first }) => `doubling to ${to} stops before it starts at ${first}`,
    explain: "`doubling to` names the longest ban, so it cannot be shorter than the first.",
    bad: ban("ban after 5 failures within 10m for 1d doubling to 1h"),
    good: ban("ban after 5 failures within 10m for 1h doubling to 1d"),
  }),
  unknownCapture: entry<Named & { known: readonly string[] }>({
    code: "F2B2311",
    severity: "error",
    message: ({ name }) => `no filter of this jail captures \`${name}\``,
    help: (args) =>
      suggest(args) ??
      (args.known.length === 0
        ? "its filters capture nothing"
        : `they capture ${args.known.join(", ")}`),
    explain: "`by` and `distinct` name what a filter of the jail captures.",
    bad: ban("ban after 5 distinct usr within 10m for 1h"),
    good: ban("ban after 5 distinct user within 10m for 1h"),
  }),
  byAddress: entry<object>({
    code: "F2B2312",
    severity: "error",
    message: () => "addresses are told by their prefix",
    help: () => "write `by ipv4/32, ipv6/128`",
    explain:
      "`by` with families counts and bans addresses; by captures it counts and bans what is captured.",
    bad: ban("ban after 5 failures by address within 10m for 1h"),
    good: ban("ban after 5 failures by ipv4/32, ipv6/128 within 10m for 1h"),
  }),
  familyTwice: entry<{ family: string }>({
    code: "F2B2313",
    severity: "error",
    message: ({ family }) => `${family} stands twice`,
    explain: "Each family has one prefix length.",
    bad: ban("ban after 5 failures by ipv4/32, ipv4/24 within 10m for 1h"),
    good: ban("ban after 5 failures by ipv4/24 within 10m for 1h"),
  }),
  eachByPrefix: entry<object>({
    code: "F2B2314",
    severity: "error",
    message: () => "`each address` needs `by` a capture",
    help: () => "write `ban each address after 30 failures by user ...`",
    explain:
      "`ban each address` counts something else, such as a user, and bans every address in the window. Counted by address it would ban just that one, which `ban` does by itself.",
    bad: ban("ban each address after 30 failures by ipv4/24 within 1h for 6h"),
    good: ban("ban each address after 30 failures by user within 1h for 6h"),
  }),
  countsWhatIsNotThere: entry<{ what: string }>({
    code: "F2B2315",
    severity: "error",
    message: ({ what }) => `there are no ${what} in this jail`,
    help: ({ what }) => (what === "bans" ? "write `failures`" : "write `bans`"),
    explain:
      "`bans` are counted by a jail that watches the bans of others, `failures` by one that watches logs.",
    bad: ban("ban after 5 bans for 1h"),
    good,
  }),
  identityOfAction: entry<{ action: string; by: string }>({
    code: "F2B2316",
    severity: "error",
    message: ({ action, by }) => `\`${action}\` takes addresses, and this jail bans by ${by}`,
    help: () => "use `ban each address ... by`, or another action",
    explain:
      "A firewall cannot ban a user. An action that uses `{address}`, or a built-in firewall, needs an identity that is an address.",
    bad: sampleAction('on ban { log "banned {address}" }').replace(
      "within 10m",
      "by user within 10m",
    ),
    good: sampleAction('on ban { log "banned {id}" }').replace("within 10m", "by user within 10m"),
  }),
  notSomebody: entry<{ found: string }>({
    code: "F2B2317",
    severity: "error",
    message: ({ found }) => `${found} is nobody`,
    help: () => 'write an address, a list, self, file "..." or host "..."',
    explain:
      "Who is protected or trusted is an address, a prefix, a list of them, `self`, a file of them, or a host name.",
    bad: sampleJail({ never: 'never ban env "OFFICE"' }),
    good,
  }),
  badHostName: entry<{ name: string }>({
    code: "F2B2318",
    severity: "error",
    message: ({ name }) => `${JSON.stringify(name)} is no host name`,
    help: () => "addresses stand without quotes and without `host`",
    explain: "A host name has letters, digits, `-` and dots, and at least one letter.",
    bad: sampleJail({ never: 'never ban self, host "192.0.2.1"' }),
    good: sampleJail({ never: 'never ban self, host "admin.example.net"' }),
  }),
  badPath: entry<object>({
    code: "F2B2319",
    severity: "error",
    message: () => "this names nothing that can be opened",
    explain: "A name is not empty, has at most 4,096 characters and no control characters.",
    bad: sampleJail({ watch: 'watch file ""' }),
    good,
  }),
  misplacedInWatch: entry<{ what: string; source: string }>({
    code: "F2B2320",
    severity: "error",
    message: ({ what, source }) => `\`watch ${source}\` has no \`${what}\``,
    help: () => "take it away",
    explain:
      "`as` is for files and input, `from` for files and the journal, `zone` for logs. The journal's records are always syslog's; `as lines` leaves their header to filters that read it themselves.",
    bad: sampleJail({ watch: 'watch journal unit "demo.service" as docker' }),
    good: sampleJail({ watch: 'watch journal unit "demo.service"' }),
  }),
  unknownEnvelope: entry<Named>({
    code: "F2B2321",
    severity: "error",
    message: ({ name }) => `nothing is wrapped as \`${name}\``,
    help: (args) => suggest(args) ?? "write docker, cri or syslog",
    explain: "`as` says what a source wraps its records in: docker, cri or syslog.",
    bad: sampleJail({ watch: 'watch file "/var/log/demo.log" as dockr' }),
    good: sampleJail({ watch: 'watch file "/var/log/demo.log" as docker' }),
  }),
  unknownZone: entry<{ zone: string }>({
    code: "F2B2322",
    severity: "error",
    message: ({ zone }) => `${JSON.stringify(zone)} is no time zone`,
    help: () => 'write `"Europe/Berlin"`, `"UTC"` or `"+02:00"`',
    explain: "A zone is a name of the IANA data base, UTC, or an offset.",
    bad: sampleJail({ watch: 'watch file "/var/log/demo.log" zone "Europe/Berln"' }),
    good: sampleJail({ watch: 'watch file "/var/log/demo.log" zone "Europe/Berlin"' }),
  }),
  badPorts: entry<{ text: string }>({
    code: "F2B2323",
    severity: "error",
    message: ({ text }) => `${text} is no port and no range of them`,
    help: () => "ports are 1 to 65535, the lower one first",
    explain: "A port is 1 to 65535; a range is written `6000..6010`.",
    bad: sampleJail({ more: "ports tcp 443..80" }),
    good: sampleJail({ more: "ports tcp 80..443" }),
  }),
  unknownJail: entry<Named>({
    code: "F2B2324",
    severity: "error",
    message: ({ name }) => `there is no jail \`${name}\``,
    help: suggest,
    explain: "`watch bans of` names jails of this policy.",
    bad: good + again("demmo"),
    good: good + again("demo"),
  }),
  watchesItself: entry<{ jail: string }>({
    code: "F2B2325",
    severity: "error",
    message: ({ jail }) => `jail \`${jail}\` watches its own bans`,
    explain: "Each ban would lead to the next.",
    bad: good + again("again"),
    good: good + again("demo"),
  }),
  nothingToWatch: entry<object>({
    code: "F2B2326",
    severity: "error",
    message: () => "there are no bans to watch",
    help: () => "add a jail that watches a log",
    explain: "`watch bans` sees the bans of all other jails of the policy that watch logs.",
    bad: again("").replace(" of ", ""),
    good: good + again("demo"),
  }),
  banCycle: entry<{ way: string }>({
    code: "F2B2327",
    severity: "error",
    message: ({ way }) => `jails watch each other's bans in a ring: ${way}`,
    explain: "Each ban would lead to the next, round and round.",
    bad: good + again("other") + again("again", "other"),
    good: good + again("demo") + again("again", "other"),
  }),
  noUsualSources: entry<{ filter: string }>({
    code: "F2B2328",
    severity: "error",
    message: ({ filter }) => `filter \`${filter}\` has no usual sources`,
    help: () => 'name them: `watch file "/var/log/..."` or `watch journal unit "..."`',
    explain:
      "`watch default` takes what the library's ready jail of the filter watches. Filters of one's own, and those whose logs lie anywhere, have none.",
    bad: sampleJail({ watch: "watch default" }),
    good: `use std/sshd\n${sampleJail({ watch: "watch default", filter: "filter sshd" })}`,
  }),
};
