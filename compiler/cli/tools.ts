/**
 * A policy compiled and loaded in this process: what `match`, `replay` and `test` run.
 *
 * In: the policy's name and what is wanted of it. Out: the checked policy, and the program that `f2b compile`
 * writes into a bundle. It is run as it was generated, on this package's own runtime: to have esbuild put both into one file
 * first would take longer than most logs.
 */
import { compileFunction } from "node:vm";
import type { Program } from "../../runtime/contract.ts";
import * as runtime from "../../runtime/index.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Wanted } from "../2-check/check.ts";
import { write } from "../write.ts";
import { showFindings } from "./findings.ts";
import { readVersion } from "./package-root.ts";
import { openPolicy } from "./policy-files.ts";

export interface Tools {
  readonly policy: Policy;
  readonly program: Program;
}

/** Shows the errors of a policy that has some, and throws. */
export function loadTools(
  name: string,
  wanted: Wanted,
  scanners?: (policy: Policy) => string[][],
): Tools {
  const files = openPolicy(name);
  const written = write(files.entry, files, {
    version: readVersion(),
    wanted,
    ...(scanners === undefined ? {} : { scanners }),
  });
  showFindings(written, "errors");
  const { emitted, policy } = written;
  if (emitted === null || policy === null) throw new Error("no module, and no error that says why");
  const make = compileFunction(emitted.body(), ["runtime"], { filename: "f2b:policy" });
  return { program: make(runtime), policy };
}
