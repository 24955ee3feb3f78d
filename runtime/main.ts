/**
 * The bundle by itself: `node policy.mjs [replay LOG...]`.
 *
 * In: the program that the compiler wrote, and words. Out: an exit code (charter section 4): 0 done, 2 wrong
 * usage, 3 a fault of the host. What must hold: nothing a user can do wrong ends in a stack trace.
 */
import { type Command, readArguments, UsageError } from "./arguments.ts";
import { checkHost } from "./check-host.ts";
import type { Program } from "./contract.ts";
import { ControlError } from "./control/client.ts";
import { runControl } from "./control/command.ts";
import { runDaemon } from "./daemon/daemon.ts";
import { escapeText } from "./escape.ts";
import { type Output, openOutput } from "./output.ts";
import { runReplay } from "./replay-command.ts";
import { runService } from "./service.ts";

export async function main(
  program: Program,
  argv: readonly string[] = process.argv.slice(2),
): Promise<number> {
  const output = openOutput();
  let code = await runCommand(program, argv, output);
  output.flush();
  if (output.fault !== null) {
    output.say(`f2b: not all could be written to standard output: ${output.fault}`);
    output.flush();
    code ||= 3;
  }
  process.exitCode = code;
  return code;
}

async function runCommand(
  program: Program,
  argv: readonly string[],
  output: Output,
): Promise<number> {
  try {
    const command = readArguments(argv);
    await obey(program, command, output);
    return 0;
  } catch (error) {
    const message = escapeText(error instanceof Error ? error.message : String(error));
    output.say(`f2b: ${message}`);
    if (error instanceof ControlError && !error.unreachable) return 1;
    if (!(error instanceof UsageError)) return 3;
    output.say("`--help` shows what this bundle can be asked.");
    return 2;
  }
}

async function obey(program: Program, command: Command, output: Output): Promise<void> {
  switch (command.verb) {
    case "help":
      output.print(helpText(program));
      break;
    case "version":
      output.print(`f2b ${program.manifest.f2b}, policy ${program.manifest.policy}`);
      break;
    case "replay":
      await runReplay(program, command, output);
      break;
    case "run":
      await runDaemon(program, command, output);
      break;
    case "check":
      await checkHost(program, command.json, output);
      break;
    case "service":
      runService(program, command.what, output);
      break;
    default:
      await runControl(command, output);
  }
}

function helpText({ manifest }: Program): string {
  return `${manifest.policy}: a policy compiled by f2b ${manifest.f2b}
Jails: ${manifest.jails.join(", ")}

  node BUNDLE [--dry-run] [--once] [--json] [--log-level LEVEL]
      watches what the policy names and bans; ends on SIGTERM or SIGINT
      --dry-run      decides and reports, runs no action and touches no firewall
      --once         reads the logs that are there, then ends
      --json         a line of JSON for each decision
      --log-level    debug, info, notice, warning or error
      --state DIR    where bans are remembered (/var/lib/f2b)
      --socket PATH  where a running bundle answers (/run/f2b/f2b.sock)

  node BUNDLE check
      says item by item whether this host can do what the policy asks

  node BUNDLE status [JAIL] | bans [JAIL] [--why ADDRESS] | tail [JAIL]
  node BUNDLE ban ADDRESS JAIL [--for 1h|ever] [--force] | unban ADDRESS|PREFIX|all [JAIL]
  node BUNDLE flush | loglevel LEVEL | observe JAIL on|off | stop [--flush]
      ask the bundle that runs; --json for machines, --socket where it answers

  node BUNDLE service print | install | uninstall
      a hardened systemd unit with just what this policy needs

  node BUNDLE replay LOG... [--json] [--all] [--now TIME] [--source JAIL=LOG]
      runs the jails over past logs, in the logs' own time; - is standard input
      --all     failures too
      --now     fills missing years: 2026-03-01T10:00:00Z
      --source  gives a log to one jail only

  node BUNDLE --help | --version`;
}
