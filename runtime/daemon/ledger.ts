/**
 * What the daemon remembers: changes of jails and positions of sources, in one journal.
 *
 * In: changes as jails make them, positions as sources move. Out: frames in the store, and at start the state they
 * make. What must hold: a position stands in the same frame as the changes before it, so that after any end
 * of the process every record counts exactly once; a ban is on disk before it is acknowledged.
 */
import type { Change } from "../decision.ts";
import type { LaneSessions } from "../intake.ts";
import { journalWaitingBytesMax } from "../limits.ts";
import type { OffenceRow } from "../offences.ts";
import type { Position } from "../source/source.ts";
import { Store, type StoreCounters, type StoreOptions } from "../state/store.ts";
import type { WindowRow } from "../window.ts";
import type { EvidenceLine, PackedLines } from "./evidence-lines.ts";
import { openDecoder, type Row, RowWriter } from "./ledger-codec.ts";
import type { Reader } from "./reader.ts";
import { RestoredSessions } from "./restored-sessions.ts";

/** One entry of a frame; ledger-codec.ts says how the frequent ones are written. */
export type LedgerRecord =
  | { readonly type: "change"; readonly change: Change }
  | { readonly type: "position"; readonly source: string; readonly position: Position }
  | { readonly type: "forget"; readonly key: string }
  | {
      readonly type: "lines";
      readonly jail: string;
      readonly id: string;
      readonly lines: readonly EvidenceLine[] | PackedLines;
    }
  | { readonly type: "observe"; readonly jail: string; readonly on: boolean }
  /** What is known of connections of one log, each row in the place of what was known before. */
  | { readonly type: "sessions"; readonly reader: string; readonly sessions: LaneSessions }
  /** Parts of a jail in a snapshot. */
  | { readonly type: "offences"; readonly jail: string; readonly rows: readonly OffenceRow[] }
  | {
      readonly type: "window";
      readonly jail: string;
      readonly sentence: string;
      readonly rows: readonly WindowRow[];
    };

type PositionRecord = Extract<LedgerRecord, { type: "position" }>;

export interface LedgerOptions {
  /** null: nothing is kept (`--dry-run`). */
  readonly folder: string | null;
  readonly warn: (message: string) => void;
  /** The keys of all ban sentences of the policy. */
  readonly sentences: readonly string[];
  /** Takes what the last run left, record by record; positions the ledger keeps itself. */
  readonly restore: (record: LedgerRecord) => void;
  /** The state of all jails at the moment of the call; it may be read while they go on. */
  readonly snapshot: () => Iterable<LedgerRecord>;
  /** Injectable for tests, as in the store. */
  readonly write?: NonNullable<StoreOptions["write"]>;
}

/** A log whose sessions are kept. */
type SessionsOf = Pick<Reader, "sessionRows" | "restore">;

/** A journal this long is compacted; a snapshot of 100,000 bans has about 20 MB. */
const compactBytes = 32 * 1024 * 1024;
/** How long a position without changes may wait: a second's lines read twice count once. */
const positionDelayMs = 1_000;

export class Ledger {
  readonly #positions = new Map<string, PositionRecord>();
  readonly #readers = new Map<string, SessionsOf>();
  /** Of logs that nobody has opened yet. */
  readonly #sessions = new RestoredSessions();
  #store: Store | null = null;
  readonly #pending = new RowWriter();
  #moved = new Map<string, PositionRecord>();
  #timer: NodeJS.Timeout | null = null;
  #compacting: Promise<unknown> | null = null;

  /** How many records the last run left. */
  restored = 0;

  /** What the last run left was damaged: what could be saved of it lasts only in a new snapshot. */
  get damaged(): boolean {
    return this.#store?.damaged ?? false;
  }

  private constructor(private readonly options: LedgerOptions) {}

  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options);
    if (options.folder === null) return ledger;
    const decode = openDecoder(options.sentences);
    const restore = (record: LedgerRecord) => ledger.#restore(record);
    ledger.#store = await Store.open(options.folder, options, (row) => decode(row, restore));
    return ledger;
  }

  #restore(record: LedgerRecord): void {
    this.restored++;
    if (record.type === "position") {
      this.#positions.set(keyOf(record.source, record.position), record);
    } else if (record.type === "forget") this.#positions.delete(record.key);
    else if (record.type === "sessions") this.#sessions.add(record.reader, record.sessions);
    else this.options.restore(record);
  }

  /** Keeps a record for the next frame. */
  note(record: LedgerRecord): void {
    if (this.#store !== null) this.#pending.note(record);
  }

  /** Keeps a position; it goes out with the changes before it, or alone a little later. */
  move(source: string, position: Position): void {
    const key = keyOf(source, position);
    const record: PositionRecord = { type: "position", source, position };
    this.#positions.set(key, record);
    this.#moved.set(key, record);
    if (this.#store === null || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.commit(false);
    }, positionDelayMs);
    this.#timer.unref();
  }

  /** Where a source stopped in the last run. */
  positionsOf(source: string): Position[] {
    const found: Position[] = [];
    for (const record of this.#positions.values()) {
      if (record.source === source) found.push(record.position);
    }
    return found;
  }

  has(source: string, position: Position): boolean {
    return this.#positions.has(keyOf(source, position));
  }

  forget(source: string, position: Position): void {
    const key = keyOf(source, position);
    this.#positions.delete(key);
    this.#moved.delete(key);
    this.note({ type: "forget", key });
  }

  /**
   * Gives a log what the last run knew of its connections, and keeps what it learns: each change goes out in the
   * frame of the position behind the record that made it.
   */
  join(name: string, reader: SessionsOf): void {
    this.#readers.set(name, reader);
    for (const sessions of this.#sessions.take(name)) reader.restore(sessions);
  }

  /** A log is gone, and with it its connections. */
  leave(name: string): void {
    this.#readers.delete(name);
  }

  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /**
   * Writes what was noted as one frame, positions behind the changes. Resolves when it is written, with
   * `durable` when it is on disk; false: the disk refused for too long.
   */
  async commit(durable: boolean): Promise<boolean> {
    const store = this.#store;
    if (store === null) {
      this.#moved.clear();
      return true;
    }
    const records = this.#takeNoted();
    if (records.length === 0 && !durable) return true;
    const saved = await store.append(records, durable);
    if (store.counters.journalBytes > compactBytes) void this.compact();
    return saved;
  }

  #takeNoted(): Row[] {
    for (const [reader, { sessionRows }] of this.#readers) {
      for (const sessions of sessionRows(false)) {
        this.#pending.note({ type: "sessions", reader, sessions });
      }
    }
    for (const record of this.#moved.values()) this.#pending.note(record);
    this.#moved.clear();
    return this.#pending.take();
  }

  /** True when sources should wait: the disk works, but does not keep up. */
  get isBehind(): boolean {
    const counters = this.#store?.counters;
    if (counters === undefined || counters.fault !== null) return false;
    return counters.waitingBytes > journalWaitingBytesMax;
  }

  get counters(): StoreCounters | null {
    return this.#store?.counters ?? null;
  }

  async compact(): Promise<void> {
    const store = this.#store;
    if (store === null || this.#compacting !== null) return;
    this.#compacting = store.compact(() => {
      // Still for the old journal: the snapshot may never be finished.
      const noted = this.#takeNoted();
      if (noted.length > 0) void store.append(noted, true);
      return this.#everything();
    });
    await this.#compacting;
    this.#compacting = null;
  }

  /** The state of this moment. */
  #everything(): Iterable<Row> {
    const snapshot = this.options.snapshot();
    const sessions = this.#sessions.rows();
    for (const [reader, { sessionRows }] of this.#readers) {
      for (const rows of sessionRows(true)) sessions.push({ reader, sessions: rows });
    }
    const positions = [...this.#positions.values()];
    return rowsOf(
      (function* (): Iterable<LedgerRecord> {
        yield* snapshot;
        for (const { reader, sessions: all } of sessions) {
          for (const rows of cut(all.rows)) {
            yield { type: "sessions", reader, sessions: { ...all, rows } };
          }
        }
        yield* positions;
      })(),
    );
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#compacting;
    if (this.counters?.fault === null) await this.commit(true);
    await this.#store?.close();
  }
}

/** Rows of many records, made as they are asked for. */
function* rowsOf(records: Iterable<LedgerRecord>): Iterable<Row> {
  const writer = new RowWriter();
  for (const record of records) {
    writer.note(record);
    if (writer.size >= pieceRecords) yield* writer.take();
  }
  yield* writer.take();
}

/** One position a source and file: a rotated file has its own beside its successor's. */
function keyOf(source: string, position: Position): string {
  return position.kind === "journal"
    ? source
    : `${source}\0${position.path}\0${position.dev}:${position.ino}`;
}

const pieceRows = 200;
const pieceRecords = 50;

/** In pieces, so that no frame is so large that damage to it costs much. */
export function* cut<T>(rows: Iterable<T>): Iterable<readonly T[]> {
  let piece: T[] = [];
  for (const row of rows) {
    piece.push(row);
    if (piece.length < pieceRows) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
