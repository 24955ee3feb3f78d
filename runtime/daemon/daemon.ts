/**
 * The running daemon: everything put together, from start to stop.
 *
 * In: a program and what was asked. Out: decisions in force and reported. What must hold: the control socket answers completely
 * from the moment that it exists; SIGTERM ends within five seconds and leaves the firewall's bans standing;
 * SIGHUP looks at all files and lists again.
 */

import { setFlagsFromString } from "node:v8";
import { runProcess } from "../action/process.ts";
import { type RunCommand, socketPathDefault, stateFolderDefault } from "../arguments.ts";
import type { Program } from "../contract.ts";
import { type Control, openControl } from "../control/server.ts";
import type { Decision } from "../decision.ts";
import { jsonLine } from "../escape.ts";
import type { Output } from "../output.ts";
import { plural } from "../plural.ts";
import { decisionLine } from "../report.ts";
import { makeClock } from "./clock.ts";
import { type Core, openCore } from "./core.ts";
import { makeHandler } from "./handlers.ts";
import { letGoOfHeldBans, tellHeldBans } from "./held-bans.ts";
import { type Log, makeLog } from "./log.ts";
import { hearSignals } from "./signals.ts";
import { type OpenSource, openSources } from "./sources.ts";

/** So many records of earlier runs are worth a snapshot. */
const compactRecords = 1_000;
const refreshWhoMs = 30_000;
/** Longest sleep of the expiry timer: setTimeout takes 31 bits. */
const expirySleepMsMax = 3_600_000;

/**
 * V8 lets garbage grow to four times what lives before it collects in full. A flood of bans leaves much that lives
 * for a second only: half as much again costs little time and saves most of the memory. Its room for what is
 * new grows to 48 MB otherwise, for a few per cent of the time.
 */
const heapFlags = ["--heap-growing-percent=50", "--semi-space-growth-factor=1"];

/** Resolves when the daemon has stopped; rejects when it cannot start. */
export async function runDaemon(
  program: Program,
  command: RunCommand,
  output: Output,
): Promise<void> {
  const log = openLog(command, output);
  output.waitForNobody((message) => log.say("warning", message));
  const signals = hearSignals(log);
  const clock = makeClock();
  const since = clock.now();
  const report = (decisions: readonly Decision[]) => {
    for (const decision of decisions) output.print(jsonLine(decisionLine(decision)));
    output.flush();
  };
  const core = await openCore({
    program,
    clock,
    log,
    // Without effects there is nothing to remember, and no folder that a trial could spoil.
    stateFolder: command.dryRun ? null : (command.stateFolder ?? stateFolderDefault),
    report: command.json ? report : null,
    dryRun: command.dryRun,
  });
  // Not before: what the last run left is all kept, and looking for garbage in it delays its bans.
  for (const flag of heapFlags) setFlagsFromString(flag);
  const sources = openSources(core, command);
  const control = await openSocket(command, core, sources, since, signals.stop);
  const firewalls = core.firewalls.map((queue) => queue.start());
  for (const queue of core.actions.values()) queue.add(lifecycleEvent("start"));
  void tellHeldBans(core);
  for (const { source } of sources) await source.start();
  const timers = startTimers(core);
  signals.onReopen(() => reopen(core, sources));
  await Promise.all([...firewalls, core.settle()]);
  log.say("info", readyText(program, core, sources), { event: "ready" });
  await notifySystemd("--ready");
  // Journals of earlier runs become one snapshot, so that the next start reads each thing once.
  const { restored, damaged } = core.ledger;
  if (restored > compactRecords || damaged) void core.ledger.compact();
  if (command.once) {
    await Promise.all(sources.map(({ source }) => source.idle()));
    signals.stop(false);
  }
  const { flush, why } = await signals.stopped;
  log.say("info", `stopping: ${why}`, { event: "stopping" });
  timers.stop();
  signals.onReopen(null);
  for (const queue of core.firewalls) queue.holdNobody();
  for (const { source } of sources) await source.stop();
  if (flush) letGoOfHeldBans(core);
  for (const queue of core.actions.values()) queue.add(lifecycleEvent("stop"));
  await core.close(flush);
  await control?.close();
}

/** A trial beside a running daemon must not take its socket, unless it is told where. */
function openSocket(
  command: RunCommand,
  core: Core,
  sources: readonly OpenSource[],
  since: number,
  stop: (flush: boolean) => void,
): Promise<Control> | null {
  const isTrial = command.dryRun || command.once;
  const path = command.socketPath ?? (isTrial ? null : socketPathDefault);
  if (path === null) return null;
  const handle = makeHandler({ core, sources, since, stop });
  return openControl({ path, handle });
}

/** On a terminal for people, under systemd with priorities, with --json as JSON. */
function openLog(command: RunCommand, output: Output): Log {
  const journal = process.env["JOURNAL_STREAM"] !== undefined;
  const format = command.json ? "json" : journal ? "journal" : "text";
  return makeLog(command.logLevel, format, output.say);
}

function readyText(program: Program, core: Core, sources: readonly OpenSource[]): string {
  const { policy, hash } = program.manifest;
  const bans = core.jails.all.reduce((sum, jail) => sum + jail.standing.size, 0);
  // As `status` counts them: each file is one.
  const read = sources.reduce((sum, { source }) => sum + source.status().length, 0);
  const counts = [
    plural(core.jails.all.length, "jail"),
    plural(read, "source"),
    plural(bans, "ban"),
  ];
  return `guarding with ${policy} (${hash.slice(0, 12)}): ${counts.join(", ")} standing`;
}

/** Ends bans when their time comes, and looks at lists; all of it by the monotonic clock. */
function startTimers(core: Core): { stop(): void } {
  const { clock } = core.options;
  let expiry: NodeJS.Timeout | null = null;
  const arm = () => {
    if (expiry !== null) clearTimeout(expiry);
    const wait = Math.max(20, Math.min(core.jails.nextEnd() - clock.now(), expirySleepMsMax));
    expiry = setTimeout(expire, wait);
    expiry.unref();
  };
  const expire = () => {
    core.jails.expire(clock.now());
    void core.settle();
    arm();
  };
  core.endsListeners.add(arm);
  arm();
  const who = setInterval(() => void core.refreshWho(), refreshWhoMs);
  // Not unref: it keeps the process alive while nothing else does.
  void core.refreshWho();
  return {
    stop() {
      if (expiry !== null) clearTimeout(expiry);
      clearInterval(who);
    },
  };
}

function reopen(core: Core, sources: readonly OpenSource[]): void {
  for (const queue of core.firewalls) void queue.checkNow().catch(() => {});
  for (const { source } of sources) source.reopen();
  void core.refreshWho();
}

function lifecycleEvent(event: "start" | "stop") {
  return {
    event,
    jail: "",
    address: null,
    id: "",
    family: null,
    time: Date.now(),
    until: null,
    failures: 0,
    captures: Object.create(null) as Record<string, string>,
    kept: Object.create(null) as Record<string, string>,
  };
}

/** systemd-notify(1): Node has no datagram sockets for sd_notify(3) itself. */
async function notifySystemd(message: string): Promise<void> {
  const socket = process.env["NOTIFY_SOCKET"];
  if (socket === undefined) return;
  await runProcess(["systemd-notify", `--pid=${process.pid}`, message], {
    timeoutMs: 5_000,
    environment: { NOTIFY_SOCKET: socket },
  });
}
