/**
 * One jail: counts failures, bans, prolongs, lets go.
 *
 * In: failures with their time, bans of watched jails, orders of an administrator, the time. Out: decisions,
 * each after the changes of state it made. What must hold (language reference, counting and identity):
 * while somebody is banned here nothing of theirs is counted; `never ban` is asked at every ban; nothing
 * here reads a clock, a disk or a network.
 */
import { banLengthMs, banUntil, type Chance, hasEnded, laterEnd } from "./ban-ladder.ts";
import { findClient } from "./behind.ts";
import type { JailSpec } from "./contract.ts";
import type { Ban, Cause, Change, Decision, JailSnapshot } from "./decision.ts";
import type { Culprit } from "./identity.ts";
import { reportedCaptures } from "./kept-text.ts";
import { trackedMax } from "./limits.ts";
import { type OffenceRow, Offences } from "./offences.ts";
import { formatPrefix, parsePrefix } from "./prefix.ts";
import { type LookUp, type Protection, protect } from "./protect.ts";
import { countable, judge, makeSentence, type Sentence, type Target } from "./sentence.ts";
import type { SessionEvent } from "./session.ts";
import { StandingBans } from "./standing.ts";
import type { WindowRow } from "./window.ts";

export interface JailOptions {
  readonly spec: JailSpec;
  readonly lookUp: LookUp;
  readonly chance: Chance;
  /** All jails' offences, this one's too, once all are made: for `across jails`. */
  readonly allOffences: () => readonly Offences[];
  /** A change of state; called before the decision that it belongs to is given. */
  readonly onChange: (change: Change) => void;
  readonly give: (decision: Decision) => void;
  readonly trackedRowsMax?: number;
  /** False: nobody looks at decisions of type `failure`, and none are given. */
  readonly tellsFailures?: boolean;
}

export interface JailCounters {
  failures: number;
  /** Lines of somebody who was banned: the ban does not hold, or did not yet. */
  evidence: number;
  bans: number;
  spared: number;
  /** Failures that name a host and no address, where the policy does not ask to resolve hosts. */
  hostNames: number;
  /** Failures whose `forwarded` list held what is no address. */
  forwardedUnread: number;
  /** Failures that name nobody. */
  nobody: number;
}

export interface Jail {
  readonly spec: JailSpec;
  readonly counters: JailCounters;
  readonly offences: Offences;
  readonly standing: StandingBans;
  readonly protection: Protection;
  /** `observe` of the policy, until an administrator says otherwise. */
  observed: boolean;
  /**
   * A failure at `time`, milliseconds since 1970, found in `file`. False: it is nobody's here, so that
   * the same record may still be another filter's failure.
   */
  take(event: SessionEvent, time: number, file: string): boolean;
  /** A ban of a jail that this one watches. */
  takeBan(culprit: Culprit, time: number, cause: Cause): void;
  /**
   * Bans by hand. `forMs` null is for ever, undefined the first time of the jail's ladder. False: it
   * is protected, and not `forced`; or it is no address or prefix.
   */
  ban(address: string, now: number, forMs: number | null | undefined, forced: boolean): boolean;
  /** Lifts a ban; false: there is none. */
  unban(id: string, now: number): boolean;
  /** When the next ban ends; infinity: none does. */
  nextEnd(): number;
  /** Ends the ban that ends first, if it has ended at `now`; false: none has. */
  expireOne(now: number): boolean;
  /** Identities in the windows of all sentences, and those shed because there were too many. */
  tracked(): { readonly identities: number; readonly shed: number };
  /** Takes in changed lists and lifts bans of those who are protected now. */
  refresh(now: number): void;
  /** Everything that is to be remembered, taken at once and read later: what changes meanwhile is not in it. */
  freeze(): FrozenJail;
  /** What `freeze` gave, into a fresh jail; `refresh` must follow. */
  restore(snapshot: JailSnapshot): void;
  /** Does a journalled change again, silently. */
  apply(change: Change): void;
}

export interface FrozenJail {
  readonly bans: readonly Ban[];
  readonly windows: readonly { readonly sentence: string; readonly rows: Iterable<WindowRow> }[];
  readonly offences: Iterable<OffenceRow>;
}

export function makeJail(options: JailOptions): Jail {
  const { spec, give, onChange } = options;
  const trusted = protect(spec.behind, options.lookUp);
  const protection = protect([...spec.neverBan, ...spec.behind], options.lookUp);
  const offences = new Offences(spec.rememberMs);
  const standing = new StandingBans(spec.bans.map((ban) => ban.by));
  const rowsMax = options.trackedRowsMax ?? trackedMax;
  const sentences = spec.bans.map((ban) => makeSentence(ban, rowsMax));
  const counters: JailCounters = {
    failures: 0,
    evidence: 0,
    bans: 0,
    spared: 0,
    hostNames: 0,
    forwardedUnread: 0,
    nobody: 0,
  };

  function take(event: SessionEvent, time: number, file: string): boolean {
    const culprit = culpritOf(event);
    if (culprit === null) return false;
    const evidence = standing.find(culprit, time) !== null;
    const counts = evidence ? noCounts : count(culprit, time, event.weight, false);
    if (culprit.address === null && culprit.host === null && counts.length === 0 && !evidence) {
      counters.nobody += 1;
      return false;
    }
    counters.failures += 1;
    if (evidence) counters.evidence += 1;
    if (options.tellsFailures !== false) {
      // Written out, here and in `place`: spreading objects costs a flood a third of all its garbage.
      give({
        type: "failure",
        jail: spec.name,
        address: culprit.address,
        id: culprit.address ?? culprit.host ?? counts[0]?.id ?? "",
        time,
        observed: jail.observed,
        file,
        line: event.line,
        rule: event.rule.name,
        captures: event.captures,
        weight: event.weight,
        evidence,
        counted: counts.map(({ id }) => id),
      });
    }
    if (counts.some((one) => one.isReached)) {
      decide(counts, culprit, time, new EventCause(file, event));
    }
    return true;
  }

  /** Null: the failure is nobody's as far as this jail is concerned. */
  function culpritOf(event: SessionEvent): Culprit | null {
    const address = findClient(event.address, event.forwarded, trusted);
    if (address === null && event.address !== null) {
      counters.forwardedUnread += 1;
      return null;
    }
    if (address === null && event.host !== null && !spec.resolveHosts) {
      counters.hostNames += 1;
      return null;
    }
    return new EventCulprit(address, address === null ? event.host : null, event);
  }

  function takeBan(culprit: Culprit, time: number, cause: Cause): void {
    if (standing.find(culprit, time) !== null) return;
    decide(count(culprit, time, 1, true), culprit, time, cause);
  }

  function count(culprit: Culprit, time: number, weight: number, isBan: boolean): Count[] {
    const counts: Count[] = [];
    for (const sentence of sentences) {
      const found = countable(sentence, culprit, time, weight, isBan);
      if (found === null) continue;
      const { id, counted } = found;
      onChange({ type: "count", jail: spec.name, sentence: sentence.key, id, counted });
      counts.push({ sentence, id, isReached: sentence.window.add(id, counted) });
    }
    return counts;
  }

  /** All sentences that fire make one ban of each identity, with the latest of their ends. */
  function decide(counts: readonly Count[], culprit: Culprit, time: number, cause: Cause): void {
    const wanted = new Map<string, Order>();
    for (const { sentence, id, isReached } of counts) {
      if (!isReached) continue;
      onChange({ type: "use", jail: spec.name, sentence: sentence.key, id });
      const verdict = judge(sentence, id, culprit, sentence.window.use(id), protection);
      for (const target of verdict.targets) {
        const offence = offenceOf(target.id, time);
        const until = banUntil(sentence.spec, offence, time, target.id, options.chance);
        const other = wanted.get(target.id);
        const end = other === undefined ? until : laterEnd(until, other.until);
        const isStronger = other === undefined || target.failures >= other.target.failures;
        wanted.set(target.id, {
          target: isStronger ? target : other.target,
          until: end,
          offence,
          forced: false,
          counted: isStronger ? id : other.counted,
        });
      }
      for (const spared of verdict.spared) {
        counters.spared += 1;
        const about = decided(spared.address, spared.id, time, cause);
        give({ ...about, type: "spared", hosts: spared.hosts });
      }
    }
    for (const order of wanted.values()) place(order, time, cause, culprit.address);
  }

  /** The number of the offence that a ban at `time` is; a ban that stands is one offence all along. */
  function offenceOf(id: string, time: number): number {
    const ban = standing.get(id);
    if (ban !== undefined && !hasEnded(ban.until, time)) return ban.offence;
    const kept = spec.acrossJails ? options.allOffences() : [offences];
    return kept.reduce((sum, one) => sum + one.count(id, time - spec.rememberMs), 0) + 1;
  }

  interface Order {
    readonly target: Target;
    readonly until: number | null;
    readonly offence: number;
    readonly forced: boolean;
    /** The identity whose failures led to it. */
    readonly counted: string;
  }

  function place(order: Order, time: number, cause: Cause, culprit: string | null): void {
    const { id, address, failures, insteadOf } = order.target;
    const { until, offence } = order;
    const before = standing.get(id);
    const isNew = before === undefined || hasEnded(before.until, time);
    if (!isNew && laterEnd(before.until, until) === before.until) return;
    const { file, line, rule, captures } = cause;
    const ban: Ban = {
      file,
      line,
      rule,
      captures: reportedCaptures(captures),
      jail: spec.name,
      address,
      id,
      since: isNew ? time : before.since,
      until,
      failures,
      offence,
      insteadOf,
      forced: order.forced || (!isNew && before.forced),
    };
    onChange({ type: "ban", jail: spec.name, ban, isNew });
    standing.put(ban);
    if (isNew) {
      counters.bans += 1;
      offences.add(id, time);
    }
    give({
      type: isNew ? "ban" : "prolong",
      jail: spec.name,
      address,
      id,
      time,
      observed: jail.observed,
      file,
      line,
      rule,
      captures,
      until,
      failures,
      offence,
      insteadOf,
      culprit,
      counted: order.counted,
    });
  }

  function ban(
    address: string,
    now: number,
    forMs: number | null | undefined,
    forced: boolean,
  ): boolean {
    const prefix = parsePrefix(address);
    if (prefix === null || (!forced && protection.meets(prefix))) return false;
    const first = spec.bans[0];
    const lengthMs =
      forMs !== undefined ? forMs : first === undefined ? null : banLengthMs(first, 1);
    const until = lengthMs === null ? null : now + lengthMs;
    const id = formatPrefix(prefix);
    const target = { id, address: id, failures: 0, insteadOf: null };
    const order = { target, until, offence: offenceOf(id, now), forced, counted: id };
    place(order, now, nobodysCause, null);
    return true;
  }

  function unban(id: string, now: number): boolean {
    const ban = standing.get(id);
    if (ban === undefined) return false;
    lift(ban, now, "lifted");
    return true;
  }

  function lift(ban: Ban, time: number, reason: "ended" | "lifted" | "protected"): void {
    onChange({ type: "unban", jail: spec.name, id: ban.id });
    standing.delete(ban.id);
    give({ ...decided(ban.address, ban.id, time, ban), type: "unban", reason });
  }

  function expireOne(now: number): boolean {
    const ban = standing.firstEnded(now);
    if (ban !== null) lift(ban, ban.until ?? now, "ended");
    return ban !== null;
  }

  function refresh(now: number): void {
    trusted.refresh();
    protection.refresh();
    for (const ban of [...standing.values()]) {
      if (ban.address !== null && !ban.forced && isProtected(ban.address)) {
        lift(ban, now, "protected");
      }
    }
  }

  function isProtected(addressOrPrefix: string): boolean {
    if (!addressOrPrefix.includes("/")) return protection.covers(addressOrPrefix);
    const prefix = parsePrefix(addressOrPrefix);
    return prefix !== null && protection.meets(prefix);
  }

  function decided(address: string | null, id: string, time: number, cause: Cause) {
    const { file, line, rule, captures } = cause;
    const observed = jail.observed;
    return { jail: spec.name, address, id, time, observed, file, line, rule, captures };
  }

  function freeze(): FrozenJail {
    return {
      bans: [...standing.values()],
      windows: sentences.map(({ key, window }) => ({ sentence: key, rows: window.freeze() })),
      offences: offences.freeze(),
    };
  }

  function restore(from: JailSnapshot): void {
    for (const one of from.bans) standing.put(one);
    for (const { sentence, rows } of from.windows) windowOf(sentence)?.restore(rows);
    offences.restore(from.offences);
  }

  function windowOf(key: string) {
    return sentences.find((sentence) => sentence.key === key)?.window;
  }

  function apply(change: Change): void {
    switch (change.type) {
      case "count":
        windowOf(change.sentence)?.add(change.id, change.counted);
        break;
      case "use":
        windowOf(change.sentence)?.use(change.id);
        break;
      case "ban":
        standing.put(change.ban);
        if (change.isNew) offences.add(change.ban.id, change.ban.since);
        break;
      case "unban":
        standing.delete(change.id);
        break;
    }
  }

  const jail: Jail = {
    spec,
    counters,
    offences,
    standing,
    protection,
    observed: spec.observe,
    take,
    takeBan,
    ban,
    unban,
    nextEnd: () => standing.nextEnd(),
    expireOne,
    tracked: () => ({
      identities: sentences.reduce((sum, one) => sum + one.window.size, 0),
      shed: sentences.reduce((sum, one) => sum + one.window.shed, 0),
    }),
    refresh,
    freeze,
    restore,
    apply,
  };
  return jail;
}

/** Captures are read from the record only when somebody asks. */
class EventCulprit implements Culprit {
  constructor(
    readonly address: string | null,
    readonly host: string | null,
    private readonly event: SessionEvent,
  ) {}

  get captures(): Readonly<Record<string, string>> {
    return this.event.captures;
  }
}

class EventCause implements Cause {
  readonly line: number;
  readonly rule: string;
  readonly #event: SessionEvent;

  constructor(
    readonly file: string,
    event: SessionEvent,
  ) {
    this.line = event.line;
    this.rule = event.rule.name;
    this.#event = event;
  }

  get captures(): Readonly<Record<string, string>> {
    return this.#event.captures;
  }
}

interface Count {
  readonly sentence: Sentence;
  readonly id: string;
  readonly isReached: boolean;
}

const noCounts: readonly Count[] = [];
const nobodysCause: Cause = { file: "", line: 0, rule: "", captures: {} };
