/**
 * Findings on standard error, for the commands that stop at errors.
 */
import type { Read } from "../compile.ts";
import { countFindings, renderDiagnostic } from "../diagnostics/render.ts";
import { inputFault } from "./fault.ts";
import { complain, errorColors } from "./terminal.ts";

/** Shows all findings, or errors only; throws when there is an error. */
export function showFindings({ diagnostics, sources }: Read, show: "all" | "errors"): void {
  const all = diagnostics.sorted();
  const shown = show === "all" ? all : all.filter((one) => one.severity === "error");
  for (const one of shown) complain(`${renderDiagnostic(one, sources, errorColors)}\n`);
  if (!diagnostics.hasErrors) return;
  const first = all.find((one) => one.severity === "error");
  throw inputFault(countFindings(shown), `f2b explain-code ${first?.code} says more.`);
}
