/**
 * The jails over past logs, in the logs' own time: who would have been banned, when, for how long.
 *
 * In: logs in the order in which they are to be read. Out: decisions in order, then a summary. What must hold: time
 * never runs backwards, whatever the stamps say; the result depends on nothing but the logs, the policy
 * and `now`.
 *
 * A record without a stamp happens at the latest time read so far, before any at `now`. Only records that some
 * rule matched have their time read, so these alone end bans and make up the summary's `seconds`.
 */
import { repeatableChance } from "./ban-ladder.ts";
import type { Program } from "./contract.ts";
import type { Decision } from "./decision.ts";
import { isoTime, jsonLine } from "./escape.ts";
import { openIntake } from "./intake.ts";
import { type JailInput, type Jails, joinJail, makeJails } from "./jails.ts";
import type { LookUp } from "./protect.ts";
import { cutRecords } from "./records.ts";

export interface ReplayLog {
  /** As decisions name it. */
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** The one jail that reads it; left out: all. */
  readonly jail?: string;
}

export interface ReplayOptions {
  /** Failures and those spared too. */
  readonly all: boolean;
  /** Milliseconds since 1970: fills missing years and dates. */
  readonly now: number;
  /** Of stamps without one; null: the host's. */
  readonly zone: string | null;
  /** What `self`, lists and names stand for; names are never resolved here. */
  readonly lookUp: LookUp;
}

export interface ReplaySummary {
  readonly lines: number;
  /** Failures of all jails, those of somebody who was banned already included. */
  readonly failures: number;
  readonly bans: number;
  /** Between the first and the last time read. */
  readonly seconds: number;
}

interface Clock {
  /** NaN before the first record. */
  first: number;
  now: number;
}

/** Reports lines of JSON, the summary last. */
export async function replay(
  program: Program,
  logs: readonly ReplayLog[],
  options: ReplayOptions,
  report: (line: string) => void,
): Promise<ReplaySummary> {
  const summary = await replayDecisions(program, logs, options, (decision) => {
    const isWanted = decision.type !== "failure" && decision.type !== "spared";
    if (options.all || isWanted) report(jsonLine(decisionLine(decision)));
  });
  report(jsonLine({ type: "summary", ...summary }));
  return summary;
}

/** The same as data. */
export async function replayDecisions(
  program: Program,
  logs: readonly ReplayLog[],
  options: Omit<ReplayOptions, "all">,
  give: (decision: Decision) => void,
): Promise<ReplaySummary> {
  const clock: Clock = { first: Number.NaN, now: Number.NaN };
  const jails = makeJails(program, {
    lookUp: options.lookUp,
    chance: repeatableChance,
    onChange: () => {},
    give,
  });
  let lines = 0;
  for (const log of logs) lines += await replayLog(program, jails, log, options, clock);
  const sum = (of: (jail: Jails["all"][number]) => number) =>
    jails.all.reduce((total, jail) => total + of(jail), 0);
  return {
    lines,
    failures: sum((jail) => jail.counters.failures),
    bans: sum((jail) => jail.counters.bans),
    seconds: Number.isNaN(clock.first) ? 0 : (clock.now - clock.first) / 1000,
  };
}

async function replayLog(
  program: Program,
  jails: Jails,
  log: ReplayLog,
  options: Omit<ReplayOptions, "all">,
  clock: Clock,
): Promise<number> {
  const inputs = new Map<number, JailInput[]>();
  for (const jail of jails.all) {
    if (log.jail !== undefined && log.jail !== jail.spec.name) continue;
    if (jail.spec.filters.length === 0) continue;
    const of = inputs.get(jail.spec.replayScanner) ?? [];
    inputs.set(jail.spec.replayScanner, [...of, joinJail(jail, program, log.name)]);
  }
  const time = { now: () => options.now, zone: options.zone };
  const intake = openIntake(program, [...inputs.keys()], time, (event, scanner) => {
    advance(clock, event.time, options.now);
    jails.expire(clock.now);
    for (const input of inputs.get(scanner) ?? []) input.take(event, clock.now);
  });
  const cutter = cutRecords(intake);
  for await (const chunk of log.chunks) cutter.feed(chunk);
  cutter.end();
  return intake.records();
}

function advance(clock: Clock, time: number, now: number): void {
  const started = !Number.isNaN(clock.now);
  const stamp = Number.isNaN(time) ? (started ? clock.now : now) : time;
  if (!started) clock.first = stamp;
  clock.now = started ? Math.max(clock.now, stamp) : stamp;
}

/** The replay object of the charter. */
function decisionLine(decision: Decision): object {
  const { type, jail, address, id, line, file, rule, observed } = decision;
  const time = isoTime(decision.time);
  switch (decision.type) {
    case "ban":
    case "prolong": {
      const until = isoTime(decision.until);
      const { failures, insteadOf } = decision;
      const instead = insteadOf === null ? {} : { insteadOf };
      const order = { type, jail, address, id, time, until, failures, line, file, observed };
      return { ...order, rule, ...instead };
    }
    case "unban":
      return { type, jail, address, id, time, line, file, observed };
    case "failure": {
      const { evidence, weight } = decision;
      return { type, jail, address, id, time, line, file, observed, rule, weight, evidence };
    }
    case "spared":
      return { type, jail, address, id, time, line, file, observed, rule, hosts: decision.hosts };
  }
}
