/*
 * Runs one policy over one log twice: as a bundle (text, checked policy, plan, module, esbuild,
 * import) and in the oracle. What comes out is lines of JSON of the same shape, to be compared.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { check } from "../../compiler/2-check/check.ts";
import { load } from "../../compiler/2-check/load.ts";
import { plan } from "../../compiler/3-plan/plan.ts";
import { bundle } from "../../compiler/4-write/bundle.ts";
import { emit } from "../../compiler/4-write/emit.ts";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import type { Program } from "../../runtime/contract.ts";
import type { match } from "../../runtime/match.ts";
import type { replay } from "../../runtime/replay.ts";
import type { Policy } from "../../schemas/policy.ts";
import { interpret, toMatchJson } from "../oracle/interpret.ts";

/** What a bundle of kind `tools` exports. */
export interface Tools {
  program: Program;
  match: typeof match;
  replay: typeof replay;
}

export interface Compiled {
  policy: Policy;
  filterIds: string[];
  tools: Tools;
}

/** Milliseconds since 1970 that stand for now wherever a test does not say otherwise. */
export const now = Date.UTC(2026, 2, 1, 12);

const library = new URL("../../library/", import.meta.url);

function readModule(name: string): Uint8Array | null {
  const file = new URL(`${name.replace(/^std\//, "")}.f2b`, library);
  return name.startsWith("std/") ? readFileSync(file) : null;
}

/** The checked policy of a text; throws what the compiler says against it. */
export function checkText(text: string): Policy {
  const diagnostics = new Diagnostics();
  const read = (name: string) => (name === "test.f2b" ? Buffer.from(text) : readModule(name));
  const policy = check(load("test.f2b", { read }, diagnostics), diagnostics, { all: true });
  if (policy === null) {
    const said = diagnostics
      .sorted()
      .map(({ code, message }) => `${code} ${message}`)
      .join("; ");
    throw new Error(`the compiler refused (${said}):\n${text}`);
  }
  return policy;
}

/** A bundle of a policy, with one scanner for those of its filters that are wanted. */
export async function compile(
  policy: Policy,
  isWanted: (id: string) => boolean = () => true,
): Promise<Compiled> {
  const filterIds = policy.filters.map(({ id }) => id).filter(isWanted);
  const { text, hash } = emit(plan(policy, { scanners: [filterIds] }), "test");
  const banner = { version: "test", policy: policy.name, files: policy.files, hash };
  const { code } = await bundle(text, { kind: "tools", banner });
  return { policy, filterIds, tools: await importText(code) };
}

async function importText(code: string): Promise<Tools> {
  const folder = mkdtempSync(join(tmpdir(), "f2b-both-"));
  try {
    const file = join(folder, "bundle.mjs");
    writeFileSync(file, code);
    return (await import(pathToFileURL(file).href)) as Tools;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* inChunks(log: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < log.length; at += bytes) yield log.subarray(at, at + bytes);
}

/**
 * What a bundle finds must not depend on how it reads: `run` is done with every record read, and with the search even
 * where a region is short.
 */
export async function bothWays<T>(run: () => Promise<T>): Promise<T> {
  const before = process.env["F2B_SCAN"];
  const found: T[] = [];
  try {
    for (const way of ["plain", "wasm"]) {
      process.env["F2B_SCAN"] = way;
      found.push(await run());
    }
  } finally {
    if (before === undefined) delete process.env["F2B_SCAN"];
    else process.env["F2B_SCAN"] = before;
  }
  const [plain, searched] = found;
  if (!isDeepStrictEqual(plain, searched)) {
    throw new Error(
      "a scanner that searches finds something else than one that reads every record",
    );
  }
  return searched as T;
}

/** `chunkBytes`: how the log is cut on its way into the bundle, which must change nothing. */
export function matchInBundle(
  compiled: Compiled,
  log: Buffer,
  zone: string | null,
  at = now,
  chunkBytes = 1 << 16,
): Promise<string[]> {
  return bothWays(() => matchOnce(compiled, log, zone, at, chunkBytes));
}

async function matchOnce(
  { tools }: Compiled,
  log: Buffer,
  zone: string | null,
  at: number,
  chunkBytes: number,
): Promise<string[]> {
  const lines: string[] = [];
  const { program } = tools;
  const options = { scanner: program.scanners.length - 1, all: true, now: at, zone };
  const report = (block: Buffer): void =>
    void lines.push(...block.toString().trimEnd().split("\n"));
  await tools.match(program, options, inChunks(log, chunkBytes), report);
  return lines.map(normal);
}

export function matchInOracle(
  { policy, filterIds }: Compiled,
  log: Buffer,
  zone: string | null,
  at = now,
): string[] {
  const hits = interpret(policy, filterIds, log, { now: at, zone });
  const told = hits.filter(
    ({ kind, id, captures }) => kind !== "failure" || id !== null || "id" in captures,
  );
  return told.map((hit) => normal(JSON.stringify(toMatchJson(hit))));
}

export function replayInBundle({ tools }: Compiled, log: Buffer): Promise<string[]> {
  return bothWays(async () => {
    const lines: string[] = [];
    const logs = [{ name: "test.log", chunks: inChunks(log, 1 << 16) }];
    const options = { all: false, now, zone: "UTC" };
    await tools.replay(tools.program, logs, options, (line) => void lines.push(line));
    return lines;
  });
}

/** The same JSON with captures in the order of their names: the page gives them none. */
function normal(line: string): string {
  const hit = JSON.parse(line) as { captures: Record<string, string> };
  const captures = Object.entries(hit.captures).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ ...hit, captures });
}

/** Bytes so that they can be read, pasted into a test and told apart. */
export function escaped(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hex(byte)))
    .join("");
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

function firstInAnotherOrder(bundle: string[], oracle: string[]): string[] {
  const at = bundle.findIndex((line, i) => line !== oracle[i]);
  return [`at ${at} the bundle: ${bundle[at]}`, `at ${at} the oracle: ${oracle[at]}`];
}

/**
 * Empty when the verdicts are the same; else the first that differ, with the records they are about.
 * F2B_KEEP names a folder that then gets the policy and the log, to look further.
 */
export function showDifference(
  policy: string,
  log: Buffer,
  bundle: string[],
  oracle: string[],
): string {
  if (JSON.stringify(bundle) === JSON.stringify(oracle)) return "";
  const keep = process.env["F2B_KEEP"];
  if (keep !== undefined) {
    writeFileSync(join(keep, "case.f2b"), policy);
    writeFileSync(join(keep, "case.log"), log);
  }
  const inOracle = new Set(oracle);
  const inBundle = new Set(bundle);
  const extra = bundle.filter((line) => !inOracle.has(line)).slice(0, 3);
  const missing = oracle.filter((line) => !inBundle.has(line)).slice(0, 3);
  const numbers = [...extra, ...missing].map((line) => Number(/"line":(\d+)/.exec(line)?.[1]));
  const records = log.toString("latin1").split("\n");
  return [
    "the bundle and the oracle disagree",
    policy,
    ...[...new Set(numbers)].map((n) => {
      const record = Buffer.from(records[n - 1] ?? "", "latin1");
      return `record ${n}: ${escaped(record).slice(0, 2000)}`;
    }),
    ...extra.map((line) => `only the bundle: ${line.slice(0, 2000)}`),
    ...missing.map((line) => `only the oracle: ${line.slice(0, 2000)}`),
    ...(extra.length + missing.length === 0 ? firstInAnotherOrder(bundle, oracle) : []),
  ].join("\n");
}
