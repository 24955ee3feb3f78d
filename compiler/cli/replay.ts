/**
 * `f2b replay POLICY LOG...`: the jails over past logs, in the logs' own time.
 *
 * Logs are read one after the other, in the order given; `--source JAIL=LOG` gives one to one jail only.
 */
import type { Decision } from "../../runtime/decision.ts";
import { isoTime } from "../../runtime/escape.ts";
import { plural } from "../../runtime/plural.ts";
import { type ReplaySummary, replay, replayDecisions } from "../../runtime/replay.ts";
import { sentenceOf } from "../../runtime/replay-command.ts";
import { formatTable } from "../../runtime/table.ts";
import { nearest } from "../1-read/nearest.ts";
import { showText } from "../diagnostics/show-text.ts";
import { inputFault, usageFault } from "./fault.ts";
import { measureLog, readLog, readNow } from "./logs.ts";
import { Progress } from "./progress.ts";
import { complain, outColors, print } from "./terminal.ts";
import { loadTools } from "./tools.ts";

interface ReplayFlags {
  readonly source: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly now?: string;
}

interface LogChoice {
  readonly path: string;
  readonly jail: string | null;
}

export async function replayCommand(
  name: string,
  paths: readonly string[],
  flags: ReplayFlags,
): Promise<void> {
  const now = readNow(flags.now);
  const choices = [...flags.source.map(readSource), ...paths.map((path) => ({ path, jail: null }))];
  if (choices.length === 0) {
    throw usageFault("replay needs a log", `f2b replay ${name} /var/log/auth.log`);
  }
  const bytesTotal = choices.reduce((sum, one) => sum + measureLog(one.path), 0);
  const { program } = loadTools(name, {});
  const jails = program.jails.map((jail) => jail.name);
  if (jails.length === 0) throw inputFault(`${name} has no jail; f2b match looks at filters alone`);
  for (const { jail } of choices) if (jail !== null) checkJail(jail, jails);

  const progress = new Progress("replay", bytesTotal);
  const logs = choices.map(({ path, jail }) => ({
    name: path,
    chunks: readLog(path, progress),
    ...(jail === null ? {} : { jail }),
  }));
  const warn = (message: string) => complain(`f2b: ${message}`);
  const options = { all: flags.all === true, now, zone: null, warn };
  if (flags.json === true) {
    await replay(program, logs, options, (line) => {
      progress.clear();
      print(line);
    });
    progress.clear();
    return;
  }
  const banned = new Map<string, Banned>();
  const summary = await replayDecisions(program, logs, options, (decision) => {
    progress.clear();
    report(decision, banned);
  });
  progress.clear();
  reportSums(summary, banned);
}

function readSource(text: string): LogChoice {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1) {
    throw usageFault(`--source takes JAIL=LOG, not "${text}"`, "--source sshd=/var/log/auth.log");
  }
  return { jail: text.slice(0, at), path: text.slice(at + 1) };
}

function checkJail(name: string, jails: readonly string[]): void {
  if (jails.includes(name)) return;
  const hint = nearest(name, jails);
  throw usageFault(
    `the policy has no jail ${name}`,
    hint === undefined ? `it has ${jails.join(", ")}` : `did you mean ${hint}?`,
  );
}

interface Banned {
  readonly jail: string;
  readonly id: string;
  readonly bans: number;
  readonly failures: number;
}

/** A decision as it comes; `banned` counts who was. */
function report(decision: Decision, banned: Map<string, Banned>): void {
  const { bold, dim, green, red, yellow } = outColors;
  const { type, jail, id, line } = decision;
  const time = dim(isoTime(decision.time) ?? "");
  const who = `${bold(showText(id))}  ${jail}`;
  if (decision.type === "ban") {
    const key = `${jail} ${id}`;
    const row = banned.get(key) ?? { jail, id, bans: 0, failures: 0 };
    const failures = row.failures + decision.failures;
    banned.set(key, { ...row, bans: row.bans + 1, failures });
    const end = isoTime(decision.until);
    const until = end === null ? "for ever" : `until ${end}`;
    const what = decision.observed ? yellow("would ban") : red("ban");
    print(
      `${time}  ${what}  ${who}  ${until}  ${plural(decision.failures, "failure")}, line ${line}`,
    );
  } else if (type === "unban") print(`${time}  ${green("unban")}  ${who}`);
  else print(`${time}  ${type}  ${who}  line ${line}`);
}

/** Who was banned most, and the sums. */
function reportSums(summary: ReplaySummary, banned: Map<string, Banned>): void {
  const { bold, dim } = outColors;
  if (banned.size > 0) {
    print("");
    const rows = [...banned.values()].sort((a, b) => b.bans - a.bans).slice(0, 20);
    const cells = rows.map((row) => [row.jail, row.id, String(row.bans), String(row.failures)]);
    for (const text of formatTable(["jail", "who", "bans", "failures"], cells)) print(text);
    if (banned.size > rows.length) print(dim(`and ${banned.size - rows.length} more`));
    print("");
  }
  print(bold(sentenceOf(summary)));
}
