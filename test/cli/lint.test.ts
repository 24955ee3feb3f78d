/**
 * `f2b lint`: three formats of the same findings, exit codes, and policies that try to write to the
 * terminal.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import t from "tap";
import { cli, f2b, jsonLines, root } from "../library/f2b.ts";
import { makeFolder, policy } from "./folder.ts";

const wrong = policy.replace("filter door\n", "filter dor\n").replace("for 1h", "for 1y");

t.test("formats", async (t) => {
  const at = makeFolder(t, { "door.f2b": wrong });
  const text = f2b(["lint", at("door.f2b")]);
  t.equal(text.code, 1);
  t.match(text.out, /^error\[F2B\d{4}\]: .*\n *--> door\.f2b:\d+:\d+\n/m);
  t.notMatch(text.out, "\u001b", "no colours but on a terminal");

  const schema = JSON.parse(readFileSync(join(root, "schemas/lint.schema.json"), "utf8"));
  const validate = new Ajv({ strict: false }).compile(schema);
  for (const flags of [["--json"], ["--format", "json"]]) {
    const json = f2b(["lint", at("door.f2b"), ...flags]);
    t.equal(json.code, 1);
    const findings = jsonLines(json.out);
    t.ok(findings.length > 0);
    for (const one of findings) t.ok(validate(one), JSON.stringify(validate.errors));
  }

  const sarif = f2b(["lint", at("door.f2b"), "--format", "sarif"]);
  t.equal(sarif.code, 1);
  const [run] = JSON.parse(sarif.out).runs;
  t.equal(run.tool.driver.name, "f2b");
  const rules = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
  for (const { ruleId, ruleIndex, locations } of run.results) {
    t.equal(rules[ruleIndex], ruleId);
    t.equal(locations[0].physicalLocation.artifactLocation.uri, "door.f2b");
    t.ok(locations[0].physicalLocation.region.startLine >= 1);
  }
});

t.test("warnings fail nothing unless told", async (t) => {
  const loose = policy.replace("within 10m for 1h", "within 2h for 1m").replace(" for 1h\n", "\n");
  const at = makeFolder(t, { "door.f2b": loose });
  const ran = f2b(["lint", at("door.f2b"), "--json"]);
  t.equal(ran.code, 0, ran.out);
  const warnings = jsonLines(ran.out).filter((one) => one.severity === "warning");
  t.ok(warnings.length > 0, ran.out);
  t.equal(f2b(["lint", at("door.f2b"), "--max-warnings", "0"]).code, 1);
  t.equal(f2b(["lint", at("door.f2b"), "--max-warnings", String(warnings.length)]).code, 0);
});

t.test("a file of filters alone is fine", async (t) => {
  const at = makeFolder(t, { "filters.f2b": policy.slice(0, policy.indexOf("jail")) });
  const ran = f2b(["lint", at("filters.f2b")]);
  t.equal(ran.code, 0, ran.out);
});

t.test("notes about the library are for those who look at it", async (t) => {
  const text =
    'use std/sshd\njail sshd { watch file "/var/log/auth.log"  filter sshd  ban after 5 failures within 10m for 1h  never ban self  do none }\n';
  const at = makeFolder(t, { "guard.f2b": text });
  const own = f2b(["lint", at("guard.f2b")]);
  t.equal(own.code, 0);
  t.notMatch(own.out, /^note/m);
  t.match(own.out, /nothing to say\nstd\/sshd has \d+ notes: f2b lint std\/sshd\n/);
  t.match(f2b(["lint", "std/sshd"]).out, /^note\[/m);
  const json = jsonLines(f2b(["lint", at("guard.f2b"), "--json"]).out);
  t.ok(json.length > 0, "programs are told all");
  t.equal(f2b(["compile", at("guard.f2b"), "-o", at("guard.mjs")]).err.includes("lint"), false);
});

t.test("a policy cannot write to the terminal", async (t) => {
  const evil = `jail \u001b[2J\u202e\u0007x { watch file "\u001b]0;owned\u0007" filter nope }\n`;
  const at = makeFolder(t, { "evil.f2b": evil });
  for (const flags of [[], ["--json"], ["--format", "sarif"]]) {
    const ran = f2b(["lint", at("evil.f2b"), ...flags]);
    t.equal(ran.code, 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    t.notMatch(ran.out + ran.err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

t.test("errors are told by the exit code to who reads one line only", async (t) => {
  const at = makeFolder(t, { "many.f2b": "filter a { fail `{adress}` }\n".repeat(4_000) });
  const shell = ["-c", 'set -o pipefail; "$@" 2>&1 | head -1', "bash"];
  for (const words of [["lint"], ["lint", "--json"], ["compile", "-o", "-"]]) {
    const ran = spawnSync("bash", [...shell, process.execPath, ...cli, ...words, at("many.f2b")]);
    t.equal(ran.status, 1, words.join(" "));
    t.equal(ran.stdout.toString().split("\n").length, 2);
  }
});

t.test("what is not there", async (t) => {
  const at = makeFolder(t);
  const ran = f2b(["lint", at("none.f2b")]);
  t.equal(ran.code, 1);
  t.match(ran.err, /there is no policy/);
});
