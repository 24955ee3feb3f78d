/**
 * Ledger records as the journal writes them: the frequent ones in few bytes.
 *
 * A flood writes a count for each failure, a ban for each host and a session for each connection. Those stand as
 * short arrays, in which a ban sentence is named by a checksum of its key; many bans are one row (packed-rows.ts);
 * the rest stands as it is. What must hold: what is read back leads to the state that was written, and a sentence
 * that the policy has no more is left out.
 */
import type { Ban, Change, JailSnapshot } from "../decision.ts";
import type { LaneSessions } from "../intake.ts";
import type { SessionRow } from "../session.ts";
import { crc32 } from "../state/crc32.ts";
import { packLines, type ShortLine } from "./evidence-lines.ts";
import type { LedgerRecord } from "./ledger.ts";
import {
  type BansRow,
  flagsOf,
  isPackable,
  isPackableSession,
  type OffencesRow,
  openBansRow,
  openSessionsRow,
  type PackedSessionsRow,
  packBan,
  packOffences,
  packSession,
  packWindow,
  takesBan,
  takesSession,
  unpackBans,
  unpackOffences,
  unpackSessions,
  unpackWindow,
  type WindowRowsRow,
} from "./packed-rows.ts";

type CountRow = [
  "c",
  jail: string,
  sentence: number,
  id: string,
  time: number,
  weight: number,
  /** 0: it is the identity. */
  address: string | null | 0,
  value: string | null,
];
type UseRow = ["u", jail: string, sentence: number, id: string];
/** A ban that no row of many takes. */
type BanRow = [
  "b",
  jail: string,
  id: string,
  /** 0: it is the identity. */
  address: string | null | 0,
  since: number,
  until: number | null,
  failures: number,
  offence: number,
  file: string,
  line: number,
  rule: string,
  captures: Readonly<Record<string, string>>,
  insteadOf: string | null,
  flags: number,
];
type LinesRow = [
  "l",
  jail: string,
  id: string,
  file: string,
  rule: string,
  /** What `packLines` made; version 1 has the lines themselves. */
  lines: string | readonly ShortLine[],
];

type SessionsRow = [
  "s",
  reader: string,
  lane: number,
  filter: string,
  /** Those that no row of many takes. The key alone, in version 2: it is over. Instead of a party that is an address and no more, the address. */
  rows: (
    | readonly [string]
    | readonly [string, SessionRow["seen"], string | SessionRow["party"], SessionRow["held"]?]
  )[],
];

/** Of snapshots of version 1. */
interface JailRow {
  readonly type: "jail";
  readonly snapshot: JailSnapshot;
}

type PlainRecord = Exclude<LedgerRecord, { type: "lines" | "sessions" | "offences" | "window" }>;

export type Row =
  | CountRow
  | UseRow
  | BanRow
  | BansRow
  | LinesRow
  | SessionsRow
  | PackedSessionsRow
  | OffencesRow
  | WindowRowsRow
  | PlainRecord;

/** Makes records into rows, as few as will do. */
export class RowWriter {
  /** null: a count that a ban used up before it was written. */
  #rows: (Row | null)[] = [];
  /** The places of counts in `#rows`, by sentence and identity. */
  #counts = new Map<string, Map<string, number[]>>();
  #lastCounts: { jail: string; sentence: string; places: Map<string, number[]> } | null = null;
  /** Records since the last `take`. */
  size = 0;

  note(record: LedgerRecord): void {
    this.size++;
    switch (record.type) {
      case "lines": {
        const { jail, id, lines } = record;
        const { file, rule, text } = "text" in lines ? lines : packLines(lines);
        this.#rows.push(["l", jail, id, file, rule, text]);
        break;
      }
      case "sessions":
        this.#noteSessions(record.reader, record.sessions);
        break;
      case "offences":
        this.#rows.push(packOffences(record.jail, record.rows));
        break;
      case "window":
        this.#rows.push(packWindow(record.jail, sumOf(record.sentence), record.rows));
        break;
      case "change":
        this.#noteChange(record.change);
        break;
      default:
        this.#rows.push(record);
    }
  }

  take(): Row[] {
    const rows = this.#rows.filter((row) => row !== null);
    this.#rows = [];
    this.#counts = new Map();
    this.#lastCounts = null;
    this.size = 0;
    return rows;
  }

  #noteChange(change: Change): void {
    const { jail } = change;
    switch (change.type) {
      case "count": {
        const { id, sentence, counted } = change;
        const { time, weight, address, value } = counted;
        const places = this.#placesOf(jail, sentence);
        const before = places.get(id);
        if (before === undefined) places.set(id, [this.#rows.length]);
        else before.push(this.#rows.length);
        const who = address === id ? 0 : address;
        this.#rows.push(["c", jail, sumOf(sentence), id, time, weight, who, value]);
        break;
      }
      case "use": {
        const { id, sentence } = change;
        const places = this.#placesOf(jail, sentence);
        for (const at of places.get(id) ?? []) this.#rows[at] = null;
        places.delete(id);
        this.#rows.push(["u", jail, sumOf(sentence), id]);
        break;
      }
      case "ban":
        this.#noteBan(change.ban, change.isNew);
        break;
      case "unban":
        this.#rows.push({ type: "change", change });
        break;
    }
  }

  #noteBan(ban: Ban, isNew: boolean): void {
    const rows = this.#rows;
    if (!isPackable(ban)) {
      rows.push(encodeBan(ban, isNew));
      return;
    }
    let sentence = 0;
    const last = rows.at(-1);
    // What it used up stands with it.
    if (isUse(last) && last[1] === ban.jail && last[3] === ban.id && last[2] !== 0) {
      sentence = last[2];
      rows.pop();
    }
    while (rows.at(-1) === null) rows.pop();
    let row = rows.at(-1);
    if (!isBans(row) || !takesBan(row, ban, sentence)) {
      row = openBansRow(ban, sentence);
      rows.push(row);
    }
    packBan(row, ban, isNew);
  }

  /** Those that go on in their order, which says whose turn it is to be forgotten. */
  #noteSessions(reader: string, { lane, filter, rows }: LaneSessions): void {
    let packed: PackedSessionsRow | null = null;
    let others: SessionsRow[4] | null = null;
    for (const row of rows) {
      if (isPackableSession(row)) {
        if (packed === null || !takesSession(packed, row)) {
          packed = openSessionsRow(reader, lane, filter, row);
          this.#rows.push(packed);
        }
        packSession(packed, row);
        others = null;
        continue;
      }
      if (others === null) {
        others = [];
        this.#rows.push(["s", reader, lane, filter, others]);
      }
      others.push(encodeSession(row));
      packed = null;
    }
  }

  #placesOf(jail: string, sentence: string): Map<string, number[]> {
    const last = this.#lastCounts;
    if (last !== null && last.jail === jail && last.sentence === sentence) return last.places;
    const key = `${jail}\0${sentence}`;
    const places = this.#counts.get(key) ?? new Map<string, number[]>();
    this.#counts.set(key, places);
    this.#lastCounts = { jail, sentence, places };
    return places;
  }
}

function isUse(row: Row | null | undefined): row is UseRow {
  return Array.isArray(row) && row[0] === "u";
}

function isBans(row: Row | null | undefined): row is BansRow {
  return Array.isArray(row) && row[0] === "B";
}

/** Gives the records of a row; none for a row that is nothing known now. */
export type Decode = (row: unknown, take: (record: LedgerRecord) => void) => void;

/** `sentences` are the keys of all ban sentences of the policy. */
export function openDecoder(sentences: readonly string[]): Decode {
  const sentenceOf = new Map(sentences.map((key) => [sumOf(key), key]));
  const known = new Map<string, string>();
  // A hundred thousand bans need the names of their jail, log and rule in memory once.
  const share = (text: string): string => {
    const found = known.get(text);
    if (found === undefined) known.set(text, text);
    return found ?? text;
  };
  return (row, take) => {
    if (!Array.isArray(row)) {
      if (isJail(row)) decodeJail(row.snapshot, take);
      else if (isPlain(row)) take(row);
      return;
    }
    const give = (change: Change) => take({ type: "change", change });
    switch (row[0]) {
      case "B":
        unpackBans(row as BansRow, share, row[4] === 0 ? undefined : sentenceOf.get(row[4]), give);
        break;
      case "O":
        take({ type: "offences", jail: row[1], rows: unpackOffences(row as OffencesRow) });
        break;
      case "W": {
        const sentence = sentenceOf.get(row[2]);
        const rows = unpackWindow(row as WindowRowsRow);
        if (sentence !== undefined) take({ type: "window", jail: row[1], sentence, rows });
        break;
      }
      case "b":
        give(decodeBan(row as BanRow, share));
        break;
      case "c":
      case "u": {
        const sentence = sentenceOf.get(row[2]);
        if (sentence !== undefined) give(decodeCount(row as CountRow | UseRow, sentence));
        break;
      }
      case "l":
        take(decodeLines(row as LinesRow));
        break;
      case "s":
        take(decodeSessions(row as SessionsRow));
        break;
      case "S": {
        const [, reader, lane, filter] = row as PackedSessionsRow;
        const rows = unpackSessions(row as PackedSessionsRow);
        take({ type: "sessions", reader, sessions: { lane, filter, rows } });
        break;
      }
    }
  };
}

function decodeCount(row: CountRow | UseRow, sentence: string): Change {
  const [kind, jail, , id] = row;
  if (kind === "u") return { type: "use", jail, sentence, id };
  const [, , , , time, weight, who, value] = row;
  const counted = { time, weight, address: who === 0 ? id : who, value };
  return { type: "count", jail, sentence, id, counted };
}

function decodeJail({ jail, windows, offences }: JailSnapshot, take: (one: LedgerRecord) => void) {
  for (const { sentence, rows } of windows) take({ type: "window", jail, sentence, rows });
  if (offences.length > 0) take({ type: "offences", jail, rows: offences });
}

const sums = new Map<string, number>();

function sumOf(sentence: string): number {
  const known = sums.get(sentence);
  if (known !== undefined) return known;
  const sum = crc32(Buffer.from(sentence, "utf8"));
  sums.set(sentence, sum);
  return sum;
}

function encodeBan(ban: Ban, isNew: boolean): BanRow {
  const { jail, id, address, since, until, failures, offence } = ban;
  const { file, line, rule, captures, insteadOf } = ban;
  const who = address === id ? 0 : address;
  const flags = flagsOf(ban, isNew);
  const order = [failures, offence, file, line, rule, captures, insteadOf, flags] as const;
  return ["b", jail, id, who, since, until, ...order];
}

/** By index, not by pattern: a hundred thousand of these stand in a state of version 1. */
function decodeBan(row: BanRow, share: (text: string) => string): Change {
  const flags = row[13];
  const ban: Ban = {
    jail: share(row[1]),
    id: row[2],
    address: row[3] === 0 ? row[2] : row[3],
    since: row[4],
    until: row[5],
    failures: row[6],
    offence: row[7],
    file: share(row[8]),
    line: row[9],
    rule: share(row[10]),
    captures: row[11],
    insteadOf: row[12],
    forced: (flags & 1) !== 0,
  };
  return { type: "ban", jail: ban.jail, ban, isNew: (flags & 2) !== 0 };
}

function decodeLines([, jail, id, file, rule, lines]: LinesRow): LedgerRecord {
  const text = typeof lines === "string" ? lines : JSON.stringify(lines);
  return { type: "lines", jail, id, lines: { file, rule, text } };
}

function encodeSession({ key, seen, party, held }: SessionRow): SessionsRow[4][number] {
  const isBare = party?.address != null && party.host === null && party.forwarded === null;
  const who = isBare ? party.address : party;
  return held.length === 0 ? [key, seen, who] : [key, seen, who, held];
}

function decodeSessions([, reader, lane, filter, short]: SessionsRow): LedgerRecord {
  const rows = short.map(([key, seen = null, who = null, held = []]) => {
    const party = typeof who === "string" ? { address: who, host: null, forwarded: null } : who;
    return { key, seen, party, held };
  });
  return { type: "sessions", reader, sessions: { lane, filter, rows } };
}

const types = ["change", "position", "forget", "observe"];

/** A record of a later version that this one does not know is left out, not a reason to stop. */
function isPlain(record: unknown): record is PlainRecord {
  if (typeof record !== "object" || record === null) return false;
  return types.includes((record as { type?: unknown }).type as string);
}

function isJail(record: unknown): record is JailRow {
  if (typeof record !== "object" || record === null) return false;
  return (record as { type?: unknown }).type === "jail";
}
