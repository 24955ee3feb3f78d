/**
 * The logs that are measured on.
 *
 * In: the folder of real logs, where there is one, else nothing. Out: two short logs and, of each, one that repeats it
 * until it is large, in a folder that goes away with the process.
 */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeAccessLog, makeAuthLog } from "./generated-logs.ts";

export interface Log {
  readonly name: string;
  /** `recorded` on a real machine, or `generated`. */
  readonly origin: string;
  /** One repetition. */
  readonly bytes: Buffer;
  readonly copies: number;
  readonly path: string;
  /** A shorter one for programs that are slow. */
  readonly shortCopies: number;
  readonly shortPath: string;
  /** Nothing at all: what a program costs before it reads. */
  readonly emptyPath: string;
}

const shared = process.env["F2B_SHARED"] ?? fileURLToPath(new URL("../../shared", import.meta.url));

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  return folder;
}

export function makeLog(folder: string, name: "auth.log" | "access.log", logBytes: number): Log {
  const recorded = join(shared, "corpus", name);
  const isRecorded = existsSync(recorded);
  const make = name === "auth.log" ? makeAuthLog : makeAccessLog;
  const bytes = isRecorded ? readFileSync(recorded) : make(10_000);
  const copies = Math.ceil(logBytes / bytes.length);
  const emptyPath = join(folder, `empty-${name}`);
  const path = join(folder, name);
  const shortPath = join(folder, `short-${name}`);
  const shortCopies = Math.max(1, Math.round(0.8e6 / bytes.length));
  repeat(emptyPath, bytes, 0);
  repeat(shortPath, bytes, shortCopies);
  repeat(path, bytes, copies);
  const origin = isRecorded ? "recorded" : "generated";
  return { name, origin, bytes, copies, path, shortCopies, shortPath, emptyPath };
}

function repeat(path: string, bytes: Buffer, copies: number): void {
  const file = openSync(path, "w");
  for (let copy = 0; copy < copies; copy++) writeSync(file, bytes);
  closeSync(file);
}
