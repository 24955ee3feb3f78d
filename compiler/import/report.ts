/**
 * What became of a filter and of the jails that use it, counted: for the report of `f2b import`.
 *
 * In: an imported filter, and drafts of its jails. Out: plain data, described by schemas/import.schema.json. Nothing that was dropped is left out of it: whatever the policy lacks was
 * reported as a warning.
 */
import type { ImportJail, ImportLine, ImportMissing } from "../../schemas/import.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { toPlaces } from "../diagnostics/json.ts";
import type { Source } from "../source.ts";
import type { Imported } from "./import-filter.ts";
import type { ImportedJail, ImportedJails } from "./import-jails.ts";

export function reportOf(
  { name, text, drafts, lets, diagnostics, sources }: Imported,
  jails: readonly ImportJail[] = [],
): ImportLine {
  const regexes = (drafts?.rules ?? []).flatMap(({ regex }) => (regex === null ? [] : [regex]));
  const templates = regexes.filter((regex) => regex.template !== null).length;
  return {
    filter: name,
    imported: text !== null,
    templates,
    regexes: regexes.length - templates,
    lets,
    missing: missingOf(diagnostics, sources),
    jails: [...jails],
  };
}

/** A line for each filter; jails that need none stand with the one that they name. */
export function reportsOf({ filters, jails, sources }: ImportedJails): ImportLine[] {
  const report = ({ draft, diagnostics }: ImportedJail): ImportJail => ({
    jail: draft.options.use.jail,
    name: draft.name,
    imported: draft.statements !== null,
    observes: draft.statements?.some(({ node }) => node.type === "observe") ?? false,
    missing: missingOf(diagnostics, sources),
  });
  const lines = filters.map((filter) =>
    reportOf(filter, jails.filter((one) => one.filter === filter).map(report)),
  );
  const counting = jails.filter((one) => one.filter === null);
  const named = new Set(counting.map(({ draft }) => draft.options.use.filter));
  for (const filter of named) {
    const own = counting.filter(({ draft }) => draft.options.use.filter === filter).map(report);
    const none = { imported: true, templates: 0, regexes: 0, lets: 0, missing: [] };
    lines.push({ filter, ...none, jails: own });
  }
  return lines;
}

function missingOf(
  diagnostics: Diagnostics,
  sources: ReadonlyMap<string, Source>,
): ImportMissing[] {
  const warnings = diagnostics.sorted().filter((one) => one.severity === "warning");
  return warnings.map(({ code, message, at }) => ({
    code,
    what: message,
    file: at.file,
    line: toPlaces(at, sources).start.line,
  }));
}
