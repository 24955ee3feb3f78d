/**
 * Many records of one kind as one row: what a snapshot and a flood are made of.
 *
 * In: bans, offences, counts and sessions. Out: rows whose last element is one flat array, and the records again. What
 * must hold: what is read back is what was written. Times stand as distances from the row's first, because a
 * small number needs no memory of its own when it is read.
 */
import type { Ban, Change } from "../decision.ts";
import type { OffenceRow } from "../offences.ts";
import type { SessionRow } from "../session.ts";
import type { Counted, WindowRow } from "../window.ts";

export type BansRow = [
  "B",
  jail: string,
  file: string,
  rule: string,
  /** Of the sentence whose counts each ban used up just before; 0: none did. */
  sentence: number,
  base: number,
  /** For each ban: identity, since, length (null: for ever), failures, offence, line, flags, captures. */
  bans: (string | number | null | Ban["captures"])[],
];
export type OffencesRow = [
  "O",
  jail: string,
  base: number,
  /** For each identity: itself, and its one offence or several. */
  offences: (string | number | readonly number[])[],
];
export type WindowRowsRow = [
  "W",
  jail: string,
  sentence: number,
  base: number,
  /** For each identity: itself, how many counts, and of each time, weight, address (0: it is the identity), value. */
  counts: (string | number | null)[],
];
export type PackedSessionsRow = [
  "S",
  reader: string,
  lane: number,
  filter: string,
  /** What all keys begin with. */
  head: string,
  base: number,
  /** For each session: the rest of its key, when it was last seen, the address that it is about. */
  sessions: (string | number)[],
  /** The rests of the keys of those that are over. */
  over: string[],
];

const banFields = 8;
const sessionFields = 3;
/** Damage to a frame is to cost little. */
const rowBansMax = 50;

/** 1: forced; 2: it is new. */
export function flagsOf(ban: Ban, isNew: boolean): number {
  return (ban.forced ? 1 : 0) + (isNew ? 2 : 0);
}

/** Others are bans of prefixes' places and of what is no address: they are rare, and rows of their own. */
export function isPackable({ id, address, insteadOf }: Ban): boolean {
  return address === id && insteadOf === null;
}

/** A row with no bans yet, for bans like this one. */
export function openBansRow({ jail, file, rule, since }: Ban, sentence: number): BansRow {
  return ["B", jail, file, rule, sentence, since, []];
}

export function takesBan(row: BansRow, ban: Ban, sentence: number): boolean {
  const isAlike = row[1] === ban.jail && row[2] === ban.file && row[3] === ban.rule;
  return isAlike && row[4] === sentence && row[6].length < banFields * rowBansMax;
}

export function packBan([, , , , , base, bans]: BansRow, ban: Ban, isNew: boolean): void {
  const { id, since, until, failures, offence, line, captures } = ban;
  const length = until === null ? null : until - since;
  bans.push(id, since - base, length, failures, offence, line, flagsOf(ban, isNew), captures);
}

/** `key` is the sentence that the row names. */
export function unpackBans(
  row: BansRow,
  share: (text: string) => string,
  key: string | undefined,
  take: (change: Change) => void,
): void {
  const bans = row[6];
  const jail = share(row[1]);
  const file = share(row[2]);
  const rule = share(row[3]);
  for (let at = 0; at < bans.length; at += banFields) {
    const id = bans[at] as string;
    const since = row[5] + (bans[at + 1] as number);
    const length = bans[at + 2] as number | null;
    const flags = bans[at + 6] as number;
    const ban: Ban = {
      jail,
      id,
      address: id,
      since,
      until: length === null ? null : since + length,
      failures: bans[at + 3] as number,
      offence: bans[at + 4] as number,
      file,
      line: bans[at + 5] as number,
      rule,
      captures: bans[at + 7] as Ban["captures"],
      insteadOf: null,
      forced: (flags & 1) !== 0,
    };
    if (key !== undefined) take({ type: "use", jail, sentence: key, id });
    take({ type: "ban", jail, ban, isNew: (flags & 2) !== 0 });
  }
}

export function packOffences(jail: string, rows: readonly OffenceRow[]): OffencesRow {
  const base = rows[0]?.[1][0] ?? 0;
  const flat: OffencesRow[3] = [];
  for (const [id, times] of rows) {
    const distances = times.map((time) => time - base);
    flat.push(id, distances.length === 1 ? (distances[0] ?? 0) : distances);
  }
  return ["O", jail, base, flat];
}

export function unpackOffences([, , base, flat]: OffencesRow): OffenceRow[] {
  const rows: OffenceRow[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const times = flat[at + 1] as number | readonly number[];
    const list = typeof times === "number" ? [base + times] : times.map((time) => base + time);
    rows.push([flat[at] as string, list]);
  }
  return rows;
}

export function packWindow(
  jail: string,
  sentence: number,
  rows: readonly WindowRow[],
): WindowRowsRow {
  const base = rows[0]?.[1][0]?.time ?? 0;
  const flat: WindowRowsRow[4] = [];
  for (const [key, counted] of rows) {
    flat.push(key, counted.length);
    for (const { time, weight, address, value } of counted) {
      flat.push(time - base, weight, address === key ? 0 : address, value);
    }
  }
  return ["W", jail, sentence, base, flat];
}

export function unpackWindow([, , , base, flat]: WindowRowsRow): WindowRow[] {
  const rows: WindowRow[] = [];
  for (let at = 0; at < flat.length; ) {
    const key = flat[at++] as string;
    const counted: Counted[] = [];
    for (let left = flat[at++] as number; left > 0; left--) {
      const time = base + (flat[at++] as number);
      const weight = flat[at++] as number;
      const who = flat[at++] as string | null | 0;
      const value = flat[at++] as string | null;
      counted.push({ time, weight, address: who === 0 ? key : who, value });
    }
    rows.push([key, counted]);
  }
  return rows;
}

/** Where the head of a key ends: sessions of one program and host differ in what follows. */
function headEnd(key: string): number {
  return key.lastIndexOf("\0") + 1;
}

/** It is over, or nothing is known of it but its address and when it was seen. */
export function isPackableSession({ seen, party, held }: SessionRow): boolean {
  if (held.length > 0) return false;
  if (party === null) return true;
  return seen !== null && party.address !== null && party.host === null && party.forwarded === null;
}

/** A row with no sessions yet, for sessions like this one. */
export function openSessionsRow(
  reader: string,
  lane: number,
  filter: string,
  { key }: SessionRow,
): PackedSessionsRow {
  return ["S", reader, lane, filter, key.slice(0, headEnd(key)), 0, [], []];
}

/** Of the same reader, lane and filter. */
export function takesSession([, , , , head]: PackedSessionsRow, { key }: SessionRow): boolean {
  return headEnd(key) === head.length && key.startsWith(head);
}

export function packSession(row: PackedSessionsRow, { key, seen, party }: SessionRow): void {
  const [, , , , head, , sessions, over] = row;
  const rest = key.slice(head.length);
  if (party?.address == null || seen === null) {
    over.push(rest);
    return;
  }
  if (sessions.length === 0) row[5] = seen;
  sessions.push(rest, seen - row[5], party.address);
}

/** In what order a session ends and others go on is nothing to anybody. */
export function unpackSessions([, , , , head, base, live, over]: PackedSessionsRow): SessionRow[] {
  const rows: SessionRow[] = [];
  for (const rest of over) rows.push({ key: head + rest, seen: null, party: null, held: [] });
  for (let at = 0; at < live.length; at += sessionFields) {
    rows.push({
      key: head + (live[at] as string),
      seen: base + (live[at + 1] as number),
      party: { address: live[at + 2] as string, host: null, forwarded: null },
      held: [],
    });
  }
  return rows;
}
