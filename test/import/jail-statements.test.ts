/**
 * What a jail of Fail2ban says, and the statements that come of it: each with the findings that go with it. Every text is a policy that compiles.
 */
import t from "tap";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { importJails } from "../../compiler/import/import-jails.ts";
import { writeJails } from "../../compiler/import/jail/write-jails.ts";
import { checkText } from "../2-check/compile-text.ts";

const texts: Readonly<Record<string, string>> = {
  "filter.d/door.conf": "[Definition]\nfailregex = ^refused <HOST>$\njournalmatch = _COMM=door\n",
  "filter.d/gate.conf": "[Definition]\nfailregex = ^refused <HOST>$\n",
  "filter.d/recidive.conf": "[Definition]\nfailregex = Ban <HOST>$\n",
  "filter.d/broken.conf": "[Definition]\nfailregex = ^<mdre-<mode>> <HOST>$\nmode = odd\n",
  "action.d/iptables.conf":
    "[INCLUDES]\nbefore = iptables-common.conf\n[Definition]\nactionban = x\n[Init]\nport = ssh\n",
  "action.d/iptables-common.conf": "[Init]\nprotocol = udp\n",
};

function run(conf: string, names: readonly string[] | null = null) {
  const all: Readonly<Record<string, string>> = { ...texts, "jail.conf": conf };
  const files: ConfigFiles = {
    read: (name) => (all[name] === undefined ? null : Buffer.from(all[name])),
    list: (folder) =>
      Object.keys(all).flatMap((name) =>
        name.startsWith(`${folder}/`) ? [name.slice(folder.length + 1)] : [],
      ),
  };
  const imported = importJails({
    names,
    args: [],
    files,
    costOf: () => () => ({ kind: "safe" }),
  });
  const drafts = imported.jails.map(({ draft }) => draft);
  const jails = writeJails(drafts, []);
  const whole = [jails, ...imported.filters.map(({ text }) => text ?? "")].join("\n");
  const { policy, findings } = checkText(whole);
  const errors = findings.filter(({ severity }) => severity === "error");
  const codes = imported.jails.flatMap((one) => one.diagnostics.sorted().map(({ code }) => code));
  const told = imported.jails
    .flatMap((one) => one.diagnostics.sorted())
    .map(({ message, help }) => `${message} ${help}\n`)
    .join("");
  return { jails, policy, errors: errors.map(({ message }) => message), codes, told, imported };
}

/** Without it each jail has a finding that no case is about. */
const usual = "usedns = no\n";

function oneJail(lines: string) {
  const before = lines.includes("usedns") ? "" : usual;
  const found = run(`[door]\nenabled = true\nfilter = door\n${before}${lines}`);
  const [, body = ""] = /^jail \S+ \{\n([\s\S]*?)^\}/m.exec(found.jails) ?? [];
  const statements = body.split("\n").map((line) => line.trim());
  return {
    ...found,
    statements: statements.filter((line) => line !== "" && !line.startsWith("#")),
    comments: statements.filter((line) => line.startsWith("#")),
  };
}

const log = "logpath = /var/log/door.log\n";
const action = "action = nftables[port=22]\n";

/** Lines of a jail, a statement that is to come of it, and what is to be found. */
const cases: readonly (readonly [lines: string, statement: string, codes: readonly string[]])[] = [
  [log + action, 'watch file "/var/log/door.log"', []],
  [
    `logpath = /var/log/a.log tail\n  /var/log/b/*.log head\n${action}`,
    'watch file "/var/log/a.log" from end',
    [],
  ],
  [
    `logpath = /var/log/a.log tail\n  /var/log/b/*.log head\n${action}`,
    'watch file "/var/log/b/*.log" from start',
    [],
  ],
  [`backend = systemd\n${log}${action}`, 'watch journal match "_COMM=door" as lines', []],
  [
    `backend = systemd\njournalmatch = _A=1 _B=2 + _C=3\n${action}`,
    'watch journal match "_A=1 _B=2", "_C=3" as lines',
    [],
  ],
  [`backend = systemd\njournalmatch = _A="1 2"\n${action}`, "watch journal as lines", ["F2B1541"]],
  [`backend = auto\n${action}`, 'watch journal match "_COMM=door" as lines', []],
  [`logtimezone = UTC-0330\n${log}${action}`, 'watch file "/var/log/door.log" zone "-03:30"', []],
  [`logtimezone = CET\n${log}${action}`, 'watch file "/var/log/door.log" zone "+01:00"', []],
  [`logtimezone = GMT\n${log}${action}`, 'watch file "/var/log/door.log" zone "UTC"', []],
  [`maxretry = 1\nbantime = -1\n${log}${action}`, "ban after 1 failure within 10m for ever", []],
  [`bantime = 0\n${log}${action}`, "ban after 5 failures within 10m for 10m", ["F2B1522"]],
  [`bantime = 200y\n${log}${action}`, "ban after 5 failures within 10m for ever", []],
  [
    `bantime = 1h\nbantime.increment = true\nbantime.maxtime = 1d\nbantime.rndtime = 90\n${log}${action}`,
    "ban after 5 failures within 10m for 1h doubling to 1d jitter 1m30s",
    ["F2B1535"],
  ],
  [
    `bantime = 1h\nbantime.increment = true\nbantime.maxtime = 1d\n${log}${action}`,
    "remember 4d",
    ["F2B1535"],
  ],
  [
    `bantime = 1h\nbantime.increment = true\nbantime.maxtime = 1d\nbantime.overalljails = true\n${log}${action}`,
    "remember 4d across jails",
    ["F2B1535"],
  ],
  [
    `bantime = 1h\nbantime.increment = true\nbantime.multipliers = 1 2 24\n${log}${action}`,
    "ban after 5 failures within 10m for 1h then 2h then 1d",
    ["F2B1535"],
  ],
  [
    `ignoreip = 192.0.2.9/24, ::1 ops.example.net file:///etc/allow\n${log}${action}`,
    'never ban self, 192.0.2.0/24, ::1, host "ops.example.net", file "/etc/allow"',
    [],
  ],
  [
    `ignoreself = false\nignoreip = 999.1.1.1 192.0.2.1 file:allow\n${log}${action}`,
    "never ban 192.0.2.1",
    ["F2B1529", "F2B1529"],
  ],
  [`usedns = yes\n${log}${action}`, "resolve hosts", []],
  [`${log}action = iptables[name=x]\n`, "ports udp 22", ["F2B1526"]],
  [
    `${log}action = nftables[port="http,https,6000:6010", protocol="tcp,udp"]\n`,
    "ports 80, 443, 6000..6010",
    [],
  ],
  [`${log}action = nftables[port="0:65535"]\n`, "ports all", []],
  [`${log}action = nftables[port=22, type=allports]\n`, "ports all", []],
  [`${log}action = nftables[port="ssh,door"]\n`, "ports tcp 22", ["F2B1534"]],
  [`${log}action = iptables-allports\n`, "do nftables", ["F2B1526"]],
  [`${log}action = ufw firewallcmd-ipset[port=1] iptables\n`, "do nftables", ["F2B1526"]],
  [`${log}action = route\n`, "do blackhole", ["F2B1526"]],
  [`${log}action = hostsdeny\n`, "do hosts-deny", ["F2B1526"]],
  [
    `${log}action = nftables[port=1]\n  sendmail-whois-lines[dest="a@example.net, b@example.net", logpath="x"]\n`,
    'do nftables, mail(to: "a@example.net"), mail(to: "b@example.net")',
    ["F2B1526"],
  ],
  [
    `${log}action = nftables[port=1]\n  abuseipdb[abuseipdb_apikey=s3cret, abuseipdb_category="18,22"]\n`,
    'do nftables, abuseipdb(categories: "18,22")',
    ["F2B1527"],
  ],
  [
    `${log}action = cloudflare-token[cfzone=0123456789abcdef0123456789abcdef, cftoken=s3cret]\n`,
    'do cloudflare(zone: "0123456789abcdef0123456789abcdef")',
    ["F2B1526", "F2B1527"],
  ],
  [`${log}action = cloudflare[cfuser=s3cret, cftoken=s3cret]\n`, "observe", ["F2B1524", "F2B1525"]],
  [`${log}action = dummy\n`, "do none", ["F2B1526"]],
  [`${log}action = own[key=s3cret]\n`, "observe", ["F2B1524", "F2B1525"]],
  [
    `${log}action = own[key="s3 ] cret"] nftables[port=1, key=s3cret]\n`,
    "do nftables",
    ["F2B1525", "F2B1528"],
  ],
  [`${log}action = nftables[port=1, blocktype=ACCEPT]\n`, "observe", ["F2B1524", "F2B1525"]],
  [`${log}action = own[key=a]b s3cret\n`, "observe", ["F2B1524"]],
  [
    `${log}action = own\n  sendmail[dest=ops@example.net]\n`,
    'do mail(to: "ops@example.net")',
    ["F2B1524", "F2B1525", "F2B1526"],
  ],
  [`${log}action = mail[dest=ops@example.net]\n`, 'do mail(to: "ops@example.net")', []],
  [`${log}action = nftables[s3cret\n`, "observe", ["F2B1524"]],
  [`${log}\n`, "observe", ["F2B1524"]],
  [`ignorecommand = /bin/spare <ip>\n${log}${action}`, "observe", ["F2B1524"]],
  [
    `ignorecache = key="<ip>"\nmaxmatches = 50\n${log}${action}`,
    "do nftables",
    ["F2B1530", "F2B1530"],
  ],
];

t.test("statements", async (t) => {
  for (const [lines, statement, codes] of cases) {
    const { jails, statements, errors, codes: found, told } = oneJail(lines);
    t.ok(statements.includes(statement), `${statement}\nof ${lines}${jails}`);
    t.same([...found].sort(), [...codes].sort(), lines);
    t.same(errors, [], jails);
    t.notMatch(`${jails}${told}`, /s3/, "no key is written or told");
  }
});

t.test("what is lost stands in the jail as a comment", async (t) => {
  const { comments } = oneJail(
    `logencoding = latin-1\nignorecommand = /bin/spare <ip>\n${log}action = own[k=s3cret] nftables[port=1, blocktype=drop]\n`,
  );
  t.same(comments.slice(1), [
    "# It bans nobody: its `ignorecommand`, which says whom to spare, has no counterpart.",
    "# Not taken over:",
    "#   logencoding = latin-1",
    "#   ignorecommand = /bin/spare <ip>",
    "#   action = own",
    "#   nftables without blocktype",
  ]);
});

const two = (door: string, gate: string, defaults = "") =>
  run(
    `[DEFAULT]\n${usual}${defaults}[door]\nenabled = true\nfilter = door\n${log}${action}${door}[gate]\nenabled = true\nfilter = gate\nlogpath = /var/log/gate.log\n${action}${gate}`,
  );

t.test("what jails share stands once", async (t) => {
  const { jails, errors } = two(
    "",
    "bantime = 1d\nignoreip = 192.0.2.2\n",
    "ignoreip = 192.0.2.1\n",
  );
  t.same(errors, []);
  t.match(jails, /defaults \{\n(?:.*\n)*? {2}never ban self\n {2}do nftables\n\}/);
  t.match(jails, /jail door \{\n.*\n {2}filter door\n.*for 10m\n {2}never ban 192.0.2.1\n/);
  t.match(jails, /jail gate \{\n.*\n {2}filter gate\n.*for 1d\n {2}never ban 192.0.2.2\n/);
  const same = two("", "", "maxretry = 3\n").jails;
  t.equal(same.match(/ban after 3 failures within 10m for 10m/g)?.length, 1);
});

t.test("one that only observes is not told to do what the others do", async (t) => {
  const { policy, jails } = run(
    ["a", "b", "c"]
      .map(
        (name) =>
          `[${name}]\nenabled = true\nfilter = door\n${usual}${log}${name === "c" ? "action = own\n" : action}`,
      )
      .join(""),
  );
  const c = policy?.jails.find(({ name }) => name === "c");
  t.match(c, { observe: true, actions: [] }, jails);
});

t.test("recidive counts the bans of the others", async (t) => {
  const recidive = `[recidive]\nenabled = true\nfilter = recidive\n${usual}logpath = /var/log/fail2ban.log\nbantime = 1w\nfindtime = 1d\naction = nftables[type=allports]\n`;
  const beside = run(`${recidive}[door]\nenabled = true\nfilter = door\n${usual}${log}${action}`);
  t.match(
    beside.jails,
    /jail recidive \{\n {2}watch bans\n {2}ban after 5 bans within 1d for 1w\n {2}ports all\n\}/,
  );
  t.same(
    beside.imported.filters.map(({ name }) => name),
    ["door"],
    "its filter is not needed",
  );
  t.same(beside.codes, ["F2B1539"]);
  t.same(beside.errors, []);
  const alone = run(recidive);
  t.match(alone.jails, /watch file "\/var\/log\/fail2ban.log"\n {2}filter recidive\n/);
  t.same(alone.codes, ["F2B1542"]);
  t.same(alone.errors, []);
});

t.test("jails that cannot be written are comments", async (t) => {
  const noLog = run(`[gate]\nenabled = true\nfilter = gate\nlogpath = x.log\n${usual}${action}`);
  t.match(
    noLog.jails,
    /^# jail gate is left out\. It says, besides its filter gate:\n# {3}action = nftables\n/,
  );
  t.same(noLog.codes.sort(), ["F2B1521", "F2B1533"]);
  const noFilter = run(
    `[a]\nenabled = true\nfilter = broken\n${log}[b]\nenabled = true\nfilter = gate\n${log}${action}`,
  );
  t.match(noFilter.jails, /jail b \{[\s\S]*\n# jail a is left out/);
  t.ok(noFilter.codes.includes("F2B1521"));
  const noAction = run(`[a]\nenabled = true\nfilter = gate\n${log}action = x[k=s3cret%y]\n`);
  t.match(noAction.jails, /^# jail a is left out/);
  t.notMatch(noAction.jails, /s3cret/);
});

t.test("names that policies do not take", async (t) => {
  const { jails, errors, codes } = run(
    ["404", "10m", "not", "a b", "a-b", "-x", "über"]
      .map((name) => `[${name}]\nenabled = true\nfilter = door\n${usual}${log}${action}`)
      .join(""),
  );
  t.same(
    jails.match(/^jail \S+/gm),
    ["404", "10m", "not", "a b", "a-b", "-x", "über"].map(
      (_, n) => `jail ${["_404", "_10m", "_not", "a-b", "a-b-2", "_x", "_ber"][n]}`,
    ),
  );
  t.same(errors, []);
  t.equal(codes.filter((code) => code === "F2B1540").length, 7);
});
