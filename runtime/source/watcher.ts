/**
 * Tells when something in a folder changed: inotify through `fs.watch` where the kernel gives it, a clock where
 * it does not.
 *
 * In: folders. Out: calls with folder and file name, and whether names are as they were. What must hold: no change is missed for longer than
 * `safetyMs` (network file systems give no events) and no longer than `pollMs` without inotify.
 */
import { type FSWatcher, watch } from "node:fs";

export interface FolderWatcher {
  /** Watches exactly these folders from now on. */
  setFolders(folders: readonly string[]): void;
  /** Why the kernel gives no events; null: it does. */
  readonly fault: string | null;
  stop(): void;
}

/** Without inotify: how long a new line may wait. */
const pollMs = 250;
/** With inotify: a look all the same, for file systems that change without events. */
const safetyMs = 5_000;
/** How long to wait before asking for inotify again. */
const retryMs = 30_000;

export type WatchFolder = (
  folder: string,
  onEvent: (name: string | null, isWrite?: boolean) => void,
  onError: (error: Error) => void,
) => { close(): void };

/**
 * `onChange(folder, name, isWrite)`: name null means anything; a write changes what is in a file, and no name comes or
 * goes. `watchFolder` is injectable for tests.
 */
export function watchFolders(
  onChange: (folder: string | null, name: string | null, isWrite: boolean) => void,
  watchFolder: WatchFolder = watchByInotify,
): FolderWatcher {
  const watching = new Map<string, { close(): void }>();
  let wanted: readonly string[] = [];
  let fault: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let retryAt = 0;
  let stopped = false;

  function add(folder: string): void {
    const fail = (error: Error) => {
      watching.get(folder)?.close();
      watching.delete(folder);
      const code = (error as NodeJS.ErrnoException).code;
      // A folder that is not there yet is waited for; only a kernel that refuses is a fault.
      if (code === "ENOENT" || code === "ENOTDIR") return;
      fault = code === "ENOSPC" || code === "EMFILE" ? "inotify limits reached" : error.message;
    };
    try {
      watching.set(
        folder,
        watchFolder(folder, (name, isWrite = false) => onChange(folder, name, isWrite), fail),
      );
    } catch (error) {
      fail(error as Error);
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(tick, fault === null ? safetyMs : pollMs);
    timer.unref();
  }

  function tick(): void {
    const now = performance.now();
    if (now >= retryAt) {
      retryAt = now + retryMs;
      fault = null;
      for (const folder of wanted) if (!watching.has(folder)) add(folder);
    }
    onChange(null, null, false);
    schedule();
  }

  schedule();
  return {
    setFolders(folders) {
      wanted = [...new Set(folders)];
      for (const [folder, handle] of watching) {
        if (wanted.includes(folder)) continue;
        handle.close();
        watching.delete(folder);
      }
      for (const folder of wanted) if (!watching.has(folder)) add(folder);
      if (fault !== null && timer !== null) {
        clearTimeout(timer);
        schedule();
      }
    },
    get fault() {
      return fault;
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      for (const handle of watching.values()) handle.close();
      watching.clear();
    },
  };
}

const watchByInotify: WatchFolder = (folder, onEvent, onError) => {
  const watcher: FSWatcher = watch(folder, { persistent: false }, (event, name) =>
    onEvent(name, event === "change"),
  );
  watcher.on("error", onError);
  return watcher;
};
