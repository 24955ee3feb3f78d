/**
 * Runs the command line as a person does: arguments in, exit code and output out. Used by the tests
 * of the library, the examples and the corpora, which look at nothing but what a user would see.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const main = fileURLToPath(new URL("../../compiler/cli/main.ts", import.meta.url));

/** `npm test` has just built it and says where; by itself a test runs the sources. */
const { F2B_CLI: built } = process.env;
export const cli = built === undefined ? ["--import", import.meta.resolve("tsx"), main] : [built];

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Paths in `args` are relative to the project. `TZ` is UTC unless `env` says otherwise. */
export function f2b(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: string | Buffer = "",
): Ran {
  const ran = spawnSync(process.execPath, [...cli, ...args], {
    cwd: root,
    encoding: "utf8",
    input,
    env: { ...process.env, TZ: "UTC", NO_COLOR: "1", ...env },
    maxBuffer: 64 << 20,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

/** What the tests read of an output's objects; which of these there are depends on the command. */
export interface JsonLine {
  readonly type?: string;
  readonly line?: number;
  readonly address?: string | null;
  /** The peer's script has the address under this name, and `time` as seconds since 1970. */
  readonly addr?: string;
  readonly time?: string | number;
  readonly seconds?: number;
  readonly until?: string | null;
  readonly jail?: string;
  readonly kind?: string;
  readonly rule?: string;
  readonly module?: string;
  readonly code?: string;
  readonly severity?: string;
  readonly file?: string;
  readonly message?: string;
}

/** One object a line, as every `--json` output is. */
export function jsonLines(text: string): JsonLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JsonLine);
}
