/**
 * `watch default`: the sources that the ready jail of a filter watches.
 *
 * In: the statement and the filters of its jail. Out: the `watch` statements that stand for it, at its
 * place and with its own `as`, `zone` and `from` where it has any; the same source once. A filter without a
 * ready jail has no usual sources: that is an error, for it would be watched nowhere.
 */
import type { JailStatement, Name, Watch } from "../1-read/ast.ts";
import { checkJails as catalogue } from "../diagnostics/catalogue/check-jails.ts";
import type { Context } from "./context.ts";

export function usualSources(tree: Watch, filters: readonly Name[], context: Context): Watch[] {
  const found = new Map<string, Watch>();
  for (const filter of filters) {
    const watches = watchesOf(filter.name, context);
    if (watches.length === 0) {
      context.diagnostics.add(catalogue.noUsualSources, tree.at, { filter: filter.name });
    }
    for (const { source, ...rest } of watches) {
      const as = tree.as ?? rest.as;
      const zone = tree.zone ?? rest.zone;
      const from = tree.from ?? rest.from;
      found.set(describe(source), { type: "watch", at: tree.at, source, as, zone, from });
    }
  }
  return [...found.values()];
}

/** What the ready jail watches that has this filter. */
function watchesOf(filter: string, context: Context): Watch[] {
  const jails = context.loaded.ready.get(filter)?.items ?? [];
  for (const jail of jails) {
    if (jail.type !== "jail" || !jail.body.some((one) => calls(one, filter))) continue;
    return jail.body.filter((one) => one.type === "watch");
  }
  return [];
}

function calls(statement: JailStatement, filter: string): boolean {
  return statement.type === "filters" && statement.calls.some(({ name }) => name.name === filter);
}

function describe(source: Watch["source"]): string {
  switch (source.kind) {
    case "file":
      return `file ${source.paths.map(({ value }) => value).join(" ")}`;
    case "journal":
      return `journal ${source.by} ${source.values.map(({ value }) => value).join(" ")}`;
    default:
      return source.kind;
  }
}
