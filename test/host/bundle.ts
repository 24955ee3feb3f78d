/**
 * A policy's text as a bundle on disk, and a way to see what a running one says.
 *
 * In: a folder and a policy. Out: the path of a bundle, or a child process with its lines collected. What must
 * hold: whoever starts a bundle here ends it with the test.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { openPolicy } from "../../compiler/cli/policy-files.ts";
import { compile } from "../../compiler/compile.ts";
import type { Status } from "../../runtime/daemon/status.ts";

/** A folder that is gone after the test. */
export function makeFolder(test: Test, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `f2b-${name}-`));
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Compiles a policy; throws with the first finding when it does not compile. */
export async function writeBundle(folder: string, policy: string): Promise<string> {
  const source = join(folder, "policy.f2b");
  writeFileSync(source, policy);
  const files = openPolicy(source);
  const { bundle, diagnostics } = await compile(files.entry, files, {
    kind: "run",
    version: "0.0.0-test",
  });
  if (bundle === null) throw new Error(diagnostics.sorted()[0]?.message ?? "no bundle");
  const path = join(folder, "policy.mjs");
  writeFileSync(path, bundle.code);
  return path;
}

/** A running bundle; `lines` of both outputs grow while it runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly out: string[];
  readonly err: string[];
  /** Resolves with the exit code or signal, once both outputs have ended. */
  readonly ended: Promise<number | string>;
}

export function watchChild(child: ChildProcess): Running {
  const out: string[] = [];
  const err: string[] = [];
  collectLines(child.stdout, out);
  collectLines(child.stderr, err);
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "?"));
  });
  return { child, out, err, ended };
}

export function startBundle(
  test: Test,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  const [program = process.execPath, ...rest] = argv;
  const child = spawn(program, rest, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const running = watchChild(child);
  test.teardown(async () => {
    child.kill("SIGKILL");
    await running.ended;
  });
  return running;
}

function collectLines(stream: NodeJS.ReadableStream | null, lines: string[]): void {
  let held = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    const parts = (held + chunk).split("\n");
    held = parts.pop() ?? "";
    lines.push(...parts);
  });
}

/** Runs one of the bundle's own verbs and gives what it prints; rejects when it fails. */
export function ask(argv: readonly string[]): Promise<string> {
  const [program = process.execPath, ...rest] = argv;
  return new Promise((resolve, reject) => {
    execFile(program, rest, { encoding: "utf8", timeout: 20_000 }, (error, output, errors) => {
      if (error === null) resolve(output);
      else reject(new Error(`${argv.join(" ")}: ${error.message} ${errors}`));
    });
  });
}

export async function askStatus(bundle: string, socket: string): Promise<Status> {
  return JSON.parse(await ask([process.execPath, bundle, "status", "--json", "--socket", socket]));
}

/** Waits for a condition that may fail or throw until it holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = 15_000,
): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      if (await condition()) return;
    } catch {
      // Not yet.
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
