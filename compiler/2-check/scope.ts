/**
 * Where a name is looked up: the block it stands in, then the blocks around it, then its file.
 *
 * In: declarations (`let`) and bound parameters. Out: what a name stands for, with the scope it was
 * declared in, so that a `let` is always read where it stands. Names are keys of Maps only: a policy
 * may call things `__proto__`.
 */
import type { Let, Param, Text, Value } from "../1-read/ast.ts";
import type { Span } from "../source.ts";

/** What a parameter may be; `choice` is one of the words it lists. */
export type ParamType =
  | "choice"
  | "string"
  | "int"
  | "bool"
  | "duration"
  | "address"
  | "list"
  | "secret";

export type ParamBinding = {
  readonly kind: "param";
  readonly param: Param;
  readonly type: ParamType;
  /** null: no value is known, because there is no default or it was wrong. */
  readonly value: Value | null;
  /** By an argument; else by the default. */
  readonly isGiven: boolean;
};

type LetBinding = { readonly kind: "let"; readonly let: Let };

export type Binding = ParamBinding | LetBinding;

export interface Found<B extends Binding = Binding> {
  readonly binding: B;
  readonly scope: Scope;
}

export class Scope {
  readonly #bindings = new Map<string, Binding>();
  readonly #parents: Scope[];

  constructor(...parents: Scope[]) {
    this.#parents = parents;
  }

  addParent(parent: Scope): void {
    if (parent !== this && !this.#parents.includes(parent)) this.#parents.push(parent);
  }

  /** Returns the binding that already has the name here, or null after adding. */
  add(name: string, binding: Binding): Binding | null {
    const earlier = this.#bindings.get(name);
    if (earlier !== undefined) return earlier;
    this.#bindings.set(name, binding);
    return null;
  }

  /** Modules may use one another, so the way up is walked with a memory. */
  find(name: string, seen: Set<Scope> = new Set()): Found | null {
    if (seen.has(this)) return null;
    seen.add(this);
    const binding = this.#bindings.get(name);
    if (binding !== undefined) return { binding, scope: this };
    for (const parent of this.#parents) {
      const found = parent.find(name, seen);
      if (found !== null) return found;
    }
    return null;
  }

  /** The parameters that can be seen from here: for hints. */
  params(): string[] {
    const own = [...this.#bindings].filter(([, binding]) => binding.kind === "param");
    return [...own.map(([name]) => name), ...(this.#parents[0]?.params() ?? [])];
  }

  /** Every name that can be seen from here, the nearest first: for hints. */
  *names(seen: Set<Scope> = new Set()): Generator<string> {
    if (seen.has(this)) return;
    seen.add(this);
    yield* this.#bindings.keys();
    for (const parent of this.#parents) yield* parent.names(seen);
  }
}

/** Where a binding was declared: for labels. */
export function bindingAt(binding: Binding): Span {
  return binding.kind === "let" ? binding.let.name.at : binding.param.name.at;
}

/** A text node that stands for a plain piece of text given elsewhere (an argument, a word). */
export function makeText(value: string, at: Span): Text {
  const offsets = Array.from({ length: value.length + 1 }, () => at.start);
  return { type: "text", value, raw: JSON.stringify(value), ignoreCase: false, offsets, at };
}
