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
}

export function isLibraryModule(name: string): boolean {
  return name.startsWith("std/");
}

export function load(entry: string, files: Files, diagnostics: Diagnostics): Loaded {
  const sources = new Map<string, Source>();
  const trees = new Map<string, Tree>();
  const hashes = new Map<string, string>();
  const uses = new Map<string, string[]>();
  /** The way from the entry to the file at hand: a name that stands here twice is a cycle. */
  const chain: string[] = [];

  follow(entry, { file: entry, start: 0, end: 0 });
  return { entry, sources, trees, hashes, uses };

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
    hashes.set(name, createHash("sha256").update(bytes).digest("hex"));
    const source = readSource(name, bytes, diagnostics);
    if (source === null) return;
    sources.set(name, source);
    const tree = parse(source, diagnostics);
    trees.set(name, tree);
    chain.push(name);
    for (const item of tree.items) if (item.type === "use") followUse(name, item);
    chain.pop();
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

/** Null: no name that could be printed or would stay what it is on another machine. */
function resolveFile(from: string, written: string): string | null {
  const isRelative = written.startsWith("./") || written.startsWith("../");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (!isRelative || !written.endsWith(".f2b") || /[\u0000-\u001f\\]/.test(written)) return null;
  if (isLibraryModule(from)) return null;
  const resolved = posix.normalize(posix.join(posix.dirname(from), written));
  return isLibraryModule(resolved) ? null : resolved;
}
