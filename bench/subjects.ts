/**
 * The command lines that are measured, each with the number it must come to.
 *
 * In: a log and a tree, or nothing for peers. Out: cases: the program on the large (or a short) log, and the same on nothing, so
 * that what it costs to start can be taken off. A peer that is not installed gives none.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Log } from "./logs.ts";
import type { Subject } from "./runs.ts";
import { call, type Tree } from "./trees.ts";
import type { Verdicts } from "./verdicts.ts";

export interface Case {
  readonly name: string;
  readonly bytes: number;
  readonly full: Subject;
  /** Null: `full` tells its own time. */
  readonly empty: Subject | null;
  /** Throws when the output is not the interpreter's verdict. Null: another program's. */
  readonly judge: ((output: string) => void) | null;
}

/** Milliseconds since 1970 at which every log is read: behind both recorded ones and the generated ones. */
export const now = Date.UTC(2026, 3, 30);
const nowText = new Date(now).toISOString();

const policies = fileURLToPath(new URL("policies/", import.meta.url));
const scanBundle = fileURLToPath(new URL("scan-bundle.mjs", import.meta.url));
const naiveLoop = fileURLToPath(new URL("naive-loop.mjs", import.meta.url));

function caseOf(
  name: string,
  log: Log,
  argv: (path: string) => string[],
  rest: Partial<Case> = {},
): Case {
  return { ...caseOn(name, log.path, log, argv), bytes: log.bytes.length * log.copies, ...rest };
}

/** For programs of a few megabytes a second. */
function shortCaseOf(name: string, log: Log, argv: (path: string) => string[]): Case {
  return { ...caseOn(name, log.shortPath, log, argv), bytes: log.bytes.length * log.shortCopies };
}

function caseOn(name: string, path: string, log: Log, argv: (path: string) => string[]): Case {
  const output = `${log.path}.out`;
  const subject = (of: string, input: string): Subject => ({
    name: of,
    argv: argv(input),
    input,
    output,
    own: null,
  });
  return {
    name,
    bytes: 0,
    full: subject(name, path),
    empty: subject(`${name}, nothing to read`, log.emptyPath),
    judge: null,
  };
}

export function readPolicy(name: string): string {
  return readFileSync(join(policies, name), "utf8");
}

/** A policy as the tree compiles it, beside the log. */
export function compileBundle(tree: Tree, folder: string, name: string, text: string): string {
  const source = join(folder, `${name}.f2b`);
  writeFileSync(source, text);
  const out = join(folder, `${name}-${tree.name.replace(/\W/g, "-")}.mjs`);
  call(process.execPath, [join(tree.root, "dist/f2b.js"), "compile", source, "-o", out], folder);
  return out;
}

export function oursOnLog(
  tree: Tree,
  log: Log,
  policy: string,
  bundle: string,
  verdicts: Verdicts,
): Case[] {
  const cli = [process.execPath, join(tree.root, "dist/f2b.js")];
  const flags = ["--json", "--now", nowText];
  const { name } = tree;
  const failed = (output: string) =>
    same(
      name,
      "failures",
      readFileSync(output).reduce((n, byte) => n + (byte === 0x0a ? 1 : 0), 0),
      verdicts.failures,
    );
  const summed = (output: string) => {
    const sums = JSON.parse(readFileSync(output, "utf8").trimEnd().split("\n").at(-1) ?? "");
    same(name, "failures", sums.failures, verdicts.failures);
    same(name, "bans", sums.bans, verdicts.bans);
  };
  return [
    caseOf(
      `${tree.name} match --json`,
      log,
      (path) => [...cli, "match", join(policies, policy), path, ...flags],
      { judge: failed },
    ),
    caseOf(
      `${tree.name} replay --json`,
      log,
      (path) => [...cli, "replay", join(policies, policy), path, ...flags],
      { judge: summed },
    ),
    caseOf(
      `${tree.name} bundle, replay --json`,
      log,
      (path) => [process.execPath, bundle, "replay", path, ...flags],
      { judge: summed },
    ),
  ];
}

/**
 * The bundle's scanner alone, timed by itself, with its first jail's filters. Each record that fails counts once in these logs, so
 * that the scanner's failures are the interpreter's.
 */
export function scanOnly(name: string, log: Log, bundle: string, verdicts: Verdicts): Case {
  const told = (output: string) => JSON.parse(readFileSync(output, "utf8"));
  const judge = (output: string) =>
    same(name, "failures", told(output).failures, verdicts.failures);
  const one = caseOf(name, log, (path) => [process.execPath, scanBundle, bundle, path], { judge });
  return { ...one, full: { ...one.full, own: told }, empty: null };
}

function same(name: string, what: string, is: number, must: number): void {
  if (is !== must) throw new Error(`${name}: ${is} ${what}, the interpreter finds ${must}`);
}

/** The first of these programs that is there. */
function find(...names: string[]): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = names.flatMap((name) =>
    name.includes("/") ? [name] : folders.map((folder) => join(folder, name)),
  );
  return paths.find((path) => existsSync(path)) ?? null;
}

export function ripgrep(log: Log, literals: readonly string[]): Case[] {
  const program = find("rg");
  if (program === null) return missing("ripgrep");
  const list = `${log.path}.literals`;
  writeFileSync(list, `${literals.join("\n")}\n`);
  return [
    caseOf(`ripgrep -c, ${literals.length} literals`, log, (path) => [
      program,
      "-c",
      "--no-config",
      "-F",
      "--include-zero",
      "-f",
      list,
      path,
    ]),
  ];
}

export function sshguard(log: Log): Case[] {
  const program = find(
    "/usr/libexec/sshguard/sshg-parser",
    "/usr/libexec/sshg-parser",
    "/usr/lib/x86_64-linux-gnu/sshg-parser",
    "sshg-parser",
  );
  if (program === null) return missing("sshguard");
  return [caseOf("sshg-parser", log, () => [program])];
}

export function fail2ban(log: Log, filter: string): Case[] {
  const program = find("fail2ban-regex");
  const path = `/etc/fail2ban/filter.d/${filter}.conf`;
  if (program === null || !existsSync(path)) return missing(`fail2ban's ${filter}`);
  const one = shortCaseOf(`fail2ban-regex ${filter}`, log, (input) => [program, input, path]);
  return [
    { ...one, full: { ...one.full, rounds: 1 }, empty: one.empty && { ...one.empty, rounds: 1 } },
  ];
}

export function naive(log: Log): Case[] {
  return [
    caseOf("a Node loop, one regex a line", log, (path) => [process.execPath, naiveLoop, path]),
  ];
}

function missing(what: string): Case[] {
  console.error(`not measured: ${what} is not installed`);
  return [];
}
