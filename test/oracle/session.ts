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
  /** The filter's id. */
  filter: string;
  filterName: string;
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
  /** null: no record of it had a stamp yet. */
  seen: number | null;
}

const heldMax = 20;

export class Sessions {
  private readonly sessions = new Map<string, Session>();
  private readonly withinMs: number;

  constructor(withinMs: number) {
    this.withinMs = withinMs;
  }

  private find(key: string, time: number | null): Session {
    let session = this.sessions.get(key);
    const isOver =
      time !== null && (session?.seen ?? null) !== null
        ? time - (session?.seen ?? 0) > this.withinMs
        : false;
    if (session === undefined || isOver) {
      session = { who: null, held: [], seen: time };
      this.sessions.set(key, session);
    }
    session.seen = time ?? session.seen;
    return session;
  }

  /** What counts or is told now; a failure outside a session may name nobody. */
  take({ rule, hit, session: key }: Event): OracleHit[] {
    if (rule.kind === "ignore") return [hit];
    if (key === null) return [hit];
    const session = this.find(key, hit.time);
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
      else if ("id" in hit.captures) out.push(hit);
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
