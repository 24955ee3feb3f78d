/*
 * Sessions by section 9 of docs/matching.md: events of one filter go in, in the order of records;
 * the failures and other hits that follow from each come out, in the order they count.
 */

import type { Rule } from "../../schemas/policy.ts";

export interface OracleHit {
  /** From 1: the record that settled it. */
  line: number;
  /** The record in which the rule matched. */
  recordLine: number;
  filter: string;
  rule: string;
  kind: "failure" | "note" | "clear" | "ignored";
  /** Canonical; the peer's. */
  address: string | null;
  /** The address or the host name; null: nobody. */
  id: string | null;
  time: number | null;
  captures: Record<string, string>;
  weight: number;
  forwarded: string[] | null;
}

export interface Event {
  rule: Rule;
  hit: OracleHit;
  session: string | null;
}

interface Session {
  who: Pick<OracleHit, "address" | "id" | "forwarded"> | null;
  held: OracleHit[];
  seen: number;
}

const heldMax = 20;

export class Sessions {
  private readonly sessions = new Map<string, Session>();
  private readonly withinMs: number;
  private readonly now: number;

  constructor(withinMs: number, now: number) {
    this.withinMs = withinMs;
    this.now = now;
  }

  private find(key: string, time: number): Session {
    let session = this.sessions.get(key);
    if (session === undefined || time - session.seen > this.withinMs) {
      session = { who: null, held: [], seen: time };
      this.sessions.set(key, session);
    }
    session.seen = time;
    return session;
  }

  /** What counts or is told now. A failure that is nobody's counts for nothing and is not told. */
  take({ rule, hit, session: key }: Event): OracleHit[] {
    if (rule.kind === "ignore") return [hit];
    if (key === null) return hit.kind === "failure" && hit.id === null ? [] : [hit];
    const session = this.find(key, hit.time ?? this.now);
    const out: OracleHit[] = [];
    if (rule.kind === "clear") {
      const user = hit.captures["user"];
      session.held = session.held.filter(
        ({ captures }) => user !== undefined && "user" in captures && captures["user"] !== user,
      );
      out.push(hit);
    } else {
      out.push(...this.learn(session, hit));
      if (rule.kind === "note" || hit.id !== null) out.push(hit);
      else if (session.who !== null) out.push({ ...hit, ...session.who });
      else if (session.held.length < heldMax) session.held.push(hit);
    }
    if (rule.end) this.sessions.delete(key);
    return out;
  }

  /** Takes in whom a hit names; returns the held failures which that settles. */
  private learn(session: Session, hit: OracleHit): OracleHit[] {
    if (hit.id === null) return [];
    if (session.who !== null && session.who.id !== hit.id) session.held = [];
    session.who = { address: hit.address, id: hit.id, forwarded: hit.forwarded };
    const { line, time } = hit;
    const settled = session.held.map((held) => ({ ...held, ...session.who, line, time }));
    session.held = [];
    return settled;
  }
}
