/**
 * A diagnostic as the charter's `--json` line: places as lines and columns, counted from 1.
 *
 * In: a diagnostic and its sources. Out: plain data, described by schemas/lint.schema.json.
 */
import type { FindingLine } from "../../schemas/lint.ts";
import type { Position, Source, Span } from "../source.ts";
import type { Diagnostic } from "./diagnostic.ts";

export function toFinding(one: Diagnostic, sources: ReadonlyMap<string, Source>): FindingLine {
  return {
    code: one.code,
    severity: one.severity,
    message: one.message,
    file: one.at.file,
    ...toPlaces(one.at, sources),
    help: one.help ?? null,
  };
}

/** Start and end of a span; of a file that could not be read, its beginning. */
export function toPlaces(
  at: Span,
  sources: ReadonlyMap<string, Source>,
): { start: Position; end: Position } {
  const source = sources.get(at.file);
  const place = (offset: number) => source?.position(offset) ?? { line: 1, column: 1 };
  return { start: place(at.start), end: place(at.end) };
}
