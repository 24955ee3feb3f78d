/**
 * The store: an append-only journal beside a compacted snapshot.
 *
 * In: records (plain JSON arrays and objects that the daemon understands). Out: after any end of the process,
 * all records whose `append` had resolved, in order, each exactly once. What must hold: records of one
 * `append` come back all or not at all; a full disk loses nothing that was acknowledged and never
 * stops the daemon; a damaged file is set aside, not emptied.
 *
 * Files: `snapshot-G` holds everything up to the moment when `journal-G` began; `journal-G` what came after.
 * Compacting opens journal G+1, then writes snapshot G+1 (new, synced, renamed, folder synced), then
 * removes what is older than the snapshot before it: at any moment the newest whole snapshot and the
 * journals from its generation on are the state, and if that snapshot rots, the one before it still is.
 */
import { constants } from "node:fs";
import { type FileHandle, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Folder, openFolder } from "./folder.ts";
import { encodeFrame } from "./frames.ts";
import { end, headerFrame, readState } from "./read-state.ts";

export interface StoreOptions {
  readonly warn: (message: string) => void;
  /** Injectable so that tests can make the disk fail; the default writes to the file. */
  readonly write?: (file: FileHandle, bytes: Buffer, position: number) => Promise<void>;
}

export interface StoreCounters {
  /** Bytes in the present journal. */
  journalBytes: number;
  /** Appends that are not on the disk yet, and their bytes. */
  waiting: number;
  waitingBytes: number;
  /** Appends given up while the disk failed: their bans stand, but not in the state. */
  lost: number;
  /** What the disk last said; null: it works. */
  fault: string | null;
}

interface Append {
  readonly bytes: Buffer;
  readonly durable: boolean;
  readonly resolve: (saved: boolean) => void;
}

/** What may wait in memory while the disk fails. */
const waitingBytesMax = 16 * 1024 * 1024;
const retryMs = 1_000;

/** Records a snapshot frame holds: big enough to be cheap, small enough that rot costs little. */
const snapshotFrameRecords = 20;
/** Made and written in one go: about a millisecond's work. */
const snapshotChunkBytes = 64 * 1024;

export class Store {
  readonly counters: StoreCounters = {
    journalBytes: 0,
    waiting: 0,
    waitingBytes: 0,
    lost: 0,
    fault: null,
  };
  /** A file was damaged: only a new snapshot makes what could be saved of it last. */
  damaged = false;
  /** Generation of the newest whole snapshot; 0: there is none, the journals are everything. */
  #base = 0;
  #waiting: Append[] = [];
  #writing: Promise<void> | null = null;
  #closed = false;
  #compacting = false;
  /** The writer stops behind its present batch, so that the journal can be changed for a new one. */
  #swapping = false;

  private constructor(
    private readonly folder: Folder,
    private readonly options: StoreOptions,
    /** null: the disk has refused a new one so far. */
    private journal: FileHandle | null,
    private generation: number,
  ) {}

  /**
   * Opens the folder, locks it, and gives what is there. Throws only when the folder is unusable: a disk that
   * is full or read-only is told and tried again, because a host is to be guarded all the same.
   */
  static async open(
    path: string,
    options: StoreOptions,
    take: (record: unknown) => void,
  ): Promise<Store> {
    const folder = await openFolder(path);
    try {
      const found = await readState(folder, options.warn, take);
      const store = new Store(folder, options, null, found.newest + 1);
      store.#base = found.base;
      store.damaged = found.damaged;
      try {
        await store.#openJournal();
      } catch (error) {
        store.#blame(error as Error);
      }
      return store;
    } catch (error) {
      await folder.unlock();
      throw error;
    }
  }

  async #openJournal(): Promise<FileHandle> {
    if (this.journal !== null) return this.journal;
    this.journal = await createJournal(this.folder, this.generation);
    this.counters.journalBytes = headerFrame("journal", this.generation).length;
    return this.journal;
  }

  #blame({ message }: Error): void {
    if (this.counters.fault === null) {
      this.options.warn(`state cannot be saved: ${message}; bans go on, trying again every second`);
    }
    this.counters.fault = message;
  }

  /**
   * Appends records as one frame. Resolves true when they are written (with `durable`: synced to disk), false
   * when the disk failed for so long that they had to be given up.
   */
  append(records: readonly unknown[], durable: boolean): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    const bytes = encodeFrame(records);
    if (this.counters.waitingBytes + bytes.length > waitingBytesMax) {
      this.counters.lost++;
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, durable, resolve });
      this.counters.waitingBytes += bytes.length;
      this.counters.waiting++;
      this.#start();
    });
  }

  #start(): void {
    if (!this.#swapping && this.#waiting.length > 0) this.#writing ??= this.#writeAll();
  }

  /** Writes what waits; many appends share one write and one sync. */
  async #writeAll(): Promise<void> {
    // Everything that is appended within this turn of the event loop goes out together.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#swapping) await this.#writeOut();
    this.#writing = null;
  }

  /** Everything that waits now, in one write and at most one sync. */
  async #writeOut(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const bytes = Buffer.concat(batch.map((append) => append.bytes));
    const durable = batch.some((append) => append.durable);
    const saved = bytes.length === 0 || (await this.#writeBatch(bytes, durable));
    this.counters.waitingBytes -= bytes.length;
    this.counters.waiting -= batch.length;
    if (!saved) this.counters.lost += batch.length;
    for (const append of batch) append.resolve(saved);
  }

  async #writeBatch(bytes: Buffer, durable: boolean): Promise<boolean> {
    for (;;) {
      try {
        const journal = await this.#openJournal();
        const position = this.counters.journalBytes;
        // At a fixed position: a retry overwrites what a failed write left.
        await (this.options.write ?? writeAt)(journal, bytes, position);
        if (durable) await journal.datasync();
        this.counters.journalBytes = position + bytes.length;
        if (this.counters.fault !== null) {
          this.counters.fault = null;
          this.options.warn("state: the disk works again, nothing that waited was lost");
        }
        return true;
      } catch (error) {
        this.#blame(error as Error);
        if (this.#closed) return false;
        await pause(retryMs);
      }
    }
  }

  /** Resolves when everything appended so far is written and synced, or the store was closed. */
  async flush(): Promise<void> {
    await this.append([], true);
  }

  /**
   * Replaces the history by `records()`, which must give the whole state after everything appended so far, as it is at
   * the moment of the call; what it gives is read piece by piece later, between other work. Resolves true
   * when the snapshot is in place.
   */
  async compact(records: () => Iterable<unknown>): Promise<boolean> {
    if (this.#compacting || this.#closed) return false;
    this.#compacting = true;
    const generation = this.generation + 1;
    try {
      const journal = await createJournal(this.folder, generation);
      this.#swapping = true;
      await this.#writing;
      // In one turn: the state of this moment, and what of it is not in the old journal yet. That is
      // written there; what is appended from now on goes to the new one. Nothing is in both.
      const chunks = snapshotChunks(records(), generation);
      await this.#writeOut();
      const old = this.journal;
      this.journal = journal;
      this.generation = generation;
      this.counters.journalBytes = headerFrame("journal", generation).length;
      this.#swapping = false;
      this.#start();
      await old?.close();
      await this.#writeSnapshot(chunks, generation);
      await removeBefore(this.folder, this.#base);
      this.#base = generation;
      this.damaged = false;
      return true;
    } catch (error) {
      this.options.warn(`state could not be compacted: ${(error as Error).message}`);
      return false;
    } finally {
      this.#compacting = false;
      this.#swapping = false;
      this.#start();
    }
  }

  async #writeSnapshot(chunks: Iterable<Buffer>, generation: number): Promise<void> {
    const { O_CREAT, O_TRUNC, O_WRONLY } = constants;
    const draft = `snapshot-${generation}.new`;
    const file = await this.folder.openFile(draft, O_WRONLY | O_CREAT | O_TRUNC);
    try {
      let position = 0;
      for (const chunk of chunks) {
        await (this.options.write ?? writeAt)(file, chunk, position);
        position += chunk.length;
      }
      await file.sync();
    } catch (error) {
      // A full disk must not be kept full by what failed on it.
      await unlink(join(this.folder.path, draft)).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
    await rename(join(this.folder.path, draft), join(this.folder.path, `snapshot-${generation}`));
    await this.folder.sync();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.counters.fault === null) await this.flush();
    this.#closed = true;
    await this.#writing;
    await this.journal?.close();
    await this.folder.unlock();
  }
}

/** Frames, a few a write: while one is under way everybody else works. A snapshot without its end is not whole. */
function* snapshotChunks(records: Iterable<unknown>, generation: number): Iterable<Buffer> {
  let frames = [headerFrame("snapshot", generation)];
  let bytes = 0;
  let frame: unknown[] = [];
  for (const record of records) {
    frame.push(record);
    if (frame.length < snapshotFrameRecords) continue;
    const made = encodeFrame(frame);
    frame = [];
    frames.push(made);
    bytes += made.length;
    if (bytes < snapshotChunkBytes) continue;
    yield Buffer.concat(frames);
    frames = [];
    bytes = 0;
  }
  yield Buffer.concat([...frames, encodeFrame([...frame, end])]);
}

async function createJournal(folder: Folder, generation: number): Promise<FileHandle> {
  const { O_CREAT, O_EXCL, O_RDWR } = constants;
  const name = `journal-${generation}`;
  const file = await folder.openFile(name, O_RDWR | O_CREAT | O_EXCL);
  try {
    await writeAt(file, headerFrame("journal", generation), 0);
    await folder.sync();
    return file;
  } catch (error) {
    // Or the next attempt would find its name taken.
    await file.close();
    await unlink(join(folder.path, name)).catch(() => {});
    throw error;
  }
}

async function removeBefore(folder: Folder, generation: number): Promise<void> {
  for (const name of await readdir(folder.path)) {
    const match = /^(?:snapshot|journal)-(\d{1,15})(?:\.new)?$/.exec(name);
    if (match === null || Number(match[1]) >= generation) continue;
    await unlink(join(folder.path, name));
  }
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
