/**
 * A bundle that runs: sources to jails, jails to firewalls and actions, until it is told to stop.
 *
 * In: the program and how to run it. Out: decisions in print and in force. What must hold: sources share one
 * clock that nobody can set back; a firewall or an action that fails is told of and delays no decision.
 */
import { actionEventOf } from "./action/event.ts";
import { ActionQueue } from "./action/queue.ts";
import type { RunCommand } from "./arguments.ts";
import { type LogLevel, logLevels } from "./arguments.ts";
import type { ActionSpec, Firewall, FirewallChange, Program } from "./contract.ts";
import type { Decision } from "./decision.ts";
import { escapeText, jsonLine } from "./escape.ts";
import { type Jails, makeJails } from "./jails.ts";
import type { Output } from "./output.ts";
import { decisionLine } from "./report.ts";
import { openWatches } from "./watches.ts";
import { openWhoLists } from "./who-lists.ts";

/** How often lists, names and interfaces are looked at again. */
const refreshMs = 10_000;
/** setTimeout takes no longer pause than this. */
const pauseMsMax = 2 ** 31 - 1;
const retryMs = 1_000;

export type Say = (level: LogLevel, message: string) => void;

/** Resolves when everything was read (with `once`, or at the end of standard input), or at a signal. */
export async function guard(program: Program, command: RunCommand, output: Output): Promise<void> {
  const now = openClock();
  const say: Say = (level, message) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(command.logLevel)) return;
    output.say(`${level}: ${escapeText(message)}`);
  };
  const who = program.jails.flatMap((jail) => [...jail.neverBan, ...jail.behind]);
  const warn = (message: string) => say("warning", message);
  const lists = openWhoLists({ who, warn, resolveNames: true });
  await lists.refresh();
  const effects = command.dryRun ? null : openEffects(program, now, say);
  const jails = makeJails(program, {
    lookUp: lists.lookUp,
    chance: Math.random,
    onChange: () => {},
    give: (decision) => {
      if (decision.type !== "failure" || command.logLevel === "debug")
        tell(decision, command, output);
      if (!decision.observed) effects?.take(decision);
    },
  });
  await effects?.start();
  const ending = openEnding(jails, now);
  const refreshing = setInterval(() => {
    void lists.refresh().then((changed) => {
      if (changed) for (const jail of jails.all) jail.refresh(now());
    });
  }, refreshMs);
  const watches = openWatches(program, jails, {
    once: command.once,
    now,
    say,
    onRead: ending.plan,
  });
  const stopped = untilSignal();
  await watches.start();
  say("notice", `guarding: ${program.manifest.jails.join(", ")}`);
  await Promise.race([watches.ended, stopped.signal]);
  stopped.forget();
  clearInterval(refreshing);
  ending.stop();
  await watches.stop();
  await effects?.stop();
}

/** Wall clock at the start, monotonic from there: bans end when they were said to. */
function openClock(): () => number {
  const startedAt = Date.now() - performance.now();
  return () => Math.floor(startedAt + performance.now());
}

function tell(decision: Decision, command: RunCommand, output: Output): void {
  output.print(command.json ? jsonLine(decisionLine(decision)) : sentenceOf(decision));
  output.flush();
}

function sentenceOf(decision: Decision): string {
  const { type, jail, id, file, line, rule } = decision;
  const from = line > 0 ? ` (${rule}, ${file}:${line})` : "";
  const at = new Date(decision.time).toISOString();
  const isBan = decision.type === "ban" || decision.type === "prolong";
  const until = isBan
    ? ` until ${decision.until === null ? "ever" : new Date(decision.until).toISOString()}`
    : "";
  return escapeText(
    `${at} ${jail} ${decision.observed ? "observed " : ""}${type} ${id}${until}${from}`,
  );
}

/** Ends bans when their time comes. */
function openEnding(jails: Jails, now: () => number) {
  let timer: NodeJS.Timeout | null = null;
  let plannedFor = Number.POSITIVE_INFINITY;
  const plan = (): void => {
    const end = jails.nextEnd();
    if (end === plannedFor) return;
    if (timer !== null) clearTimeout(timer);
    plannedFor = end;
    timer = null;
    if (end === Number.POSITIVE_INFINITY) return;
    const pauseMs = Math.min(Math.max(end - now(), 0) + 1, pauseMsMax);
    timer = setTimeout(() => {
      plannedFor = Number.POSITIVE_INFINITY;
      jails.expire(now());
      plan();
    }, pauseMs);
  };
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
  };
  return { plan, stop };
}

/** Firewalls and actions of all jails. */
function openEffects(program: Program, now: () => number, say: Say) {
  const context = {
    environment: (name: string) => process.env[name],
    log: (text: string) => say("info", text),
  };
  const made = program.actions.map((action, index) => ({
    firewall: openFirewall(program, action, index, { now, say }),
    queue: new ActionQueue(action, {
      context,
      answer: ({ fault, event }) => {
        if (fault !== null) say("error", `${action.id}: ${event.event} of ${event.id}: ${fault}`);
      },
    }),
  }));
  return {
    async start() {
      await Promise.all(made.map(({ firewall }) => firewall?.start()));
    },
    take(decision: Decision) {
      const event = actionEventOf(decision);
      const jail = program.jails.find((one) => one.name === decision.jail);
      if (event === null || jail === undefined) return;
      for (const index of jail.actions) {
        made[index]?.queue.add(event);
        made[index]?.firewall?.take(decision);
      }
    },
    async stop() {
      await Promise.all(made.map(({ firewall }) => firewall?.stop()));
      await Promise.all(made.map(({ queue }) => queue.idle(true)));
    },
  };
}

/** One firewall and the changes that wait for it: many go in one transaction. Null: it is none. */
function openFirewall(
  program: Program,
  action: ActionSpec,
  index: number,
  { now, say }: { readonly now: () => number; readonly say: Say },
) {
  if (action.driver === null) return null;
  const firewall: Firewall = action.driver({
    jails: program.jails
      .filter((jail) => jail.actions.includes(index))
      .map(({ name, ports, bans }) => ({ name, ports, prefixes: bans.map((ban) => ban.by) })),
    now,
    log: say,
  });
  let waiting: FirewallChange[] = [];
  let applying: Promise<void> | null = null;
  let isStopping = false;

  async function applyAll(): Promise<void> {
    // Lets the rest of the chunk that was read bring its bans along.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const changes = waiting;
      waiting = [];
      try {
        await firewall.apply(changes);
      } catch (error) {
        say("error", `${firewall.name}: ${(error as Error).message}`);
        if (isStopping) return;
        waiting = [...changes, ...waiting];
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  return {
    start: () => firewall.start([]),
    take(decision: Decision) {
      const change = changeOf(decision);
      if (change === null) return;
      waiting.push(change);
      applying ??= applyAll().finally(() => {
        applying = null;
      });
    },
    async stop() {
      isStopping = true;
      await applying;
      await firewall.stop(false);
    },
  };
}

/** Bans that run out end by the firewall's own timeouts. */
function changeOf(decision: Decision): FirewallChange | null {
  const { jail, address } = decision;
  if (address === null || decision.type === "failure" || decision.type === "spared") return null;
  if (decision.type !== "unban") {
    const op = decision.type === "ban" ? "add" : "extend";
    return { op, jail, address, until: decision.until };
  }
  return decision.reason === "ended" ? null : { op: "delete", jail, address, until: null };
}

function untilSignal(): { readonly signal: Promise<void>; readonly forget: () => void } {
  let stop = () => {};
  const signal = new Promise<void>((resolve) => {
    stop = resolve;
    process.once("SIGTERM", resolve).once("SIGINT", resolve);
  });
  const forget = () => process.off("SIGTERM", stop).off("SIGINT", stop);
  return { signal, forget };
}
