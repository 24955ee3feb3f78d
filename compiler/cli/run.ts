/**
 * `f2b run POLICY`: the bundle without a file of one's own.
 *
 * It is written into a private temporary folder, run by this Node with the options behind POLICY, and
 * taken away when it ends. Signals go through to it, its exit code is ours.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../compile.ts";
import { hostFault } from "./fault.ts";
import { showFindings } from "./findings.ts";
import { readVersion } from "./package-root.ts";
import { openPolicy } from "./policy-files.ts";

export async function runCommand(name: string, options: readonly string[]): Promise<void> {
  const files = openPolicy(name);
  const compiled = await compile(files.entry, files, { kind: "run", version: readVersion() });
  showFindings(compiled, "all");
  if (compiled.bundle === null) return;
  const folder = makeFolder();
  try {
    const file = join(folder, "policy.mjs");
    writeFileSync(file, compiled.bundle.code, { mode: 0o600, flag: "wx" });
    process.exitCode = await runBundle(file, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "f2b-run-"));
  } catch (error) {
    throw hostFault("cannot make a temporary folder", error);
  }
}

function runBundle(file: string, options: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [file, ...options], { stdio: "inherit" });
  const signals = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  // A terminal sends it to both, `kill` to us alone; a second SIGINT would cut the bundle's clean end short.
  process.on("SIGINT", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(hostFault("cannot start the bundle", error)));
    child.on("exit", (code) => resolve(code ?? 3));
  });
}
