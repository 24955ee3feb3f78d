/**
 * `time anywhere` and `window N`: there for migrated filters, and easier to deceive; and migrated filters on a journal without its headers.
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

/** Of a journal's record a filter that reads headers itself sees too little. */
export function findTakenHeaders(policy: Policy, diagnostics: Diagnostics): void {
  const readsHeaders = new Set(
    policy.filters
      .filter((filter) => filter.formats.some((format) => places.has(format.time.kind)))
      .map((filter) => filter.id),
  );
  for (const jail of policy.jails) {
    const watch = jail.watches.find((one) => one.kind === "journal" && one.envelope !== null);
    const filter = jail.filters.find((id) => readsHeaders.has(id));
    if (watch === undefined || filter === undefined) continue;
    diagnostics.add(catalogue.headerTaken, spanOf(watch.at), { filter });
  }
}

const places: ReadonlySet<string> = new Set(["start", "leading", "anywhere"]);
