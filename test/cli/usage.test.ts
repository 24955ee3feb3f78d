/**
 * Help that teaches, and usage errors that name what was meant: exit code 2, nothing on standard output.
 */
import t from "tap";
import { f2b } from "../library/f2b.ts";

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

t.test("the version is that of package.json", async (t) => {
  t.match(f2b(["--version"]).out, /^\d+\.\d+\.\d+\n$/);
});
