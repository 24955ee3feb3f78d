/**
 * Where a log stands that was rotated while nobody looked: beside itself, or in a folder there, as with logrotate's
 * `olddir`.
 *
 * In: a log's path, and the file it named. Out: the paths under which that file stands now. Each folder is looked through
 * once, however many logs it has, and once more where names in it changed since: a rotation may come between two looks.
 */
import { type Dirent, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileKey, tryStat } from "./followed-path.ts";

/** `again`: what was told before is not it; none where nothing changed. */
export type FindRotated = (
  log: string,
  file: { dev: number; ino: number },
  again: boolean,
) => string[];

interface Looked {
  /** Of Date.now(), before anything was read. */
  readonly at: number;
  readonly files: Map<string, string[]>;
}

/** A folder's time of change counts in ticks of the kernel. */
const tickMs = 50;

export function makeFindRotated(): FindRotated {
  const folders = new Map<string, Looked>();
  return (log, file, again) => {
    const folder = dirname(log);
    let looked = folders.get(folder);
    if (again && looked !== undefined && !changedSince(folder, looked.at)) return [];
    if (looked === undefined || again) looked = { at: Date.now(), files: lookThrough(folder) };
    folders.set(folder, looked);
    return (looked.files.get(fileKey(file)) ?? []).filter((path) => path !== log);
  };
}

/** Every name that comes or goes changes its folder. */
function changedSince(folder: string, at: number): boolean {
  const stats = tryStat(folder);
  return stats === null || stats.mtimeMs > at - tickMs;
}

function lookThrough(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const inside = entriesOf(folder).filter((entry) => entry.isDirectory());
  for (const one of [folder, ...inside.map(({ name }) => join(folder, name))]) {
    for (const entry of entriesOf(one)) {
      const path = join(one, entry.name);
      const stats = entry.isDirectory() ? null : tryStat(path);
      if (stats === null) continue;
      const key = fileKey(stats);
      found.set(key, [...(found.get(key) ?? []), path]);
    }
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
