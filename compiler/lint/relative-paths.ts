/**
 * Paths that do not begin with `/`: in a shell they mean the folder one stands in, as a service the root folder.
 *
 * In: the trees, for what is read, and the policy, for what actions name once their parameters are known. Out: a
 * warning each, with the path that a service would take.
 */
import { posix } from "node:path";
import type { Action, ActionValue, Policy } from "../../schemas/policy.ts";
import type { Text } from "../1-read/ast.ts";
import type { Loaded } from "../2-check/load.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";
import { spanOf } from "./patterns-of.ts";

/** A path where it stands, and a folder where such a file lies as a rule. */
type Report = (path: string, at: Span, folder: string) => void;

export function findRelativePaths(
  policy: Policy,
  loaded: Loaded | undefined,
  diagnostics: Diagnostics,
): void {
  const report: Report = (path, at, folder) => {
    if (path.startsWith("/")) return;
    const asService = posix.join("/", path);
    const whole = posix.join(folder, asService);
    diagnostics.add(catalogue.relativePath, at, { path, asService, whole });
  };
  for (const tree of loaded?.trees.values() ?? []) reportRead(tree, report);
  for (const action of policy.actions) {
    const jail = policy.jails.find(({ actions }) => actions.includes(action.id));
    reportNamed(action, jail === undefined ? null : spanOf(jail.at), report);
  }
}

/** Logs that are watched, and every `file "..."`: lists of addresses, and secrets. */
function reportRead(node: unknown, report: Report): void {
  if (Array.isArray(node)) {
    for (const one of node) reportRead(one, report);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const { type, kind, paths, name, argument } = node as Record<string, unknown>;
  if (kind === "file" && Array.isArray(paths)) {
    for (const { value, at } of paths as Text[]) report(value, at, "/var/log");
  }
  if (type === "reference" && (name as { name: string }).name === "file") {
    const text = argument as Text | null;
    if (text?.type === "text") report(text.value, text.at, "/etc/f2b");
  }
  for (const [key, child] of Object.entries(node)) {
    if (key !== "at") reportRead(child, report);
  }
}

/** Files that an action writes, and programs with a folder before their name. */
function reportNamed(action: Action, jailAt: Span | null, report: Report): void {
  for (const step of action.hooks.flatMap(({ steps }) => steps)) {
    const at = spanOf(step.at);
    if (step.verb === "write") report(beginOf(step.path), at, "/var/log");
    if (step.verb === "run") {
      const program = beginOf(step.argv[0]);
      if (program.includes("/")) report(program, at, "/usr/local/bin");
    }
    if (step.verb !== "driver" || jailAt === null) continue;
    // The step stands in the library; who named the path is the jail that does it.
    const path = step.settings.find(({ name }) => name === "path")?.value;
    if (typeof path === "string") report(path, jailAt, "/etc/f2b");
  }
}

/** The text of a path, values as they are written in templates; what only the host knows may begin with `/`. */
function beginOf(value: ActionValue): string {
  if (value.kind !== "text") return "/";
  const partText = (part: (typeof value.parts)[number]) =>
    "text" in part ? part.text : "value" in part ? `{${part.value}}` : "/";
  return value.parts.map(partText).join("");
}
