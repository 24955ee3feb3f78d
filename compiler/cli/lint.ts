/**
 * `f2b lint POLICY...`: findings as text, as JSON lines, or as one SARIF log.
 *
 * Errors end it with 1, and warnings do when there are more than `--max-warnings` allows.
 */
import { jsonLine } from "../../runtime/escape.ts";
import { isLibraryModule } from "../2-check/load.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { toFinding } from "../diagnostics/json.ts";
import { countFindings, renderDiagnostic } from "../diagnostics/render.ts";
import { toSarif } from "../diagnostics/sarif.ts";
import { showText } from "../diagnostics/show-text.ts";
import { type Read, read } from "../write.ts";
import { usageFault } from "./fault.ts";
import { readVersion } from "./package-root.ts";
import { isLibrary, openPolicy, wantedOf } from "./policy-files.ts";
import { complain, outColors, print } from "./terminal.ts";

interface LintFlags {
  readonly format?: "text" | "json" | "sarif";
  readonly json?: boolean;
  readonly maxWarnings?: string;
}

export async function lintCommand(names: readonly string[], flags: LintFlags): Promise<void> {
  const format = flags.format ?? (flags.json === true ? "json" : "text");
  const warningsMax = readLimit(flags.maxWarnings);
  const reads = names.map((name) => {
    const files = openPolicy(name);
    return {
      name,
      read: read(files.entry, files, {
        ...wantedOf(name),
        library: isLibrary(name),
        libraryTests: isLibrary(name),
      }),
    };
  });
  const all = reads.flatMap((one) => one.read.diagnostics.sorted());
  const warnings = all.filter((one) => one.severity === "warning").length;
  const tooMany = warningsMax !== null && warnings > warningsMax;
  // Before anything is written: a reader that goes away (`| head`) ends us with it.
  if (tooMany || all.some((one) => one.severity === "error")) process.exitCode = 1;
  if (format === "json") {
    for (const one of reads) printJson(one.read);
  } else if (format === "sarif") {
    const sources = new Map(reads.flatMap((one) => [...one.read.sources]));
    print(JSON.stringify(toSarif(all, sources, readVersion()), null, 2));
  } else for (const one of reads) printText(one.name, one.read);

  if (tooMany) complain(`f2b: ${warnings} warnings, and --max-warnings allows ${warningsMax}`);
}

/** Notes about the library's modules are for those who look at the library. */
function printText(name: string, { diagnostics, sources }: Read): void {
  const isTheirs = ({ severity, at }: Diagnostic) =>
    severity === "note" && isLibraryModule(at.file) && !isLibrary(name);
  const all = diagnostics.sorted().filter((one) => !isTheirs(one));
  for (const one of all) print(`${renderDiagnostic(one, sources, outColors)}\n`);
  const verdict = all.length === 0 ? outColors.green("nothing to say") : countFindings(all);
  print(`${outColors.bold(showText(name))}: ${verdict}`);
  const theirs = diagnostics.sorted().filter(isTheirs);
  for (const module of new Set(theirs.map(({ at }) => at.file))) {
    const count = countFindings(theirs.filter(({ at }) => at.file === module));
    print(outColors.dim(`${module} has ${count}: f2b lint ${module}`));
  }
  const first: Diagnostic | undefined = all.find((one) => one.severity === "error") ?? all[0];
  if (first !== undefined) print(outColors.dim(`next: f2b explain-code ${first.code}`));
}

function printJson({ diagnostics, sources }: Read): void {
  for (const one of diagnostics.sorted()) print(jsonLine(toFinding(one, sources)));
}

function readLimit(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text)) {
    throw usageFault(
      `--max-warnings takes a number, not "${text}"`,
      "f2b lint --max-warnings 0 POLICY",
    );
  }
  return Number(text);
}
