/**
 * Filters that no test says when to keep quiet: a `passes` line is what stops a rule from growing.
 */
import { isLibraryModule, type Loaded } from "../2-check/load.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";

export function findUntestedFilters(loaded: Loaded, diagnostics: Diagnostics): void {
  for (const [file, tree] of loaded.trees) {
    const entry = isLibraryModule(file) ? catalogue.noPassesInLibrary : catalogue.noPasses;
    for (const item of tree.items) {
      if (item.type !== "filter") continue;
      const lines = item.body.flatMap((one) => (one.type === "test" ? one.lines : []));
      if (lines.some((line) => line.verdict === "passes")) continue;
      diagnostics.add(entry, item.name.at, { filter: item.name.name });
    }
  }
}
