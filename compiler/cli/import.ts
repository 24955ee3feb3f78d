/**
 * `f2b import DIR -o FILE|DIR`: a Fail2ban configuration as policy text: the enabled jails with their filters, those that are named, or filters alone.
 *
 * Written are one file with all of it, or a file each where the output is a folder. What was found on the way is told on standard
 * error with its place in the configuration, and closes with what became of each filter; `--json` tells both as objects on standard output.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { jsonLine } from "../../runtime/escape.ts";
import type { ImportLine } from "../../schemas/import.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { toFinding } from "../diagnostics/json.ts";
import { renderDiagnostic } from "../diagnostics/render.ts";
import { showText } from "../diagnostics/show-text.ts";
import { readNamed } from "../import/config/arguments.ts";
import type { ConfigFiles } from "../import/config/layers.ts";
import type { CostOf } from "../import/filter/prove.ts";
import { hideKeys } from "../import/hide-keys.ts";
import { type Imported, importFilter } from "../import/import-filter.ts";
import { type ImportedJails, importJails } from "../import/import-jails.ts";
import { writeJails } from "../import/jail/write-jails.ts";
import { freeName } from "../import/names.ts";
import { reportOf, reportsOf } from "../import/report.ts";
import { costOf } from "../lint/costly-regexes.ts";
import { hostFault, inputFault, usageFault } from "./fault.ts";
import { reportLines, reportTables } from "./import-report.ts";
import { isDirectory, isFolder, jailsFile, type Part, writeParts } from "./import-write.ts";
import { complain, errorColors, print } from "./terminal.ts";

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
  const isJson = flags.json === true;
  const settings = flags.set.map(readSetting);
  const files = openConfig(folder);
  if (flags.filter.length > 0) importFilters(flags.filter, settings, files, { output, isJson });
  else {
    const names = flags.jail.length === 0 ? null : flags.jail;
    const reserved = isFolder(output) ? [jailsFile] : [];
    const all = importJails({ names, args: settings, files, costOf: makeCostOf, reserved });
    finishJails(all, { output, isJson });
  }
}

type Settings = readonly (readonly [string, string])[];

interface Out {
  readonly output: string;
  readonly isJson: boolean;
}

function makeCostOf(): CostOf {
  const endsAt = performance.now() + costMs;
  return (source, regexFlags, linesOnly) => costOf(source, regexFlags, { endsAt, linesOnly });
}

function importFilters(
  wanted: readonly string[],
  settings: Settings,
  files: ConfigFiles,
  out: Out,
): void {
  const taken = new Set<string>();
  const all = wanted.map((text) => {
    const { name, args } = readWanted(text, settings);
    const as = freeName(name, [...args.values()].join("-"), taken);
    return importFilter(name, args, files, makeCostOf(), { as });
  });
  for (const one of all) tell(one.diagnostics.sorted(), one.sources, out.isJson);
  const reports = all.map((one) => reportOf(one));
  const failed = all.filter((one) => one.text === null);
  if (failed.length > 0) {
    if (out.isJson) tellReports(reports, true);
    const names = failed.map((one) => one.name).join(", ");
    throw inputFault(`nothing is written: ${showText(names)} cannot be imported`);
  }
  writeParts(out.output, all.map(partOf));
  tellReports(reports, out.isJson);
  tellNext(out, ["match", "which lines of a real log it counts"]);
}

function finishJails(all: ImportedJails, out: Out): void {
  const { filters, jails, diagnostics, sources } = all;
  tell(diagnostics.sorted(), sources, out.isJson);
  if (diagnostics.hasErrors) throw inputFault("nothing is written: the jails cannot be read");
  if (jails.length === 0) {
    throw inputFault(
      "no jail is enabled",
      "--jail NAME takes one that is not, --filter NAME a filter",
    );
  }
  for (const one of filters) tell(one.diagnostics.sorted(), one.sources, out.isJson);
  tell(
    jails.flatMap((one) => one.diagnostics.sorted()),
    sources,
    out.isJson,
  );
  const reports = reportsOf(all);
  const written = filters.filter((one) => one.text !== null);
  const failed = filters.filter((one) => one.text === null);
  if (written.length === 0 && failed.length > 0) {
    if (out.isJson) tellReports(reports, true);
    const names = failed.map((one) => one.name).join(", ");
    throw inputFault(`nothing is written: ${showText(names)} cannot be imported`);
  }
  const uses = isFolder(out.output) ? written.map(({ name }) => `./${name}.f2b`) : [];
  const text = writeJails(
    jails.map(({ draft }) => draft),
    uses,
  );
  writeParts(out.output, [{ name: jailsFile, text }, ...written.map(partOf)]);
  tellReports(reports, out.isJson);
  if (failed.length > 0) {
    const names = failed.map((one) => one.name).join(", ");
    throw inputFault(
      `written without ${showText(names)}, which cannot be imported`,
      "the jails that use it stand in the policy as comments",
    );
  }
  tellNext(out, ["lint", "what is left to do"], ["replay", "who would have been banned"]);
}

function partOf({ name, text }: Imported): Part {
  return { name, text: text ?? "" };
}

function tellReports(reports: readonly ImportLine[], isJson: boolean): void {
  if (isJson) {
    for (const one of reports) print(jsonLine(one));
    return;
  }
  const { isTTY, columns = 80 } = process.stderr;
  complain(isTTY ? reportTables(reports, columns, errorColors) : reportLines(reports));
}

/** The commands that a person types now; of what went to standard output the name is not known. */
function tellNext({ output, isJson }: Out, ...steps: readonly (readonly [string, string])[]): void {
  if (isJson || output === "-") return;
  const isPlain = steps.length === 1;
  if (isFolder(output) && isPlain) return;
  const policy = showText(isFolder(output) ? join(output, `${jailsFile}.f2b`) : output);
  const lines = steps.map(([command, what]) => {
    const log = command === "lint" ? "" : " LOG";
    return `f2b ${command} ${policy}${log}   ${what}`;
  });
  complain(errorColors.dim(`next: ${lines.join("\n      ")}`));
}

function readSetting(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw usageFault(`--set takes NAME=VALUE, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** `sshd`, or `sshd[mode=ddos]` as jails write it; what `--set` says comes on top. */
function readWanted(text: string, settings: Settings) {
  const named = readNamed(text);
  if (named === null || /[/\\\0]/.test(named.name)) {
    throw usageFault(
      `--filter takes the name of a filter, not "${text}"`,
      "--filter 'sshd[mode=ddos]'",
    );
  }
  return { name: named.name, args: new Map([...named.args, ...settings]) };
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

/** What holds for several jails is told once. */
function tell(
  found: readonly Diagnostic[],
  sources: ImportedJails["sources"],
  isJson: boolean,
): void {
  const told = new Set<string>();
  const shown = hideKeys(sources);
  for (const one of found) {
    const key = `${one.code} ${one.at.file} ${one.at.start} ${one.at.end}`;
    if (told.has(key)) continue;
    told.add(key);
    if (isJson) print(jsonLine(toFinding(one, sources)));
    else complain(`${renderDiagnostic(one, shown, errorColors)}\n`);
  }
}
