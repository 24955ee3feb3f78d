/**
 * `f2b import` from outside: a configuration of our own becomes a policy that matches a log as it should; findings and exit codes.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import picocolors from "picocolors";
import t, { type Test } from "tap";
import { reportTables } from "../../compiler/cli/import-report.ts";
import { f2b, jsonLines, root } from "../library/f2b.ts";

// Each command takes seconds where others want the machine, too.
t.setTimeout(300_000);

const conf = `# The door's own words.

[Definition]
prefregex = ^<F-MLFID>\\s*door\\[\\d+\\]</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$
failregex = ^refused <F-USER>\\S+</F-USER> from <HOST>$
            # the odd ones
            ^<mdre-<mode>>$
            ^<F-NOFAIL>hello</F-NOFAIL> from <ADDR>$
mdre-normal = knocked from <ADDR>
mdre-odd = kicked from <ADDR>
mode = normal
ignoreregex = ^refused guest
ignoreregx = ^x
datepattern = {^LN-BEG}
`;

function makeConfig(t: Test, text: string): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-import-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "filter.d"));
  writeFileSync(join(folder, "filter.d/door.conf"), text);
  return (name) => join(folder, name);
}

t.test("a filter becomes a policy", async (t) => {
  const at = makeConfig(t, conf);
  const ran = f2b([
    "import",
    at(""),
    "--filter",
    "door",
    "--set",
    "mode=odd",
    "-o",
    at("door.f2b"),
  ]);
  t.equal(ran.code, 0, ran.err);
  t.match(ran.err, /F2B1513[\s\S]*filter\.d\/door\.conf:\d+:1[\s\S]*ignoreregex/);
  t.match(
    ran.err,
    /\ndoor {2}3 templates, 1 regex\n {2}left out {2}filter\.d\/door\.conf:\d+ {2}nothing/,
  );
  const text = readFileSync(at("door.f2b"), "utf8");
  t.match(text, /^# The door's own words\.\nfilter door \{\n {2}describe "door \(mode=odd\)/);
  t.match(text, / {2}# the odd ones\n {2}fail "kicked from \{address\}"\n/);
  t.match(text, / {2}note "hello from \{address\}"\n/);
  t.match(text, /# without effect: ignoreregx = \^x/);
  const line = (text: string) => `2026-03-01T10:00:00Z ${text}\n`;
  writeFileSync(
    at("door.log"),
    [
      line("door[1]: refused eve from 192.0.2.1"),
      line("door[1]: refused guest from 192.0.2.1"),
      line("door[2]: kicked from 2001:db8::1"),
      line("door[2]: knocked from 192.0.2.2"),
    ].join(""),
  );
  const found = f2b(["match", at("door.f2b"), at("door.log"), "--filter", "door", "--json"]);
  const hits = found.out
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one));
  t.same(
    hits.map(({ line, address, captures }) => [line, address, captures.user ?? null]),
    [
      [1, "192.0.2.1", "eve"],
      [3, "2001:db8::1", null],
    ],
    found.err,
  );
  t.equal(f2b(["lint", at("door.f2b")]).code, 0, "lints without errors");
});

t.test("what cannot be read is told with its place, and nothing is written", async (t) => {
  const at = makeConfig(t, conf);
  const wrong = f2b(["import", at(""), "--filter", "door[mode=none]", "-o", at("x.f2b"), "--json"]);
  t.equal(wrong.code, 1);
  const lines = jsonLines(wrong.out);
  const [finding, report] = [lines[0], lines.at(-1)];
  const schema = JSON.parse(readFileSync(join(root, "schemas/import.schema.json"), "utf8"));
  t.ok(new Ajv({ strict: false }).validate(schema, report), "the last line is as its schema says");
  t.match(report, { filter: "door", imported: false });
  t.match(finding, {
    code: "F2B1514",
    severity: "error",
    file: "filter.d/door.conf",
  });
  t.throws(() => readFileSync(at("x.f2b")), { code: "ENOENT" });
  const none = f2b(["import", at(""), "--filter", "doro", "-o", "-"]);
  t.equal(none.code, 1);
  t.match(none.err, /no filter `doro`[\s\S]*did you mean `door`/);
});

const journalConf = `[Definition]
prefregex = ^<F-MLFID>\\s*(?:\\S+\\s+)?door(?:\\[\\d+\\])?:?\\s+</F-MLFID><F-CONTENT>.+</F-CONTENT>$
failregex = ^refused <F-USER>\\S+</F-USER>$
            ^<F-NOFAIL>hello</F-NOFAIL> from <ADDR>$
journalmatch = _SYSTEMD_UNIT=door.service + _COMM=door
`;

t.test("what was written into an imported filter stays", async (t) => {
  const at = makeConfig(t, conf);
  const edited = "# mine\n";
  for (const output of [at("door.f2b"), at("out/")]) {
    const again = () => f2b(["import", at("."), "--filter", "door", "-o", output]);
    const written = output.endsWith("/") ? at("out/door.f2b") : output;
    t.equal(again().code, 0);
    t.equal(again().code, 0, "the same once more");
    writeFileSync(written, edited);
    const ran = again();
    t.equal(ran.code, 2);
    t.match(ran.err, /door\.f2b is there and says something else: nothing is written\n/);
    t.equal(readFileSync(written, "utf8"), edited);
  }
});

t.test("a filter for the journal's text sees host, program and process", async (t) => {
  const at = makeConfig(t, journalConf);
  const args = ["--filter", "door", "--set", "logtype=journal", "-o", at("door.f2b")];
  t.equal(f2b(["import", at(""), ...args]).code, 0);
  const text = readFileSync(at("door.f2b"), "utf8");
  const watch = /# In a jail: (watch journal .*)/.exec(text)?.[1] ?? "";
  t.equal(watch, 'watch journal match "_SYSTEMD_UNIT=door.service + _COMM=door" as lines');
  const policy = (watch: string) =>
    `use "./door.f2b"\njail door { ${watch} filter door ban after 1 failures within 10m for 1h never ban self do none }\n`;
  const line = (pid: number, text: string) =>
    `2026-03-01T10:00:00.123456Z host door[${pid}]: ${text}\n`;
  writeFileSync(
    at("journal.log"),
    line(1, "hello from 192.0.2.1") + line(2, "hello from 192.0.2.2") + line(1, "refused eve"),
  );
  const bans = (watch: string) => {
    writeFileSync(at("policy.f2b"), policy(watch));
    const ran = f2b(["replay", at("policy.f2b"), at("journal.log")]);
    return [...ran.out.matchAll(/ {2}ban {2}(\S+)/g)].map(([, who]) => who);
  };
  t.same(bans(watch), ["192.0.2.1"], "the session of process 1");
  t.same(bans(watch.replace(" as lines", "")), [], "nothing without the header");
  writeFileSync(at("policy.f2b"), policy(watch.replace(" as lines", "")));
  const linted = f2b(["lint", at("policy.f2b")]);
  t.notMatch(linted.out + linted.err, /F2B4018/, "its frame does not look for what is not there");
});

t.test("on a terminal the report is a table that keeps to its width", async (t) => {
  const missing = { code: "F2B2501", what: "this failregex is left out: f2b cannot say \u001b[2J" };
  const text = reportTables(
    [
      { filter: "door", imported: true, templates: 2, regexes: 1, lets: 3, missing: [], jails: [] },
      {
        filter: "gate",
        imported: true,
        templates: 0,
        regexes: 4,
        lets: 0,
        missing: [{ ...missing, file: "filter.d/gate.conf", line: 17 }],
        jails: [],
      },
    ],
    60,
    picocolors.createColors(false),
  );
  t.match(text, /door +│ +2 │ +1 │ +3 │ +0 │/);
  t.match(text, /filter\.d\/gate\.conf:17 │ this failregex is/);
  t.notOk(text.includes("\u001b"), "what stands in a configuration cannot speak to the terminal");
  for (const line of text.split("\n")) t.ok(line.length <= 60, line);
});
