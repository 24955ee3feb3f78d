/**
 * What the language has and this version does not carry out: one clear error each, given after the
 * form was checked, so that a policy written for a later version is otherwise known to be right.
 */
import type { Fleet, Serve, Step, Watch } from "../1-read/ast.ts";
import { checkVersion as catalogue } from "../diagnostics/catalogue/check-version.ts";
import { type Context, near } from "./context.ts";

const served = ["metrics", "dashboard"];
const drivers = ["redis"];
const shared: ReadonlyMap<string, string> = new Map([
  ["share", "bans"],
  ["count", "failures"],
]);

export function reportServe(tree: Serve, context: Context): void {
  const { diagnostics } = context;
  if (!served.includes(tree.what.name)) {
    diagnostics.add(catalogue.unknownService, tree.what.at, near(tree.what.name, served));
  } else if (!isListenAddress(tree.on.value)) {
    diagnostics.add(catalogue.badListen, tree.on.at, {});
  } else diagnostics.add(catalogue.noServe, tree.at, {});
}

/** `127.0.0.1:9217`, `[::1]:9217`, `localhost:9217`. */
function isListenAddress(text: string): boolean {
  const match = /^([0-9.]+|localhost|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(text);
  return match !== null && Number(match[2]) >= 1 && Number(match[2]) <= 65_535;
}

export function reportFleet(tree: Fleet, context: Context): void {
  const { diagnostics } = context;
  if (!drivers.includes(tree.driver.name)) {
    diagnostics.add(catalogue.unknownService, tree.driver.at, near(tree.driver.name, drivers));
    return;
  }
  for (const { verb, what } of tree.shares) {
    if (!shared.has(verb.name)) {
      diagnostics.add(catalogue.unknownService, verb.at, near(verb.name, shared.keys()));
      return;
    }
    if (shared.get(verb.name) !== what.name) {
      const known = [shared.get(verb.name) ?? ""];
      diagnostics.add(catalogue.unknownService, what.at, near(what.name, known));
      return;
    }
  }
  diagnostics.add(catalogue.noFleet, tree.at, {});
}

export function reportUnsupportedWatch(tree: Watch, context: Context): void {
  const { kind } = tree.source;
  context.diagnostics.add(catalogue.noWatch, tree.at, { source: kind });
}

export function reportUnsupportedStep(tree: Step, context: Context): void {
  context.diagnostics.add(catalogue.noStep, tree.at, { verb: tree.verb });
}
