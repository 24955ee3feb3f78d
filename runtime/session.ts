/**
 * Puts together what several records of one connection say: who it is, and what was held until then.
 *
 * In: hits of one filter on one source, in order of records. Out: events in the order in which they take
 * effect. What must hold (docs/matching.md section 8): a held failure counts once or never, at the record
 * that settled it, and before anything of that record itself.
 */
import { AgedMap } from "./aged-map.ts";
import type { CaptureTaker, FilterSpec, Hit, RuleSpec } from "./contract.ts";
import { reportedCaptures } from "./kept-text.ts";
import { heldPerSessionMax, sessionsMax } from "./limits.ts";

/** Who a record or a session is about. One of the two is set, or neither. */
interface Party {
  readonly address: string | null;
  readonly host: string | null;
  readonly forwarded: readonly string[] | null;
}

/** `nobody` is a failure of which no record said who caused it. */
export type SessionEventKind = "failure" | "note" | "clear" | "ignored" | "nobody";

export interface SessionEvent extends Party {
  readonly kind: SessionEventKind;
  /** Index into `Program.filters`. */
  readonly filter: number;
  readonly rule: RuleSpec;
  /** The record that settled it, from 1. */
  readonly line: number;
  /** The record that the rule matched: earlier than `line` when it was held. */
  readonly origin: number;
  /** Of the record that settled it, milliseconds since 1970; NaN: it has no stamp. */
  readonly time: number;
  readonly captures: Readonly<Record<string, string>>;
  eachCapture(taker: CaptureTaker): void;
  readonly weight: number;
}

export interface SessionCounters {
  /** Sessions forgotten because there were too many. */
  sessionsShed: number;
  /** Held failures that were never settled. */
  heldShed: number;
  /** Failures outside any session that name nobody. */
  nobody: number;
}

/** What a held failure needs once it is known who caused it. */
type Held = Pick<Hit, "rule" | "record" | "captures" | "eachCapture" | "weight">;

interface Session {
  party: Party | null;
  held: readonly Held[];
  seen: number;
}

const noneHeld: readonly Held[] = [];

/** A session as plain data. Without a party and without held failures it is over. */
export interface SessionRow {
  readonly key: string;
  /** Milliseconds since 1970; null: its records have no stamp. */
  readonly seen: number | null;
  readonly party: Party | null;
  readonly held: readonly {
    readonly rule: string;
    readonly record: number;
    readonly captures: Readonly<Record<string, string>>;
    readonly weight: number;
  }[];
}

export interface Sessions {
  take(hit: Hit, give: (event: SessionEvent) => void): void;
  readonly counters: SessionCounters;
  /** Those that changed since the last call, each as it is now. */
  changes(): SessionRow[];
  /** All of them, those seen longest ago first. */
  rows(): SessionRow[];
  /** Does what `changes` told again. What the policy has no more is left out. */
  restore(row: SessionRow): void;
}

/** Sessions of one filter on one source. `remembers`: somebody asks for changes. */
export function trackSessions(filter: FilterSpec, remembers = false): Sessions {
  const counters: SessionCounters = { sessionsShed: 0, heldShed: 0, nobody: 0 };
  const changed = new Set<string>();
  /** Keys of those that `changes` told and did not take back. */
  const told = new Set<string>();
  /** In the order in which they were last seen. */
  const sessions = new AgedMap<Session>();
  /** The newest, if it is kept: lines of one connection come together. */
  let latest: Session | undefined;
  let latestKey = "";

  function take(hit: Hit, give: (event: SessionEvent) => void): void {
    if (hit.rule.kind === "ignore") {
      give(eventOf("ignored", hit, hit, hit));
      return;
    }
    const key = filter.sessionMs === null ? null : hit.session;
    const session = key === null ? null : findSession(key, hit);
    if (hit.rule.kind === "fail") fail(hit, session, give);
    else if (hit.rule.kind === "note") note(hit, session, give);
    else clear(hit, session, give);
    if (key === null || session === null) return;
    if (hit.rule.end) forget(key);
    else keep(key, session);
  }

  /** The session as it stands for this record, or a new one that is not kept yet. */
  function findSession(key: string, hit: Hit): Session {
    const found = latest !== undefined && key === latestKey ? latest : sessions.get(key);
    if (found !== undefined) {
      if (!isOver(found, hit) && !isSomebodyElse(found, hit)) {
        if (!Number.isNaN(hit.time)) found.seen = hit.time;
        return found;
      }
      forget(key);
    }
    return { party: null, held: noneHeld, seen: hit.time };
  }

  /** Records without a stamp cannot say that time has passed. */
  function isOver(session: Session, hit: Hit): boolean {
    return filter.sessionMs !== null && hit.time - session.seen > filter.sessionMs;
  }

  function keep(key: string, session: Session): void {
    if (remembers) changed.add(key);
    const isWorth = isWorthKeeping(session);
    if (session === latest && isWorth) return;
    latest = isWorth ? session : undefined;
    latestKey = key;
    if (!isWorth) {
      sessions.take(key);
      return;
    }
    sessions.put(key, session);
    if (sessions.size <= sessionsMax) return;
    const oldest = sessions.oldest();
    if (oldest === null) return;
    counters.sessionsShed += 1;
    forget(oldest);
  }

  function forget(key: string): void {
    if (remembers) changed.add(key);
    const found = sessions.take(key);
    if (found === undefined) return;
    counters.heldShed += found.held.length;
    if (found === latest) latest = undefined;
  }

  function fail(hit: Hit, session: Session | null, give: (event: SessionEvent) => void): void {
    if (names(hit)) {
      if (session !== null) settle(session, hit, give);
      give(eventOf("failure", hit, hit, hit));
    } else if (session?.party) {
      give(eventOf("failure", hit, hit, session.party));
    } else if (hit.captures["id"] !== undefined) {
      // Somebody without an address: that is for the jail to judge, and waits for nobody.
      give(eventOf("failure", hit, hit, hit));
    } else if (session === null) {
      counters.nobody += 1;
      give(eventOf("nobody", hit, hit, hit));
    } else if (hit.rule.end || session.held.length >= heldPerSessionMax) {
      counters.heldShed += 1;
    } else {
      // It outlives its record, so its captures are read now, and are as short as those of a ban.
      const { rule, record, weight } = hit;
      const captures = reportedCaptures(hit.captures);
      session.held = [...session.held, { rule, record, captures, weight }];
    }
  }

  function note(hit: Hit, session: Session | null, give: (event: SessionEvent) => void): void {
    if (session !== null && names(hit)) settle(session, hit, give);
    give(eventOf("note", hit, hit, hit));
  }

  function clear(hit: Hit, session: Session | null, give: (event: SessionEvent) => void): void {
    if (session !== null && session.held.length > 0) {
      const user = hit.captures["user"];
      session.held = session.held.filter((held) => {
        const of = held.captures["user"];
        return user !== undefined && of !== undefined && of !== user;
      });
    }
    give(eventOf("clear", hit, hit, hit));
  }

  function settle(session: Session, by: Hit, give: (event: SessionEvent) => void): void {
    const { address, host, forwarded } = by;
    const known = session.party;
    const isSame = known?.address === address && known.host === host;
    if (!isSame || known.forwarded !== forwarded) session.party = { address, host, forwarded };
    const { held } = session;
    session.held = noneHeld;
    for (const hit of held) give(eventOf("failure", hit, by, by));
  }

  function changes(): SessionRow[] {
    const rows: SessionRow[] = [];
    for (const key of changed) {
      const session = sessions.get(key);
      if (session !== undefined) {
        told.add(key);
        rows.push(rowOf(key, session));
      } else if (told.delete(key)) rows.push({ key, seen: null, party: null, held: [] });
    }
    changed.clear();
    return rows;
  }

  function restore({ key, seen, party, held }: SessionRow): void {
    sessions.take(key);
    latest = undefined;
    told.delete(key);
    const known: Held[] = [];
    for (const { rule: name, ...rest } of held) {
      const rule = filter.rules.find((one) => one.name === name);
      if (rule !== undefined) known.push({ ...rest, rule });
    }
    if (party === null && known.length === 0) return;
    told.add(key);
    keep(key, { party, held: known, seen: seen ?? Number.NaN });
    changed.delete(key);
  }

  const rows = () => [...sessions.entries()].map(([key, session]) => rowOf(key, session));
  return { take, counters, changes, rows, restore };
}

function rowOf(key: string, { party, held, seen }: Session): SessionRow {
  return {
    key,
    seen: Number.isNaN(seen) ? null : seen,
    party,
    held: held.map(({ rule, record, captures, weight }) => {
      return { rule: rule.name, record, captures, weight };
    }),
  };
}

function isWorthKeeping(session: Session): boolean {
  return session.party !== null || session.held.length > 0;
}

function names(hit: Hit): boolean {
  return hit.address !== null || hit.host !== null;
}

/** Only a failure or a note can say that a session is about somebody else. */
function isSomebodyElse(session: Session, hit: Hit): boolean {
  if (session.party === null || hit.rule.kind === "clear" || !names(hit)) return false;
  return (session.party.address ?? session.party.host) !== (hit.address ?? hit.host);
}

function eventOf(kind: SessionEventKind, hit: Held, settledBy: Hit, party: Party): SessionEvent {
  return new HitEvent(
    kind,
    hit,
    settledBy.filter,
    settledBy.record,
    settledBy.time,
    party.address,
    party.host,
    party.forwarded,
  );
}

/** Asks its hit for captures only when it is asked. */
class HitEvent implements SessionEvent {
  readonly rule: RuleSpec;
  readonly origin: number;
  readonly weight: number;
  readonly #hit: Held;

  constructor(
    readonly kind: SessionEventKind,
    hit: Held,
    readonly filter: number,
    readonly line: number,
    readonly time: number,
    readonly address: string | null,
    readonly host: string | null,
    readonly forwarded: readonly string[] | null,
  ) {
    this.rule = hit.rule;
    this.origin = hit.record;
    this.weight = hit.weight;
    this.#hit = hit;
  }

  get captures(): Readonly<Record<string, string>> {
    return this.#hit.captures;
  }

  eachCapture(taker: CaptureTaker): void {
    const hit = this.#hit;
    if (hit.eachCapture !== undefined) hit.eachCapture(taker);
    else for (const [name, text] of Object.entries(hit.captures)) taker.takeText(name, text);
  }
}
