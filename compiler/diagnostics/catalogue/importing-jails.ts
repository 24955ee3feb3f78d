/**
 * F2B1521 on: what a jail of Fail2ban says that f2b says in another way, or not at all. Samples are the text of `jail.conf`, of which `door` is imported.
 */
import { entry } from "../diagnostic.ts";

/** A jail that says all it has to. */
function sampleJailConf(
  lines = "",
  { logpath = "/var/log/door.log", action = "nftables[port=22]" } = {},
): string {
  const log = logpath === "" ? "" : `logpath = ${logpath}\n`;
  return `[door]\nfilter = demo\nusedns = no\n${log}action = ${action}\n${lines}`;
}

const good = sampleJailConf();
const acts = (action: string) => sampleJailConf("", { action });

const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

export const importingJails = {
  jailLeftOut: entry<{ jail: string; why: string; help: string }>({
    code: "F2B1521",
    severity: "warning",
    message: ({ jail, why }) => `jail \`${jail}\` is left out: ${why}`,
    help: ({ help }) => help,
    explain:
      "The policy guards nothing in the place of this jail: it stands there as a comment, with what it says. Mend what is told, and import again, or write the jail by hand.",
    bad: sampleJailConf("", { logpath: "" }),
    good,
  }),
  badTime: entry<{ name: string; found: string; instead: string }>({
    code: "F2B1522",
    severity: "warning",
    message: ({ name, found }) => `\`${name}\` is no time that can be meant: \`${found}\``,
    help: ({ instead }) => `the policy has ${instead} there; change it, or this`,
    explain:
      "A time is a number of seconds, or one with units as in `10m`, `1h 30m` or `1d12h`; for always it is -1, in `bantime` alone. Nothing and what is no time have no counterpart.",
    bad: sampleJailConf("findtime = soon\n"),
    good: sampleJailConf("findtime = 1h 30m\n"),
  }),
  badCount: entry<{ name: string; found: string; instead: number }>({
    code: "F2B1523",
    severity: "warning",
    message: ({ name, found }) => `\`${name}\` is no number: \`${found}\``,
    help: ({ instead }) => `Fail2ban refuses it; the policy has ${instead} there`,
    explain: "How many failures lead to a ban is a whole number.",
    bad: sampleJailConf("maxretry = three\n"),
    good: sampleJailConf("maxretry = 3\n"),
  }),
  observesOnly: entry<{ jail: string; why: string; help: string }>({
    code: "F2B1524",
    severity: "warning",
    message: ({ jail, why }) => `jail \`${jail}\` only observes and bans nobody: ${why}`,
    help: ({ help }) => help,
    explain:
      "Banning here would not be what the jail does in Fail2ban, or there is nothing to ban with. So the policy has `observe` in it: what would be banned is told in the log and by `f2b replay`, and nobody is kept out. When what is missing is settled, take `observe` away.",
    bad: acts("own-fence"),
    good,
  }),
  actionLeftOut: entry<{ actions: readonly string[]; help: string }>({
    code: "F2B1525",
    severity: "warning",
    message: ({ actions }) =>
      `${listed(actions)} ${actions.length === 1 ? "is" : "are"} left out: the library has no such action`,
    help: ({ help }) => help,
    explain:
      "What a jail does at a ban is written in f2b's own words. The library has firewalls, lists, mail and some services (docs/actions.md); all else is an `action` of one's own, which `on ban` starts a program, sends a request, or writes a file. Arguments are not shown: they may hold keys.",
    bad: acts("nftables[port=22]\n  blocklist_de[apikey=x]"),
    good,
  }),
  actionInstead: entry<{
    others: ReadonlyMap<string, { readonly by: string; readonly help: string }>;
  }>({
    code: "F2B1526",
    severity: "note",
    message: ({ others }) =>
      [...others].map(([action, { by }]) => `\`${action}\` becomes \`${by}\``).join(", "),
    help: ({ others }) => [...new Set([...others.values()].map(({ help }) => help))].join("; "),
    explain:
      "Of Fail2ban's firewalls each becomes the library's `nftables`: it needs `nft` alone, stands in a table of its own beside whatever made the other rules, and takes many bans at a time. It drops what a banned host sends, on its way in and through, before other rules see it. Where a host has no `nft`, `std/iptables`, `std/ufw` and `std/firewalld` are there.",
    bad: acts("iptables-multiport[port=22]"),
    good,
  }),
  secretOnHost: entry<{ secrets: ReadonlyMap<string, string> }>({
    code: "F2B1527",
    severity: "warning",
    message: ({ secrets }) => `the key of ${listed([...secrets.keys()])} does not come along`,
    help: ({ secrets }) =>
      `put it into the daemon's environment: ${[...secrets.values()].join(", ")}`,
    explain:
      "Keys never stand in a policy or a bundle: they are read on the host, from the daemon's environment or a file (docs/actions.md). Without it the action fails at each ban, and the others go on.",
    bad: acts("nftables[port=22]\n  abuseipdb[abuseipdb_apikey=x]"),
    good,
  }),
  argumentsLeftOut: entry<{ without: ReadonlyMap<string, readonly string[]> }>({
    code: "F2B1528",
    severity: "note",
    message: ({ without }) =>
      [...without]
        .map(([action, names]) => `\`${action}\` goes without ${listed(names)}`)
        .join(", "),
    explain:
      "The library's action has no such setting. A firewall's `blocktype` is one: f2b drops, and answers nothing. Values are not shown: they may be keys.",
    bad: acts("nftables[port=22, blocktype=reject]"),
    good,
  }),
  ignoredLeftOut: entry<{ found: string }>({
    code: "F2B1529",
    severity: "warning",
    message: ({ found }) => `\`ignoreip\` spares nobody with \`${found}\``,
    help: () => "it is no address, no prefix, no host name and no file",
    explain:
      "Who is never banned is an address, a prefix, a host name, or a file of them with its whole path. Fail2ban compares all else letter by letter with what a filter found.",
    bad: sampleJailConf("ignoreip = 192.0.2.0/33\n"),
    good: sampleJailConf("ignoreip = 192.0.2.0/24 admin.example.net\n"),
  }),
  settingLeftOut: entry<{ name: string; why: string }>({
    code: "F2B1530",
    severity: "note",
    message: ({ name, why }) => `\`${name}\` is left out: ${why}`,
    explain: "f2b has no such setting. What it does in its place is told with the finding.",
    bad: sampleJailConf('ignorecache = key="<ip>"\n'),
    good,
  }),
  otherEncoding: entry<{ encoding: string }>({
    code: "F2B1531",
    severity: "warning",
    message: ({ encoding }) => `the log is read as UTF-8, not as \`${encoding}\``,
    help: () => "letters beyond ASCII in patterns and captures are other ones; addresses are not",
    explain:
      "f2b reads logs as bytes, and text in them as UTF-8; what is none becomes U+FFFD (docs/matching.md). A log in another encoding of which ASCII is a part is read well but for letters beyond it. In UTF-16 nothing is read.",
    bad: sampleJailConf("logencoding = latin-1\n"),
    good: sampleJailConf("logencoding = utf-8\n"),
  }),
  badZone: entry<{ found: string }>({
    code: "F2B1532",
    severity: "warning",
    message: ({ found }) => `\`logtimezone\` is no zone: \`${found}\``,
    help: () => 'the host\'s zone is taken; write `zone "+02:00"` behind the `watch`',
    explain:
      "A zone is UTC, an offset such as `UTC+0200` or `+02:00`, or an abbreviation that Fail2ban knows.",
    bad: sampleJailConf("logtimezone = Nowhere\n"),
    good: sampleJailConf("logtimezone = UTC+0200\n"),
  }),
  badLog: entry<{ path: string; why: string }>({
    code: "F2B1533",
    severity: "warning",
    message: ({ path, why }) => `the log \`${path}\` is left out: ${why}`,
    help: () => "write its whole path, and `tail` or nothing behind it",
    explain:
      "A log is a path that begins with `/`, one a line, with `head` or `tail` behind it if one likes. Fail2ban takes another path from the folder that it was started in.",
    bad: sampleJailConf("", { logpath: "/var/log/door.log\n  gate.log" }),
    good: sampleJailConf("", { logpath: "/var/log/door.log\n  /var/log/gate.log" }),
  }),
  badPort: entry<{ found: readonly string[] }>({
    code: "F2B1534",
    severity: "warning",
    message: ({ found }) => `no port is known here as ${listed(found)}`,
    help: () => "write its number; without any port, all are closed",
    explain:
      "A port is a number, a range, or the name of a service. A policy must mean the same on every host, so names are looked up in a table of f2b's own and not in /etc/services.",
    bad: acts("nftables[port=door]"),
    good: acts("nftables[port=ssh]"),
  }),
  growthDiffers: entry<object>({
    code: "F2B1535",
    severity: "note",
    message: () => "bans grow as they do in Fail2ban, and what leads to them differs a little",
    help: () => "f2b counts each failure once, whoever it is; see `f2b explain-code F2B1535`",
    explain:
      "The n-th ban of an address is as long as Fail2ban makes it. Fail2ban besides counts a failure of who was banned before more than once, so that they are banned sooner; for that, write a second `ban` with fewer failures. It forgets an address three times its last ban and `dbpurgeage` after it: `remember` is that time for the longest ban. `bantime.rndtime` is added to the first ban here too.",
    bad: sampleJailConf("bantime.increment = true\nbantime.maxtime = 4w\n"),
    good,
  }),
  noLongestBan: entry<{ longest: string }>({
    code: "F2B1536",
    severity: "note",
    message: ({ longest }) => `bans grow without an end, in the policy to ${longest}`,
    help: () => "set `bantime.maxtime`, or change the policy",
    explain:
      "Without `bantime.maxtime` Fail2ban doubles a ban twenty times. A policy names the longest one; whom that holds has been banned for as long before.",
    bad: sampleJailConf("bantime.increment = true\n"),
    good: sampleJailConf("bantime.increment = true\nbantime.maxtime = 4w\n"),
  }),
  badGrowth: entry<{ name: string; found: string }>({
    code: "F2B1537",
    severity: "warning",
    message: ({ name }) => `\`${name}\` cannot be worked out, so bans double`,
    help: ({ found }) => `it is \`${found}\``,
    explain:
      "`bantime.formula` is arithmetic in Python with `ban.Time`, `ban.Count` and `banFactor`, `bantime.multipliers` are numbers between blanks. The policy has the steps that they lead to. These could not be worked out.",
    bad: sampleJailConf(
      "bantime.increment = true\nbantime.formula = ban.Time * other(ban.Count)\n",
    ),
    good: sampleJailConf(
      "bantime.increment = true\nbantime.formula = ban.Time * (1 + ban.Count)\n",
    ),
  }),
  hostNames: entry<{ usedns: string }>({
    code: "F2B1538",
    severity: "note",
    message: () => "host names that stand in the log are not looked up",
    help: () => "if a daemon logs nothing else: `resolve hosts` in the jail",
    explain:
      "With `usedns = warn`, which is the default, Fail2ban bans every address of a host name that stands in the log. Who may write the reverse zone of an address chooses that name, and so who is banned. f2b counts names only where a jail says `resolve hosts`; `usedns = yes` becomes that.",
    bad: good.replace("usedns = no", "usedns = warn"),
    good,
  }),
  watchesBans: entry<{ jail: string }>({
    code: "F2B1539",
    severity: "note",
    message: ({ jail }) => `jail \`${jail}\` counts the bans of the policy's other jails`,
    help: () => "no log lies between; `watch bans` sees them as they happen",
    explain:
      "In Fail2ban `recidive` reads the log that Fail2ban writes. That log ends when f2b takes over; `watch bans` counts the same, and needs no log and no filter.",
    bad: "[door]\nfilter = recidive\nusedns = no\nlogpath = /var/log/fail2ban.log\naction = nftables[type=allports]\n[gate]\nenabled = true\nfilter = demo\nusedns = no\nlogpath = /var/log/gate.log\naction = nftables[type=allports]\n",
    good,
  }),
  renamedJail: entry<{ jail: string; name: string }>({
    code: "F2B1540",
    severity: "note",
    message: ({ jail, name }) => `jail \`${jail}\` is called \`${name}\` in the policy`,
    explain:
      "A name has letters, digits, `-` and `_`, begins with no `-`, and is no number, no time and none of `and or not in has true false`.",
    bad: `${good}[404]\nenabled = true\nfilter = demo\nusedns = no\nlogpath = /var/log/web.log\naction = nftables[port=80]\n`,
    good,
  }),
  journalDiffers: entry<{ what: string; found: string }>({
    code: "F2B1541",
    severity: "warning",
    message: ({ what }) => what,
    help: ({ found }) => `found is \`${found}\``,
    explain:
      "`watch journal match` takes terms `FIELD=value` without blanks and quotes, of the journal that `journalctl` reads by itself. Folders, files and namespaces of others cannot be named, and without its match a jail sees more lines than it should.",
    bad: sampleJailConf("backend = systemd[journalpath=/srv/journal]\njournalmatch = _COMM=door\n"),
    good: sampleJailConf("backend = systemd\njournalmatch = _COMM=door\n"),
  }),
  ownLog: entry<{ jail: string }>({
    code: "F2B1542",
    severity: "warning",
    message: ({ jail }) => `jail \`${jail}\` reads Fail2ban's log, which ends with Fail2ban`,
    help: () => "with other jails in the policy: `watch bans` in the place of log and filter",
    explain:
      "`recidive` reads the log that Fail2ban writes. Imported together with other jails it becomes a jail that counts their bans; alone it has none to count.",
    bad: "[door]\nfilter = recidive\nusedns = no\nlogpath = /var/log/fail2ban.log\naction = nftables[type=allports]\n",
    good,
  }),
  namesNoAddress: entry<{ jail: string }>({
    code: "F2B1543",
    severity: "warning",
    message: ({ jail }) =>
      `jail \`${jail}\` counts what its filter calls an id only where that is an address`,
    help: () => "for others: `by id` in its `ban`, and an action that takes ids",
    explain:
      "`<F-ID>` may capture anything: a user, a session. Fail2ban counts and bans it as it is. A firewall bans addresses, and so does the imported jail.",
    bad: sampleJailConf("failregex = ^refused <F-ID>\\S+</F-ID>$\n"),
    good,
  }),
  changedAction: entry<{ files: readonly string[] }>({
    code: "F2B1544",
    severity: "warning",
    message: ({ files }) => `what is changed in ${files.join(", ")} is not looked at`,
    help: () => "compare it with what docs/actions.md says of the library's action",
    explain:
      "A file with the ending .local changes an action of Fail2ban's own. The policy has the library's action in its place, which knows nothing of the change.",
    bad: acts("nftables-allports[name=changed]"),
    good,
  }),
};
