/**
 * From the plan to the text of one module: filters, scanners, actions, jails, and the program of them.
 *
 * In: a plan and f2b's version. Out: the module, which imports nothing but runtime/index.ts, and its
 * hash. The same plan gives the same bytes.
 */
import { createHash } from "node:crypto";
import type { Plan } from "../3-plan/plan-types.ts";
import { writeAction } from "./action.ts";
import { type Code, comment, join, js, literal, quote } from "./code.ts";
import { writeFilter } from "./filter.ts";
import { writeJail } from "./jail.ts";
import { Module } from "./module.ts";
import { runtimeNames } from "./runtime-names.ts";
import { writeScanner } from "./scanner.ts";

/** How the module names the runtime's barrel; bundle.ts resolves it. */
export const runtimeSpecifier = "f2b:runtime";

export interface Emitted {
  readonly text: string;
  /** The same as the body of a function of the barrel's exports, `runtime`, that returns the program. */
  readonly body: () => string;
  /** sha256 of the module without its manifest, and of f2b's version. */
  readonly hash: string;
}

export function emit(plan: Plan, version: string): Emitted {
  const module = new Module(runtimeNames);
  const filters = plan.filters.map((filter, index) => writeFilter(module, filter, index));
  const scanners = plan.scanners.map((scanner) => writeScanner(module, plan, scanner, filters));
  const actions = plan.actions.map((action) => writeAction(module, action));
  const jails = plan.jails.map((jail) => writeJail(module, jail));
  const imports = module.imports();
  const parts = module.write();
  const tables = join([
    list(
      "filters",
      filters.map((filter) => filter.spec),
    ),
    list("scanners", scanners),
    list("jails", jails),
    list("actions", actions),
  ]);
  const head = js`import { ${imports} } from ${quote(runtimeSpecifier)};`;
  const whole = join([head, parts], js`\n\n`);
  const hash = createHash("sha256").update(`f2b ${version}\n${whole}\n${tables}`).digest("hex");
  const manifest = literal({ f2b: version, ...plan.manifest, hash });
  const program = js`{
manifest: ${manifest},
${tables}
};`;
  const about = comment("The program: what the runtime runs.");
  const text = join([whole, js`${about}\nexport const program = ${program}`], js`\n\n`);
  const body = () =>
    `"use strict";\n${join([js`const { ${imports} } = runtime;`, parts, js`return ${program}`])}\n`;
  return { text: `${text}\n`, body, hash };
}

function list(name: "filters" | "scanners" | "jails" | "actions", items: readonly Code[]): Code {
  const key = {
    filters: js`filters`,
    scanners: js`scanners`,
    jails: js`jails`,
    actions: js`actions`,
  };
  return js`${key[name]}: [
${join(items.map((item) => js`${item},`))}
],`;
}
