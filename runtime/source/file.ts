/**
 * Follows log files and globs, through every way in which logs are rotated.
 *
 * In: path patterns and the positions of the last run. Out: bytes to the consumer. What must hold: a rotated file
 * is read to its end before and while its successor is read; a file that is missing is waited for and
 * never stops another; new files that match a pattern are read from their start.
 */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFindRotated } from "./find-rotated.ts";
import {
  blame,
  type FilePosition,
  type Followed,
  isFile,
  makeFollowed,
  openFirst,
  type Paths,
  readNew,
  statusOf,
  tryStat,
} from "./followed-path.ts";
import { expandGlob, isGlob } from "./glob.ts";
import type { Consumer, Source, SourceStatus } from "./source.ts";
import { type FolderWatcher, type WatchFolder, watchFolders } from "./watcher.ts";

export interface FileSourceOptions {
  readonly patterns: readonly string[];
  /** Where a file that has no position starts when the daemon starts; new ones start at their start. */
  readonly from: "start" | "end" | null;
  readonly positions: readonly FilePosition[];
  /**
   * One consumer a path: each file has a scanner of its own, so that their records never mix. `patterns` are
   * those that found it.
   */
  readonly consumer: (path: string, patterns: readonly string[]) => Consumer;
  /** Whoever wants what stands under `path` gets it from `other` too; without it that is so. */
  readonly covers?: Paths["covers"];
  /** What a pattern found is removed and was read to its end: its consumer is done with. */
  readonly gone?: (path: string) => void;
  /** What a person should know of a pattern. */
  readonly say?: (message: string) => void;
  readonly watchFolder?: WatchFolder;
  readonly drainMs?: number;
}

/** How long a renamed file is still read: its writer learns of the rotation by a signal. */
const drainMsDefault = 60_000;

export function fileSource(options: FileSourceOptions): Source {
  const followed = new Map<string, Followed>();
  const paths: Paths = {
    followed,
    left: new Map(),
    drainMs: options.drainMs ?? drainMsDefault,
    covers: options.covers ?? (() => true),
  };
  /** Pattern -> why not all is read that it means. */
  const faults = new Map<string, string>();
  /** Folder and name of an event -> the paths that it may concern. */
  let concerned = new Map<string, Followed[]>();
  let watcher: FolderWatcher | null = null;
  /** The folders that patterns search. */
  let searched = new Set<string>();
  /** Until then nobody looks around again for a name that came or went. */
  let restUntil = 0;
  let rest: NodeJS.Timeout | null = null;
  let stopped = false;

  async function start(): Promise<void> {
    expand();
    const { from, positions } = options;
    const first = { from, positions, findRotated: makeFindRotated() };
    for (const one of followed.values()) await openFirst(one, paths, first);
    watcher = watchFolders(onChange, options.watchFolder);
    watchAll();
    for (const one of followed.values()) look(one);
  }

  function expand(): void {
    /** Path -> the patterns that find it. */
    const wanted = new Map<string, string[]>();
    searched = new Set();
    for (const pattern of options.patterns) {
      const found = expandGlob(pattern);
      if (isGlob(pattern)) for (const folder of found.folders) searched.add(folder);
      tellOf(pattern, found.paths.length, found.left);
      for (const path of found.paths) wanted.set(path, [...(wanted.get(path) ?? []), pattern]);
    }
    dropGone(wanted);
    for (const [path, patterns] of wanted) {
      if (followed.has(path)) continue;
      followed.set(path, makeFollowed(path, options.consumer(path, patterns)));
    }
  }

  /** Logs with a day in their name come and go: those that are gone make room. */
  function dropGone(found: ReadonlyMap<string, unknown>): void {
    for (const { path, current, old, reading } of followed.values()) {
      if (found.has(path) || current !== null || old.length > 0 || reading !== null) continue;
      followed.delete(path);
      options.gone?.(path);
    }
  }

  function tellOf(pattern: string, count: number, left: number): void {
    let fault = "";
    if (count === 0) fault = "matches no file: waiting for one";
    if (left > 0) fault = `matches ${count + left} files: only ${count} are read`;
    if (fault !== "" && faults.get(pattern) !== fault) options.say?.(`${pattern} ${fault}`);
    faults.set(pattern, fault);
  }

  /** The folders of all paths, of what links among them point to, and those that patterns search. */
  function watchAll(): void {
    const folders = new Set(searched);
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
    watcher?.setFolders([...folders]);
  }

  function onChange(folder: string | null, name: string | null, isWrite: boolean): void {
    if (stopped) return;
    if (folder === null || name === null) {
      expand();
      watchAll();
      for (const one of followed.values()) look(one);
      return;
    }
    const path = join(folder, name);
    const own = concerned.get(path);
    for (const one of own ?? findOld(path)) look(one);
    // What is only written to stands there already, and no pattern finds it: a busy neighbour costs next to nothing.
    if (own === undefined && !isWrite && options.patterns.some(isGlob)) lookAround();
  }

  /** Whose rotated file stands there, perhaps still written to. */
  function findOld(path: string): Followed[] {
    const drained = [...followed.values()].filter(({ old }) => old.length > 0);
    const found = drained.length === 0 ? null : tryStat(path);
    if (found === null) return [];
    return drained.filter(({ old }) => old.some(({ file }) => isFile(file, found)));
  }

  /** A name came or went. Where that goes on and on, looking takes a tenth of the time. */
  function lookAround(): void {
    const since = performance.now();
    if (since < restUntil) {
      rest ??= setTimeout(() => {
        rest = null;
        if (!stopped) lookAround();
      }, restUntil - since);
      rest.unref();
      return;
    }
    expand();
    watchAll();
    for (const one of followed.values()) if (one.current === null) look(one);
    restUntil = performance.now() + 9 * (performance.now() - since);
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
          await readNew(one, paths, () => stopped);
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
    reopen: () => onChange(null, null, false),
    status: () => [
      ...[...faults].flatMap(([name, fault]) =>
        fault === "" ? [] : [statusOfPattern(name, fault)],
      ),
      ...[...followed.values()]
        .filter(({ twin, old }) => twin === null || old.length > 0)
        .map((one) => statusOf(one, watcher?.fault ?? null)),
    ],
    async idle() {
      for (const one of followed.values()) await one.reading;
    },
    async stop() {
      stopped = true;
      if (rest !== null) clearTimeout(rest);
      watcher?.stop();
      for (const one of followed.values()) {
        await one.reading;
        await one.current?.close();
        for (const { file } of one.old) await file.close();
      }
    },
  };
}

function statusOfPattern(name: string, detail: string): SourceStatus {
  return { name, state: "waiting", detail, bytes: 0, lastAt: null, oversized: 0 };
}
