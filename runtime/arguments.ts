/**
 * What a bundle was asked to do.
 *
 * In: the words behind `node policy.mjs`. Out: a command, or a `UsageError` that says which word is wrong.
 * What must hold: no word is ignored, and a value never passes for an option.
 */
import { type Level, levels } from "./daemon/log.ts";

/** The caller's mistake: exit code 2. */
export class UsageError extends Error {}

export interface ReplayCommand {
  readonly verb: "replay";
  /** In order; `jail` null: for every jail. */
  readonly logs: readonly { readonly path: string; readonly jail: string | null }[];
  readonly json: boolean;
  readonly all: boolean;
  /** Milliseconds since 1970; null: the present. */
  readonly now: number | null;
}

export interface RunCommand {
  readonly verb: "run";
  readonly dryRun: boolean;
  readonly once: boolean;
  readonly json: boolean;
  /** null: the usual place. */
  readonly stateFolder: string | null;
  readonly socketPath: string | null;
  readonly logLevel: Level;
}

export type Command =
  | ReplayCommand
  | RunCommand
  | { readonly verb: "help" }
  | { readonly verb: "version" };

const withValue = ["--now", "--source", "--state", "--socket", "--log-level", "--format"];
const allowed: Record<"run" | "replay", readonly string[]> = {
  run: ["--dry-run", "--once", "--state", "--socket", "--log-level", "--json", "--format"],
  replay: ["--json", "--format", "--all", "--now", "--source"],
};

interface Words {
  readonly operands: readonly string[];
  readonly options: readonly (readonly [name: string, value: string])[];
}

export function readArguments(argv: readonly string[]): Command {
  const { operands, options } = splitWords(argv);
  const has = (name: string) => options.some(([option]) => option === name);
  if (has("--help")) return { verb: "help" };
  if (has("--version")) return { verb: "version" };
  const [word, ...rest] = operands;
  if (word === "help") return { verb: "help" };
  if (word !== undefined && word !== "run" && word !== "replay") {
    throw new UsageError(`"${word}" is no command of this bundle`);
  }
  const verb = word === "replay" ? "replay" : "run";
  for (const [name] of options) {
    if (!allowed[verb].includes(name)) throw new UsageError(`${name} is no option of ${verb}`);
  }
  return verb === "replay" ? readReplay(rest, options, has) : readRun(rest, options, has);
}

function readReplay(
  paths: readonly string[],
  options: Words["options"],
  has: (name: string) => boolean,
): ReplayCommand {
  const logs: { path: string; jail: string | null }[] = paths.map((path) => ({ path, jail: null }));
  for (const value of valuesOf(options, "--source")) {
    const at = value.indexOf("=");
    if (at <= 0 || at === value.length - 1) {
      throw new UsageError(`--source takes JAIL=LOG, not "${value}"`);
    }
    logs.push({ path: value.slice(at + 1), jail: value.slice(0, at) });
  }
  if (logs.length === 0) throw new UsageError("replay needs at least one log");
  const now = valuesOf(options, "--now").at(-1);
  return {
    verb: "replay",
    logs,
    json: wantsJson(options, has),
    all: has("--all"),
    now: now === undefined ? null : readTime(now),
  };
}

function readRun(
  operands: readonly string[],
  options: Words["options"],
  has: (name: string) => boolean,
): RunCommand {
  if (operands[0] !== undefined) throw new UsageError(`"${operands[0]}" is one word too many`);
  const level = valuesOf(options, "--log-level").at(-1) ?? "info";
  const logLevel = levels.find((known) => known === level);
  if (logLevel === undefined) {
    throw new UsageError(`--log-level is one of ${levels.join(", ")}, not "${level}"`);
  }
  return {
    verb: "run",
    dryRun: has("--dry-run"),
    once: has("--once"),
    json: wantsJson(options, has),
    stateFolder: valuesOf(options, "--state").at(-1) ?? null,
    socketPath: valuesOf(options, "--socket").at(-1) ?? null,
    logLevel,
  };
}

function splitWords(argv: readonly string[]): Words {
  const operands: string[] = [];
  const options: [string, string][] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") {
      operands.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = nameOf(equals < 0 ? word : word.slice(0, equals));
    if (!withValue.includes(name)) {
      if (equals >= 0) throw new UsageError(`${name} takes no value`);
      options.push([name, ""]);
      continue;
    }
    const value = equals < 0 ? argv[at + 1] : word.slice(equals + 1);
    if (equals < 0) at += 1;
    if (value === undefined) throw new UsageError(`${name} needs a value`);
    options.push([name, value]);
  }
  return { operands, options };
}

function nameOf(word: string): string {
  if (word === "-h") return "--help";
  const known = ["--help", "--version", ...allowed.run, ...allowed.replay];
  if (!known.includes(word)) throw new UsageError(`there is no option ${word}`);
  return word;
}

function valuesOf(options: Words["options"], name: string): string[] {
  return options.filter(([option]) => option === name).map(([, value]) => value);
}

function wantsJson(options: Words["options"], has: (name: string) => boolean): boolean {
  const format = valuesOf(options, "--format").at(-1) ?? "text";
  if (format !== "text" && format !== "json") {
    throw new UsageError(`--format is text or json, not "${format}"`);
  }
  return format === "json" || has("--json");
}

/** ISO 8601; a date alone is midnight in UTC. */
function readTime(text: string): number {
  const looksRight = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  const time = looksRight.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`--now takes a time such as 2026-03-01T10:00:00Z, not "${text}"`);
  }
  return time;
}
