/**
 * Who is declared: filters, actions, jails and file-level `let`s of all loaded files.
 *
 * Filters, actions and jails are one namespace each over all files. A `let` of a library module is
 * seen in that module and in files that use it; the policy's own files share theirs. Whatever
 * stands twice is reported with the first as label; the first counts. Only a jail of the policy's own
 * may have the name of a ready jail of the library: then both are one (merge-jail.ts).
 */
import type { Item, Jail, Name } from "../1-read/ast.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { type Context, type Declared, Findings } from "./context.ts";
import { isLibraryModule, type Loaded } from "./load.ts";
import { mergeJail } from "./merge-jail.ts";
import { bindingAt, Scope } from "./scope.ts";

export function collectNames(loaded: Loaded, all: Diagnostics): Context {
  const diagnostics = new Findings(all);
  const scopes = makeScopes(loaded);
  const filters = new Map();
  const actions = new Map();
  const jails = new Map<string, Declared<Jail>>();
  const merged = new Set<string>();
  let defaults: Context["defaults"] = null;
  for (const [file, tree] of loaded.trees) {
    const scope = scopes.get(file) as Scope;
    const isLibrary = isLibraryModule(file);
    for (const item of tree.items) {
      if (item.type === "filter") declare(filters, item, { scope, isLibrary });
      else if (item.type === "action") declare(actions, item, { scope, isLibrary });
      else if (item.type === "jail") declareJail(item, { scope, isLibrary });
      else if (item.type === "let") {
        const earlier = scope.add(item.name.name, { kind: "let", let: item });
        if (earlier !== null) reportTwice("let", item.name, bindingAt(earlier));
      } else if (item.type === "defaults") {
        if (defaults === null) defaults = { tree: item, scope, isLibrary };
        else {
          diagnostics.add(
            catalogue.defaultsTwice,
            item.at,
            {},
            {
              labels: [{ at: defaults.tree.at, text: "the first is here" }],
            },
          );
        }
      }
    }
  }
  return { loaded, diagnostics, filters, actions, jails, defaults, scopes, poisoned: new Set() };

  /** A jail of the policy's own stands before the library's ready jail of its name, in any order. */
  function declareJail(tree: Jail, rest: Omit<Declared<Jail>, "tree">): void {
    const { name } = tree.name;
    const earlier = jails.get(name);
    if (earlier === undefined || earlier.isLibrary === rest.isLibrary || merged.has(name)) {
      declare(jails, tree, rest);
      return;
    }
    merged.add(name);
    const [own, ready] = rest.isLibrary ? [earlier, { tree }] : [{ tree, ...rest }, earlier];
    jails.set(name, { ...own, tree: mergeJail(own.tree, ready.tree) });
  }

  function declare<T extends Item & { readonly name: Name }>(
    into: Map<string, Declared<T>>,
    tree: T,
    rest: Omit<Declared<T>, "tree">,
  ): void {
    const earlier = into.get(tree.name.name);
    if (earlier === undefined) into.set(tree.name.name, { tree, ...rest });
    else reportTwice(tree.type, tree.name, earlier.tree.name.at);
  }

  function reportTwice(kind: string, name: Name, first: Name["at"]): void {
    diagnostics.add(
      catalogue.declaredTwice,
      name.at,
      { kind, name: name.name },
      {
        labels: [{ at: first, text: "the first is here" }],
      },
    );
  }
}

/** One scope for all files of the policy's own, one for each library module. */
function makeScopes(loaded: Loaded): Map<string, Scope> {
  const own = new Scope();
  const scopes = new Map<string, Scope>();
  for (const file of loaded.trees.keys()) {
    scopes.set(file, isLibraryModule(file) ? new Scope() : own);
  }
  for (const [file, used] of loaded.uses) {
    for (const other of used) {
      const scope = scopes.get(other);
      if (scope !== undefined) scopes.get(file)?.addParent(scope);
    }
  }
  return scopes;
}
