/**
 * `f2b replay POLICY LOG...`: the jails over past logs, in the logs' own time.
 *
 * Logs are read one after the other, in the order given; `--source JAIL=LOG` gives one to one jail only.
 */
import { formatTable } from "../../runtime/table.ts";
import type { ReplayLine } from "../../schemas/replay.ts";
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
  const { program, replay } = await loadTools(name, {});
  const jails = program.jails.map((jail) => jail.name);
  if (jails.length === 0) throw inputFault(`${name} has no jail; f2b match looks at filters alone`);
  for (const { jail } of choices) if (jail !== null) checkJail(jail, jails);

  const progress = new Progress("replay", bytesTotal);
  const show = flags.json === true ? print : makeReport();
  await replay(
    program,
    choices.map(({ path, jail }) => ({
      name: path,
      chunks: readLog(path, progress),
      ...(jail === null ? {} : { jail }),
    })),
    { all: flags.all === true, now, zone: null, warn: (message) => complain(`f2b: ${message}`) },
    (line) => {
      progress.clear();
      show(line);
    },
  );
  progress.clear();
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

/** Decisions as they come, then who was banned most. */
function makeReport(): (line: string) => void {
  const { bold, dim, green, red, yellow } = outColors;
  const banned = new Map<string, { jail: string; id: string; bans: number; failures: number }>();
  return (line) => {
    const one: ReplayLine = JSON.parse(line);
    if (one.type === "summary") {
      if (banned.size > 0) print("");
      const rows = [...banned.values()].sort((a, b) => b.bans - a.bans).slice(0, 20);
      if (rows.length > 0) {
        const cells = rows.map((row) => [row.jail, row.id, String(row.bans), String(row.failures)]);
        for (const text of formatTable(["jail", "who", "bans", "failures"], cells)) print(text);
        if (banned.size > rows.length) print(dim(`and ${banned.size - rows.length} more`));
        print("");
      }
      const days = (one.seconds / 86_400).toFixed(1);
      print(
        bold(
          `${one.lines} lines, ${one.failures} failures, ${one.bans} bans in ${days} days of log`,
        ),
      );
      return;
    }
    const who = `${bold(showText(one.id))}  ${one.jail}`;
    if (one.type === "ban") {
      const key = `${one.jail} ${one.id}`;
      const row = banned.get(key) ?? { jail: one.jail, id: one.id, bans: 0, failures: 0 };
      banned.set(key, { ...row, bans: row.bans + 1, failures: row.failures + one.failures });
      const until = one.until === null ? "for ever" : `until ${one.until}`;
      const what = one.observed ? yellow("would ban") : red("ban");
      print(
        `${dim(one.time)}  ${what}  ${who}  ${until}  ${one.failures} failures, line ${one.line}`,
      );
    } else if (one.type === "unban") print(`${dim(one.time)}  ${green("unban")}  ${who}`);
    else print(`${dim(one.time)}  ${one.type}  ${who}  line ${one.line}`);
  };
}
