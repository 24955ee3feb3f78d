/**
 * `f2b import DIR -o FILE|DIR`: filters of a Fail2ban configuration as policy text, those of the enabled jails where none is named.
 *
 * Written are one file with all of them, or a file each where the output is a folder. What was found on the way is told on standard
 * error with its place in the configuration, and closes with what became of each filter; `--json` tells both as objects on standard output.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { jsonLine } from "../../runtime/escape.ts";
import { Diagnostics } from "../diagnostics/diagnostic.ts";
import { toFinding } from "../diagnostics/json.ts";
import { renderDiagnostic } from "../diagnostics/render.ts";
import { showText } from "../diagnostics/show-text.ts";
import { readNamed } from "../import/config/arguments.ts";
import type { ConfigFiles } from "../import/config/layers.ts";
import { type JailUse, readJails } from "../import/config/read-jails.ts";
import { Places } from "../import/config/traced.ts";
import { filterName } from "../import/filter/filter-text.ts";
import { type Given, type Imported, importFilter } from "../import/import-filter.ts";
import { reportOf } from "../import/report.ts";
import { costOf } from "../lint/costly-regexes.ts";
import { hostFault, inputFault, usageFault } from "./fault.ts";
import { reportLines, reportTables } from "./import-report.ts";
import { replaceFile } from "./replace-file.ts";
import { complain, errorColors, print } from "./terminal.ts";

interface Wanted {
  readonly name: string;
  readonly args: ReadonlyMap<string, string>;
  /** What tells it from another use of the same filter. */
  readonly more: string;
  readonly given: Given;
}

interface ImportFlags {
  readonly filter: readonly string[];
  readonly jail: readonly string[];
  readonly set: readonly string[];
  readonly output?: string;
  readonly json?: boolean;
}

/** So long recheck is asked about those of a filter's patterns that their automaton leaves open. */
const costMs = 4_000;

export function importCommand(folder: string, flags: ImportFlags): void {
  const output = flags.output;
  if (flags.filter.length > 0 && flags.jail.length > 0) {
    throw usageFault("a filter is imported by its name or for a jail", "--filter, or --jail");
  }
  if (output === undefined) {
    throw usageFault(
      "import needs to know where to write",
      "-o FILE, -o FOLDER/, or -o - for standard output",
    );
  }
  if (output === "-" && flags.json === true) {
    throw usageFault(
      "the policy and the findings cannot both go to standard output",
      "-o FILE --json",
    );
  }
  const settings = flags.set.map(readSetting);
  const files = openConfig(folder);
  const wanted =
    flags.filter.length > 0
      ? flags.filter.map((text) => readWanted(text, settings))
      : wantedByJails(flags, settings, files);
  const names = new Set<string>();
  const all = wanted.map(({ name, args, more, given }) => {
    const endsAt = performance.now() + costMs;
    const as = freeName(name, more, names);
    return importFilter(
      name,
      args,
      files,
      (source, regexFlags, linesOnly) => costOf(source, regexFlags, { endsAt, linesOnly }),
      { ...given, as },
    );
  });
  for (const one of all) tell(one, flags.json === true);
  const reports = all.map(reportOf);
  if (flags.json === true) for (const one of reports) print(jsonLine(one));
  const failed = all.filter((one) => one.text === null);
  if (failed.length > 0) {
    const names = failed.map((one) => one.name).join(", ");
    throw inputFault(`nothing is written: ${showText(names)} cannot be imported`);
  }
  write(output, all);
  if (flags.json === true) return;
  const { isTTY, columns = 80 } = process.stderr;
  complain(isTTY ? reportTables(reports, columns, errorColors) : reportLines(reports));
  if (output === "-" || isFolder(output)) return;
  const next = `next: f2b match ${showText(output)} LOG   which lines of a real log it counts`;
  complain(errorColors.dim(next));
}

function readSetting(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw usageFault(`--set takes NAME=VALUE, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `sshd`, or `sshd[mode=ddos]` as jails write it; what `--set` says comes on top. */
function readWanted(text: string, settings: readonly (readonly [string, string])[]): Wanted {
  const named = readNamed(text);
  if (named === null || /[/\\\0]/.test(named.name)) {
    throw usageFault(
      `--filter takes the name of a filter, not "${text}"`,
      "--filter 'sshd[mode=ddos]'",
    );
  }
  const args = new Map([...named.args, ...settings]);
  return { name: named.name, args, more: [...args.values()].join("-"), given: {} };
}

/** The filters that jails use, each way of use once. */
function wantedByJails(
  { jail, json }: ImportFlags,
  settings: readonly (readonly [string, string])[],
  files: ConfigFiles,
): Wanted[] {
  const places = new Places();
  const diagnostics = new Diagnostics();
  const uses = readJails(jail.length === 0 ? null : jail, files, places, diagnostics);
  tell({ diagnostics, sources: places.sources() }, json === true);
  if (diagnostics.hasErrors) throw inputFault("nothing is written: the jails cannot be read");
  if (uses === null || uses.length === 0) {
    throw inputFault(
      "no jail is enabled",
      "--jail NAME takes one that is not, --filter NAME a filter",
    );
  }
  const wanted = new Map<string, Wanted>();
  for (const use of uses) {
    const args = new Map([...use.args, ...settings]);
    const key = JSON.stringify([
      use.filter,
      [...args],
      [...use.overrides].map(([name, { text }]) => [name, text]),
    ]);
    const { given } = wanted.get(key) ?? {};
    const tail = [...(given?.tail ?? []), ...jailLines(use)];
    const more = wanted.get(key)?.more ?? use.jail;
    const { filter: name, overrides } = use;
    wanted.set(key, { name, args, more, given: { overrides, places, tail } });
  }
  return [...wanted.values()];
}

/** What the jail says, for the one of f2b that a person writes. */
function jailLines({ jail, settings }: JailUse): string[] {
  return [
    `Jail ${jail} says, besides its filter:`,
    ...settings.map(({ name, value }) => `  ${name} = ${value.replaceAll("\n", "  ")}`),
  ];
}

/** A filter that is imported twice has two names. */
function freeName(name: string, more: string, taken: Set<string>): string {
  const wide = more === "" || more === name ? `${name}-2` : `${name}-${more}`;
  let free = taken.has(filterName(name)) ? wide : name;
  for (let n = 2; taken.has(filterName(free)); n++) free = `${wide}-${n}`;
  taken.add(filterName(free));
  return free;
}

/** The configuration on the disk; includes may lead out of the folder, as Fail2ban's may. */
function openConfig(folder: string): ConfigFiles {
  const root = resolve(folder);
  if (!isDirectory(root)) {
    throw inputFault(`there is no folder ${folder}`, "it is /etc/fail2ban as a rule");
  }
  return {
    read(name) {
      const path = isAbsolute(name) ? name : join(root, name);
      try {
        if (!statSync(path).isFile()) return { unreadable: "it is no regular file" };
        return readFileSync(path);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return null;
        return { unreadable: hostFault(name, error).message.slice(name.length + 2) };
      }
    },
    list(name) {
      try {
        return readdirSync(join(root, name)).sort();
      } catch {
        return [];
      }
    },
  };
}

function tell(
  { diagnostics, sources }: Pick<Imported, "diagnostics" | "sources">,
  isJson: boolean,
): void {
  for (const one of diagnostics.sorted()) {
    if (isJson) print(jsonLine(toFinding(one, sources)));
    else complain(`${renderDiagnostic(one, sources, errorColors)}\n`);
  }
}

function write(output: string, all: readonly Imported[]): void {
  const whole = all.map((one) => one.text ?? "").join("\n");
  if (output === "-") {
    print(whole.trimEnd());
    return;
  }
  const texts = new Map<string, string>();
  if (isFolder(output)) {
    makeFolder(output);
    for (const one of all) {
      texts.set(join(output, `${filterName(one.name)}.f2b`), one.text ?? "");
    }
  } else texts.set(output, whole);
  for (const [path, text] of texts) keepEdited(path, text);
  for (const [path, text] of texts) replaceFile(path, text, 0o644);
}

/** The tests that people write into an imported filter are not written over. */
function keepEdited(path: string, text: string): void {
  let found: string;
  try {
    found = readFileSync(path, "utf8");
  } catch {
    // Not there, or writing says what is wrong with it.
    return;
  }
  if (found === text) return;
  throw usageFault(
    `${path} is there and says something else: nothing is written`,
    "remove it, or name another file with -o",
  );
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw hostFault(path, error);
  }
}

function isFolder(output: string): boolean {
  return output.endsWith("/") || isDirectory(output);
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    throw hostFault(`cannot look at ${path}`, error);
  }
}
