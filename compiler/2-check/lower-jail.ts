/**
 * Jails: what is watched, who reads it, when it bans and what is then done.
 *
 * In: a declared jail and the defaults. Out: the checked jail with the defaults merged in: `ban`,
 * `do`, `by`, `ports`, `remember`, `behind` of the jail replace theirs, `never ban` adds, `observe` and
 * `resolve hosts` hold for all. Action ids are filled in by `check.ts`, which knows the identities.
 */

import type { Jail, Watch, Who } from "../../schemas/policy.ts";
import type { JailStatement, Ports, Jail as Tree, Watch as WatchTree } from "../1-read/ast.ts";
import { checkJails as catalogue } from "../diagnostics/catalogue/check-jails.ts";
import type { Span } from "../source.ts";
import { atOf, type Context, type Declared, near } from "./context.ts";
import { lowerBan } from "./lower-ban.ts";
import type { FilterInstance } from "./lower-filter.ts";
import { lowerJailTest } from "./lower-test.ts";
import { isPath, lowerWho } from "./lower-who.ts";
import { reportUnsupportedWatch } from "./not-in-this-version.ts";
import type { Scope } from "./scope.ts";
import { usualSources } from "./usual-sources.ts";

const rememberMs = 90 * 86_400_000;
const envelopes = ["docker", "cri", "syslog"] as const;

type Of<T extends JailStatement["type"]> = JailStatement & { type: T };

/** What belongs in one jail, never in `defaults`. */
const ownOnly: readonly JailStatement["type"][] = ["watch", "filters", "rule", "jailtest"];

export interface Statements {
  /** The jail's own statements of a kind. */
  own<T extends JailStatement["type"]>(type: T): readonly Of<T>[];
  /** The jail's own, else the defaults', with the scope they stand in. */
  inForce<T extends JailStatement["type"]>(type: T): { all: readonly Of<T>[]; scope: Scope };
  /** The defaults' and the jail's. */
  both<T extends JailStatement["type"]>(type: T): readonly { tree: Of<T>; scope: Scope }[];
}

export function statementsOf(jail: Declared<Tree>, context: Context): Statements {
  const { defaults } = context;
  const pick = <T extends JailStatement["type"]>(body: readonly JailStatement[], type: T) =>
    body.filter((one): one is Of<T> => one.type === type);
  const own = <T extends JailStatement["type"]>(type: T) => pick(jail.tree.body, type);
  const usual = <T extends JailStatement["type"]>(type: T) =>
    defaults === null ? [] : pick(defaults.tree.body, type);
  return {
    own,
    inForce(type) {
      const all = own(type);
      if (all.length > 0 || defaults === null) return { all, scope: jail.scope };
      return { all: usual(type), scope: defaults.scope };
    },
    both(type) {
      const scope = defaults?.scope ?? jail.scope;
      return [
        ...usual(type).map((tree) => ({ tree, scope })),
        ...own(type).map((tree) => ({ tree, scope: jail.scope })),
      ];
    },
  };
}

export function checkDefaults(context: Context): void {
  for (const statement of context.defaults?.tree.body ?? []) {
    if (ownOnly.includes(statement.type)) {
      const what = statement.type === "filters" ? "filter" : statement.type;
      context.diagnostics.add(catalogue.notInDefaults, statement.at, {
        what: what === "rule" ? "ignore" : what === "jailtest" ? "test" : what,
      });
    }
  }
}

export interface JailSetting {
  readonly context: Context;
  readonly statements: Statements;
  readonly filters: readonly FilterInstance[];
  /** False when a filter failed: what it captures is then not known, and nothing is said of it. */
  readonly filtersAreWhole: boolean;
  /** What jails it watches the bans of capture. */
  readonly watchedCaptures: ReadonlySet<string>;
}

export function lowerJail(jail: Declared<Tree>, setting: JailSetting): Jail {
  const { context, statements } = setting;
  const { name } = jail.tree;
  reportRepeated(jail.tree.body, context);
  const called = statements.own("filters").flatMap((one) => one.calls.map((call) => call.name));
  const watches = statements
    .own("watch")
    .flatMap((one) => (one.source.kind === "default" ? usualSources(one, called, context) : [one]))
    .flatMap((one) => lowerWatch(one, jail.tree, context) ?? []);
  const isWatching = statements.own("watch").length > 0;
  const watchesBans = statements.own("watch").some((one) => one.source.kind === "bans");
  const watchesLogs = statements.own("watch").some((one) => one.source.kind !== "bans");
  if (!isWatching) context.diagnostics.add(catalogue.noWatch, name.at, { jail: name.name });
  const hasFilter = statements.own("filters").length > 0;
  if (!hasFilter && (watchesLogs || !isWatching)) {
    context.diagnostics.add(catalogue.noFilter, name.at, { jail: name.name });
  }
  const bans = statements.inForce("ban");
  if (bans.all.length === 0) context.diagnostics.add(catalogue.noBan, name.at, { jail: name.name });
  const captures = new Set([
    ...setting.filters.flatMap((one) => [...one.captures]),
    ...setting.watchedCaptures,
  ]);
  const by = statements.inForce("by").all[0] ?? null;
  const banSetting = { context, by, captures, watchesBans, watchesLogs };
  const remember = statements.inForce("remember").all[0];
  const who = (type: "never" | "behind"): Who[] =>
    type === "never"
      ? statements
          .both("never")
          .flatMap(({ tree, scope }) => tree.who.flatMap((one) => lowerWho(one, scope, context)))
      : statements
          .inForce("behind")
          .all.flatMap((one) => lowerWho(one.who, statements.inForce("behind").scope, context));
  const lowered = setting.filtersAreWhole
    ? bans.all.map((one) => lowerBan(one, banSetting)).filter((one) => one !== null)
    : [];
  return {
    name: name.name,
    at: atOf(context, name.at),
    watches,
    filters: setting.filters.map((one) => one.filter.id),
    bans: lowered,
    neverBan: withoutRepeats(who("never")),
    behind: withoutRepeats(who("behind")),
    observe: statements.both("observe").length > 0,
    rememberMs: remember?.forTime.ms ?? rememberMs,
    acrossJails: remember?.acrossJails ?? false,
    ports: lowerPorts(statements.inForce("ports").all, context),
    actions: [],
    resolveHosts: statements.both("resolve").length > 0,
    tests: statements.own("jailtest").map((one) => lowerJailTest(one, context)),
  };
}

function withoutRepeats(all: readonly Who[]): Who[] {
  const seen = new Map(all.map((one) => [JSON.stringify(one), one]));
  return [...seen.values()];
}

/** What a jail may say once. */
function reportRepeated(body: readonly JailStatement[], context: Context): void {
  for (const type of ["by", "remember"] as const) {
    const [first, ...others] = body.filter((one) => one.type === type);
    for (const other of others) {
      context.diagnostics.add(
        catalogue.saidTwice,
        other.at,
        { what: type },
        {
          labels: first ? [{ at: first.at, text: "the first is here" }] : [],
        },
      );
    }
  }
}

function lowerWatch(tree: WatchTree, jail: Tree, context: Context): Watch | null {
  const { source } = tree;
  const at = atOf(context, tree.at);
  const misplaced = (span: Span, what: string) => {
    context.diagnostics.add(catalogue.misplacedInWatch, span, { what, source: source.kind });
  };
  const zone = tree.zone === null ? null : checkZone(tree.zone.value, tree.zone.at, context);
  const isLog = source.kind === "file" || source.kind === "input";
  const envelope =
    tree.as === null ? null : (envelopes.find((one) => one === tree.as?.name) ?? null);
  const isPlain = source.kind === "journal" && tree.as?.name === "lines";
  if (tree.as !== null && !isLog && !isPlain && source.kind !== "command") {
    misplaced(tree.as.at, "as");
  } else if (tree.as !== null && envelope === null && !isPlain) {
    context.diagnostics.add(catalogue.unknownEnvelope, tree.as.at, near(tree.as.name, envelopes));
  }
  if (tree.zone !== null && source.kind === "bans") misplaced(tree.zone.at, "zone");
  if (tree.from !== null && source.kind !== "file" && source.kind !== "journal") {
    misplaced(tree.at, "from");
  }
  switch (source.kind) {
    case "file": {
      const paths = source.paths.filter((path) => isPath(path.value, path.at, context));
      const [first, ...rest] = paths.map((path) => path.value);
      if (first === undefined) return null;
      return { kind: "file", paths: [first, ...rest], envelope, zone, from: tree.from, at };
    }
    case "journal": {
      const values = source.values.map((value) => value.value);
      const empty = source.values.find((value) => !isPath(value.value, value.at, context));
      if (empty !== undefined) return null;
      const { by } = source;
      const header = isPlain ? null : "syslog";
      return { kind: "journal", by, values, envelope: header, zone, from: tree.from, at };
    }
    case "input":
      return { kind: "input", envelope, zone, at };
    case "bans":
      return { kind: "bans", of: watchedJails(tree, jail, context), at };
    case "syslog":
    case "command":
      reportUnsupportedWatch(tree, context);
      return null;
    case "default":
      return null; // usualSources has put others in its place
    default:
      return source satisfies never;
  }
}

/** The jails whose bans a `watch bans` sees; without `of` all others that watch logs. */
function watchedJails(tree: WatchTree, jail: Tree, context: Context): string[] {
  if (tree.source.kind !== "bans") return [];
  if (tree.source.of.length === 0) {
    const others = [...context.jails.values()].filter(
      ({ tree: other }) =>
        other !== jail &&
        !other.body.some((one) => one.type === "watch" && one.source.kind === "bans"),
    );
    if (others.length === 0) context.diagnostics.add(catalogue.nothingToWatch, tree.at, {});
    return others.map((other) => other.tree.name.name);
  }
  const names = [];
  for (const { name, at } of tree.source.of) {
    if (name === jail.name.name)
      context.diagnostics.add(catalogue.watchesItself, at, { jail: name });
    else if (context.jails.has(name)) names.push(name);
    else context.diagnostics.add(catalogue.unknownJail, at, near(name, context.jails.keys()));
  }
  return [...new Set(names)];
}

function checkZone(zone: string, at: Span, context: Context): string | null {
  if (/^[+-](0\d|1[0-4]):[0-5]\d$/.test(zone)) return zone;
  try {
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError(zone);
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    context.diagnostics.add(catalogue.unknownZone, at, { zone });
    return null;
  }
}

function lowerPorts(all: readonly Ports[], context: Context): Jail["ports"] {
  const ports: Jail["ports"] = [];
  const allPorts = all.find((one) => one.all);
  for (const statement of all) {
    for (const port of statement.ports) {
      const from = port.from.value;
      const to = port.to?.value ?? from;
      if (from < 1 || to > 65_535 || from > 65_535 || to < from) {
        const text = port.to === null ? `${from}` : `${from}..${to}`;
        context.diagnostics.add(catalogue.badPorts, port.at, { text });
      } else ports.push({ protocol: port.protocol, from, to });
    }
  }
  if (allPorts !== undefined && ports.length > 0) {
    context.diagnostics.add(catalogue.saidTwice, allPorts.at, { what: "ports all" });
  }
  return ports;
}
