/**
 * What became of a filter, counted: for the report of `f2b import`.
 *
 * In: an imported filter. Out: plain data, described by schemas/import.schema.json. Nothing that was dropped is left out of it: whatever the policy lacks was
 * reported as a warning.
 */
import type { ImportLine } from "../../schemas/import.ts";
import { toPlaces } from "../diagnostics/json.ts";
import type { Imported } from "./import-filter.ts";

export function reportOf({ name, text, drafts, lets, diagnostics, sources }: Imported): ImportLine {
  const regexes = (drafts?.rules ?? []).flatMap(({ regex }) => (regex === null ? [] : [regex]));
  const templates = regexes.filter((regex) => regex.template !== null).length;
  const warnings = diagnostics.sorted().filter((one) => one.severity === "warning");
  return {
    filter: name,
    imported: text !== null,
    templates,
    regexes: regexes.length - templates,
    lets,
    missing: warnings.map(({ code, message, at }) => ({
      code,
      what: message,
      file: at.file,
      line: toPlaces(at, sources).start.line,
    })),
  };
}
