/*
 * Counting by the language reference ("What it means", 7 to 11), recomputed from the whole history
 * at every failure: the jails of a policy and failures in order in, bans, prolonged bans and unbans
 * out. Jitter is chance and left out. Times are milliseconds since 1970.
 */

import { createHash } from "node:crypto";
import type { Ban, Identity, Jail, Policy, Who } from "../../schemas/policy.ts";
import { canonical, isInPrefix, prefixOf, readAddress, readPrefix } from "./address.ts";
import type { OracleHit } from "./session.ts";

export interface OracleDecision {
  type: "ban" | "prolong" | "unban";
  jail: string;
  address: string | null;
  id: string;
  time: number;
  /** Not of an unban; null is for ever. */
  until?: number | null;
  failures?: number;
  line?: number;
  observed: boolean;
}

/** A failure, or a ban that a jail watches, as a sentence counts it. */
interface Counted {
  time: number;
  weight: number;
  isBan: boolean;
  address: string | null;
  host: string | null;
  captures: Record<string, string>;
  line: number;
}

interface Standing {
  id: string;
  address: string | null;
  /** Which offence it is, from 1: a ban that is prolonged stays the one it was. */
  offence: number;
  until: number | null;
}

interface State {
  jail: Jail;
  /** All that was counted, by sentence; what a sentence used up is taken out. */
  histories: Counted[][];
  standing: Standing[];
  /** Every ban ever, for ladders. */
  past: { id: string; time: number }[];
  seenRecords: Set<number>;
}

interface Wanted {
  id: string;
  address: string | null;
  until: number | null;
  failures: number;
}

function fieldOf(counted: Counted, name: string): string | null {
  if (name === "address") return counted.address;
  if (name === "host" && counted.host !== null) return shortened(counted.host);
  return shortened(counted.captures[name] ?? null);
}

/** A text of over 256 UTF-16 units is told by these and by half of its SHA-256. */
function shortened(text: string | null): string | null {
  if (text === null || text.length <= 256) return text;
  return `${Buffer.from(text.slice(0, 256)).toString()}~${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

function identityOf(counted: Counted, by: Identity): string | null {
  if (by.kind === "address") {
    const address = counted.address === null ? null : readAddress(counted.address);
    if (address === null) return shortened(counted.host);
    return prefixOf(address, address.family === 4 ? by.ipv4 : by.ipv6);
  }
  const values = by.names.map((name) => fieldOf(counted, name));
  if (values.includes(null)) return null;
  return values.length === 1 ? (values[0] ?? null) : JSON.stringify(values);
}

function covers(who: readonly Who[], address: string): boolean {
  const read = readAddress(address);
  return who.some((w) => w.kind === "prefix" && read !== null && isInPrefix(read, w.prefix));
}

/** Whether a prefix holds an address that is covered: one of the two lies in the other. */
function meets(who: readonly Who[], prefix: string): boolean {
  return who.some((w) => {
    if (w.kind !== "prefix") return false;
    const [mine, other] = [readPrefix(prefix), readPrefix(w.prefix)];
    return isInPrefix(mine.address, w.prefix) || isInPrefix(other.address, prefix);
  });
}

function isOver({ until }: Standing, time: number): boolean {
  return until !== null && until <= time;
}

function laterOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

/** The whole address behind trusted proxies; undefined: the record counts for nobody. */
function clientOf(hit: OracleHit, behind: readonly Who[]): string | null | undefined {
  if (hit.address === null || hit.forwarded === null || !covers(behind, hit.address)) {
    return hit.address;
  }
  for (const member of [...hit.forwarded].reverse()) {
    const client = canonical(member);
    if (client === null) return undefined;
    if (!covers(behind, client)) return client;
  }
  return hit.address;
}

function lengthOf(ban: Ban, offence: number): number | null {
  const step = ban.times[Math.min(offence, ban.times.length) - 1] ?? null;
  if (step === null || ban.doublingToMs === null) return step;
  return Math.max(step, Math.min(ban.doublingToMs, step * 2 ** (offence - 1)));
}

function weightOf(ban: Ban, window: readonly Counted[]): number {
  if (ban.what !== "distinct") {
    return window.reduce((sum, one) => sum + Math.min(one.weight, ban.count), 0);
  }
  return new Set(window.map((one) => fieldOf(one, ban.capture ?? ""))).size;
}

/** What a window holds at the end: with `distinct` a value stands for whoever gave it last. */
function standingFor(ban: Ban, window: readonly Counted[]): Counted[] {
  if (ban.what !== "distinct") return [...window];
  const valueIn = (one: Counted): string | null => fieldOf(one, ban.capture ?? "");
  return window.filter(
    (one, i) => !window.slice(i + 1).some((two) => valueIn(two) === valueIn(one)),
  );
}

class Judge {
  private readonly states: State[];
  readonly decisions: OracleDecision[] = [];
  private isFeeding = false;
  private readonly waiting: { jail: string; counted: Counted }[] = [];

  constructor(jails: readonly Jail[]) {
    this.states = jails.map((jail) => ({
      jail,
      histories: jail.bans.map(() => []),
      standing: [],
      past: [],
      seenRecords: new Set(),
    }));
  }

  /** Ends every ban that has ended at `time`, the earliest first. */
  expire(time: number): void {
    for (;;) {
      const ended = this.states.flatMap((state) =>
        state.standing.filter((ban) => isOver(ban, time)).map((ban) => ({ state, ban })),
      );
      const first = ended.sort((a, b) => (a.ban.until ?? 0) - (b.ban.until ?? 0))[0];
      if (first === undefined) return;
      const { state, ban } = first;
      state.standing.splice(state.standing.indexOf(ban), 1);
      const { id, address, until } = ban;
      const { name, observe } = state.jail;
      const unban = { type: "unban", jail: name, address, id, observed: observe } as const;
      this.decisions.push({ ...unban, time: until ?? time });
    }
  }

  failure(hit: OracleHit, time: number): void {
    for (const state of this.states) {
      const { jail } = state;
      if (!jail.filters.includes(hit.filter) || state.seenRecords.has(hit.recordLine)) continue;
      state.seenRecords.add(hit.recordLine);
      const address = clientOf(hit, jail.behind);
      const host = hit.address === null ? hit.id : null;
      if (address === undefined || (host !== null && !jail.resolveHosts)) continue;
      const { weight, captures, line } = hit;
      this.count(state, { time, weight, isBan: false, address, host, captures, line });
    }
  }

  /** A ban is seen by those who watch before the next one is made; bans of bans wait their turn. */
  private feedWatchers(): void {
    if (this.isFeeding) return;
    this.isFeeding = true;
    for (let ban = this.waiting.shift(); ban !== undefined; ban = this.waiting.shift()) {
      const { jail, counted } = ban;
      for (const state of this.states) {
        const watches = state.jail.watches.some((w) => w.kind === "bans" && w.of.includes(jail));
        if (watches) this.count(state, counted);
      }
    }
    this.isFeeding = false;
  }

  private isBanned({ jail, standing }: State, counted: Counted): boolean {
    const every: Identity = { kind: "address", ipv4: 32, ipv6: 128 };
    const ids = [every, ...jail.bans.map((ban) => ban.by)].map((by) => identityOf(counted, by));
    return standing.some((ban) => !isOver(ban, counted.time) && ids.includes(ban.id));
  }

  private count(state: State, counted: Counted): void {
    if (this.isBanned(state, counted)) return;
    const wanted: Wanted[] = [];
    for (const [index, ban] of state.jail.bans.entries()) {
      if (ban.what !== "distinct" && (ban.what === "bans") !== counted.isBan) continue;
      const id = identityOf(counted, ban.by);
      if (id === null) continue;
      if (ban.what === "distinct" && fieldOf(counted, ban.capture ?? "") === null) continue;
      const history = state.histories[index] ?? [];
      history.push(counted);
      const mine = history.filter((one) => identityOf(one, ban.by) === id);
      const window = mine.filter((one) => one.time > counted.time - ban.withinMs);
      const failures = weightOf(ban, window);
      if (failures < ban.count) continue;
      state.histories[index] = history.filter((one) => !mine.includes(one));
      for (const address of this.targets(state.jail, ban, id, standingFor(ban, window))) {
        const offence = this.offenceOf(state, address.id, counted.time);
        const length = lengthOf(ban, offence);
        const until = length === null ? null : counted.time + length;
        wanted.push({ ...address, until, failures });
      }
    }
    this.place(state, wanted, counted);
  }

  /** Whom a sentence that fired bans: one identity, or every address of the window. */
  private targets(
    jail: Jail,
    ban: Ban,
    id: string,
    window: readonly Counted[],
  ): Pick<Wanted, "id" | "address">[] {
    const protectedOnes = [...jail.neverBan, ...jail.behind];
    const hosts = [...new Set(window.map((one) => one.address))]
      .filter((address) => address !== null)
      .filter((address) => !covers(protectedOnes, address))
      .map((address) => ({ id: address, address }));
    if (ban.eachAddress) return hosts;
    const last = window.at(-1);
    if (ban.by.kind === "captures") {
      const own = ban.by.names.includes("address") ? (last?.address ?? null) : null;
      return own !== null && covers(protectedOnes, own) ? [] : [{ id, address: null }];
    }
    if ((last?.address ?? null) === null) return [{ id, address: null }];
    return meets(protectedOnes, id) ? (id.includes("/") ? hosts : []) : [{ id, address: id }];
  }

  private offenceOf(state: State, id: string, time: number): number {
    const standing = state.standing.find((ban) => ban.id === id && !isOver(ban, time));
    if (standing !== undefined) return standing.offence;
    const kept = state.jail.acrossJails ? this.states : [state];
    const past = kept.flatMap((one) => one.past).filter((one) => one.id === id);
    return past.filter((one) => one.time > time - state.jail.rememberMs).length + 1;
  }

  private place(state: State, wanted: readonly Wanted[], counted: Counted): void {
    for (const id of new Set(wanted.map((one) => one.id))) {
      const same = wanted.filter((one) => one.id === id);
      const until = same.map((one) => one.until).reduce(laterOf);
      const failures = Math.max(...same.map((one) => one.failures));
      const address = same[0]?.address ?? null;
      const standing = state.standing.find((ban) => ban.id === id && !isOver(ban, counted.time));
      if (standing !== undefined && laterOf(standing.until, until) === standing.until) continue;
      // Bans that end at one time are let go in the order in which that end was set.
      if (standing !== undefined) {
        state.standing = state.standing.filter((one) => one !== standing);
        state.standing.push({ ...standing, until });
      } else {
        const offence = this.offenceOf(state, id, counted.time);
        state.standing.push({ id, address, offence, until });
        state.past.push({ id, time: counted.time });
      }
      const { name, observe } = state.jail;
      const { time, line } = counted;
      const type = standing === undefined ? "ban" : "prolong";
      const decision = { type, jail: name, address, id, time, until, failures, line } as const;
      this.decisions.push({ ...decision, observed: observe });
      if (standing !== undefined) continue;
      const banned = address === null || address.includes("/") ? counted.address : address;
      const captures = counted.captures;
      const event = { time, weight: 1, isBan: true, address: banned, host: null, captures, line };
      this.waiting.push({ jail: name, counted: event });
      this.feedWatchers();
    }
  }
}

/**
 * `hits` in the order of the log. Time never runs backwards, whatever rule a record matched; a record
 * without a stamp happens at the latest time read so far, before any at `now`.
 */
export function judge(policy: Policy, hits: readonly OracleHit[], now: number): OracleDecision[] {
  const judge = new Judge(policy.jails);
  let time = Number.NEGATIVE_INFINITY;
  for (const hit of hits) {
    time = Math.max(time, hit.time ?? (Number.isFinite(time) ? time : now));
    judge.expire(time);
    if (hit.kind === "failure") judge.failure(hit, time);
  }
  return judge.decisions;
}
