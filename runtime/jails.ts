/**
 * All jails of a program together: one clock, and bans that other jails watch.
 *
 * In: events of a source, in order. Out: decisions, in the order in which they take effect: bans end before
 * anything of a later time happens. What must hold: time never runs backwards here; who calls says
 * what a record's time is.
 */
import type { Chance } from "./ban-ladder.ts";
import type { JailSpec, Program } from "./contract.ts";
import { type CountedRecords, trackRecords } from "./counted-records.ts";
import type { Change, Decision } from "./decision.ts";
import { type Jail, makeJail } from "./jail.ts";
import type { LookUp } from "./protect.ts";
import type { SessionEvent } from "./session.ts";

export interface JailsOptions {
  readonly lookUp: LookUp;
  readonly chance: Chance;
  readonly onChange: (change: Change) => void;
  readonly give: (decision: Decision) => void;
  readonly trackedRowsMax?: number;
  /** False: no decisions of type `failure`. */
  readonly tellsFailures?: boolean;
}

export interface Jails {
  readonly all: readonly Jail[];
  get(name: string): Jail | undefined;
  /** Ends every ban that has ended at `now`, the earliest first. */
  expire(now: number): void;
  /** When the next ban of any jail ends; infinity: none does. */
  nextEnd(): number;
}

/** What one jail reads of one source; keeps a record from counting twice. */
export interface JailInput {
  readonly jail: Jail;
  take(event: SessionEvent, time: number): void;
}

export function makeJails(program: Program, options: JailsOptions): Jails {
  const watchers = new Map<string, Jail[]>();
  const waiting: Decision[] = [];
  let isFeeding = false;

  const give = (decision: Decision): void => {
    options.give(decision);
    // An administrator's order has no record; a failure that names no address still has one.
    if (decision.type !== "ban" || decision.line === 0 || !watchers.has(decision.jail)) return;
    waiting.push(decision);
    feedWatchers();
  };

  /** One ban after the other, however many bans a ban brings about: no recursion between jails. */
  function feedWatchers(): void {
    if (isFeeding) return;
    isFeeding = true;
    for (let ban = waiting.shift(); ban !== undefined; ban = waiting.shift()) {
      if (ban.type !== "ban") continue;
      const culprit = { address: addressOf(ban), host: null, captures: ban.captures };
      for (const jail of watchers.get(ban.jail) ?? []) jail.takeBan(culprit, ban.time, ban);
    }
    isFeeding = false;
  }

  const all = program.jails.map((spec) =>
    makeJail({ ...options, spec, give, allOffences: () => all.map((jail) => jail.offences) }),
  ) as readonly Jail[];
  for (const jail of all) {
    for (const name of watchedBy(jail.spec)) {
      watchers.set(name, [...(watchers.get(name) ?? []), jail]);
    }
  }

  function nextEnd(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const jail of all) first = Math.min(first, jail.nextEnd());
    return first;
  }
  return {
    all,
    get: (name) => all.find((jail) => jail.spec.name === name),
    nextEnd,
    expire: (now) => {
      for (let end = nextEnd(); end <= now; end = nextEnd()) {
        all.find((jail) => jail.nextEnd() === end)?.expireOne(now);
      }
    },
  };
}

/** A banned host is itself; of a prefix it is the host whose failure completed the ban. */
function addressOf(ban: Extract<Decision, { type: "ban" | "prolong" }>): string | null {
  return ban.address !== null && !ban.address.includes("/") ? ban.address : ban.culprit;
}

function watchedBy(spec: JailSpec): Set<string> {
  return new Set(spec.watches.flatMap((watch) => (watch.kind === "bans" ? watch.of : [])));
}

/** Joins a jail to one source, named `file` in its decisions. */
export function joinJail(jail: Jail, program: Program, file: string): JailInput {
  const filters = new Set(jail.spec.filters);
  const hasSessions = jail.spec.filters.some((at) => program.filters[at]?.sessionMs != null);
  const records: CountedRecords | null = filters.size > 1 ? trackRecords(hasSessions) : null;
  return {
    jail,
    take: (event, time) => {
      if (event.kind !== "failure" && event.kind !== "nobody") return;
      if (!filters.has(event.filter)) return;
      if (records?.has(event.origin)) return;
      if (jail.take(event, time, file)) records?.add(event.origin);
    },
  };
}
