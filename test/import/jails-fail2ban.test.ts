/**
 * Imported jails against the installed Fail2ban's own reader: what they watch, how many failures within what time lead to a ban, how long the n-th ban lasts, who is spared,
 * and which ports are closed. All jails of the package, one by one, and made configurations of many jails, whose policies share `defaults`.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import t from "tap";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { type ImportedJails, importJails } from "../../compiler/import/import-jails.ts";
import { writeJails } from "../../compiler/import/jail/write-jails.ts";
import { banLengthMs } from "../../runtime/ban-ladder.ts";
import type { Jail, Policy } from "../../schemas/policy.ts";
import { checkText } from "../2-check/compile-text.ts";
import { seedOf } from "./seed.ts";
import { missing, python, stockFiles, stockFolder } from "./stock.ts";

t.setTimeout(600_000);
if (missing) t.comment(missing);

const script = fileURLToPath(new URL("fail2ban-jails.py", import.meta.url));
const longestMs = 52 * 7 * 86_400_000;
const bansCompared = 13;

type Port = readonly [protocol: string, from: number, to: number];

interface Theirs {
  readonly jail: string;
  readonly maxretry: number;
  readonly findtime: number;
  readonly lengths: readonly number[];
  readonly rndtime: number;
  readonly overall: boolean;
  readonly ignoreself: boolean;
  readonly ignoreip: readonly string[];
  readonly usedns: string;
  readonly backend: string;
  readonly logpath: readonly string[];
  readonly journalmatch: readonly string[];
  readonly ports: readonly (readonly Port[] | null)[];
  readonly maxtime: boolean;
}

function readTheirs(folder: string, which: "all" | "enabled"): Theirs[] {
  const ran = spawnSync(python, [script, folder, which], { encoding: "utf8", maxBuffer: 64 << 20 });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout
    .trim()
    .split("\n")
    .map((line): Theirs => JSON.parse(line));
}

function policyOf(all: ImportedJails): Policy {
  const jails = writeJails(
    all.jails.map(({ draft }) => draft),
    [],
  );
  const text = [jails, ...all.filters.map((one) => one.text ?? "")].join("\n");
  const { policy, findings } = checkText(text);
  const errors = findings.filter((one) => one.severity === "error").map((one) => one.message);
  if (policy === null || errors.length > 0) throw new Error(`${errors.join("; ")}\n${text}`);
  return policy;
}

/** What both say, in one spelling. */
function meaningOfOurs(jail: Jail) {
  const [ban] = jail.bans;
  if (ban === undefined) throw new Error(`${jail.name} has no ban`);
  const spec = { ...ban, by: ban.by } as Parameters<typeof banLengthMs>[0];
  return {
    count: ban.count,
    withinMs: ban.withinMs,
    lengths: Array.from({ length: bansCompared }, (_, n) => banLengthMs(spec, n + 1)),
    jitterMs: ban.jitterMs,
    acrossJails: jail.acrossJails,
    by: ban.by,
    spared: jail.neverBan
      .map((who) =>
        who.kind === "prefix"
          ? who.prefix
          : who.kind === "self"
            ? "self"
            : who.kind === "host"
              ? who.name
              : `file:${who.path}`,
      )
      .sort(),
    resolves: jail.resolveHosts,
    watches: jail.watches
      .flatMap((watch) =>
        watch.kind === "file"
          ? watch.paths.map((path) => `${path} ${watch.from ?? ""}`.trim())
          : watch.kind === "journal"
            ? [`journal ${watch.values.join(" + ")}`.trim()]
            : [watch.kind],
      )
      .sort(),
  };
}

function meaningOfTheirs(one: Theirs): ReturnType<typeof meaningOfOurs> {
  const ms = (seconds: number) => (seconds < 0 ? null : Math.round(seconds) * 1_000);
  const { lengths: found } = one;
  const grows = found.length > 1;
  const [first = 0] = found;
  const longest = one.maxtime ? Number.POSITIVE_INFINITY : Math.max(first * 1_000, longestMs);
  const lengths = Array.from({ length: bansCompared }, (_, n) => {
    const length = ms(found[Math.min(n, found.length - 1)] ?? 0);
    return length === null ? null : Math.min(length, longest);
  });
  const isJournal = one.backend.startsWith("systemd");
  const matches = one.journalmatch.join(" + ");
  return {
    count: Math.max(1, one.maxretry),
    withinMs: one.findtime * 1_000,
    lengths,
    jitterMs: grows ? one.rndtime * 1_000 : 0,
    acrossJails: grows && one.overall,
    by: { kind: "address", ipv4: 32, ipv6: 128 },
    spared: [...new Set([...(one.ignoreself ? ["self"] : []), ...one.ignoreip])].sort(),
    resolves: one.usedns === "yes",
    watches: isJournal
      ? [`journal ${matches}`.trim()]
      : one.logpath
          .filter((line) => line !== "")
          .map((line) => line.replace(/ head$/, " start").replace(/ tail$/, " end"))
          .sort(),
  };
}

function portsOfTheirs({ ports }: Theirs): string[] {
  if (ports.includes(null)) return [];
  const all = ports.flatMap((one) => one ?? []);
  const isAll = all.some(([, from, to]) => from <= 1 && to === 65_535);
  return isAll
    ? []
    : [...new Set(all.map(([protocol, from, to]) => `${protocol} ${from}..${to}`))].sort();
}

function portsOfOurs(jail: Jail): string[] {
  return jail.ports.map(({ protocol, from, to }) => `${protocol} ${from}..${to}`).sort();
}

t.test("the package's jails, one by one", { skip: missing }, async (t) => {
  const all = readTheirs(stockFolder, "all");
  t.ok(all.length > 80, `${all.length} jails`);
  const observing: string[] = [];
  for (const one of all) {
    const imported = importJails({
      names: [one.jail],
      args: [],
      files: stockFiles,
      costOf: () => () => ({ kind: "safe" }),
    });
    const [jail] = policyOf(imported).jails;
    if (jail === undefined) {
      t.fail(`${one.jail} is left out`);
      continue;
    }
    t.same(meaningOfOurs(jail), meaningOfTheirs(one), one.jail);
    if (jail.actions.length > 0)
      t.same(portsOfOurs(jail), portsOfTheirs(one), `${one.jail}: ports`);
    if (jail.observe) observing.push(one.jail);
  }
  // One spares whom a program names, the other lets in whom it finds.
  t.same(observing, ["apache-fakegooglebot", "pass2allow-ftp"]);
});

const times = [
  "600",
  "10m",
  "1h 30m",
  "1d12h",
  "90 sec",
  "1.5h",
  "1h-30m",
  "2 weeks",
  "1mo",
  "1h30",
];
const time = fc.constantFrom(...times);
const option = <T>(name: string, value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((one) => `${name} = ${one}\n`),
    { nil: "" },
  );

const spared = fc.uniqueArray(
  fc.constantFrom(
    ...["127.0.0.1/8", "::1", "192.0.2.7/255.255.255.0", "192.0.2.9", "2001:DB8::1/32"],
    ...["admin.example.net", "file:/etc/f2b/allow"],
  ),
  { maxLength: 5 },
);

/** A jail's options; growth is asked for in most. */
const jailOptions = fc
  .tuple(
    option("maxretry", fc.integer({ min: 0, max: 12 })),
    option("findtime", time),
    option("bantime", fc.oneof(time, fc.constant("-1"))),
    option("bantime.increment", fc.constantFrom("true", "yes", "false")),
    option("bantime.maxtime", fc.constantFrom("1d", "4w", "3h", "100w")),
    option("bantime.factor", fc.constantFrom("1", "2", "0.5", "1.5")),
    option(
      "bantime.formula",
      fc.constantFrom(
        "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor",
        "ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)",
        "ban.Time * (ban.Count + 1) ** 2",
        "max(ban.Time, 3600 * ban.Count)",
      ),
    ),
    option("bantime.multipliers", fc.constantFrom("1 2 4 8", "1 5 30 60 300", "3")),
    option("bantime.rndtime", fc.constantFrom("5m", "90")),
    option("bantime.overalljails", fc.constantFrom("true", "false")),
    option("ignoreself", fc.constantFrom("true", "false")),
    option(
      "ignoreip",
      spared.map((list) => list.join(", ")),
    ),
    option("usedns", fc.constantFrom("yes", "warn", "no")),
    option("backend", fc.constantFrom("auto", "polling", "systemd")),
    option("journalmatch", fc.constantFrom("_COMM=a", "_COMM=a _UID=0 + _COMM=b")),
    option(
      "port",
      fc.constantFrom(
        "ssh",
        "http,https",
        "smtp,465,submission",
        "6000:6010,22",
        "0:65535",
        "imap,pop3s,sieve",
      ),
    ),
    option("protocol", fc.constantFrom("tcp", "udp")),
    option("banaction", fc.constantFrom("nftables", "nftables[type=allports]")),
  )
  .map((lines) => lines.join(""));

const shared = `[DEFAULT]
filter = door
action = %(banaction)s[port="%(port)s", protocol="%(protocol)s"]
banaction = nftables
port = 0:65535
protocol = tcp
bantime = 10m
findtime = 10m
maxretry = 5
backend = auto
`;

t.test("made configurations", { skip: missing }, async (t) => {
  const seed = seedOf();
  const configs = fc.sample(
    fc.tuple(jailOptions, fc.array(jailOptions, { minLength: 1, maxLength: 25 })),
    { numRuns: 6, seed },
  );
  let compared = 0;
  for (const [defaults, jails] of configs) {
    const folder = mkdtempSync(join(tmpdir(), "f2b-made-jails-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    for (const name of ["filter.d", "action.d"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "filter.d/door.conf"), "[Definition]\nfailregex = ^no <HOST>$\n");
    writeFileSync(join(folder, "action.d/nftables.conf"), "[Definition]\nactionban = nft <ip>\n");
    writeFileSync(join(folder, "jail.conf"), shared);
    const local = jails.map(
      (options, n) =>
        `[door-${n}]\nenabled = true\nlogpath = /var/log/door-${n}.log${n % 3 === 0 ? " tail" : ""}\n${options}`,
    );
    writeFileSync(join(folder, "jail.local"), `[DEFAULT]\n${defaults}${local.join("")}`);
    const files = filesIn(folder);
    const costOf = () => () => ({ kind: "safe" as const });
    const { jails: ours } = policyOf(importJails({ names: null, args: [], files, costOf }));
    const theirs = readTheirs(folder, "enabled");
    t.same(ours.map(({ name }) => name).sort(), theirs.map(({ jail }) => jail).sort());
    for (const one of theirs) {
      const jail = ours.find(({ name }) => name === one.jail);
      if (jail === undefined) continue;
      const said = jails[Number(one.jail.slice("door-".length))] ?? "";
      t.same(meaningOfOurs(jail), meaningOfTheirs(one), `${one.jail}: ${defaults} ${said}`);
      t.same(portsOfOurs(jail), portsOfTheirs(one), `${one.jail}: ports`);
      compared++;
    }
  }
  t.ok(compared > 20, `${compared} jails`);
});

function filesIn(folder: string): ConfigFiles {
  const at = (name: string) => (isAbsolute(name) ? name : join(folder, name));
  return {
    read: (name) => (existsSync(at(name)) ? readFileSync(at(name)) : null),
    list: (name) => (existsSync(at(name)) ? readdirSync(at(name)).sort() : []),
  };
}
