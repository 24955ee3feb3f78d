/**
 * POLICY of a command line -> where `load` reads from.
 *
 * In: a path, `std`, or a module such as `std/nginx`. Out: the entry's name and a reader for it and all
 * that it uses. `std` is a policy made up on the spot that uses every module but the ready jails, and so is
 * a module of ready jails, which leave to the policy who is spared and what is done. Only regular
 * files are read, and of a file no more than shows that it is too large.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { sourceBytesMax } from "../1-read/read-source.ts";
import type { Wanted } from "../2-check/check.ts";
import type { Files } from "../2-check/load.ts";
import { hostFault, inputFault } from "./fault.ts";
import { packageRoot } from "./package-root.ts";

export interface PolicyFiles extends Files {
  /** The name under which diagnostics speak of the policy. */
  readonly entry: string;
  modules(): readonly string[];
  /** Where a source stands on the disk; null: nowhere that is the user's. */
  pathOf(name: string): string | null;
}

const libraryFolder = join(packageRoot, "library");

/** The name of the policy that stands for the whole library. */
const wholeLibrary = "std.f2b";

/** Modules of ready jails are called so: `std/jails/sshd`. */
const readyJails = "std/jails/";

export function openPolicy(policy: string): PolicyFiles {
  const modules = listModules();
  if (policy === "std") {
    const filters = modules.filter((name) => !name.startsWith(readyJails));
    return madeUp(`use ${filters.join(", ")}\n`, modules);
  }
  if (policy.startsWith(readyJails) && modules.includes(policy)) {
    return madeUp(`use ${policy}\ndefaults { never ban self  do none }\n`, modules);
  }
  if (policy.startsWith("std/")) {
    return { entry: policy, read: readModule, modules: () => modules, pathOf: () => null };
  }
  const path = resolve(policy);
  const folder = dirname(path);
  const entry = basename(path);
  if (readRegular(path) === null) throw inputFault(`there is no policy ${policy}`);
  return {
    entry,
    read: (name) => (name.startsWith("std/") ? readModule(name) : readRegular(join(folder, name))),
    modules: () => modules,
    pathOf: (name) => (name.startsWith("std/") ? null : join(folder, name)),
  };
}

function madeUp(text: string, modules: readonly string[]): PolicyFiles {
  const bytes = Buffer.from(text);
  const read = (name: string) => (name === wholeLibrary ? bytes : readModule(name));
  return { entry: wholeLibrary, read, modules: () => modules, pathOf: () => null };
}

/** What a command looks at besides what jails use: of the library, all there is. */
export function wantedOf(policy: string): Wanted {
  return isLibrary(policy) ? { all: true } : {};
}

export function isLibrary(policy: string): boolean {
  return policy === "std" || policy.startsWith("std/");
}

/** `std/nginx` for library/nginx.f2b, sorted. */
export function listModules(): string[] {
  return readdirSync(libraryFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".f2b"))
    .map((file) => `std/${file.slice(0, -".f2b".length)}`)
    .sort();
}

function readModule(name: string): Uint8Array | null {
  if (!/^std\/[a-z0-9][\w/-]*$/.test(name)) return null;
  return readRegular(join(libraryFolder, `${name.slice("std/".length)}.f2b`));
}

/** Null: there is none. Not blocking, so that a named pipe in a file's place cannot hold us up. */
function readRegular(path: string): Uint8Array | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw hostFault(`cannot read ${path}`, error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw inputFault(`${path} is no regular file`);
    const bytes = Buffer.alloc(Math.min(stat.size, sourceBytesMax + 1));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
