/**
 * `f2b import` of jails from outside: one file, a folder, a jail that is named, a filter that cannot be imported, and the objects of `--json`.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import t, { type Test } from "tap";
import { f2b, jsonLines, root } from "../library/f2b.ts";

t.setTimeout(300_000);

const good: Readonly<Record<string, string>> = {
  "jail.conf": `[DEFAULT]
usedns = no
action = nftables[port="%(port)s"]
[door]
enabled = true
filter = door
logpath = /var/log/door.log
port = ssh
[jails]
enabled = true
filter = jails
maxretry = 2
logpath = /var/log/gate.log
port = http,https
action = %(known/action)s
         blocklist_de[apikey=s3cret]
`.replace("%(known/action)s", 'nftables[port="%(port)s"]'),
  "filter.d/door.conf": "[Definition]\nfailregex = ^\\s*refused <ADDR>$\n",
  "filter.d/jails.conf": "[Definition]\nfailregex = ^\\s*denied <ADDR>$\n",
};

function makeConfig(t: Test, more: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "f2b-import-jails-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ ...good, ...more })) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return (name: string) => join(folder, name);
}

const log = ["refused 203.0.113.1", "denied 203.0.113.2"]
  .flatMap((line) => [1, 2, 3, 4, 5].map((n) => `2026-03-01T10:00:0${n}Z ${line}\n`))
  .join("");

const banned = (out: string) =>
  [...out.matchAll(/ {2}ban {2}(\S+) {2}(\S+)/g)].map(([, who, jail]) => `${jail} ${who}`).sort();

const bans = ["door 203.0.113.1", "jails 203.0.113.2", "jails 203.0.113.2"];

t.test("one file, or a folder, lints and bans alike", async (t) => {
  const at = makeConfig(t);
  writeFileSync(at("log"), log);
  const ran = f2b(["import", at("."), "-o", at("policy.f2b")]);
  t.equal(ran.code, 0, ran.err);
  t.match(ran.err, /\nnext: f2b lint .*policy\.f2b .*\n {6}f2b replay .*policy\.f2b LOG /);
  const again = f2b(["import", at("."), "-o", at("policy.f2b")]);
  t.equal(again.code, 0, "the same once more");
  t.match(readFileSync(at("policy.f2b"), "utf8"), /^use std\/nftables\n\ndefaults \{/);
  t.equal(f2b(["import", at("."), "-o", at("out/")]).code, 0);
  t.same(readdirSync(at("out")), ["door.f2b", "jails-2.f2b", "jails.f2b"]);
  const jails = readFileSync(at("out/jails.f2b"), "utf8");
  t.match(jails, /^use std\/nftables, "\.\/door\.f2b", "\.\/jails-2\.f2b"\n/);
  for (const policy of [at("policy.f2b"), at("out/jails.f2b")]) {
    const linted = f2b(["lint", policy]);
    t.equal(linted.code, 0, linted.out);
    const replayed = f2b(["replay", policy, at("log")]);
    t.same(new Set(banned(replayed.out)), new Set(bans), replayed.out + replayed.err);
  }
});

t.test("a jail that is named", async (t) => {
  const at = makeConfig(t);
  const { out, code } = f2b(["import", at("."), "--jail", "door", "-o", "-"]);
  t.equal(code, 0);
  t.match(
    out,
    /^use std\/nftables\n\njail door \{\n[^}]* {2}ports tcp 22\n {2}do nftables\n\}\n\nfilter door \{/,
  );
  const filter = f2b(["import", at("."), "--filter", "door", "-o", "-"]);
  t.match(filter.out, /^filter door \{/, "a filter that is named comes without jails");
});

t.test("a filter that cannot be imported takes its jail with it, and no other", async (t) => {
  const at = makeConfig(t, {
    "filter.d/jails.conf": "[Definition]\nfailregex = ^<mdre-x> <ADDR>$\n",
  });
  const ran = f2b(["import", at("."), "-o", at("policy.f2b")]);
  t.equal(ran.code, 1, "a script that goes on would not know");
  t.match(
    ran.err,
    /error\[F2B1514\][\s\S]*warning\[F2B1521\]: jail `jails` is left out: its filter/,
  );
  t.match(ran.err, /written without jails, which cannot be imported/);
  const text = readFileSync(at("policy.f2b"), "utf8");
  t.match(text, /\njail door \{/);
  t.match(text, /\n# jail jails is left out/);
  t.equal(f2b(["lint", at("policy.f2b")]).code, 0);
  const none = f2b(["import", at("."), "--jail", "jails", "-o", at("none.f2b")]);
  t.equal(none.code, 1);
  t.match(none.err, /nothing is written: jails cannot be imported/);
  t.notOk(readdirSync(at(".")).includes("none.f2b"));
});

t.test("--json", async (t) => {
  const at = makeConfig(t);
  const ran = f2b(["import", at("."), "-o", at("policy.f2b"), "--json"]);
  t.equal(ran.code, 0, ran.err);
  t.notMatch(
    ran.out + ran.err + readFileSync(at("policy.f2b"), "utf8"),
    /s3cret/,
    "no key anywhere",
  );
  const lines = jsonLines(ran.out);
  const schemaOf = (name: string) =>
    new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync(join(root, `schemas/${name}.schema.json`), "utf8")),
    );
  const [isReport, isFinding] = [schemaOf("import"), schemaOf("lint")];
  for (const line of lines) t.ok(isReport(line) || isFinding(line), JSON.stringify(line));
  t.match(lines.slice(-2), [
    {
      filter: "door",
      imported: true,
      jails: [{ jail: "door", name: "door", imported: true, observes: false, missing: [] }],
    },
    {
      filter: "jails",
      jails: [{ jail: "jails", missing: [{ code: "F2B1525", file: "jail.conf" }] }],
    },
  ]);
});

t.test("a finding on an action's line does not show its key", async (t) => {
  const action =
    'action = cf[cfuser=s3cret, cftoken="s3cret, too", mnwpass=s3cret, pwd=s3cret, x=1]\n';
  const at = makeConfig(t, {
    "jail.local": `[door]\n${action}${action}cfapikey = s3cret\ncfapikey = s3cret\n`,
  });
  const ran = f2b(["import", at("."), "-o", at("policy.f2b")]);
  t.equal(ran.code, 1);
  t.match(
    ran.err,
    /F2B1505\]: option `action` stands twice[\s\S]*cftoken=\*+, mnwpass=\*+, pwd=\*+, x=1\]/,
  );
  t.notMatch(ran.err + ran.out, /s3cret|, too/);
});
