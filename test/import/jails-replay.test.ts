/**
 * What a person does who moves: import the configuration, lint, compile, replay a log. The bans are those that the installed Fail2ban makes of the same configuration and the same log.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { f2b, jsonLines } from "../library/f2b.ts";
import { missing, python, stockFolder } from "./stock.ts";

t.setTimeout(300_000);
if (missing) t.comment(missing);

const script = fileURLToPath(new URL("fail2ban-bans.py", import.meta.url));
const now = "2026-03-03T00:00:00Z";

/** The package's configuration where it lies, with a jail.local of our own. */
function makeConfig(t: Test, local: string): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-moved-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(stockFolder)) {
    if (name !== "jail.d") symlinkSync(join(stockFolder, name), join(folder, name));
  }
  writeFileSync(join(folder, "jail.local"), local);
  return (name) => join(folder, name);
}

/** Attackers that are to be banned, people who are not, and one whom `ignoreip` spares. */
function makeLog(): string {
  const lines: (readonly [seconds: number, text: string])[] = [];
  const start = Date.parse("2026-03-01T10:00:00Z") / 1_000;
  let pid = 1_000;
  const fail = (at: number, address: string, user = "root") => {
    const text = `Failed password for ${user} from ${address} port ${40_000 + (pid % 999)} ssh2`;
    lines.push([start + at, `sshd[${pid++}]: ${text}`]);
  };
  const burst = (at: number, address: string, count: number, pause: number, user?: string) => {
    for (let n = 0; n < count; n++) fail(at + n * pause, address, user);
  };
  burst(0, "203.0.113.9", 5, 3);
  burst(5, "203.0.113.10", 4, 3);
  burst(100, "192.0.2.77", 20, 2);
  burst(200, "203.0.113.11", 12, 5, "invalid user admin");
  burst(300, "2001:db8:5::1", 3, 4);
  burst(320, "2001:db8:5::2", 3, 4);
  burst(400, "2001:db8:5::3", 6, 4);
  burst(1_000, "203.0.113.12", 9, 700);
  // Back again and again, each time when the ban is over.
  for (const at of [8_000, 17_000, 36_000, 80_000]) burst(at, "203.0.113.9", 6, 2);
  burst(50_000, "198.51.100.4", 40, 1, "invalid user x from 203.0.113.200 port 22 ssh2");
  lines.push([
    start + 7_000,
    `sshd[${pid++}]: Accepted publickey for ada from 203.0.113.10 port 50 ssh2`,
  ]);
  burst(7_010, "203.0.113.10", 4, 2, "ada");
  return lines
    .sort(([a], [b]) => a - b)
    .map(([at, text]) => {
      const [, , day = "", month = "", , clock = ""] =
        /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(at * 1_000).toUTCString()) ?? [];
      return `${month} ${String(Number(day)).padStart(2)} ${clock} gate ${text}\n`;
    })
    .join("");
}

const jails = {
  stock: "[sshd]\nenabled = true\nusedns = no\n",
  "fewer failures, longer bans": `[DEFAULT]
bantime = 1h 30m
findtime = 30m
maxretry = 3
ignoreip = 192.0.2.0/24
usedns = no
banaction = nftables
[sshd]
enabled = true
mode = aggressive
`,
  growing: `[DEFAULT]
ignoreip = 192.0.2.0/255.255.255.0
bantime = 1h
bantime.increment = true
bantime.maxtime = 4h
usedns = no
[sshd]
enabled = true
[recidive]
enabled = true
`,
  multiplied: `[sshd]
enabled = true
usedns = no
bantime.increment = true
bantime.multipliers = 1 5 30 60
bantime.maxtime = 1d
`,
} as const;

for (const [what, local] of Object.entries(jails)) {
  t.test(what, { skip: missing }, async (t) => {
    const at = makeConfig(t, local);
    const policy = at("policy.f2b");
    writeFileSync(at("auth.log"), makeLog());
    const imported = f2b(["import", at("."), "-o", policy]);
    t.equal(imported.code, 0, imported.err);
    t.equal(f2b(["lint", policy]).code, 0, "lints without errors");
    t.equal(f2b(["compile", policy, "-o", at("policy.mjs")]).code, 0, "compiles");
    const replayed = f2b(["replay", policy, at("auth.log"), "--json", "--now", now]);
    t.equal(replayed.code, 0, replayed.err);
    const ours = jsonLines(replayed.out)
      .filter(({ type, jail }) => type === "ban" && jail === "sshd")
      .map(({ address, time, until }) => {
        const start = Date.parse(String(time)) / 1_000;
        return `${address} ${start} ${Date.parse(String(until)) / 1_000 - start}`;
      });
    const seconds = String(Date.parse(now) / 1_000);
    const ran = spawnSync(python, [script, at("."), "sshd", at("auth.log"), seconds], {
      encoding: "utf8",
    });
    t.equal(ran.status, 0, ran.stderr);
    const theirs = ran.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .map(
        (one: { address: string; time: number; seconds: number }) =>
          `${one.address} ${one.time} ${one.seconds}`,
      );
    t.ok(theirs.length >= 5, `${theirs.length} bans`);
    t.same(ours, theirs);
  });
}
