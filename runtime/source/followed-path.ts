/**
 * One path of a log, whatever file it names by and by: the present one, those that were renamed, and the one where the
 * last run stopped.
 *
 * In: a path, what is known of all paths of its source, and positions of the last run. Out: bytes to its consumer. What must
 * hold: a rotated file is read to its end before and while its successor is read; a file with two names (a link, a
 * renamed log that the pattern finds, too) is read under one of them; nothing that fails here stops another path.
 */
import { type Stats, statSync } from "node:fs";
import type { FindRotated } from "./find-rotated.ts";
import { FollowedFile } from "./followed-file.ts";
import { globFilesMax } from "./glob.ts";
import type { Consumer, Position, SourceStatus } from "./source.ts";

export type FilePosition = Extract<Position, { kind: "file" }>;

export interface Followed {
  readonly path: string;
  readonly consumer: Consumer;
  /** The file that the path names now; null: none yet. */
  current: FollowedFile | null;
  /** Files that the path named before. */
  readonly old: { file: FollowedFile; until: number }[];
  /** The file that is just being opened. */
  opening: Stats | null;
  /** The other name under which the file is read that this path names; null: there is none. */
  twin: string | null;
  /** What is left of the daemon's start where the file that stood there could not be opened; null: nothing. */
  first: { readonly found: Stats; readonly open: FirstOpen } | null;
  /** Why there is nothing to read; said once. */
  fault: string | null;
  reading: Promise<void> | null;
  again: boolean;
}

/** All paths of a source, and how far files were read that were let go: under another name one goes on there. */
export interface Paths {
  readonly followed: Map<string, Followed>;
  readonly left: Map<string, FilePosition>;
  readonly drainMs: number;
  /** Whoever wants what stands under `path` gets it from `other` too. */
  readonly covers: (other: string, path: string) => boolean;
}

export function makeFollowed(path: string, consumer: Consumer): Followed {
  return {
    path,
    consumer,
    current: null,
    old: [],
    opening: null,
    twin: null,
    first: null,
    fault: null,
    reading: null,
    again: false,
  };
}

export interface FirstOpen {
  /** Where a log begins that is new to f2b. */
  readonly from: "start" | "end" | null;
  readonly positions: readonly FilePosition[];
  readonly findRotated: FindRotated;
}

/** At the daemon's start: where the last run stopped, in whatever files that is by now. */
export async function openFirst(one: Followed, paths: Paths, first: FirstOpen): Promise<void> {
  const { from, positions, findRotated } = first;
  const own = positions.filter((known) => known.path === one.path);
  const done = new Set<FilePosition>();
  const found = tryStat(one.path);
  try {
    for (const position of own) {
      if (found !== null && isFile(position, found)) one.current = await openKnown(one, position);
      if (one.current === null || !isFile(position, one.current)) {
        await openRotated(one, position, paths.drainMs, findRotated);
      }
      done.add(position);
    }
    if (found === null) blame(one, "is not there");
    if (found === null || one.current !== null) return;
    const other = positions.find(
      ({ path, ...file }) =>
        path !== one.path && isFile(file, found) && paths.covers(path, one.path),
    );
    const willBeRead = other !== undefined && paths.followed.has(other.path);
    one.twin = findTwin(one, found, paths) ?? (willBeRead ? other.path : null);
    if (one.twin !== null) return;
    one.current = await openAt(one, other);
    if (own.length === 0 && other === undefined && from === "end") await one.current.seekEnd();
  } catch (error) {
    blame(one, (error as Error).message);
    const left = positions.filter((position) => !done.has(position));
    if (found !== null) one.first = { found, open: { ...first, positions: left } };
  }
}

/** What the path names, at the position that it has under another name, or at its start where it is another file. */
async function openAt(one: Followed, position: FilePosition | undefined): Promise<FollowedFile> {
  const file = position === undefined ? null : await openKnown(one, position);
  if (position === undefined || file === null) return FollowedFile.open(one.path, one.consumer);
  await one.consumer.moved(file.position());
  one.consumer.forget(position);
  return file;
}

/** Null: the path names another file, or this one was cut. */
async function openKnown(one: Followed, position: FilePosition): Promise<FollowedFile | null> {
  const file = await FollowedFile.open(one.path, one.consumer);
  const isIt = await closedAtFault(file, async () => {
    return isFile(file, position) && (await file.seek(position));
  });
  if (isIt) return file;
  await file.close();
  return null;
}

async function closedAtFault<T>(file: FollowedFile, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The file was rotated while nobody looked: its rest stands under another name. */
async function openRotated(
  one: Followed,
  position: FilePosition,
  drainMs: number,
  findRotated: FindRotated,
): Promise<void> {
  for (const again of [false, true]) {
    for (const path of findRotated(one.path, position, again)) {
      const file = await openRest(one, path, position);
      if (file === null) continue;
      one.old.push({ file, until: performance.now() + drainMs });
      return;
    }
  }
  one.consumer.forget(position);
  one.consumer.say(
    "notice",
    `${one.path} was replaced or cut while f2b did not run; what it held before is gone`,
  );
}

/** What `path` names, read to its end; null: it is another file. */
async function openRest(
  one: Followed,
  path: string,
  position: FilePosition,
): Promise<FollowedFile | null> {
  const file = await FollowedFile.open(path, one.consumer, one.path);
  const isIt = await closedAtFault(file, async () => {
    if (!isFile(file, position) || !(await file.seek(position))) return false;
    await file.readOn(() => false);
    return true;
  });
  if (isIt) return file;
  await file.close();
  return null;
}

/** Reads what is new in all files of a path. */
export async function readNew(one: Followed, paths: Paths, stop: () => boolean): Promise<void> {
  const found = tryStat(one.path);
  const { current } = one;
  if (current !== null) {
    if (found !== null && isFile(found, current)) await current.readOn(stop);
    else {
      const { whole } = await readOld(one, current, stop);
      if (whole) one.old.push({ file: current, until: performance.now() + paths.drainMs });
      one.current = null;
      if (found === null) blame(one, "was renamed or removed");
    }
  }
  await drainOld(one, paths, stop);
  if (one.current !== null) return;
  one.twin = found === null ? null : findTwin(one, found, paths);
  if (found === null || one.twin !== null) return;
  one.opening = found;
  try {
    const open = one.first === null ? openNext : openLate;
    one.current = await open(one, paths, found);
  } finally {
    one.opening = null;
  }
  if (one.current === null) return;
  if (one.fault !== null) one.consumer.say("info", `${one.path}: following the new file`);
  one.fault = null;
  await one.current.readOn(stop);
}

/** The file that stood there at the start can be opened now, or another one stands in its place. */
async function openLate(one: Followed, paths: Paths, found: Stats): Promise<FollowedFile | null> {
  const { first } = one;
  if (first === null) return null;
  one.first = null;
  const isNew = !isFile(first.found, found);
  await openFirst(one, paths, isNew ? { ...first.open, from: null } : first.open);
  return one.current;
}

async function openNext(one: Followed, paths: Paths, found: Stats): Promise<FollowedFile> {
  const left = paths.left.get(fileKey(found));
  const isSame = left !== undefined && paths.covers(left.path, one.path);
  return openAt(one, isSame ? left : undefined);
}

/** A file that was renamed. What the disk does not give back must not keep its successor from being read. */
async function readOld(
  one: Followed,
  file: FollowedFile,
  stop: () => boolean,
): Promise<{ readonly any: boolean; readonly whole: boolean }> {
  try {
    return { any: await file.readOn(stop), whole: true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    one.consumer.say(
      "warning",
      `${one.path}: the file before cannot be read to its end: ${message}`,
    );
    await file.close().catch(() => {});
    return { any: false, whole: false };
  }
}

async function drainOld(
  one: Followed,
  { left, drainMs }: Paths,
  stop: () => boolean,
): Promise<void> {
  for (const entry of [...one.old]) {
    const { any, whole } = await readOld(one, entry.file, stop);
    if (any) entry.until = performance.now() + drainMs;
    if (whole && performance.now() < entry.until) continue;
    one.old.splice(one.old.indexOf(entry), 1);
    if (!whole) continue;
    await entry.file.finish();
    one.consumer.forget(entry.file.position());
    left.set(fileKey(entry.file), entry.file.position());
    for (const key of left.keys()) if (left.size > globFilesMax) left.delete(key);
  }
}

/** The other path as which a file is read already: its lines would count twice. */
function findTwin(one: Followed, found: Stats, { followed, covers }: Paths): string | null {
  for (const other of followed.values()) {
    if (other === one || !covers(other.path, one.path)) continue;
    const files = [other.current, other.opening, ...other.old.map(({ file }) => file)];
    if (files.some((file) => file !== null && isFile(file, found))) return other.path;
  }
  return null;
}

export function isFile(
  one: { dev: number; ino: number },
  other: { dev: number; ino: number },
): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

export function fileKey({ dev, ino }: { dev: number; ino: number }): string {
  return `${dev}:${ino}`;
}

export function blame(one: Followed, fault: string): void {
  if (one.fault === fault) return;
  one.fault = fault;
  one.consumer.say("notice", `${one.path} ${fault}: waiting for it`);
}

export function tryStat(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

export function statusOf(one: Followed, watchFault: string | null): SourceStatus {
  const files = [...one.old.map(({ file }) => file), ...(one.current ? [one.current] : [])];
  const polling = watchFault !== null;
  return {
    name: one.path,
    state: one.current === null ? "waiting" : polling ? "polling" : "following",
    detail: one.current === null ? (one.fault ?? "") : (watchFault ?? ""),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    lastAt: files.reduce<number | null>((last, file) => file.lastAt ?? last, null),
    oversized: files.reduce((sum, file) => sum + file.oversized, 0),
  };
}
