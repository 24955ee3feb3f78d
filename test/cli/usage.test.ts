/**
 * Help that teaches, and usage errors that name what was meant: exit code 2, nothing on standard output.
 */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, symlinkSync } from "node:fs";
import t from "tap";
import { cli, f2b, root } from "../library/f2b.ts";
import { log, makeFolder, policy } from "./folder.ts";

const commands = [
  "compile",
  "lint",
  "run",
  "match",
  "replay",
  "test",
  "import",
  "library",
  "explain-code",
];

t.test("every command has help with examples and what comes next", async (t) => {
  const all = f2b(["--help"]);
  t.equal(all.code, 0);
  for (const command of commands) {
    t.match(all.out, new RegExp(`^ {2}${command}\\b`, "m"), `${command} is listed`);
    const help = f2b([command, "--help"]);
    t.equal(help.code, 0);
    t.ok((help.out.match(/^ {2}(zcat .*)?f2b /gm) ?? []).length >= 2, `${command}: two examples`);
    t.match(help.out, /^Next: /m, `${command}: what to do next`);
  }
});

t.test("wrong usage", async (t) => {
  const cases: readonly (readonly [args: string[], says: RegExp])[] = [
    [["complie", "x.f2b"], /unknown command 'complie'[\s\S]*compile/],
    [["lnt", "--help"], /unknown command 'lnt'[\s\S]*lint/],
    [["lint", "x.f2b", "--fromat", "json"], /unknown option '--fromat'[\s\S]*--format/],
    [["lint", "x.f2b", "--format", "xml"], /text, json, sarif/],
    [["lint", "examples/ssh/policy.f2b", "--max-warnings", "few"], /takes a number/],
    [["match", "std"], /missing required argument 'log'/],
    [["match", "std", "-", "--set", "mode=normal"], /--filter/],
    [["match", "std", "-", "--filter", "sshd", "--set", "mode"], /NAME=VALUE/],
    [["match", "std", "-", "--now", "yesterday"], /ISO 8601/],
    [["compile", "examples/ssh/policy.f2b"], /where to write/],
    [["replay", "examples/ssh/policy.f2b"], /needs a log/],
    [["replay", "examples/ssh/policy.f2b", "--source", "sshd"], /JAIL=LOG/],
    [["replay", "examples/ssh/policy.f2b", "--source", "ssdh=package.json"], /did you mean sshd\?/],
    [["library", "show", "std/ngnix"], /did you mean std\/nginx\?/],
    [["import", "examples"], /where to write/],
    [
      ["import", "examples", "--filter", "a", "--jail", "b", "-o", "-"],
      /by its name or for a jail/,
    ],
    [["import", "examples", "--filter", "sshd"], /where to write/],
    [["import", "examples", "--filter", "a[b", "-o", "-"], /name of a filter/],
    [["explain-code", "F2B2O01"], /no code/],
    [[], /Usage: f2b/],
  ];
  for (const [args, says] of cases) {
    const ran = f2b(args);
    t.equal(ran.code, 2, `f2b ${args.join(" ")}`);
    t.match(ran.err, says);
    t.equal(ran.out, "");
  }
});

t.test(
  "a full disk is told, and is no mistake of f2b",
  { skip: !existsSync("/dev/full") && "needs /dev/full" },
  async (t) => {
    const at = makeFolder(t, { "door.f2b": policy, "door.log": log });
    f2b(["compile", at("door.f2b"), "-o", at("door.mjs")]);
    for (const words of [
      [...cli, "library"],
      [...cli, "--help"],
      [...cli, "match", at("door.f2b"), at("door.log"), "--json"],
      [...cli, "replay", at("door.f2b"), at("door.log")],
      [at("door.mjs"), "replay", at("door.log"), "--json"],
      [at("door.mjs"), "--help"],
    ]) {
      const full = openSync("/dev/full", "w");
      const ran = spawnSync(process.execPath, words, { stdio: ["ignore", full, "pipe"] });
      closeSync(full);
      t.equal(ran.status, 3, words.join(" "));
      t.match(ran.stderr.toString(), /^f2b: .*writ(e|ten) .*ENOSPC[^\n]*\n$/m);
      t.notMatch(ran.stderr.toString(), /\n +at |mistake/);
    }
  },
);

t.test("what cannot even be looked at is told in words", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  symlinkSync(at("loop"), at("loop"));
  for (const words of [
    ["compile", at("door.f2b"), "-o", at("loop/a.mjs")],
    ["compile", at("loop/a.f2b"), "-o", at("a.mjs")],
    ["import", at("loop/a"), "--filter", "sshd", "-o", at("a.f2b")],
    ["import", root, "--filter", "sshd", "-o", at("loop/a.f2b")],
    ["match", at("door.f2b"), at("loop/a.log")],
    ["lint", at("loop")],
  ]) {
    const ran = f2b(words);
    t.ok(ran.code === 3 || ran.code === 1, `${words.join(" ")}: ${ran.code}`);
    t.notMatch(ran.err, /\n +at |mistake/);
  }
});

t.test("the version is that of package.json", async (t) => {
  t.match(f2b(["--version"]).out, /^\d+\.\d+\.\d+\n$/);
});
