/**
 * Where a log stands that was rotated while nobody looked: beside itself, or in a folder there, as with logrotate's
 * `olddir`.
 *
 * In: a log's path, and the file it named. Out: the paths under which that file stands now. Each folder is looked through
 * once, however many logs it has.
 */
import { type Dirent, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileKey, tryStat } from "./followed-path.ts";

export type FindRotated = (log: string, file: { dev: number; ino: number }) => string[];

export function makeFindRotated(): FindRotated {
  const folders = new Map<string, Map<string, string[]>>();
  return (log, file) => {
    const folder = dirname(log);
    const files = folders.get(folder) ?? lookThrough(folder);
    folders.set(folder, files);
    return (files.get(fileKey(file)) ?? []).filter((path) => path !== log);
  };
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
