/**
 * `mkdir -p`, with the kernel's reason when it refuses.
 *
 * In: a path. Out: a folder, the missing ones above it made, too. Throws with what it is for and why it cannot be made:
 * on a read-only disk Node's own recursive mkdir says that there is no such file.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

export function makeFolders(what: string, path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch {
    let missing = path;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    try {
      mkdirSync(missing, { mode });
      mkdirSync(path, { recursive: true, mode });
    } catch (error) {
      throw new Error(`${what} ${path} cannot be made: ${(error as Error).message}`);
    }
  }
}
