/**
 * What every part of the check needs: the diagnostics, places, and what is declared where.
 *
 * Made once by `check.ts`; nothing here outlives one compilation.
 */

import type { At } from "../../schemas/policy.ts";
import type { Action, Defaults, Filter, Jail } from "../1-read/ast.ts";
import { nearest } from "../1-read/nearest.ts";
import type { Diagnostics, Entry, Fix, Label } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";
import type { Loaded } from "./load.ts";
import type { Scope } from "./scope.ts";

export interface Declared<T> {
  readonly tree: T;
  /** The scope of its file. */
  readonly scope: Scope;
  /** Stands in a module of the standard library. */
  readonly isLibrary: boolean;
}

/** Nobody reads more; a hostile policy must not make us look for a million near names. */
export const findingsMax = 100;
const candidatesMax = 1_000;

/** Thrown by `Findings` and caught by `check`: there is nothing more to say. */
export class TooManyFindings extends Error {}

/** What parts of the check see of the diagnostics. */
export class Findings {
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  add<A>(
    what: Entry<A>,
    at: Span,
    args: A,
    more: { labels?: readonly Label[]; help?: string; fix?: Fix } = {},
  ): void {
    if (this.#diagnostics.count >= findingsMax) throw new TooManyFindings();
    this.#diagnostics.add(what, at, args, more);
  }
}

export interface Context {
  readonly loaded: Loaded;
  readonly diagnostics: Findings;
  readonly filters: ReadonlyMap<string, Declared<Filter>>;
  readonly actions: ReadonlyMap<string, Declared<Action>>;
  readonly jails: ReadonlyMap<string, Declared<Jail>>;
  readonly defaults: Declared<Defaults> | null;
  /** By file. */
  readonly scopes: ReadonlyMap<string, Scope>;
  /** Names that were reported once, by kind: `filter sshdd`. */
  readonly poisoned: Set<string>;
}

export function atOf(context: Context, span: Span): At {
  const source = context.loaded.sources.get(span.file);
  const { line, column } = source?.position(span.start) ?? { line: 1, column: 1 };
  return { file: span.file, line, column, start: span.start, end: span.end };
}

/** The nearest of `known` as arguments of an entry: absent when none is near. */
export function near(name: string, known: Iterable<string>): { name: string; nearest?: string } {
  const candidates: string[] = [];
  for (const one of known) {
    if (candidates.length >= candidatesMax) break;
    candidates.push(one);
  }
  const found = nearest(name, candidates);
  return found === undefined ? { name } : { name, nearest: found };
}

/** True the first time a name of a kind fails, so that it is reported once. */
export function poison(context: Context, kind: string, name: string): boolean {
  const key = `${kind} ${name}`;
  if (context.poisoned.has(key)) return false;
  context.poisoned.add(key);
  return true;
}
