/**
 * All files of a policy: the entry, and whatever `use` leads to.
 *
 * In: the entry's name and a synchronous reader. Out: sources, trees and hashes by name, the entry
 * first. Names are relative to the policy (`./shop.f2b` of `lib/a.f2b` is `lib/shop.f2b`) or a
 * library module's (`std/sshd`); the reader decides what they stand for. A file is read once.
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Policy as Tree, Use } from "../1-read/ast.ts";
import { nearest } from "../1-read/nearest.ts";
import { parse } from "../1-read/parse.ts";
import { readSource } from "../1-read/read-source.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Source, Span } from "../source.ts";

export interface Files {
  /** The bytes of a policy's file or of a library module; null: there is none. */
  read(name: string): Uint8Array | null;
  /** Modules that could have been meant: for hints only. */
  modules?(): readonly string[];
}

export interface Loaded {
  readonly entry: string;
  readonly sources: ReadonlyMap<string, Source>;
  readonly trees: ReadonlyMap<string, Tree>;
  readonly hashes: ReadonlyMap<string, string>;
  /** By file, what its `use` lines name, resolved. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
  /** By filter that a jail with `watch default` calls, the module of its ready jail: its sources are looked up there. */
  readonly ready: ReadonlyMap<string, Tree>;
}

export function isLibraryModule(name: string): boolean {
  return name.startsWith("std/");
}

export function load(entry: string, files: Files, diagnostics: Diagnostics): Loaded {
  const sources = new Map<string, Source>();
  const trees = new Map<string, Tree>();
  const hashes = new Map<string, string>();
  const uses = new Map<string, string[]>();
  const ready = new Map<string, Tree>();
  /** The way from the entry to the file at hand: a name that stands here twice is a cycle. */
  const chain: string[] = [];

  follow(entry, { file: entry, start: 0, end: 0 });
  for (const filter of findUsualSources(trees.values())) lookUpReady(filter);
  return { entry, sources, trees, hashes, uses, ready };

  function follow(name: string, at: Span): void {
    const earlier = chain.indexOf(name);
    if (earlier >= 0) {
      const way = [...chain.slice(earlier), name].join(" uses ");
      diagnostics.add(catalogue.useCycle, at, { way });
      return;
    }
    if (uses.has(name)) return;
    const bytes = files.read(name);
    if (bytes === null) {
      const known = files.modules?.() ?? [];
      const near = isLibraryModule(name) ? nearest(name, known) : undefined;
      diagnostics.add(catalogue.missingFile, at, near ? { name, nearest: near } : { name });
      return;
    }
    uses.set(name, []);
    const tree = readTree(name, bytes);
    if (tree === null) return;
    trees.set(name, tree);
    chain.push(name);
    for (const item of tree.items) if (item.type === "use") followUse(name, item);
    chain.pop();
  }

  function readTree(name: string, bytes: Uint8Array): Tree | null {
    hashes.set(name, createHash("sha256").update(bytes).digest("hex"));
    const source = readSource(name, bytes, diagnostics);
    if (source === null) return null;
    sources.set(name, source);
    return parse(source, diagnostics);
  }

  /** `std/nginx` has the filter, so `std/jails/nginx` has its ready jail. What that uses is not asked for. */
  function lookUpReady(filter: string): void {
    const home = [...trees].find(
      ([name, tree]) => isLibraryModule(name) && declaresFilter(tree, filter),
    );
    if (home === undefined) return;
    const module = home[0].replace(/^std\//, "std/jails/");
    const known = trees.get(module) ?? [...ready.values()].find((tree) => tree.at.file === module);
    const bytes = known === undefined ? files.read(module) : null;
    const tree = known ?? (bytes === null ? null : readTree(module, bytes));
    if (tree !== null) ready.set(filter, tree);
  }

  function followUse(from: string, use: Use): void {
    for (const module of use.modules) {
      const target = module.type === "std" ? module.name : resolveFile(from, module.value);
      if (target === null) {
        diagnostics.add(catalogue.badFileName, module.at, {});
        continue;
      }
      uses.get(from)?.push(target);
      follow(target, module.at);
    }
  }
}

/** The filters of all jails that watch their usual sources. */
function findUsualSources(trees: Iterable<Tree>): Set<string> {
  const found = new Set<string>();
  for (const jail of [...trees].flatMap((tree) => tree.items)) {
    if (jail.type !== "jail") continue;
    if (!jail.body.some((one) => one.type === "watch" && one.source.kind === "default")) continue;
    for (const one of jail.body) {
      if (one.type === "filters") for (const call of one.calls) found.add(call.name.name);
    }
  }
  return found;
}

function declaresFilter(tree: Tree, filter: string): boolean {
  return tree.items.some((one) => one.type === "filter" && one.name.name === filter);
}

/** Null: no name that could be printed or would stay what it is on another machine. */
function resolveFile(from: string, written: string): string | null {
  const isRelative = written.startsWith("./") || written.startsWith("../");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (!isRelative || !written.endsWith(".f2b") || /[\u0000-\u001f\\]/.test(written)) return null;
  if (isLibraryModule(from)) return null;
  const resolved = posix.normalize(posix.join(posix.dirname(from), written));
  return isLibraryModule(resolved) ? null : resolved;
}
