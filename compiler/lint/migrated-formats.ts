/**
 * `time anywhere` and `window N`: there for migrated filters, and easier to deceive.
 */
import type { Policy } from "../../schemas/policy.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { spanOf } from "./patterns-of.ts";

export function findMigratedFormats(policy: Policy, diagnostics: Diagnostics): void {
  for (const format of policy.filters.flatMap((filter) => filter.formats)) {
    const what =
      format.window !== null ? "window" : format.time.kind === "anywhere" ? "time anywhere" : null;
    if (what !== null) diagnostics.add(catalogue.migratedFormat, spanOf(format.at), { what });
  }
}
