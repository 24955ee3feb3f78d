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
import type { JailSpec, Program } from "./contract.ts";
import type { Decision } from "./decision.ts";
import { jsonLine } from "./escape.ts";
import { type LaneSpec, openIntake } from "./intake.ts";
import { type JailInput, type Jails, joinJail, makeJails } from "./jails.ts";
import type { LookUp } from "./protect.ts";
import { cutRecords } from "./records.ts";
import { decisionLine } from "./report.ts";
import { openWhoLists } from "./who-lists.ts";

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
  /** Of stamps without one; null: what the jail's `watch` says, else the host's. */
  readonly zone: string | null;
  /** What `self` and lists stand for; left out: what they are on this host, without any name. */
  readonly lookUp?: LookUp;
  /** Told of lists that cannot be read. */
  readonly warn?: (message: string) => void;
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
    report(jsonLine(decisionLine(decision)));
  });
  report(jsonLine({ type: "summary", ...summary }));
  return summary;
}

/** The same as data. */
export async function replayDecisions(
  program: Program,
  logs: readonly ReplayLog[],
  options: ReplayOptions,
  give: (decision: Decision) => void,
): Promise<ReplaySummary> {
  const clock: Clock = { first: Number.NaN, now: Number.NaN };
  const jails = makeJails(program, {
    lookUp: options.lookUp ?? lookUpHere(program, options.warn ?? (() => {})),
    chance: repeatableChance,
    onChange: () => {},
    tellsFailures: options.all,
    give: (decision) => {
      if (options.all || decision.type !== "spared") give(decision);
    },
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
  options: ReplayOptions,
  clock: Clock,
): Promise<number> {
  const lanes: (LaneSpec & { readonly inputs: JailInput[] })[] = [];
  for (const jail of jails.all) {
    if (log.jail !== undefined && log.jail !== jail.spec.name) continue;
    if (jail.spec.filters.length === 0) continue;
    const scanner = jail.spec.replayScanner;
    const zone = options.zone ?? zoneOf(jail.spec);
    const input = joinJail(jail, program, log.name);
    const shared = lanes.find((lane) => lane.scanner === scanner && lane.zone === zone);
    if (shared === undefined) lanes.push({ scanner, zone, inputs: [input] });
    else shared.inputs.push(input);
  }
  const intake = openIntake(
    program,
    lanes,
    () => options.now,
    (event, lane) => {
      advance(clock, event.time, options.now);
      jails.expire(clock.now);
      for (const input of lanes[lane]?.inputs ?? []) input.take(event, clock.now);
    },
  );
  const cutter = cutRecords(intake);
  for await (const chunk of log.chunks) cutter.feed(chunk);
  cutter.end();
  return intake.records();
}

/** The first zone that the jail's watches name. */
function zoneOf(jail: JailSpec): string | null {
  for (const watch of jail.watches) if (watch.kind !== "bans" && watch.zone) return watch.zone;
  return null;
}

/** Names are never resolved over past logs: they stand for nobody. */
function lookUpHere(program: Program, warn: (message: string) => void): LookUp {
  const who = program.jails.flatMap((jail) => [...jail.neverBan, ...jail.behind]);
  return openWhoLists({ who, warn, resolveNames: false }).lookUp;
}

function advance(clock: Clock, time: number, now: number): void {
  const started = !Number.isNaN(clock.now);
  const stamp = Number.isNaN(time) ? (started ? clock.now : now) : time;
  if (!started) clock.first = stamp;
  clock.now = started ? Math.max(clock.now, stamp) : stamp;
}
