/**
 * A policy compiled and loaded in this process: what `match`, `replay` and `test` run.
 *
 * In: the policy's name and what is wanted of it. Out: the checked policy and its bundle's exports. The
 * bundle never touches the disk; it is the same code that `f2b compile` writes, with other doors.
 */
import type { Program } from "../../runtime/contract.ts";
import type { findMatches, match } from "../../runtime/match.ts";
import type { replay, replayDecisions } from "../../runtime/replay.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Wanted } from "../2-check/check.ts";
import { compile } from "../compile.ts";
import { showFindings } from "./findings.ts";
import { readVersion } from "./package-root.ts";
import { openPolicy } from "./policy-files.ts";

export interface Tools {
  readonly policy: Policy;
  readonly program: Program;
  readonly match: typeof match;
  readonly findMatches: typeof findMatches;
  readonly replay: typeof replay;
  readonly replayDecisions: typeof replayDecisions;
}

/** Shows the errors of a policy that has some, and throws. */
export async function loadTools(
  name: string,
  wanted: Wanted,
  scanners?: (policy: Policy) => string[][],
): Promise<Tools> {
  const files = openPolicy(name);
  const compiled = await compile(files.entry, files, {
    kind: "tools",
    version: readVersion(),
    wanted,
    ...(scanners === undefined ? {} : { scanners }),
  });
  showFindings(compiled, "errors");
  const { bundle, policy } = compiled;
  if (bundle === null || policy === null) throw new Error("no bundle, and no error that says why");
  const url = `data:text/javascript;base64,${Buffer.from(bundle.code).toString("base64")}`;
  return { ...(await import(url)), policy };
}
