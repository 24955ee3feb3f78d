/**
 * What the last run left in the state folder.
 *
 * In: a folder with the files that store.ts writes, whole or not. Out: their records in order, each once, and whether
 * anything was damaged. What must hold: damage is told and costs no more than the frames it is in;
 * a damaged file is kept for people; nothing here fails for what a file holds.
 */
import { constants } from "node:fs";
import { link, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Folder } from "./folder.ts";
import { encodeFrame, readFrames } from "./frames.ts";

const version = 1;

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
  const start = await readSnapshot(folder, snapshots, isComplete, warn);
  for (const record of start.records) take(record);
  let damaged = start.damaged;
  for (const generation of journals) {
    if (generation < start.generation) continue;
    if (!(await readStateFile(folder, "journal", generation, warn, take))) damaged = true;
  }
  const newest = Math.max(0, ...snapshots, ...journals);
  return { newest, base: start.isWhole ? start.generation : 0, damaged };
}

interface FoundSnapshot {
  readonly records: readonly unknown[];
  /** The journals from here on come after it. */
  readonly generation: number;
  readonly isWhole: boolean;
  readonly damaged: boolean;
}

/**
 * The newest whole snapshot. Where none is whole, nothing if the journals tell everything, or else what is
 * left of the newest damaged one; journals before it would count a second time what it holds.
 */
async function readSnapshot(
  folder: Folder,
  generations: readonly number[],
  isComplete: boolean,
  warn: (message: string) => void,
): Promise<FoundSnapshot> {
  let partial: FoundSnapshot = { records: [], generation: 0, isWhole: false, damaged: false };
  for (const generation of [...generations].reverse()) {
    const records: unknown[] = [];
    const take = (record: unknown) => records.push(record);
    const isWhole = await readStateFile(folder, "snapshot", generation, warn, take);
    if (isWhole) return { records, generation, isWhole, damaged: partial.damaged };
    if (isComplete) partial = { ...partial, damaged: true };
    else if (partial.records.length === 0) {
      partial = { records, generation, isWhole, damaged: true };
    }
  }
  return partial;
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
 * Gives the records of one file, as many as are whole. False: it is not whole. A damaged file is set aside
 * under another name.
 */
async function readStateFile(
  folder: Folder,
  kind: "snapshot" | "journal",
  generation: number,
  warn: (message: string) => void,
  take: (record: unknown) => void,
): Promise<boolean> {
  const name = `${kind}-${generation}`;
  const path = join(folder.path, name);
  const bytes = await readBytes(folder, name, warn);
  if (bytes === null) return false;
  let header: Header | null = null;
  let fault: string | null = null;
  let saved = 0;
  let ended = kind === "journal";
  const read = readFrames(bytes, (record) => {
    if (isHeader(record)) {
      header = record;
      fault = headerFault(record, kind, generation);
    } else if (kind === "snapshot" && isEnd(record)) ended = true;
    else if (fault === null) {
      saved++;
      take(record);
    }
  });
  if (fault !== null) {
    await setAside(path, fault, warn);
    return false;
  }
  // A journal whose very first write was torn has nothing in it.
  const beheaded = header === null && bytes.length > 0 && (saved > 0 || !read.torn);
  if (read.damaged > 0 || beheaded || !ended) {
    await setAside(path, `damaged, ${saved} records saved`, warn);
    return false;
  }
  if (read.torn) warn(`state file ${path}: an unfinished write at its end was dropped`);
  return true;
}

async function readBytes(
  folder: Folder,
  name: string,
  warn: (message: string) => void,
): Promise<Buffer | null> {
  try {
    const file = await folder.openFile(name, constants.O_RDONLY);
    try {
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
async function setAside(path: string, why: string, warn: (message: string) => void): Promise<void> {
  try {
    const aside = await linkAside(path);
    warn(`state file ${path} is corrupt (${why}); kept as ${aside}`);
  } catch (error) {
    // A read-only disk: what is whole is used all the same.
    warn(`state file ${path} is corrupt (${why}) and stays there: ${(error as Error).message}`);
  }
}

async function linkAside(path: string): Promise<string> {
  const inode = await inodeOf(path);
  for (let n = 1; ; n++) {
    const aside = `${path}.corrupt-${n}`;
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
  if (found.version > version) return `was written by a newer f2b (version ${found.version})`;
  return null;
}

/** What each snapshot ends with. */
export const end = { end: true } as const;

function isEnd(record: unknown): boolean {
  return (record as { end?: unknown } | undefined)?.end === true;
}
