/**
 * Ledger records as the journal writes them: the frequent ones in few bytes.
 *
 * A flood writes a count for each failure, some lines for each ban and a session for each connection. Those stand as short arrays, in which a
 * ban sentence is named by a checksum of its key; everything else stands as it is. What must hold: what is
 * read back is what was written, and a sentence that the policy has no more is left out.
 */
import type { Ban } from "../decision.ts";
import type { LaneSessions } from "../intake.ts";
import type { SessionRow } from "../session.ts";
import { crc32 } from "../state/crc32.ts";
import type { LedgerRecord } from "./ledger.ts";
import type { EvidenceLine } from "./recent-lines.ts";

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
  /** 1: forced; 2: it is new. */
  flags: number,
];
type LinesRow = [
  "l",
  jail: string,
  id: string,
  file: string,
  rule: string,
  /** Line number, time and text; file and rule where they differ from the first line's. */
  lines: (readonly [number, number, string, string?, string?])[],
];

type SessionsRow = [
  "s",
  reader: string,
  lane: number,
  filter: string,
  /** The key alone: it is over. Instead of a party that is an address and no more, the address. */
  rows: (
    | readonly [string]
    | readonly [string, SessionRow["seen"], string | SessionRow["party"], SessionRow["held"]?]
  )[],
];

export type Row = CountRow | UseRow | BanRow | LinesRow | SessionsRow | LedgerRecord;

export function encodeRecord(record: LedgerRecord): Row {
  if (record.type === "lines") return encodeLines(record.jail, record.id, record.lines);
  if (record.type === "sessions") return encodeSessions(record.reader, record.sessions);
  if (record.type !== "change") return record;
  const { change } = record;
  switch (change.type) {
    case "count": {
      const { time, weight, address, value } = change.counted;
      const who = address === change.id ? 0 : address;
      return ["c", change.jail, sumOf(change.sentence), change.id, time, weight, who, value];
    }
    case "use":
      return ["u", change.jail, sumOf(change.sentence), change.id];
    case "ban":
      return encodeBan(change.ban, change.isNew);
    default:
      return record;
  }
}

/** Gives null for a row that is nothing known now. */
export type Decode = (row: unknown) => LedgerRecord | null;

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
  return (row) => {
    if (!Array.isArray(row)) return isRecord(row) ? row : null;
    const kind: unknown = row[0];
    if (kind === "l") return decodeLines(row as LinesRow);
    if (kind === "b") return decodeBan(row as BanRow, share);
    if (kind === "s") return decodeSessions(row as SessionsRow);
    if (kind !== "c" && kind !== "u") return null;
    const [, jail, sum, id] = row as CountRow | UseRow;
    const sentence = sentenceOf.get(sum);
    if (sentence === undefined) return null;
    if (kind === "u") return { type: "change", change: { type: "use", jail, sentence, id } };
    const [, , , , time, weight, who, value] = row as CountRow;
    const counted = { time, weight, address: who === 0 ? id : who, value };
    return { type: "change", change: { type: "count", jail, sentence, id, counted } };
  };
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
  const { file, line, rule, captures, insteadOf, forced } = ban;
  const who = address === id ? 0 : address;
  const flags = (forced ? 1 : 0) + (isNew ? 2 : 0);
  const order = [failures, offence, file, line, rule, captures, insteadOf, flags] as const;
  return ["b", jail, id, who, since, until, ...order];
}

/** By index, not by pattern: a hundred thousand of these stand between a start and its first ban. */
function decodeBan(row: BanRow, share: (text: string) => string): LedgerRecord {
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
  return { type: "change", change: { type: "ban", jail: ban.jail, ban, isNew: (flags & 2) !== 0 } };
}

function encodeLines(jail: string, id: string, lines: readonly EvidenceLine[]): Row {
  const { file, rule } = lines[0] ?? { file: "", rule: "" };
  const short = lines.map((one): LinesRow[5][number] =>
    one.file === file && one.rule === rule
      ? [one.line, one.time, one.text]
      : [one.line, one.time, one.text, one.file, one.rule],
  );
  return ["l", jail, id, file, rule, short];
}

function decodeLines([, jail, id, file, rule, short]: LinesRow): LedgerRecord {
  const lines = short.map(([line, time, text, otherFile, otherRule]) => ({
    file: otherFile ?? file,
    line,
    time,
    rule: otherRule ?? rule,
    text,
  }));
  return { type: "lines", jail, id, lines };
}

function encodeSessions(reader: string, { lane, filter, rows }: LaneSessions): Row {
  const short = rows.map(({ key, seen, party, held }): SessionsRow[4][number] => {
    if (party === null && held.length === 0) return [key];
    const isBare = party?.address != null && party.host === null && party.forwarded === null;
    const who = isBare ? party.address : party;
    return held.length === 0 ? [key, seen, who] : [key, seen, who, held];
  });
  return ["s", reader, lane, filter, short];
}

function decodeSessions([, reader, lane, filter, short]: SessionsRow): LedgerRecord {
  const rows = short.map(([key, seen = null, who = null, held = []]) => {
    const party = typeof who === "string" ? { address: who, host: null, forwarded: null } : who;
    return { key, seen, party, held };
  });
  return { type: "sessions", reader, sessions: { lane, filter, rows } };
}

const types = ["change", "position", "forget", "lines", "observe", "jail"];

/** A record of a later version that this one does not know is left out, not a reason to stop. */
function isRecord(record: unknown): record is LedgerRecord {
  if (typeof record !== "object" || record === null) return false;
  return types.includes((record as { type?: unknown }).type as string);
}
