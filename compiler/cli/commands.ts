/**
 * The commands and their options, as words only: what each does is in the file of its name, loaded when
 * it is given.
 */
import { Command, Option } from "commander";
import { examples } from "./help.ts";
import { readVersion } from "./package-root.ts";

export function makeProgram(): Command {
  const program = new Command("f2b")
    .description(
      "Compiles ban policies into one JavaScript file that reads logs and bans attackers.\n" +
        "POLICY is a file, `std` (the whole library) or one module of it, as `std/nginx`.",
    )
    .version(readVersion(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(f2b --help, or f2b COMMAND --help, shows how)")
    .addHelpText("after", examples.f2b);
  addCompileAndLint(program);
  addTrials(program);
  addKnowledge(program);
  addImport(program);
  addControl(program);
  return program;
}

function add(parent: Command, usage: string, describe: string): Command {
  const name = usage.split(" ")[0] ?? usage;
  const command = parent.command(usage).description(describe);
  return command.addHelpText("after", examples[name as keyof typeof examples]);
}

function addCompileAndLint(program: Command): void {
  add(program, "compile <policy>", "write the policy as one JavaScript file")
    .option("-o, --output <file>", "the bundle to write; `-` is standard output")
    .option("--minify", "small instead of readable")
    .option("--sourcemap", "with a source map in the bundle")
    .option("--policy-json", "print the checked policy instead")
    .action(async (...args) => (await import("./compile.ts")).compileCommand(args[0], args[1]));
  add(program, "lint <policy...>", "say what is wrong or dangerous, with codes and places")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "sarif"]))
    .addOption(jsonOption())
    .option("--max-warnings <n>", "fail when there are more warnings")
    .action(async (...args) => (await import("./lint.ts")).lintCommand(args[0], args[1]));
  add(program, "run <policy>", "compile in memory and run, as the bundle would")
    .allowUnknownOption()
    .argument("[options...]", "what the bundle takes: --state DIR, --socket PATH, --dry-run ...")
    .action(async (...args) => (await import("./run.ts")).runCommand(args[0], args[1]));
}

function addTrials(program: Command): void {
  add(program, "match <policy> <log>", "show which lines which rule matched; `-` is standard input")
    .option("--filter <name>", "this filter only, whether a jail uses it or not")
    .option("--set <k=v>", "a parameter of that filter", collect, [])
    .option("--all", "notes, clears and ignored lines too")
    .addOption(jsonOption())
    .addOption(nowOption())
    .action(async (...args) =>
      (await import("./match.ts")).matchCommand(args[0], args[1], args[2]),
    );
  add(program, "replay <policy> [logs...]", "run the jails over past logs, in the logs' own time")
    .option("--source <jail=log>", "a log for one jail only", collect, [])
    .option("--all", "each failure too")
    .addOption(jsonOption())
    .addOption(nowOption())
    .action(async (...args) =>
      (await import("./replay.ts")).replayCommand(args[0], args[1], args[2]),
    );
  add(program, "test <policy...>", "run the `test` blocks")
    .option("--coverage", "name the rules that no test line reached")
    .addOption(jsonOption())
    .action(async (...args) => (await import("./test.ts")).testCommand(args[0], args[1]));
}

function addKnowledge(program: Command): void {
  const library = add(program, "library", "list the standard library")
    .addOption(jsonOption())
    .action(async (options) => (await import("./library.ts")).libraryCommand(options));
  add(library, "show <module>", "print a module's text").action(async (module) =>
    (await import("./library.ts")).showCommand(module),
  );
  add(
    program,
    "explain-code <code>",
    "explain a finding's code, with a wrong and a right policy",
  ).action(async (code) => (await import("./explain-code.ts")).explainCommand(code));
}

function addImport(program: Command): void {
  add(program, "import <folder>", "turn a Fail2ban configuration into a policy")
    .option(
      "--filter <name>",
      "a filter alone; with arguments as in jails: `sshd[mode=ddos]`",
      collect,
      [],
    )
    .option(
      "--jail <name>",
      "a jail, enabled or not; without `--filter` and `--jail` all that are enabled",
      collect,
      [],
    )
    .option("--set <k=v>", "an argument of the filters", collect, [])
    .option(
      "-o, --output <file>",
      "a file for all of it, a folder for jails and a file each filter, or `-`",
    )
    .addOption(jsonOption())
    .action(async (...args) => (await import("./import.ts")).importCommand(args[0], args[1]));
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function jsonOption(): Option {
  return new Option("--json", "one JSON object a line, as schemas/ describes them");
}

function nowOption(): Option {
  const what = "ISO 8601: fills missing years and dates; the time of lines without a stamp";
  return new Option("--now <time>", what);
}

/** What a running bundle answers, by the same words as the bundle's own. */
function addControl(program: Command): void {
  for (const [usage, describe] of [
    ["status", "whether it protects: jails, sources, firewalls"],
    ["bans", "who is banned; `--why ADDRESS` tells what led to it"],
    ["ban", "ADDRESS JAIL [--for 1h|ever] [--force]: ban by hand"],
    ["unban", "ADDRESS, PREFIX or all [JAIL]: let in again"],
    ["flush", "lift all bans"],
    ["tail", "decisions as they are made"],
    ["loglevel", "LEVEL: how much the daemon tells"],
    ["observe", "JAIL on|off: only tell, or ban again"],
    ["stop", "[--flush]: end it; with --flush the firewall's table goes too"],
  ] as const) {
    program
      .command(usage)
      .description(`ask the running bundle: ${describe}`)
      .allowUnknownOption()
      .argument("[words...]", "with --socket PATH and --json as for the bundle")
      .addHelpText("after", examples.control)
      .action(async (words) => (await import("./control.ts")).controlCommand(usage, words));
  }
}
