/**
 * What a bundle was asked to do.
 *
 * In: the words behind `node policy.mjs`. Out: a command, or a `UsageError` that says which word is wrong.
 * What must hold: no word is ignored, and a value never passes for an option.
 */

/** The caller's mistake: exit code 2. */
export class UsageError extends Error {}

export const stateFolderDefault = "/var/lib/f2b";
export const socketPathDefault = "/run/f2b/f2b.sock";

export const logLevels = ["debug", "info", "notice", "warning", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

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
  /** null: the usual place, and none at all for a dry run or `--once`. */
  readonly socketPath: string | null;
  readonly logLevel: LogLevel;
}

/** What a running bundle is asked through its control socket. */
export interface ControlCommand {
  readonly verb: (typeof controlVerbs)[number];
  readonly operands: readonly string[];
  readonly socketPath: string;
  readonly json: boolean;
  /** `--why ADDRESS`, `--for 1h`: as written. */
  readonly why: string | null;
  readonly forTime: string | null;
  readonly force: boolean;
  readonly flush: boolean;
}

export const controlVerbs = [
  "status",
  "bans",
  "ban",
  "unban",
  "tail",
  "flush",
  "loglevel",
  "observe",
  "stop",
] as const;

export type Command =
  | ReplayCommand
  | RunCommand
  | ControlCommand
  | { readonly verb: "check"; readonly json: boolean }
  | { readonly verb: "service"; readonly what: "print" | "install" | "uninstall" }
  | { readonly verb: "help" }
  | { readonly verb: "version" };

const withValue = [
  ...["--now", "--source", "--state", "--socket", "--log-level", "--format"],
  ...["--why", "--for"],
];
const shared = ["--socket", "--json", "--format"];
const allowed: Readonly<Record<string, readonly string[]>> = {
  run: ["--dry-run", "--once", "--state", "--log-level", ...shared],
  replay: ["--json", "--format", "--all", "--now", "--source"],
  check: ["--json", "--format"],
  service: [],
  status: shared,
  bans: ["--why", ...shared],
  ban: ["--for", "--force", ...shared],
  unban: shared,
  tail: shared,
  flush: shared,
  loglevel: shared,
  observe: shared,
  stop: ["--flush", ...shared],
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
  const [word = "run", ...rest] = operands;
  if (word === "help") return { verb: "help" };
  const known = Object.hasOwn(allowed, word) ? allowed[word] : undefined;
  if (known === undefined) throw new UsageError(`"${word}" is no command of this bundle`);
  for (const [name] of options) {
    if (!known.includes(name)) throw new UsageError(`${name} is no option of ${word}`);
  }
  switch (word) {
    case "run":
      return readRun(rest, options, has);
    case "replay":
      return readReplay(rest, options, has);
    case "check":
      if (rest[0] !== undefined) throw new UsageError(`"${rest[0]}" is one word too many`);
      return { verb: "check", json: wantsJson(options, has) };
    case "service":
      return readService(rest);
    default:
      return readControl(word as ControlCommand["verb"], rest, options, has);
  }
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
  const logLevel = logLevels.find((known) => known === level);
  if (logLevel === undefined) {
    throw new UsageError(`--log-level is one of ${logLevels.join(", ")}, not "${level}"`);
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

function readService(operands: readonly string[]): Command {
  const [what, more] = operands;
  if (more !== undefined) throw new UsageError(`"${more}" is one word too many`);
  if (what !== "print" && what !== "install" && what !== "uninstall") {
    throw new UsageError("service takes print, install or uninstall");
  }
  return { verb: "service", what };
}

/** How many operands each verb takes: least and most. */
const operandsOf: Readonly<Record<ControlCommand["verb"], readonly [number, number, string]>> = {
  status: [0, 1, "[JAIL]"],
  bans: [0, 1, "[JAIL]"],
  ban: [2, 2, "ADDRESS JAIL"],
  unban: [1, 2, "ADDRESS|PREFIX|all [JAIL]"],
  tail: [0, 1, "[JAIL]"],
  flush: [0, 0, ""],
  loglevel: [1, 1, "LEVEL"],
  observe: [2, 2, "JAIL on|off"],
  stop: [0, 0, ""],
};

function readControl(
  verb: ControlCommand["verb"],
  operands: readonly string[],
  options: Words["options"],
  has: (name: string) => boolean,
): ControlCommand {
  const [least, most, usage] = operandsOf[verb];
  if (operands.length < least) throw new UsageError(`${verb} takes ${usage}`);
  if (operands.length > most) throw new UsageError(`"${operands[most]}" is one word too many`);
  return {
    verb,
    operands,
    socketPath: valuesOf(options, "--socket").at(-1) ?? socketPathDefault,
    json: wantsJson(options, has),
    why: valuesOf(options, "--why").at(-1) ?? null,
    forTime: valuesOf(options, "--for").at(-1) ?? null,
    force: has("--force"),
    flush: has("--flush"),
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
  const known = ["--help", "--version", ...Object.values(allowed).flat()];
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
