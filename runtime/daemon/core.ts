/**
 * The heart of the daemon: what jails decide is enforced, remembered and reported.
 *
 * In: batches of events from sources, orders of an administrator, the clock. Out: firewalls and actions told at once,
 * the ledger written, then the decision reported. What must hold: nothing is reported before it is on
 * disk; the disk never delays the firewall, nor the firewall the disk; what waits for either is bounded.
 */
import { endProcesses } from "../action/process.ts";
import { ActionQueue, type Answer } from "../action/queue.ts";
import type { FirewallChange, JailSpec, Program, StandingAddress } from "../contract.ts";
import type { Ban, Decision } from "../decision.ts";
import type { FrozenJail, Jail } from "../jail.ts";
import { type Jails, makeJails } from "../jails.ts";
import { openWhoLists, type WhoLists } from "../who-lists.ts";
import type { Clock } from "./clock.ts";
import { Evidence } from "./evidence.ts";
import { FirewallQueue } from "./firewall-queue.ts";
import { stillHeld } from "./held-bans.ts";
import { cut, Ledger, type LedgerRecord } from "./ledger.ts";
import type { Log } from "./log.ts";
import { describeDecision, eventOf } from "./tell.ts";

/** What hangs at the end is left behind, so that SIGTERM ends within five seconds. */
const closeMs = 3_000;
/** Who asks for a flush waits for it; a service manager gives a stop a minute and a half. */
const flushMs = 60_000;

export interface CoreOptions {
  readonly program: Program;
  readonly clock: Clock;
  readonly log: Log;
  /** null: nothing is kept. */
  readonly stateFolder: string | null;
  /** Takes decisions in the log's place; null: the log tells them. */
  readonly report: ((decisions: readonly Decision[]) => void) | null;
  /** Decide and report, but tell no firewall and run no action. */
  readonly dryRun: boolean;
}

export interface Core {
  readonly options: CoreOptions;
  readonly jails: Jails;
  readonly ledger: Ledger;
  readonly whoLists: WhoLists;
  readonly evidence: Evidence;
  readonly firewalls: readonly FirewallQueue[];
  /** Those that keep out whom the jail bans. */
  firewallsOf(jail: string): FirewallQueue[];
  readonly actions: ReadonlyMap<string, ActionQueue>;
  /** Called with every decision once it is remembered. */
  readonly listeners: Set<(decision: Decision) => void>;
  /** Called when bans were made or prolonged: another may be the next to end. */
  readonly endsListeners: Set<() => void>;
  /**
   * Deals with everything decided since the last call. Resolves when it is remembered and in force;
   * false: it is in force, but the disk refused it.
   */
  settle(): Promise<boolean>;
  /**
   * Null: go on. Else it resolves when the disk and the firewalls have taken enough of what was decided. One that
   * is broken never makes a source wait.
   */
  room(): Promise<unknown> | null;
  /** Takes in changed lists. */
  refreshWho(): Promise<void>;
  close(flush: boolean): Promise<void>;
}

/** Decisions of one batch whose lines are journalled; in larger ones they are kept in memory only. */
const explainedBatchMax = 500;

export async function openCore(options: CoreOptions): Promise<Core> {
  const { program, clock, log } = options;
  const whoLists = openWhoLists({
    who: program.jails.flatMap((jail) => [...jail.neverBan, ...jail.behind]),
    warn: (message) => log.say("warning", message),
    resolveNames: true,
  });
  const decided: Decision[] = [];
  /** Decisions since the last batch, those that nobody is told of too. */
  let heard = 0;
  let mustSync = false;
  let ledger: Ledger | null = null;
  const jails = makeJails(program, {
    lookUp: whoLists.lookUp,
    // Nobody may know beforehand when a ban ends.
    chance: () => Math.random(),
    onChange(change) {
      ledger?.note({ type: "change", change });
      if (change.type === "ban" || change.type === "unban") mustSync = true;
    },
    give(decision) {
      heard++;
      evidence.hear(decision, jails.get(decision.jail));
      // Most decisions are failures: what nobody asks for is not kept until the disk has answered.
      if (decision.type !== "failure" || tellsFailures()) decided.push(decision);
    },
  });
  const listeners = new Set<(decision: Decision) => void>();
  const endsListeners = new Set<() => void>();
  const tellsFailures = () => options.report !== null || listeners.size > 0 || log.tells("debug");
  const evidence = new Evidence(clock.now, (message, jail) =>
    log.say("warning", message, { jail, event: "ban-not-holding" }),
  );
  const opened = await Ledger.open({
    folder: options.stateFolder,
    warn: (message) => log.say("warning", message),
    sentences: jails.all.flatMap((jail) => jail.freeze().windows.map((window) => window.sentence)),
    restore: (record) => restore(record, jails, evidence),
    snapshot: () => snapshotOf(jails, evidence),
  });
  evidence.prune((jail, id) => jails.get(jail)?.standing.get(id) !== undefined);
  ledger = opened;
  const answer = (given: Answer) => hearAnswer(given, log, evidence);
  const firewalls = options.dryRun ? [] : openFirewalls(options, jails);
  const actions = options.dryRun ? new Map() : openActions(options, answer);
  const tell = (decision: Told, spec: JailSpec) => tellActions(decision, spec, core);
  let reported: Promise<void> = Promise.resolve();

  async function settle(): Promise<boolean> {
    const batch = decided.splice(0);
    const sync = mustSync;
    mustSync = false;
    const isExplained = heard <= explainedBatchMax;
    heard = 0;
    if (batch.length === 0 && !opened.hasPending) return true;
    // In a flood the lines of each ban would be most of what is written.
    if (isExplained) noteLines(batch, evidence, opened);
    const enforced = enforce(batch, program, firewalls, tell, clock.now());
    const done = Promise.all([opened.commit(sync), reported, ...enforced]);
    // In the order in which they were decided, whichever disk or firewall answers first.
    reported = done.then(([saved]) => report(batch, saved));
    return (await Promise.all([done, reported]))[0][0];
  }

  function report(batch: readonly Decision[], saved: boolean): void {
    options.report?.(batch);
    for (const decision of batch) {
      if (options.report === null) tellDecision(log, decision, saved);
      for (const listen of listeners) listen(decision);
    }
    if (batch.some(isBan)) for (const listen of endsListeners) listen();
  }

  function room(): Promise<unknown> | null {
    const waits = firewalls.flatMap(({ queue }) => queue.room() ?? []);
    if (opened.isBehind) waits.push(reported);
    return waits.length === 0 ? null : Promise.all(waits);
  }

  const core: Core = {
    options,
    jails,
    ledger: opened,
    whoLists,
    evidence,
    firewalls: firewalls.map(({ queue }) => queue),
    firewallsOf: (name) => firewalls.flatMap((one) => (one.jails.has(name) ? one.queue : [])),
    actions,
    listeners,
    endsListeners,
    settle,
    room,
    async refreshWho() {
      if (!(await whoLists.refresh())) return;
      for (const jail of jails.all) jail.refresh(clock.now());
      await settle();
    },
    async close(flush) {
      const settled = settle();
      const stopped = Promise.all([
        ...firewalls.map(({ queue }) => queue.stop(flush)),
        ...[...actions.values()].map((queue) => queue.idle(true)),
        settled,
      ]);
      if (!(await endsWithin(stopped, flush ? flushMs : closeMs))) {
        log.say("warning", "a firewall or an action does not answer: leaving without it");
        for (const queue of actions.values()) queue.abandon();
        endProcesses();
      }
      await opened.close();
    },
  };
  for (const jail of jails.all) jail.refresh(clock.now());
  jails.expire(clock.now());
  return core;
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return ended;
}

function isBan({ type }: Decision): boolean {
  return type === "ban" || type === "prolong";
}

/** What led to bans is remembered with them. */
function noteLines(batch: readonly Decision[], evidence: Evidence, ledger: Ledger): void {
  for (const { jail, id } of batch.filter(isBan)) {
    const lines = evidence.linesOf(jail, id);
    if (lines.length > 0) ledger.note({ type: "lines", jail, id, lines });
  }
}

function tellDecision(log: Log, decision: Decision, saved: boolean): void {
  // Most decisions are failures, and few want to read of them.
  if (decision.type === "failure" && !log.tells("debug")) return;
  const { level, text } = describeDecision(decision);
  const unsaved = saved || decision.type === "failure" ? "" : " (not saved: the disk refuses)";
  log.say(level, text + unsaved, { event: decision.type, jail: decision.jail });
}

const emptySnapshot = { bans: [], windows: [], offences: [] };

/** One record of the last run. Bans of jails that the policy has no more are let go. */
function restore(record: LedgerRecord, jails: Jails, evidence: Evidence): void {
  switch (record.type) {
    case "change":
      jails.get(record.change.jail)?.apply(record.change);
      break;
    case "offences":
      jails
        .get(record.jail)
        ?.restore({ ...emptySnapshot, jail: record.jail, offences: record.rows });
      break;
    case "window": {
      const { jail, sentence, rows } = record;
      jails.get(jail)?.restore({ ...emptySnapshot, jail, windows: [{ sentence, rows }] });
      break;
    }
    case "lines":
      evidence.restore(record.jail, record.id, record.lines);
      break;
    case "observe": {
      const jail = jails.get(record.jail);
      if (jail !== undefined) jail.observed = record.on;
      break;
    }
    case "position":
    case "forget":
    case "sessions":
      break;
  }
}

/** Everything is taken at once, and made into records when there is time for them. */
function snapshotOf(jails: Jails, evidence: Evidence): Iterable<LedgerRecord> {
  const all = jails.all.map((jail) => ({
    name: jail.spec.name,
    observed: jail.observed === jail.spec.observe ? null : jail.observed,
    frozen: jail.freeze(),
  }));
  const lines = evidence.freeze();
  return (function* () {
    for (const { name, observed, frozen } of all) {
      yield* recordsOf(name, frozen);
      if (observed !== null) yield { type: "observe", jail: name, on: observed };
    }
    for (const one of lines) yield { type: "lines", ...one };
  })();
}

function* recordsOf(jail: string, frozen: FrozenJail): Iterable<LedgerRecord> {
  for (const ban of frozen.bans) {
    yield { type: "change", change: { type: "ban", jail, ban, isNew: false } };
  }
  for (const rows of cut(frozen.offences)) yield { type: "offences", jail, rows };
  for (const { sentence, rows: all } of frozen.windows) {
    for (const rows of cut(all)) yield { type: "window", jail, sentence, rows };
  }
}

interface OpenFirewall {
  readonly queue: FirewallQueue;
  /** Names of the jails that use it. */
  readonly jails: ReadonlySet<string>;
}

function openFirewalls({ program, clock, log }: CoreOptions, jails: Jails): OpenFirewall[] {
  const open: OpenFirewall[] = [];
  for (const [index, action] of program.actions.entries()) {
    if (action.driver === null) continue;
    const specs = program.jails.filter((jail) => jail.actions.includes(index));
    if (specs.length === 0) continue;
    const names = new Set(specs.map((spec) => spec.name));
    const firewall = action.driver({
      jails: specs.map(({ name, ports, bans }) => ({
        name,
        ports,
        prefixes: bans.map((ban) => ban.by),
      })),
      now: clock.now,
      log: (level, message) => log.say(level, message),
    });
    const queue = new FirewallQueue({
      firewall,
      standing: () => jails.all.filter((jail) => names.has(jail.spec.name)).flatMap(bansOf),
      now: clock.now,
      say: (level, message) => log.say(level, message, { event: "firewall" }),
    });
    open.push({ queue, jails: names });
  }
  return open;
}

function bansOf(jail: Jail): StandingAddress[] {
  return jail.observed ? [] : [...jail.standing.values()].filter(hasAddress);
}

function hasAddress(ban: Ban): ban is Ban & StandingAddress {
  return ban.address !== null;
}

function openActions(
  { program, log }: CoreOptions,
  answer: (answer: Answer) => void,
): Map<string, ActionQueue> {
  const queues = new Map<string, ActionQueue>();
  for (const action of program.actions) {
    if (action.hooks.length === 0) continue;
    const context = {
      environment: (name: string) => process.env[name],
      log: (text: string) => log.say("notice", text, { event: "log", action: action.id }),
    };
    queues.set(action.id, new ActionQueue(action, { context, answer }));
  }
  return queues;
}

/** What firewalls and actions are told of. */
type Told = Exclude<Decision, { type: "failure" | "spared" }>;

/** Tells firewalls and actions; the promises resolve when the firewalls have it in force. */
function enforce(
  batch: readonly Decision[],
  program: Program,
  firewalls: readonly OpenFirewall[],
  tell: (decision: Told, spec: JailSpec) => void,
  now: number,
): Promise<void>[] {
  const changes = new Map<OpenFirewall, FirewallChange[]>(firewalls.map((one) => [one, []]));
  for (const decision of batch) {
    if (decision.type === "failure" || decision.type === "spared") continue;
    const spec = program.jails.find((jail) => jail.name === decision.jail);
    if (spec === undefined) continue;
    tell(decision, spec);
    if (decision.observed || decision.address === null) continue;
    const hasEnded = decision.type === "unban" && decision.reason === "ended";
    const until = decision.type === "unban" ? null : decision.until;
    if (until !== null && until <= now) continue;
    const change = { op: opOf(decision), jail: decision.jail, address: decision.address, until };
    for (const [firewall, list] of changes) {
      if (hasEnded && firewall.queue.endsBans) continue;
      if (firewall.jails.has(decision.jail)) list.push(change);
    }
  }
  return [...changes].map(([{ queue }, list]) => queue.add(list));
}

/**
 * A ban that ended a moment ago may still be in the firewall, whose timeouts begin a little later: adding
 * would leave it to end there. A second offence therefore replaces what may be left of the first.
 */
function opOf(decision: Told): FirewallChange["op"] {
  if (decision.type === "unban") return "delete";
  return decision.type === "prolong" || decision.offence > 1 ? "extend" : "add";
}

function tellActions(decision: Told, spec: JailSpec, core: Core): void {
  const { program, clock } = core.options;
  for (const index of spec.actions) {
    const action = program.actions[index];
    const queue = action === undefined ? undefined : core.actions.get(action.id);
    if (action === undefined || queue === undefined) continue;
    // A jail that only observes acts on nobody, but what asks for reports gets them.
    if (!decision.observed) queue.add(eventOf(decision, decision.type));
    if (decision.type === "ban") queue.add(eventOf(decision, "report"));
    if (decision.type !== "unban" || decision.observed) continue;
    for (const held of stillHeld(core.jails, action, index, decision, clock.now())) queue.add(held);
  }
}

function hearAnswer(given: Answer, log: Log, evidence: Evidence): void {
  evidence.hearAnswer(given);
  if (given.fault === null) return;
  log.say(
    "warning",
    `action ${given.action} gave up on ${given.event.event} ${given.event.id} after ${given.attempts} attempts: ${given.fault}`,
    { event: "action-failed" },
  );
}
