/**
 * Findings on standard error, for the commands that stop at errors.
 */

import { isLibraryModule } from "../2-check/load.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { countFindings, renderDiagnostic } from "../diagnostics/render.ts";
import type { Read } from "../write.ts";
import { inputFault } from "./fault.ts";
import { complain, errorColors } from "./terminal.ts";

/**
 * Shows errors, with `all` also the warnings about the policy's own files, and how many findings there are
 * besides, which `f2b lint` tells. Throws when there is an error.
 */
export function showFindings({ diagnostics, sources }: Read, show: "all" | "errors"): void {
  const all = diagnostics.sorted();
  // Before anything is written: a reader that goes away (`| head`) ends us with it.
  if (diagnostics.hasErrors) process.exitCode = 1;
  const isShown = ({ severity, at }: Diagnostic) =>
    severity === "error" || (show === "all" && severity === "warning" && !isLibraryModule(at.file));
  for (const one of all.filter(isShown)) {
    complain(`${renderDiagnostic(one, sources, errorColors)}\n`);
  }
  if (diagnostics.hasErrors) {
    const first = all.find((one) => one.severity === "error");
    const count = countFindings(all.filter(isShown));
    throw inputFault(count, `f2b explain-code ${first?.code} says more.`);
  }
  const rest = all.filter((one) => !isShown(one) && !isLibraryModule(one.at.file));
  if (show === "all" && rest.length > 0) {
    complain(errorColors.dim(`f2b lint tells more: ${countFindings(rest)}`));
  }
}
