/**
 * Running programs one after the other and taking their time.
 *
 * In: subjects, each a command line. Out: for each the median of its wall-clock times over several rounds. Subjects
 * take turns, so that a machine that is slow for a while is slow for all of them.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  /** What it reads from standard input, as a file; null: nothing. */
  readonly input: string | null;
  /** Where its output goes. */
  readonly output: string;
  /** Its own account of how long the work took, from its output; null: the clock's. */
  readonly ownMs: ((output: string) => number) | null;
  /** How often it is run a round: a slow one need not be run as often. */
  readonly rounds?: number;
}

export interface Measured {
  readonly medianMs: number;
  readonly bestMs: number;
  readonly runs: number;
}

/** A single run; throws with what the program said when it fails. */
export function run(subject: Subject): number {
  const input = subject.input === null ? null : openSync(subject.input, "r");
  const output = openSync(subject.output, "w");
  const [command = "", ...args] = subject.argv;
  const begin = process.hrtime.bigint();
  const ended = spawnSync(command, args, {
    stdio: [input ?? "ignore", output, "pipe"],
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" },
    maxBuffer: 1 << 26,
  });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  closeSync(output);
  if (input !== null) closeSync(input);
  complain(subject, ended);
  return ms;
}

function complain({ name, argv }: Subject, ended: SpawnSyncReturns<Buffer>): void {
  // ripgrep ends with 1 where nothing was found.
  const isDone = ended.status === 0 || (ended.status === 1 && ended.stderr.length === 0);
  if (ended.error === undefined && isDone) return;
  const said = ended.error?.message ?? ended.stderr.toString("utf8").slice(0, 2000);
  throw new Error(`${name} failed (${argv.join(" ")}): ${said}`);
}

/** `ran` is called after each run, to look at the output before the next one replaces it. */
export function alternate(
  subjects: readonly Subject[],
  rounds: number,
  ran: (subject: Subject, ms: number) => number,
): Map<Subject, Measured> {
  const times = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      if (round >= (subject.rounds ?? rounds)) continue;
      times.get(subject)?.push(ran(subject, run(subject)));
    }
  }
  const measured = new Map<Subject, Measured>();
  for (const [subject, all] of times) {
    const sorted = [...all].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const upper = sorted[middle] ?? Number.NaN;
    const medianMs = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
    measured.set(subject, { medianMs, bestMs: sorted[0] ?? Number.NaN, runs: sorted.length });
  }
  return measured;
}
