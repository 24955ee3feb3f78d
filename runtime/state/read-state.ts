/**
 * What the last run left in the state folder.
 *
 * In: a folder with the files that store.ts writes, whole or not. Out: their records in order, each once, and whether
 * anything was damaged. What must hold: damage is told and costs no more than the frames it is in;
 * a damaged file is kept for people, and so is one that a newer f2b wrote; nothing here fails for what a file holds.
 */
import { constants } from "node:fs";
import { link, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Folder } from "./folder.ts";
import { encodeFrame, type FoundFrames, findFrames, recordsOf } from "./frames.ts";

/**
 * What is written now. Version 1 has rows of one ban each, version 2 of one session each; both are read too
 * (daemon/ledger-codec.ts).
 */
const version = 3;

interface FoundState {
  /** The newest generation that any file has; 0: the folder is new. */
  readonly newest: number;
  /** Generation of the whole snapshot that was used; 0: none. */
  readonly base: number;
  readonly damaged: boolean;
}

/** Gives the newest whole snapshot and the journals from its generation on. */
export async function readState(
  folder: Folder,
  warn: (message: string) => void,
  take: (record: unknown) => void,
): Promise<FoundState> {
  const names = await readdir(folder.path);
  const snapshots = generationsOf(names, "snapshot");
  const journals = generationsOf(names, "journal");
  // Every journal since the first: no snapshot is needed.
  const isComplete = journals.length > 0 && journals.every((one, index) => one === index + 1);
  const start = await findSnapshot(folder, snapshots, isComplete, warn);
  for (const record of start.records()) take(record);
  let damaged = start.damaged;
  for (const generation of journals) {
    if (generation < start.generation) continue;
    const file = await readStateFile(folder, "journal", generation, warn);
    for (const record of file.records()) take(record);
    if (!file.isWhole) damaged = true;
  }
  const newest = Math.max(0, ...snapshots, ...journals);
  return { newest, base: start.isWhole ? start.generation : 0, damaged };
}

interface StateFile {
  /** As many as are whole. */
  readonly records: () => Iterable<unknown>;
  readonly isWhole: boolean;
}

interface FoundSnapshot extends StateFile {
  /** The journals from here on come after it. */
  readonly generation: number;
  readonly damaged: boolean;
}

const nothing: StateFile = { records: () => [], isWhole: false };

/**
 * The newest whole snapshot. Where none is whole, nothing if the journals tell everything, or else what is
 * left of the newest damaged one; journals before it would count a second time what it holds.
 */
async function findSnapshot(
  folder: Folder,
  generations: readonly number[],
  isComplete: boolean,
  warn: (message: string) => void,
): Promise<FoundSnapshot> {
  let partial: FoundSnapshot | null = null;
  for (const generation of [...generations].reverse()) {
    const file = await readStateFile(folder, "snapshot", generation, warn);
    if (file.isWhole) return { ...file, generation, damaged: partial !== null };
    if (partial === null || partial.records === nothing.records) {
      partial = { ...file, generation, damaged: true };
    }
  }
  if (partial !== null && !isComplete) return partial;
  return { ...nothing, generation: 0, damaged: partial !== null };
}

function generationsOf(names: readonly string[], kind: "snapshot" | "journal"): number[] {
  const generations: number[] = [];
  for (const name of names) {
    const match = /^(snapshot|journal)-(\d{1,15})$/.exec(name);
    if (match?.[1] === kind) generations.push(Number(match[2]));
  }
  return generations.sort((a, b) => a - b);
}

/**
 * One file, checked before anything is made of it: only what is taken is ever in memory as records. A damaged
 * file is set aside under another name.
 */
async function readStateFile(
  folder: Folder,
  kind: "snapshot" | "journal",
  generation: number,
  warn: (message: string) => void,
): Promise<StateFile> {
  const name = `${kind}-${generation}`;
  const path = join(folder.path, name);
  const bytes = await readBytes(folder, name, warn);
  if (bytes === null) return nothing;
  const found = findFrames(bytes);
  const [first] = recordsOf(bytes, found.frames.slice(0, 1));
  const fault = isHeader(first) ? headerFault(first, kind, generation) : null;
  if (fault !== null) {
    await setAside(path, `is corrupt (${fault})`, "corrupt", warn);
    return nothing;
  }
  if (isHeader(first) && isNewer(first)) {
    const what = `was written by a newer f2b (state version ${first.version}, this one reads up to ${version})`;
    await setAside(path, `${what}: its bans do not stand now`, "newer", warn, wayBack);
    return nothing;
  }
  const isWhole = !isDamaged(bytes, found, kind);
  const records = () => contentsOf(bytes, found);
  if (!isWhole) {
    const saved = [...records()].length;
    await setAside(path, `is corrupt (damaged, ${saved} records saved)`, "corrupt", warn);
    if (saved === 0) return nothing;
  } else if (found.torn) {
    warn(`state file ${path}: an unfinished write at its end was dropped`);
  }
  return { records, isWhole };
}

function isDamaged(bytes: Buffer, found: FoundFrames, kind: "snapshot" | "journal"): boolean {
  const { frames, torn, damaged } = found;
  const [first] = recordsOf(bytes, frames.slice(0, 1));
  // A journal whose very first write was torn has nothing in it.
  const beheaded = !isHeader(first) && bytes.length > 0 && (frames.length > 0 || !torn);
  const last = [...recordsOf(bytes, frames.slice(-1))].at(-1);
  return damaged > 0 || beheaded || (kind === "snapshot" && !isEnd(last));
}

function* contentsOf(bytes: Buffer, { frames }: FoundFrames): Iterable<unknown> {
  for (const record of recordsOf(bytes, frames)) {
    if (!isHeader(record) && !isEnd(record)) yield record;
  }
}

async function readBytes(
  folder: Folder,
  name: string,
  warn: (message: string) => void,
): Promise<Buffer | null> {
  try {
    // O_NONBLOCK: opening a FIFO must not hang before it can be refused.
    const file = await folder.openFile(name, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw new Error("it is no regular file");
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    warn(`state file ${join(folder.path, name)} cannot be read: ${(error as Error).message}`);
    return null;
  }
}

/**
 * Gives a file a second name under which it is kept for people. It stays under its own until a snapshot
 * replaces it: what is whole in it is all there is of some bans, and a kill may come before that.
 */
async function setAside(
  path: string,
  what: string,
  suffix: "corrupt" | "newer",
  warn: (message: string) => void,
  wayOut = "",
): Promise<void> {
  try {
    const aside = await linkAside(path, suffix);
    warn(`state file ${path} ${what}; kept as ${aside}${wayOut}`);
  } catch (error) {
    // A read-only disk: what is whole is used all the same.
    warn(`state file ${path} ${what} and stays there: ${(error as Error).message}${wayOut}`);
  }
}

const wayBack =
  ". Run that f2b with the kept files under their old names, or go on with this one, which starts anew";

async function linkAside(path: string, suffix: string): Promise<string> {
  const inode = await inodeOf(path);
  for (let n = 1; ; n++) {
    const aside = `${path}.${suffix}-${n}`;
    const other = await inodeOf(aside);
    // A start that did not come to its snapshot has set it aside already.
    if (other === null) await link(path, aside);
    if (other === null || other === inode) return aside;
  }
}

async function inodeOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).ino;
  } catch {
    return null;
  }
}

/** What each state file begins with. */
export function headerFrame(kind: "snapshot" | "journal", generation: number): Buffer {
  return encodeFrame([{ f2b: kind, version, generation }]);
}

interface Header {
  readonly f2b: unknown;
  readonly version: unknown;
  readonly generation: unknown;
}

function isHeader(record: unknown): record is Header {
  return typeof record === "object" && record !== null && "f2b" in record;
}

function headerFault(found: Header, kind: string, generation: number): string | null {
  if (found.f2b !== kind || found.generation !== generation) return `is no ${kind} ${generation}`;
  if (typeof found.version !== "number") return "has no version";
  return null;
}

function isNewer({ version: found }: Header): boolean {
  return typeof found === "number" && found > version;
}

/** What each snapshot ends with. */
export const end = { end: true } as const;

function isEnd(record: unknown): boolean {
  return (record as { end?: unknown } | undefined)?.end === true;
}
