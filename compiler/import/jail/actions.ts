/**
 * `action` -> what a jail does, which ports that closes, and which modules it uses.
 *
 * Out: statements. A jail without any counterpart observes, and says so: one that bans nobody in silence would be the worst outcome. What must hold: no value of an argument is
 * shown or written but a port, a recipient, a category and a zone's id; findings stand at the jail's heading, since the lines of actions may hold keys.
 */
import { importingJails as catalogue } from "../../diagnostics/catalogue/importing-jails.ts";
import { readActions } from "../config/action-list.ts";
import type { NamedWithArguments } from "../config/arguments.ts";
import { type Counterpart, counterpartOf, understands } from "./counterparts.ts";
import { doActions, observe, type PortRange, ports, type Statement } from "./nodes.ts";
import type { JailOptions } from "./options.ts";
import { readPorts } from "./ports.ts";

/** What the files of actions say. */
export interface ActionFiles {
  /** The value of an option in an action's own `[Init]`; empty: it has none. */
  usual(action: string, option: string): string;
  /** The file that changes an action of Fail2ban's, if there is one. */
  change(action: string): string | null;
}

export interface Done {
  readonly ports: readonly Statement[];
  readonly actions: readonly Statement[];
  readonly modules: readonly string[];
}

/** `why` the jail must not ban, whatever its actions; null: it may. */
export function actionStatements(
  options: JailOptions,
  files: ActionFiles,
  why: string | null,
): Done {
  const written = readActions(options.text("action"));
  const all = (written ?? []).map((action) => ({ action, found: counterpartOf(action) }));
  const kept = all.flatMap(({ action, found }) => ("lost" in found ? [] : [{ action, found }]));
  reportLost(
    options,
    all.flatMap(({ action: { name }, found }) =>
      "lost" in found ? [{ name, help: found.lost }] : [],
    ),
  );
  reportKept(options, kept, files);
  const calls = kept.flatMap(({ found }) => found.calls);
  const unique = [...new Map(calls.map((one) => [JSON.stringify(one), one])).values()];
  const closed = portsOf(options, kept, files);
  const modules = [...new Set(kept.map(({ found }) => found.module).filter((one) => one !== ""))];
  const actions = unique.length > 0 || kept.length > 0 ? [doActions(unique)] : [];
  const closes = kept.some(({ found }) => found.closes !== "nothing");
  const reason =
    why ??
    (written === null ? "its actions cannot be read" : whyNotBan(all.length, kept.length, closes));
  if (reason === null) return { ports: closed, actions, modules };
  const { jail } = options.use;
  const help =
    why === null
      ? "say `do` and what, and take `observe` away"
      : "settle that, and take `observe` away";
  options.report(catalogue.observesOnly, "jail", { jail, why: reason, help });
  const comment = `It bans nobody: ${reason}.`;
  return {
    ports: closed,
    actions: [observe(comment), ...(actions.length > 0 ? actions : [doActions([])])],
    modules,
  };
}

/** Null: what is left of its actions does what all of them did. Mail and reports alone keep nobody out. */
function whyNotBan(written: number, kept: number, closes: boolean): string | null {
  if (written === 0) return "it has no action";
  if (kept === 0) return "none of its actions has a counterpart";
  return kept < written && !closes ? "what is left of its actions keeps nobody out" : null;
}

function reportLost(options: JailOptions, lost: readonly { name: string; help: string }[]): void {
  const names = [...new Set(lost.map(({ name }) => name))];
  if (names.length === 0) return;
  const helps = [...new Set(lost.map(({ help }) => help))];
  options.report(catalogue.actionLeftOut, "jail", { actions: names, help: helps.join("; ") });
  options.left.push(...names.map((name) => `action = ${name}`));
}

interface Kept {
  readonly action: NamedWithArguments;
  readonly found: Counterpart;
}

/** What holds for an action wherever it is done is told once. */
function reportKept(options: JailOptions, kept: readonly Kept[], files: ActionFiles): void {
  const others = new Map<string, { by: string; help: string }>();
  const without = new Map<string, readonly string[]>();
  const secrets = new Map<string, string>();
  const changes: string[] = [];
  for (const { action, found } of kept) {
    const { name, args } = action;
    const by = found.calls[0]?.name.name ?? "do none";
    if (found.help !== null && by !== name && options.isNews(`${name} is ${by}`)) {
      others.set(name, { by, help: found.help });
    }
    const names = [...new Set([...args.keys()].filter((key) => !understands(found, key)))];
    if (names.length > 0) options.left.push(`${name} without ${names.join(", ")}`);
    if (names.length > 0 && options.isNews(`${name} without ${names}`)) without.set(name, names);
    if (found.secret !== undefined && options.isNews(`key of ${name}`)) {
      secrets.set(name, found.secret);
    }
    const file = files.change(name);
    if (file !== null && options.isNews(`change of ${name}`)) changes.push(file);
  }
  if (others.size > 0) options.report(catalogue.actionInstead, "jail", { others });
  if (without.size > 0) options.report(catalogue.argumentsLeftOut, "jail", { without });
  if (secrets.size > 0) options.report(catalogue.secretOnHost, "jail", { secrets });
  if (changes.length > 0) options.report(catalogue.changedAction, "jail", { files: changes });
}

/** Of all that close ports together. */
function portsOf(options: JailOptions, kept: readonly Kept[], files: ActionFiles): Statement[] {
  const closing = kept.filter(({ found }) => found.closes !== "nothing");
  if (closing.length === 0) return [];
  const ranges: PortRange[] = [];
  let isAll = false;
  for (const {
    action: { name, args },
    found,
  } of closing) {
    const value = (key: string) => args.get(key) ?? files.usual(name, key);
    if (found.closes === "all") {
      isAll = true;
      continue;
    }
    const { ranges: own, unknown } = readPorts(value("port"), value("protocol"));
    if (unknown.length > 0) {
      options.report(catalogue.badPort, "jail", { found: unknown });
      options.left.push(`port = ${unknown.join(", ")}`);
    }
    if (own === null) isAll = true;
    else ranges.push(...own);
  }
  const unique = [...new Map(ranges.map((one) => [JSON.stringify(one), one])).values()];
  return [ports(isAll || unique.length === 0 ? null : unique)];
}
