/**
 * All jails together: filters first, so that sentences know what is captured, also in jails whose bans
 * are watched; actions last, because what their texts may name depends on every jail that does them.
 */

import type { Jail } from "../../schemas/policy.ts";
import type { Call } from "../1-read/ast.ts";
import { checkJails as catalogue } from "../diagnostics/catalogue/check-jails.ts";
import { checkRules } from "../diagnostics/catalogue/check-rules.ts";
import type { Span } from "../source.ts";
import type { ActionInstances } from "./action-instances.ts";
import type { Context } from "./context.ts";
import type { FilterInstances } from "./filter-instances.ts";
import type { ActionInstance } from "./lower-action.ts";
import type { FilterInstance } from "./lower-filter.ts";
import { lowerJail, type Statements, statementsOf } from "./lower-jail.ts";

/** A jail on its way. */
interface Draft {
  readonly statements: Statements;
  readonly filters: readonly FilterInstance[];
  /** False when a filter failed: what it captures is then not known, and nothing is said of it. */
  readonly filtersAreWhole: boolean;
}

export function lowerJails(
  context: Context,
  filters: FilterInstances,
  actions: ActionInstances,
): Jail[] {
  const drafts = new Map<string, Draft>();
  for (const [name, jail] of context.jails) {
    const statements = statementsOf(jail, context);
    const ignores = statements.own("rule");
    const added = ignores.length === 0 ? null : { name, ignores, scope: jail.scope };
    const calls = statements.own("filters").flatMap((one) => one.calls);
    const all = calls.map((call) => filters.get(call, jail.scope, added));
    const instances = [...new Set(all.filter((one) => one !== null))];
    drafts.set(name, {
      statements,
      filters: instances,
      filtersAreWhole: !all.includes(null),
    });
  }
  const jails: Jail[] = [];
  for (const [name, draft] of drafts) {
    const declared = context.jails.get(name);
    if (declared === undefined) continue;
    const watchedCaptures = capturesOfWatched(draft.statements, drafts);
    const jail = lowerJail(declared, { context, ...draft, watchedCaptures });
    reportHomeless(jail, draft.filters, context);
    jails.push(jail);
  }
  lowerDo(jails, drafts, context, actions);
  return jails;
}

/** What the filters of the jails capture whose bans a jail watches. */
function capturesOfWatched(own: Statements, drafts: ReadonlyMap<string, Draft>): Set<string> {
  const sources = own.own("watch").map((one) => one.source);
  const watched = sources.flatMap((source) => {
    if (source.kind !== "bans") return [];
    return source.of.length > 0 ? source.of.map((one) => one.name) : [...drafts.keys()];
  });
  const filters = watched.flatMap((name) => drafts.get(name)?.filters ?? []);
  return new Set([...new Set(filters)].flatMap((one) => [...one.captures]));
}

/** A failure that can never be anybody's is a mistake where somebody's address is banned. */
function reportHomeless(jail: Jail, filters: readonly FilterInstance[], context: Context): void {
  if (!jail.bans.some((ban) => ban.eachAddress || ban.by.kind === "address")) return;
  for (const { at, rule } of filters.flatMap((one) => one.homeless)) {
    context.diagnostics.add(checkRules.noAddress, at, { rule });
  }
}

function lowerDo(
  jails: readonly Jail[],
  drafts: ReadonlyMap<string, Draft>,
  context: Context,
  actions: ActionInstances,
): void {
  const captures = capturesByAction(drafts);
  for (const jail of jails) {
    const at = context.jails.get(jail.name)?.tree.name.at;
    const inForce = drafts.get(jail.name)?.statements.inForce("do");
    if (at === undefined || inForce === undefined) continue;
    const { all, scope } = inForce;
    if (all.length === 0 && !jail.observe) {
      context.diagnostics.add(catalogue.noAction, at, { jail: jail.name });
    }
    const none = all.find((one) => one.calls.length === 0);
    if (none !== undefined && all.length > 1) {
      context.diagnostics.add(catalogue.saidTwice, none.at, { what: "do none" });
    }
    for (const call of all.flatMap((one) => one.calls)) {
      const known = captures.get(call.name.name) ?? new Set<string>();
      const lowered = actions.get(call, scope, known);
      if (lowered === null) continue;
      if (!jail.actions.includes(lowered.action.id)) jail.actions.push(lowered.action.id);
      checkIdentity(jail, lowered, { call, at }, context);
    }
  }
}

function capturesByAction(drafts: ReadonlyMap<string, Draft>): Map<string, Set<string>> {
  const captures = new Map<string, Set<string>>();
  for (const { statements, filters } of drafts.values()) {
    const own = filters.flatMap((one) => [...one.captures]);
    for (const call of statements.inForce("do").all.flatMap((one) => one.calls)) {
      const known = captures.get(call.name.name) ?? new Set();
      for (const capture of own) known.add(capture);
      captures.set(call.name.name, known);
    }
  }
  return captures;
}

/** An action that takes addresses cannot be done to a user. */
function checkIdentity(
  jail: Jail,
  action: ActionInstance,
  place: { readonly call: Call; readonly at: Span },
  context: Context,
): void {
  if (!action.takesAddress) return;
  for (const ban of jail.bans) {
    if (ban.eachAddress || ban.by.kind === "address") continue;
    const { file, start, end } = ban.at;
    const by = ban.by.names.join(" and ");
    context.diagnostics.add(
      catalogue.identityOfAction,
      place.call.at,
      { action: place.call.name.name, by },
      {
        labels: [
          { at: { file, start, end }, text: `bans a ${by}` },
          { at: place.at, text: "in this jail" },
        ],
      },
    );
  }
}
