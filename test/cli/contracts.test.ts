/**
 * The command line's contracts: exit codes, `--json` shapes as the schemas give them, clear words for wrong usage.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import t, { type Test } from "tap";
import { f2b, root } from "../library/f2b.ts";

function makeFolder(test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-cli-"));
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function checker(name: string) {
  const schema = JSON.parse(readFileSync(join(root, `schemas/${name}.schema.json`), "utf8"));
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

function checkLines(
  t: Test,
  schema: string,
  out: string,
  least: number,
): Record<string, unknown>[] {
  const valid = checker(schema);
  const lines = out
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "");
  t.ok(lines.length >= least, `${lines.length} lines`);
  return lines.map((line) => {
    const value = JSON.parse(line) as Record<string, unknown>;
    t.ok(valid(value), `${line} ${JSON.stringify(valid.errors)}`);
    return value;
  });
}

const log = "examples/ssh/auth.log";
const policy = "examples/ssh/policy.f2b";
const now = ["--now", "2026-03-02T00:00:00Z"];

t.test("--json: match, replay, lint, library, as the schemas say", async (t) => {
  const match = checkLines(t, "match", f2b(["match", policy, log, "--json", ...now]).out, 10);
  t.same(Object.keys(match[0] ?? {}), [
    ...["line", "filter", "rule", "kind", "address", "id", "time", "captures"],
  ]);
  t.ok(match.every(({ kind }) => kind === "failure"));
  const all = checkLines(
    t,
    "match",
    f2b(["match", policy, log, "--json", "--all", ...now]).out,
    11,
  );
  t.ok(all.length > match.length);
  const replay = checkLines(t, "replay", f2b(["replay", policy, log, "--json", ...now]).out, 4);
  t.match(replay.at(-1), { type: "summary" });
  t.match(replay[0], { type: "ban", jail: "sshd", address: "203.0.113.9", observed: false });
  const folder = makeFolder(t);
  const bad = join(folder, "bad.f2b");
  writeFileSync(bad, "jail a { filter nosuch }\n");
  const lint = f2b(["lint", bad, "--json"]);
  t.equal(lint.code, 1);
  checkLines(t, "lint", lint.out, 1);
  t.equal(f2b(["lint", bad, "--format", "json"]).out, lint.out);
  const sarif = JSON.parse(f2b(["lint", bad, "--format", "sarif"]).out);
  t.match(sarif, { version: "2.1.0", runs: [{ tool: { driver: { name: "f2b" } } }] });
  checkLines(t, "library", f2b(["library", "--json"]).out, 5);
});

t.test("exit codes and words for what is wrong", async (t) => {
  const folder = makeFolder(t);
  const missing = join(folder, "missing.f2b");
  const cases: [string[], number, RegExp][] = [
    [["compil"], 2, /unknown command.*\n?.*Did you mean compile/],
    [["match", policy], 2, /missing required argument/],
    [["match", policy, log, "--jsn"], 2, /unknown option.*\n?.*--json/],
    [["match", policy, log, "--filter", "shd"], 1, /no filter.*shd/],
    [["match", "std/sshd", log, "--filter", "sshd", "--set", "mode=loud"], 1, /mode/],
    [["match", "std/sshd", log, "--filter", "sshd", "--set", "mood=normal"], 1, /mood/],
    [["match", policy, log, "--now", "yesterday"], 2, /now/],
    [["match", missing, log], 1, /no policy/],
    [["match", policy, join(folder, "missing.log")], 3, /missing\.log/],
    [["match", policy, folder], 3, /directory|regular file/],
    [["replay", policy, "--source", "nojail=/dev/null"], 2, /nojail/],
    [["explain-code", "F2B9999"], 2, /F2B9999/],
    [["library", "show", "std/nosuch"], 2, /nosuch/],
  ];
  for (const [args, code, words] of cases) {
    const ran = f2b(args);
    t.equal(ran.code, code, `${args.join(" ")}: ${ran.err}`);
    t.match(ran.err, words, args.join(" "));
    t.notMatch(ran.err, /mistake in f2b itself|^\s+at /m);
  }
  t.equal(f2b(["match", policy, "-"]).code, 0, "finding nothing is no failure");
});

t.test("compile: same bytes, nothing of this machine, --policy-json fits its schema", async (t) => {
  const folder = makeFolder(t);
  const [one, two] = [join(folder, "one.mjs"), join(folder, "two.mjs")];
  t.equal(f2b(["compile", policy, "-o", one]).code, 0);
  t.equal(f2b(["compile", policy, "-o", two]).code, 0);
  const code = readFileSync(one, "utf8");
  t.equal(code, readFileSync(two, "utf8"));
  t.ok(code.startsWith("#!/usr/bin/env node\n"));
  t.notOk(code.includes(root) || code.includes(folder));
  t.ok(statSync(one).mode & 0o100, "may be run");
  const json = f2b(["compile", policy, "--policy-json"]);
  t.ok(checker("policy")(JSON.parse(json.out)));
  const replay = spawnSync(process.execPath, [one, "replay", join(root, log), "--json", ...now], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  const shown = f2b(["replay", policy, log, "--json", ...now]).out;
  t.equal(
    replay.stdout.replaceAll(join(root, log), log),
    shown,
    "a bundle replays as the command does",
  );
});

t.test("a broken policy leaves an older bundle as it is", async (t) => {
  const folder = makeFolder(t);
  const [bad, out] = [join(folder, "bad.f2b"), join(folder, "out.mjs")];
  writeFileSync(bad, "jail a {");
  writeFileSync(out, "old");
  t.equal(f2b(["compile", bad, "-o", out]).code, 1);
  t.equal(readFileSync(out, "utf8"), "old");
});

t.test(
  "test: what failed is shown with its difference, coverage names what no line reached",
  async (t) => {
    const folder = makeFolder(t);
    const file = join(folder, "p.f2b");
    writeFileSync(
      file,
      `filter a {
  fail "failed for {user} from {address}"
  fail "never {address}"
  test {
    fails "Mar  1 10:00:00 h a[1]: failed for eve from 192.0.2.1" as { user: "bob" }
    passes "Mar  1 10:00:00 h a[1]: fine"
  }
}
`,
    );
    const ran = f2b(["test", file, "--coverage"]);
    t.equal(ran.code, 1);
    t.match(ran.out + ran.err, /eve/);
    t.match(ran.out + ran.err, /bob/);
    t.match(ran.out + ran.err, /a#2/);
  },
);
