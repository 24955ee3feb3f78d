/**
 * Running programs one after the other and taking their time.
 *
 * In: subjects, each a command line. Out: for each the medians of its times over several rounds. Subjects take turns, so that a
 * machine that is slow for a while is slow for all of them. Where other work is going on, processor time says more than the clock's.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** In milliseconds. */
export interface Times {
  readonly clock: number;
  /** Of all threads, in steps of ten; NaN where the system does not say. */
  readonly processor: number;
}

export interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  /** What it reads from standard input, as a file; null: nothing. */
  readonly input: string | null;
  /** Where its output goes. */
  readonly output: string;
  /** Its own account of how long the work took, from its output; null: ours. */
  readonly own: ((output: string) => Times) | null;
  /** How often it is run a round: a slow one need not be run as often. */
  readonly rounds?: number;
}

export interface Measured extends Times {
  readonly runs: number;
}

/** A single run; throws with what the program said when it fails. */
function run(subject: Subject): Times {
  const input = subject.input === null ? null : openSync(subject.input, "r");
  const output = openSync(subject.output, "w");
  const [command = "", ...args] = subject.argv;
  const [begin, used] = [process.hrtime.bigint(), childrenMs()];
  const ended = spawnSync(command, args, {
    stdio: [input ?? "ignore", output, "pipe"],
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" },
    maxBuffer: 1 << 26,
  });
  const clock = Number(process.hrtime.bigint() - begin) / 1e6;
  const processor = childrenMs() - used;
  closeSync(output);
  if (input !== null) closeSync(input);
  complain(subject, ended);
  return { clock, processor };
}

/** Processor time of all children that have ended (proc(5), cutime and cstime, in hundredths of a second). */
function childrenMs(): number {
  try {
    const fields = readFileSync("/proc/self/stat", "latin1")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return Number.NaN;
  }
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
  ran: (subject: Subject) => void,
): Map<Subject, Measured> {
  const times = new Map<Subject, Times[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      if (round >= (subject.rounds ?? rounds)) continue;
      const ours = run(subject);
      ran(subject);
      times.get(subject)?.push(subject.own?.(subject.output) ?? ours);
    }
  }
  const measured = new Map<Subject, Measured>();
  for (const [subject, all] of times) {
    const clock = medianOf(all.map((one) => one.clock));
    const processor = medianOf(all.map((one) => one.processor));
    measured.set(subject, { clock, processor, runs: all.length });
  }
  return measured;
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
