/**
 * Declarations of the policy's own files that nothing uses: filters, actions, `let`s, parameters.
 *
 * Names are compared by their text alone, over all files; a name that is also used for something
 * else is therefore taken for used. Library modules declare what others use.
 */
import type { Name } from "../1-read/ast.ts";
import { isLibraryModule, type Loaded } from "../2-check/load.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";

interface Declaration {
  readonly kind: string;
  readonly name: Name;
}

export function findUnused(loaded: Loaded, diagnostics: Diagnostics): void {
  const own = [...loaded.trees].filter(([file]) => !isLibraryModule(file)).map(([, tree]) => tree);
  const items = own.flatMap((tree) => tree.items);
  const hasJails = items.some((item) => item.type === "jail");
  const declared: Declaration[] = [];
  const lets = (body: readonly object[]): void => {
    for (const one of body as readonly { type: string; name: Name }[]) {
      if (one.type === "let") declared.push({ kind: "let", name: one.name });
      if (one.type !== "when") continue;
      const { then, otherwise } = one as unknown as { then: object[]; otherwise: object[] | null };
      lets(then);
      lets(otherwise ?? []);
    }
  };
  lets(items);
  for (const item of items) {
    if (item.type !== "filter" && item.type !== "action") continue;
    if (hasJails) declared.push({ kind: item.type, name: item.name });
    declared.push(...item.params.map(({ name }) => ({ kind: "parameter", name })));
    lets(item.body);
  }
  // A file of `let`s and filters alone is there for others.
  if (!hasJails && !items.some((item) => item.type === "filter" || item.type === "action")) return;
  const used = new Set<string>();
  const places = new Set<unknown>(declared.map((one) => one.name));
  for (const tree of own) collectUsed(tree, places, used);
  for (const { kind, name } of declared) {
    if (!used.has(name.name)) diagnostics.add(catalogue.unused, name.at, { kind, name: name.name });
  }
}

/** Every name in a tree that is no declaration, and what stands in holes and tags. */
function collectUsed(node: unknown, declarations: ReadonlySet<unknown>, used: Set<string>): void {
  if (Array.isArray(node)) {
    for (const one of node) collectUsed(one, declarations, used);
    return;
  }
  if (typeof node !== "object" || node === null || declarations.has(node)) return;
  const { type, name, value, source } = node as Record<string, unknown>;
  if (type === "name" && typeof name === "string") used.add(name);
  if (type === "text" && typeof value === "string") {
    for (const [, hole] of value.matchAll(/\{([\w-]+)\}/g)) used.add(hole ?? "");
    return;
  }
  if (type === "regex" && typeof source === "string") {
    for (const [, tag] of source.matchAll(/<([\w-]+)>/g)) used.add(tag ?? "");
    return;
  }
  for (const [key, child] of Object.entries(node)) {
    if (key !== "at") collectUsed(child, declarations, used);
  }
}
