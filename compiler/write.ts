/**
 * From the name of a policy to the text of its module: all of the compiler but the last step.
 *
 * In: the entry's name, a reader for files, and what is wanted. Out: the checked policy, the findings and the
 * module; null in the place of what errors made impossible. Pure: the disk is behind `files`. Whoever
 * needs no bundle takes this, for esbuild alone takes longer to load than most policies to read.
 */
import type { Policy } from "../schemas/policy.ts";
import { check, type Wanted } from "./2-check/check.ts";
import { type Files, load } from "./2-check/load.ts";
import { plan } from "./3-plan/plan.ts";
import { type Emitted, emit } from "./4-write/emit.ts";
import { Diagnostics } from "./diagnostics/diagnostic.ts";
import { lint } from "./lint/lint.ts";
import type { Source } from "./source.ts";

export interface Read {
  readonly policy: Policy | null;
  readonly diagnostics: Diagnostics;
  readonly sources: ReadonlyMap<string, Source>;
}

export interface WriteOptions {
  /** f2b's own, for the banner and the hash. */
  readonly version: string;
  /** Filters besides those that jails use. */
  readonly wanted?: Wanted;
  /** Lists of filter ids, each of which gets a scanner of its own, out of the checked policy. */
  readonly scanners?: (policy: Policy) => string[][];
}

export interface Written extends Read {
  readonly emitted: Emitted | null;
}

/** As far as `f2b lint` goes. */
export function read(entry: string, files: Files, wanted: Wanted = {}): Read {
  const diagnostics = new Diagnostics();
  const loaded = load(entry, files, diagnostics);
  const policy = check(loaded, diagnostics, wanted);
  if (policy !== null) lint(policy, diagnostics, loaded, wanted.library);
  return { policy, diagnostics, sources: loaded.sources };
}

/** As far as the generated module. */
export function write(entry: string, files: Files, options: WriteOptions): Written {
  const checked = read(entry, files, options.wanted);
  const { policy, diagnostics } = checked;
  if (policy === null || diagnostics.hasErrors) return { ...checked, emitted: null };
  const planned = plan(policy, { diagnostics, scanners: options.scanners?.(policy) ?? [] });
  if (diagnostics.hasErrors) return { ...checked, emitted: null };
  return { ...checked, emitted: emit(planned, options.version) };
}
