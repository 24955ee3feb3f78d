/**
 * Path patterns: `*`, `?` and `[...]` within one path component, as in glob(7).
 *
 * In: a pattern. Out: the paths that match now, sorted, and the folders in which new ones can appear. Node has
 * its own glob only from version 22. A leading dot must be written, as in a shell.
 */
import { type Dirent, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files one pattern may follow: a pattern that finds more is a mistake that would eat all descriptors. */
export const globFilesMax = 1000;

export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

export interface GlobResult {
  readonly paths: string[];
  /** How many more match than may be followed. */
  readonly left: number;
  /** Existing folders that were searched: watch these for new files. */
  readonly folders: string[];
}

export function expandGlob(pattern: string): GlobResult {
  if (!isGlob(pattern)) return { paths: [pattern], left: 0, folders: [dirname(pattern)] };
  const absolute = pattern.startsWith("/");
  const parts = pattern.split("/").filter((part) => part !== "");
  const folders = new Set<string>();
  let found = [absolute ? "/" : "."];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (!isGlob(part)) {
      found = found.map((folder) => join(folder, part));
      continue;
    }
    const matches = globPart(part);
    const next: string[] = [];
    for (const folder of found) {
      const entries = list(folder);
      if (entries !== null) folders.add(folder);
      for (const entry of entries ?? []) {
        if (!matches.test(entry.name)) continue;
        if (entry.name.startsWith(".") && !part.startsWith(".")) continue;
        if (isLast ? !entry.isDirectory() : entry.isDirectory() || entry.isSymbolicLink()) {
          next.push(join(folder, entry.name));
        }
      }
    }
    found = next;
  }
  const left = Math.max(0, found.length - globFilesMax);
  return { paths: found.sort().slice(0, globFilesMax), left, folders: [...folders] };
}

/** Null: the folder is not there, or may not be read. */
function list(folder: string): Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}

/** Linear by construction: `*` becomes `[^/]*`, and two of them in a row become one. */
function globPart(part: string): RegExp {
  let source = "";
  for (let at = 0; at < part.length; at++) {
    const char = part[at] as string;
    if (char === "*") {
      if (part[at - 1] !== "*") source += "[^/]*";
    } else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const end = part.indexOf("]", at + 2);
      if (end < 0) source += "\\[";
      else {
        const set = part.slice(at + 1, end).replace(/[\\\]^]/g, "\\$&");
        source += `[${set.startsWith("!") ? `^${set.slice(1)}` : set}]`;
        at = end;
      }
    } else source += char.replace(/[.+^${}()|\\\]]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    // A reversed range such as [z-a] matches nothing, as in a shell.
    return /(?!)/;
  }
}
