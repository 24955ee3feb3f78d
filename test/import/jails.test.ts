/**
 * The jails of a configuration: which filter each uses and how, and what it says besides; a small configuration of our own, held against Fail2ban's own reader where its
 * package is installed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { readFilter } from "../../compiler/import/config/read-filter.ts";
import { readJails } from "../../compiler/import/config/read-jails.ts";
import { Places } from "../../compiler/import/config/traced.ts";
import { f2b, jsonLines } from "../library/f2b.ts";
import { missing, python } from "./stock.ts";

t.setTimeout(300_000);

const config: Readonly<Record<string, string>> = {
  "jail.conf": `[INCLUDES]
before = paths.conf
[DEFAULT]
maxretry = 5
findtime = 10m
bantime = 10m
backend = auto
mode = normal
enabled = false
filter = %(__name__)s[mode=%(mode)s]
action_ = fence[name=%(__name__)s, key="s3cret]"]
action = %(action_)s
[door]
logpath = %(door_log)s
[gate]
logpath = /var/log/gate.log
`,
  "paths.conf": "[DEFAULT]\ndoor_log = /var/log/door.log\n",
  "jail.d/door.conf": "[door]\nenabled = true\nmode = odd\n",
  "jail.local": `[DEFAULT]
ignoreip = 127.0.0.1/8 ::1
           192.0.2.0/24
bantime.increment = true
[door]
maxretry = 3\t; few
[back-door]
enabled = YES
filter = door[mode="odd"][word=push]
failregex = %(known/failregex)s
            ^behind <HOST> 100%%$
logpath = /var/log/a/*.log
          /var/log/b.log
[cellar]
enabled = on
filter = door
backend = systemd
ignoreregex = ^knocked 192\\.0\\.2\\.9$
[attic]
enabled = true # not yet
filter = door
`,
  "filter.d/door.conf": `[Definition]
failregex = ^<word>ed <HOST>$
            ^<mdre-<mode>> <HOST>$
mdre-normal = knocked
mdre-odd = kicked
mode = normal
[Init]
word = pull
`,
  "action.d/fence.conf": "[Definition]\nactionban = fence <ip>\n[Init]\nkey =\n",
};

const files: ConfigFiles = {
  read: (name) => (name in config ? Buffer.from(config[name] ?? "") : null),
  list: (folder) =>
    Object.keys(config)
      .filter((name) => dirname(name) === folder)
      .map((name) => name.slice(folder.length + 1))
      .sort(),
};

function read(wanted: readonly string[] | null) {
  const diagnostics = new Diagnostics();
  const places = new Places();
  const uses = readJails(wanted, files, places, diagnostics) ?? [];
  return { uses, places, codes: diagnostics.sorted().map((one) => one.code) };
}

t.test("which filter, and how", async (t) => {
  const { uses, codes } = read(null);
  t.same(
    uses.map(({ jail, filter, args }) => [jail, filter, Object.fromEntries(args)]),
    [
      ["door", "door", { mode: "odd" }],
      ["back-door", "door", { mode: "odd", word: "push" }],
      ["cellar", "door", { logtype: "journal" }],
    ],
  );
  t.same(codes, ["F2B1520"], "`enabled = true # not yet` is none");
  const settings = Object.fromEntries(
    uses[0]?.settings.map(({ name, value }) => [name, value]) ?? [],
  );
  t.same(settings, {
    action: "fence",
    backend: "auto",
    bantime: "10m",
    "bantime.increment": "true",
    findtime: "10m",
    ignoreip: "127.0.0.1/8 ::1\n192.0.2.0/24",
    logpath: "/var/log/door.log",
    maxretry: "3",
  });
});

t.test("a jail that is asked for need not be enabled", async (t) => {
  t.same(
    read(["gate"]).uses.map(({ jail, filter }) => [jail, filter]),
    [["gate", "gate"]],
  );
  t.same(read(["gait"]).codes, ["F2B1518"]);
});

function onDisk(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-jails-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(config)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

t.test("all that are enabled in one policy", async (t) => {
  const folder = onDisk(t);
  const out = join(folder, "out.f2b");
  const ran = f2b(["import", folder, "-o", out]);
  t.equal(ran.code, 0, ran.err);
  const filters = readFileSync(out, "utf8").match(/^filter \S+/gm);
  t.same(filters, ["filter door", "filter door-back-door", "filter door-cellar"]);
  writeFileSync(
    join(folder, "log"),
    "kicked 192.0.2.1\npushed 192.0.2.2\nbehind 192.0.2.3 100%\nknocked 192.0.2.4\nknocked 192.0.2.9\n",
  );
  const linted = f2b(["lint", out]);
  t.equal(linted.code, 0, linted.out + linted.err);
  const matched = f2b(["match", out, join(folder, "log"), "--json"]);
  t.same(
    jsonLines(matched.out).map(({ rule, address }) => [rule?.split("#")[0], address]),
    [
      ["door", "192.0.2.1"],
      ["door-back-door", "192.0.2.1"],
      ["door-back-door", "192.0.2.2"],
      ["door-back-door", "192.0.2.3"],
      ["door-cellar", "192.0.2.4"],
    ],
  );
  const one = f2b(["import", folder, "--jail", "door", "-o", "-"]);
  t.match(one.out, /^jail door \{\n {2}watch file "\/var\/log\/door.log"\n/m);
  t.match(one.out, /\n {2}observe\n[^}]*# {3}action = fence\n/);
  t.match(one.err, /F2B1524[\s\S]*F2B1525\]: `fence`/);
  t.notMatch(one.out + one.err, /s3cret/, "keys of actions are not written");
});

t.test("a filter that is imported twice has two names", async (t) => {
  const asked = ["--filter", "door", "--filter", "door[mode=odd]", "--filter", "door"];
  const { out } = f2b(["import", onDisk(t), ...asked, "-o", "-"]);
  t.same(out.match(/^filter \S+/gm), ["filter door", "filter door-odd", "filter door-2"]);
});

/** Prints what Fail2ban's own reader sends to its server, a JSON line each. */
const theirs = `
import json, logging, sys
from fail2ban.client.jailsreader import JailsReader
logging.disable(logging.CRITICAL)
reader = JailsReader(basedir=sys.argv[1], share_config={})
reader.read()
reader.getOptions()
for line in reader.convert(allow_no_files=True):
    print(json.dumps(line, default=str))
`;

t.test("read as Fail2ban reads them", { skip: missing }, async (t) => {
  const ran = spawnSync(python, ["-c", theirs, onDisk(t)], { encoding: "utf8" });
  const stream = ran.stdout
    .trim()
    .split("\n")
    .map((line): unknown[] => JSON.parse(line));
  const { uses, places } = read(null);
  const jails = stream.filter(([command]) => command === "add").map(([, jail]) => jail);
  t.same(uses.map(({ jail }) => jail).sort(), jails.sort(), ran.stderr);
  for (const { jail, filter, args, overrides, settings } of uses) {
    const said = (what: string) =>
      stream.flatMap(([, whose, name, ...values]) =>
        whose === jail && name === what ? values.flat().map(String) : [],
      );
    const options = readFilter(filter, args, files, places, new Diagnostics(), overrides);
    t.same(
      options?.failregex.map((one) => one.text),
      said("addfailregex"),
      `${jail}: failregex`,
    );
    t.same(
      options?.ignoreregex.map((one) => one.text),
      said("addignoreregex"),
      `${jail}: ignoreregex`,
    );
    const own = (name: string) => settings.find((one) => one.name === name)?.value.split(/\s+/);
    for (const name of ["maxretry", "findtime", "bantime"]) t.same(own(name), said(name), name);
    t.same(own("ignoreip"), said("addignoreip"), `${jail}: ignoreip`);
  }
});
