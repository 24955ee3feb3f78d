/**
 * Where f2b itself lies: library/ and runtime/ are found from here, whether this file runs from its
 * source or from a chunk in dist/.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(from: string): string {
  const isRoot = existsSync(join(from, "package.json")) && existsSync(join(from, "library"));
  if (isRoot) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error("f2b is not installed whole: its library/ is missing");
  return findRoot(parent);
}

/** The version in package.json. */
export function readVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;
}
