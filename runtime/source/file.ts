/**
 * Follows log files and globs, through every way in which logs are rotated.
 *
 * In: path patterns and the positions of the last run. Out: bytes to the consumer. What must hold: a rotated file
 * is read to its end before and while its successor is read; a file that is missing is waited for and
 * never stops another; new files that match a pattern are read from their start.
 */
import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FollowedFile } from "./followed-file.ts";
import { expandGlob, globFilesMax, isGlob } from "./glob.ts";
import type { Consumer, Position, Source, SourceStatus } from "./source.ts";
import { type FolderWatcher, type WatchFolder, watchFolders } from "./watcher.ts";

type FilePosition = Extract<Position, { kind: "file" }>;

export interface FileSourceOptions {
  readonly patterns: readonly string[];
  /** Where a file that has no position starts when the daemon starts; new ones start at their start. */
  readonly from: "start" | "end" | null;
  readonly positions: readonly FilePosition[];
  /** One consumer a path: each file has a scanner of its own, so that their records never mix. */
  readonly consumer: (path: string) => Consumer;
  readonly watchFolder?: WatchFolder;
}

/** How long a renamed file is still read: its writer learns of the rotation by a signal. */
const drainMs = 60_000;

interface Followed {
  readonly path: string;
  readonly consumer: Consumer;
  /** The file that the path names now; null: none yet. */
  current: FollowedFile | null;
  /** Files that the path named before. */
  readonly old: { file: FollowedFile; until: number }[];
  /** Why there is nothing to read; said once. */
  fault: string | null;
  reading: Promise<void> | null;
  again: boolean;
}

export function fileSource(options: FileSourceOptions): Source {
  const followed = new Map<string, Followed>();
  /** Folder and name of an event -> the paths that it may concern. */
  let concerned = new Map<string, Followed[]>();
  let watcher: FolderWatcher | null = null;
  let stopped = false;

  async function start(): Promise<void> {
    expand();
    for (const one of followed.values()) await openFirst(one, options);
    watcher = watchFolders(onChange, options.watchFolder);
    watchAll();
    for (const one of followed.values()) look(one);
  }

  function expand(): void {
    for (const pattern of options.patterns) {
      const { paths } = expandGlob(pattern);
      for (const path of paths) {
        if (followed.has(path) || followed.size >= globFilesMax) continue;
        const consumer = options.consumer(path);
        followed.set(path, {
          path,
          consumer,
          current: null,
          old: [],
          fault: null,
          reading: null,
          again: false,
        });
      }
    }
  }

  /** The folders of all paths, of what links among them point to, and those that patterns search. */
  function watchAll(): void {
    const folders = new Set<string>();
    concerned = new Map();
    const concern = (path: string, one: Followed) => {
      folders.add(dirname(path));
      const list = concerned.get(path);
      if (list === undefined) concerned.set(path, [one]);
      else if (!list.includes(one)) list.push(one);
    };
    for (const one of followed.values()) {
      concern(one.path, one);
      try {
        concern(realpathSync(one.path), one);
      } catch {
        // Not there: its folder tells when it comes.
      }
    }
    for (const pattern of options.patterns) {
      if (isGlob(pattern)) for (const folder of expandGlob(pattern).folders) folders.add(folder);
    }
    watcher?.setFolders([...folders]);
  }

  function onChange(folder: string | null, name: string | null): void {
    if (stopped) return;
    if (folder !== null && name !== null) {
      const ones = concerned.get(join(folder, name));
      if (ones !== undefined) {
        for (const one of ones) look(one);
        return;
      }
      // Perhaps a rotated file that is still written to.
      for (const one of followed.values()) if (one.old.length > 0) look(one);
      if (!options.patterns.some(isGlob)) return;
    }
    expand();
    watchAll();
    for (const one of followed.values()) look(one);
  }

  /** Reads what is new; calls that come while it reads make it look once more. */
  function look(one: Followed): void {
    if (stopped) return;
    if (one.reading !== null) {
      one.again = true;
      return;
    }
    one.reading = (async () => {
      do {
        one.again = false;
        try {
          await readNew(one, () => stopped);
          one.consumer.caughtUp();
        } catch (error) {
          blame(one, (error as Error).message);
        }
      } while (one.again && !stopped);
      one.reading = null;
    })();
  }

  return {
    start,
    reopen: () => onChange(null, null),
    status: () => [...followed.values()].map((one) => statusOf(one, watcher?.fault ?? null)),
    async idle() {
      for (const one of followed.values()) await one.reading;
    },
    async stop() {
      stopped = true;
      watcher?.stop();
      for (const one of followed.values()) {
        await one.reading;
        await one.current?.close();
        for (const { file } of one.old) await file.close();
      }
    },
  };
}

/** At the daemon's start: where the last run stopped, in whatever files that is by now. */
async function openFirst(one: Followed, options: FileSourceOptions): Promise<void> {
  const positions = options.positions.filter((known) => known.path === one.path);
  try {
    const found = tryStat(one.path);
    const file = found === null ? null : await FollowedFile.open(one.path, one.consumer);
    let known = false;
    for (const position of positions) {
      const isCurrent = file?.ino === position.ino && file.dev === position.dev;
      if (isCurrent && (await file.seek(position))) known = true;
      else await openRotated(one, position);
    }
    if (file === null) blame(one, "is not there");
    else if (known) one.current = file;
    else {
      await file.close();
      one.current = await FollowedFile.open(one.path, one.consumer);
      if (positions.length === 0 && options.from === "end") await one.current.seekEnd();
    }
  } catch (error) {
    blame(one, (error as Error).message);
  }
}

/** The file was rotated while nobody looked: its rest stands beside it under another name. */
async function openRotated(one: Followed, position: FilePosition): Promise<void> {
  const folder = dirname(one.path);
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const found = tryStat(path);
    if (name === basename(one.path) || found === null) continue;
    if (found.ino !== position.ino || found.dev !== position.dev) continue;
    const file = await FollowedFile.open(path, one.consumer, one.path);
    if (await file.seek(position)) {
      await file.readOn(() => false);
      one.old.push({ file, until: performance.now() + drainMs });
      return;
    }
    await file.close();
  }
  one.consumer.forget(position);
  one.consumer.say(
    "notice",
    `${one.path} was replaced or cut while f2b did not run; what it held before is gone`,
  );
}

async function readNew(one: Followed, stop: () => boolean): Promise<void> {
  const found = tryStat(one.path);
  const { current } = one;
  if (current !== null) {
    await current.readOn(stop);
    if (found === null || found.ino !== current.ino || found.dev !== current.dev) {
      one.old.push({ file: current, until: performance.now() + drainMs });
      one.current = null;
      if (found === null) blame(one, "was renamed or removed");
    }
  }
  await drainOld(one, stop);
  if (one.current === null && found !== null) {
    one.current = await FollowedFile.open(one.path, one.consumer);
    if (one.fault !== null) one.consumer.say("info", `${one.path}: following the new file`);
    one.fault = null;
    await one.current.readOn(stop);
  }
}

async function drainOld(one: Followed, stop: () => boolean): Promise<void> {
  for (const entry of [...one.old]) {
    if (await entry.file.readOn(stop)) entry.until = performance.now() + drainMs;
    if (performance.now() < entry.until) continue;
    one.old.splice(one.old.indexOf(entry), 1);
    await entry.file.finish();
    one.consumer.forget(entry.file.position());
  }
}

function blame(one: Followed, fault: string): void {
  if (one.fault === fault) return;
  one.fault = fault;
  one.consumer.say("notice", `${one.path} ${fault}: waiting for it`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function tryStat(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function statusOf(one: Followed, watchFault: string | null): SourceStatus {
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
