/**
 * `f2b library` and `f2b library show MODULE`: what the standard library offers.
 *
 * Modules are read, not checked: their declarations say all that is shown here.
 */

import Table from "cli-table3";
import { jsonLine } from "../../runtime/escape.ts";
import type { LibraryLine } from "../../schemas/library.ts";
import type { Param, Policy as Tree } from "../1-read/ast.ts";
import { nearest } from "../1-read/nearest.ts";
import { load } from "../2-check/load.ts";
import { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Source } from "../source.ts";
import { usageFault } from "./fault.ts";
import { listModules, openPolicy } from "./policy-files.ts";
import { outColors, print, terminalColumns } from "./terminal.ts";

export function libraryCommand(flags: { readonly json?: boolean }): void {
  const lines = listModules().map(describeModule);
  if (flags.json === true) {
    for (const line of lines) print(jsonLine(line));
    return;
  }
  const columns = [16, 34, Math.max(24, Math.min(110, terminalColumns()) - 16 - 34 - 7)];
  const table = new Table({
    head: ["module", "filters, actions, jails", "what it is"],
    colWidths: columns,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { module, filters, actions, jails, describe } of lines) {
    const names = [...filters, ...actions].map(
      (one) =>
        one.name +
        (one.parameters.length === 0 ? "" : `(${one.parameters.map((p) => p.name).join(", ")})`),
    );
    names.push(...jails.map((name) => `jail ${name}`));
    table.push([outColors.bold(module), names.join("\n"), firstSentence(describe ?? "")]);
  }
  print(table.toString());
  print(outColors.dim("next: f2b library show std/sshd"));
}

/** The module as it stands in the library. */
export function showCommand(name: string): void {
  const module = name.startsWith("std/") ? name : `std/${name}`;
  const modules = listModules();
  if (!modules.includes(module)) {
    const hint = nearest(module, modules);
    throw usageFault(
      `the library has no module ${name}`,
      hint === undefined ? "f2b library lists them" : `did you mean ${hint}?`,
    );
  }
  const { source } = readModule(module);
  print(source.text.trimEnd());
}

function readModule(module: string): { tree: Tree; source: Source } {
  const loaded = load(module, openPolicy(module), new Diagnostics());
  const tree = loaded.trees.get(module);
  const source = loaded.sources.get(module);
  if (tree === undefined || source === undefined) throw new Error(`${module} cannot be read`);
  return { tree, source };
}

function describeModule(module: string): LibraryLine {
  const { tree, source } = readModule(module);
  const callable = (one: { name: { name: string }; params: readonly Param[] }) => ({
    name: one.name.name,
    parameters: one.params.map((param) => ({
      name: param.name.name,
      choices: param.choices.map((choice) => choice.name),
      default:
        param.byDefault && source.text.slice(param.byDefault.at.start, param.byDefault.at.end),
    })),
  });
  const filters = tree.items.filter((one) => one.type === "filter");
  const described = filters.flatMap((one) => one.body.filter((part) => part.type === "describe"));
  return {
    module,
    describe: described[0]?.text.value ?? readHeader(source.text),
    filters: filters.map(callable),
    actions: tree.items.filter((one) => one.type === "action").map(callable),
    jails: tree.items.flatMap((one) => (one.type === "jail" ? [one.name.name] : [])),
  };
}

/** The first sentence of the comment at the top of a module, which actions have in `describe`'s place. */
function readHeader(text: string): string | null {
  const header = /^(?:#[^\n]*\n)+/.exec(text)?.[0] ?? "";
  const prose = header.replace(/^# ?/gm, "").replace(/\s+/g, " ").trim();
  return prose === "" ? null : firstSentence(prose);
}

function firstSentence(text: string): string {
  return /^.*?[.:;](?=\s|$)/.exec(text)?.[0].replace(/[:;]$/, ".") ?? text;
}
