/**
 * `node policy.mjs replay LOG...`: opens the logs, runs the jails over them, prints what they decided.
 *
 * In: the command. Out: lines of JSON, or a table of bans and a sentence. Throws `UsageError` for a jail that
 * is not there, and names a log that cannot be read.
 */
import { type ReplayCommand, UsageError } from "./arguments.ts";
import type { Program } from "./contract.ts";
import { formatDuration } from "./daemon/duration.ts";
import type { Decision } from "./decision.ts";
import { escapeText, isoTime } from "./escape.ts";
import type { Output } from "./output.ts";
import { plural } from "./plural.ts";
import { readChunks } from "./read-chunks.ts";
import { type ReplayLog, type ReplaySummary, replay, replayDecisions } from "./replay.ts";
import { formatTable } from "./table.ts";

export async function runReplay(
  program: Program,
  command: ReplayCommand,
  output: Output,
): Promise<void> {
  const logs = command.logs.map(({ path, jail }): ReplayLog => {
    if (jail !== null && !program.jails.some((one) => one.name === jail)) {
      const known = program.jails.map((one) => one.name).join(", ");
      throw new UsageError(`there is no jail "${jail}"; there are: ${known}`);
    }
    const chunks = path === "-" ? process.stdin : readLog(path);
    return { name: path, chunks, ...(jail === null ? {} : { jail }) };
  });
  const warn = (message: string) => output.say(escapeText(message));
  const options = { all: command.all, now: command.now ?? Date.now(), zone: null, warn };
  if (command.json) {
    await replay(program, logs, options, output.print);
    return;
  }
  const rows: string[][] = [];
  const summary = await replayDecisions(program, logs, options, (decision) => {
    rows.push(rowOf(decision));
  });
  if (rows.length > 0) for (const line of formatTable(head, rows)) output.print(line);
  output.print(sentenceOf(summary));
}

async function* readLog(path: string): AsyncGenerator<Buffer> {
  try {
    yield* readChunks(path);
  } catch (error) {
    throw new Error(`cannot read the log ${path}: ${(error as Error).message}`);
  }
}

const head = ["TIME", "JAIL", "", "WHO", "UNTIL", "FAILURES", "WHERE"];

function rowOf(decision: Decision): string[] {
  const { type, jail, id, time, file, line, observed } = decision;
  const verb = observed && type === "ban" ? "would ban" : type;
  const isBan = decision.type === "ban" || decision.type === "prolong";
  const until = isBan ? (isoTime(decision.until) ?? "ever") : "";
  const failures = isBan ? String(decision.failures) : "";
  return [isoTime(time) ?? "", jail, verb, id, until, failures, line > 0 ? `${file}:${line}` : ""];
}

/** What the log held, in one sentence. */
export function sentenceOf({ lines, failures, bans, seconds }: ReplaySummary): string {
  const sums = [plural(lines, "line"), plural(failures, "failure"), plural(bans, "ban")];
  return `${sums.join(", ")} in ${seconds < 1 ? "0s" : formatDuration(seconds * 1_000)} of log`;
}
