/**
 * Diagnostics as SARIF 2.1.0 (OASIS), the shape that code hosts show beside a change.
 *
 * In: diagnostics, their sources, and the version of f2b. Out: one SARIF log as plain data, with each
 * code that occurs described once.
 */
import type { Source, Span } from "../source.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { toPlaces } from "./json.ts";

type Sources = ReadonlyMap<string, Source>;

const levels: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  note: "note",
};

export function toSarif(all: readonly Diagnostic[], sources: Sources, version: string): unknown {
  const codes = [...new Set(all.map((one) => one.code))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "f2b", version, rules: codes.map((id) => ({ id })) } },
        columnKind: "utf16CodeUnits",
        results: all.map((one) => toResult(one, codes, sources)),
      },
    ],
  };
}

function toResult(one: Diagnostic, codes: readonly string[], sources: Sources): unknown {
  const text = one.help === undefined ? one.message : `${one.message}\n${one.help}`;
  return {
    ruleId: one.code,
    ruleIndex: codes.indexOf(one.code),
    level: levels[one.severity],
    message: { text },
    locations: [{ physicalLocation: toLocation(one.at, sources) }],
    relatedLocations: one.labels.map((label, id) => ({
      id,
      message: { text: label.text },
      physicalLocation: toLocation(label.at, sources),
    })),
    ...(one.fix === undefined ? {} : { fixes: [toFix(one.fix.at, one.fix.text, sources)] }),
  };
}

function toLocation(at: Span, sources: Sources): unknown {
  return { artifactLocation: { uri: toUri(at.file) }, region: toRegion(at, sources) };
}

function toFix(at: Span, text: string, sources: Sources): unknown {
  return {
    artifactChanges: [
      {
        artifactLocation: { uri: toUri(at.file) },
        replacements: [{ deletedRegion: toRegion(at, sources), insertedContent: { text } }],
      },
    ],
  };
}

function toRegion(at: Span, sources: Sources) {
  const { start, end } = toPlaces(at, sources);
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** A relative URI; what a URI cannot hold is percent-encoded, the slashes stay. */
function toUri(file: string): string {
  return file
    .split("/")
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, "\ufffd")))
    .join("/");
}
