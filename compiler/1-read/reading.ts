/**
 * What the parts of 1-read share while they read one file.
 *
 * In: tokens and nodes of the concrete tree. Out: spans, and diagnostics of one file, of which there
 * are at most `diagnosticsMax`: a broken file of ten megabytes is told about as briefly as a small one.
 */
import type { CstNode, IToken } from "chevrotain";
import { read } from "../diagnostics/catalogue/read.ts";
import type { Diagnostics, Entry, Fix, Label } from "../diagnostics/diagnostic.ts";
import type { Source, Span } from "../source.ts";

export const diagnosticsMax = 100;

/** Thrown by builders where the parser recovered and a part is missing: told already. */
export class Incomplete extends Error {}

export class Reading {
  #count = 0;

  constructor(
    readonly source: Source,
    readonly diagnostics: Diagnostics,
  ) {}

  /** No more is reported; who loops over what may be wrong stops here. */
  get isFull(): boolean {
    return this.#count > diagnosticsMax;
  }

  report<A>(
    what: Entry<A>,
    at: Span,
    args: A,
    more: { labels?: readonly Label[]; help?: string; fix?: Fix } = {},
  ): void {
    if (this.isFull) return;
    this.#count++;
    if (this.isFull) this.diagnostics.add(read.tooManyErrors, at, { max: diagnosticsMax });
    else this.diagnostics.add(what, at, args, more);
  }

  span(start: number, end: number): Span {
    return { file: this.source.name, start, end };
  }

  at(part: IToken | CstNode): Span {
    if ("image" in part) {
      const start = Number.isNaN(part.startOffset) ? 0 : part.startOffset;
      return this.span(start, start + part.image.length);
    }
    const start = part.location?.startOffset ?? Number.NaN;
    const end = part.location?.endOffset ?? Number.NaN;
    return Number.isNaN(start) || Number.isNaN(end)
      ? this.span(0, 0)
      : this.span(start, Math.max(start, end + 1));
  }
}

/** The first of the parts a rule must have; recovery may have left it out or made one up. */
export function need<P extends IToken | CstNode>(parts: readonly P[] | undefined): P {
  const part = parts?.[0];
  if (part === undefined || ("image" in part && part.isInsertedInRecovery)) throw new Incomplete();
  return part;
}

/** The tokens that the policy has, without those that recovery made up. */
export function written(tokens: readonly IToken[] | undefined): readonly IToken[] {
  return (tokens ?? []).filter((token) => !token.isInsertedInRecovery);
}

/** Builds each part; those that recovery left incomplete are dropped. */
export function each<P, N>(parts: readonly P[] | undefined, build: (part: P) => N): N[] {
  const built: N[] = [];
  for (const part of parts ?? []) {
    try {
      built.push(build(part));
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
    }
  }
  return built;
}

/** `build(part)` when the rule has this part, else null. */
export function optional<P extends IToken | CstNode, N>(
  parts: readonly P[] | undefined,
  build: (part: P) => N,
): N | null {
  return parts === undefined || parts.length === 0 ? null : build(need(parts));
}
