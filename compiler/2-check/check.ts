/**
 * From trees to the checked policy.
 *
 * In: all files of a policy, parsed. Out: the policy with names, types, defaults and parameters
 * resolved, or null when there is an error. Errors of reading stop the check: what was lost there
 * would only be missed here again. The result is held against its schema before it is given away.
 */

import type { Jail, Policy } from "../../schemas/policy.ts";
import type {
  Argument,
  Call,
  FilterTest as FilterTestTree,
  Filter as FilterTree,
} from "../1-read/ast.ts";
import { checkJails } from "../diagnostics/catalogue/check-jails.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import { checkRules } from "../diagnostics/catalogue/check-rules.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";
import { type Context, findingsMax, near, poison, TooManyFindings } from "./context.ts";
import { findBanCycle } from "./find-ban-cycle.ts";
import { isLibraryModule, type Loaded } from "./load.ts";
import { type ActionInstance, lowerAction } from "./lower-action.ts";
import {
  type FilterCall,
  type FilterInstance,
  type FilterMode,
  lowerFilter,
  numberRules,
} from "./lower-filter.ts";
import { checkDefaults, lowerJail, type Statements, statementsOf } from "./lower-jail.ts";
import { lowerFilterTest } from "./lower-test.ts";
import { collectNames } from "./names.ts";
import { reportFleet, reportServe } from "./not-in-this-version.ts";
import type { Scope } from "./scope.ts";
import { validatePolicy } from "./validate-policy.ts";
import { resolve } from "./values.ts";
import { readArgument, type WantedFilter } from "./wanted.ts";

export interface Wanted {
  /** Filters besides those of jails and tests, with arguments as `f2b match --set k=v` has them. */
  readonly filters?: readonly WantedFilter[];
  /** Every filter of every loaded file with its default arguments, and all their tests. */
  readonly all?: boolean;
}

export function check(
  loaded: Loaded,
  diagnostics: Diagnostics,
  wanted: Wanted = {},
): Policy | null {
  if (diagnostics.hasErrors) return null;
  try {
    const policy = new PolicyChecker(collectNames(loaded, diagnostics)).check(wanted);
    return diagnostics.hasErrors ? null : validatePolicy(policy);
  } catch (error) {
    if (!(error instanceof TooManyFindings)) throw error;
    const at = { file: loaded.entry, start: 0, end: 0 };
    if (diagnostics.count >= findingsMax)
      diagnostics.add(catalogue.tooManyFindings, at, { max: findingsMax });
    return null;
  }
}

const jailsMax = 1_000;
const rulesMax = 100_000;

class PolicyChecker {
  readonly #context: Context;
  /** By id: jails, tests and callers that mean the same filter share it. */
  readonly #filters = new Map<string, FilterInstance>();
  readonly #actions = new Map<string, ActionInstance>();
  readonly #called = new Set<string>();
  /** Calls without arguments, which most are, by name: lowered once. */
  readonly #plain = new Map<string, FilterInstance | null>();
  readonly #rulesOf = new Map<FilterTree, number>();
  #ruleCount = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  check(wanted: Wanted): Policy {
    const context = this.#context;
    if (context.jails.size > jailsMax) {
      const [, late] = [...context.jails.values()].slice(jailsMax - 1);
      const at = late?.tree.name.at as Span;
      context.diagnostics.add(catalogue.tooMuch, at, { what: "jails", max: jailsMax });
      throw new TooManyFindings();
    }
    this.#survey();
    checkDefaults(context);
    const jails = this.#lowerJails();
    this.#surveyActions();
    findBanCycle(jails, context);
    for (const { name, args } of wanted.filters ?? []) this.#want(name, args);
    for (const [name, declared] of context.filters) {
      if (wanted.all) this.#filter({ name: declared.tree.name, args: [], at: declared.tree.at });
      else if (context.jails.size === 0 && !declared.isLibrary) {
        // A file of filters alone: each that can stand without arguments is the policy.
        if (declared.tree.params.every((one) => one.byDefault !== null)) this.#want(name, {});
      }
    }
    const tests = this.#lowerTests(wanted.all === true);
    const entry = context.loaded.entry;
    const files = [...context.loaded.hashes]
      .map(([name, sha256]) => ({ name, sha256 }))
      .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
    return {
      version: 1,
      name: entry,
      files,
      jails,
      filters: [...this.#filters.values()].map((one) => one.filter),
      actions: [...this.#actions.values()].map((one) => one.action),
      tests,
    };

    function rank(name: string): number {
      return name === entry ? 0 : 1;
    }
  }

  /** Every declaration by itself, whether it is used or not. */
  #survey(): void {
    const context = this.#context;
    for (const [file, tree] of context.loaded.trees) {
      for (const item of tree.items) {
        if (item.type === "serve") reportServe(item, context);
        else if (item.type === "fleet") reportFleet(item, context);
        else if (item.type === "let" && item.value.type === "reference") {
          const scope = this.#fileScope(file);
          if (scope !== null) resolve(context, item.value, scope);
        }
      }
    }
    for (const declared of context.filters.values()) {
      const call: FilterCall = { args: [], scope: declared.scope, at: declared.tree.name.at };
      lowerFilter(declared, call, { isSurvey: true, jail: null }, context);
    }
  }

  /** Actions that no jail does; any name in them may be a capture of filters to come. */
  #surveyActions(): void {
    const context = this.#context;
    for (const [name, declared] of context.actions) {
      if (this.#called.has(name)) continue;
      const { scope, tree } = declared;
      lowerAction(declared, { args: [], scope, at: tree.name.at, captures: null }, context);
    }
  }

  #fileScope(file: string): Scope | null {
    const { filters, actions, jails, defaults } = this.#context;
    const all = [...filters.values(), ...actions.values(), ...jails.values()];
    return all.find((one) => one.tree.at.file === file)?.scope ?? defaults?.scope ?? null;
  }

  #filter(
    call: Omit<Call, "at"> & { at: Span },
    scope?: Scope,
    jail: FilterMode["jail"] = null,
  ): FilterInstance | null {
    const context = this.#context;
    const declared = context.filters.get(call.name.name);
    if (declared === undefined) {
      if (poison(context, "filter", call.name.name)) {
        const args = near(call.name.name, context.filters.keys());
        context.diagnostics.add(catalogue.unknownFilter, call.name.at, args);
      }
      return null;
    }
    const isPlain = call.args.length === 0 && jail === null;
    const earlier = isPlain ? this.#plain.get(call.name.name) : undefined;
    if (earlier !== undefined) return earlier;
    this.#countRules(declared.tree, call.at);
    const lowered = lowerFilter(
      declared,
      { args: call.args, scope: scope ?? declared.scope, at: call.at },
      { isSurvey: false, jail },
      context,
    );
    const instance = lowered === null ? null : this.#share(lowered);
    if (isPlain) this.#plain.set(call.name.name, instance);
    return instance;
  }

  /** Each set of arguments costs its filter's rules once more. */
  #countRules(tree: FilterTree, at: Span): void {
    const known = this.#rulesOf.get(tree) ?? numberRules(tree.body).size;
    this.#rulesOf.set(tree, known);
    this.#ruleCount += known;
    if (this.#ruleCount <= rulesMax) return;
    this.#context.diagnostics.add(catalogue.tooMuch, at, { what: "rules in use", max: rulesMax });
    throw new TooManyFindings();
  }

  /** The instance that has the same id, if there is one already. */
  #share(lowered: FilterInstance): FilterInstance {
    const known = this.#filters.get(lowered.filter.id);
    if (known !== undefined) return known;
    this.#filters.set(lowered.filter.id, lowered);
    return lowered;
  }

  /** A filter asked for by name: its arguments are words of the command line. */
  #want(name: string, args: Readonly<Record<string, string>>): void {
    const context = this.#context;
    const declared = context.filters.get(name);
    const at = declared?.tree.name.at ?? { file: context.loaded.entry, start: 0, end: 0 };
    if (declared === undefined) {
      context.diagnostics.add(catalogue.unknownFilter, at, near(name, context.filters.keys()));
      return;
    }
    const given: Argument[] = [];
    for (const [key, text] of Object.entries(args)) {
      const param = declared.tree.params.find((one) => one.name.name === key);
      const value = param === undefined ? null : readArgument(param, text);
      const reference = { type: "name" as const, name: key, at };
      if (param !== undefined && value === null) {
        const choices = param.choices.map((one) => one.name);
        const found = JSON.stringify(text);
        const type = choices[0] ?? "string";
        if (choices.length > 1)
          context.diagnostics.add(catalogue.badChoice, at, { name: key, choices });
        else context.diagnostics.add(catalogue.argumentType, at, { name: key, type, found });
      } else if (value !== null) given.push({ name: reference, value, at });
      else {
        const names = declared.tree.params.map((one) => one.name.name);
        const owner = `filter ${name}`;
        context.diagnostics.add(catalogue.unknownArgument, at, {
          ...near(key, names),
          owner,
          names,
        });
      }
    }
    this.#filter({ name: declared.tree.name, args: given, at });
  }

  #lowerJails(): Jail[] {
    const context = this.#context;
    const statements = new Map<string, Statements>();
    const filters = new Map<string, { instances: FilterInstance[]; isWhole: boolean }>();
    for (const [name, jail] of context.jails) {
      const own = statementsOf(jail, context);
      statements.set(name, own);
      const ignores = own.own("rule");
      const added = ignores.length === 0 ? null : { name, ignores, scope: jail.scope };
      const calls = own.own("filters").flatMap((one) => one.calls);
      const all = calls.map((call) => this.#filter(call, jail.scope, added));
      const instances = [...new Set(all.filter((one) => one !== null))];
      filters.set(name, { instances, isWhole: !all.includes(null) });
    }
    const jails = [...context.jails].map(([name, jail]) => {
      const own = statements.get(name) as Statements;
      const mine = filters.get(name) ?? { instances: [], isWhole: false };
      return lowerJail(jail, {
        context,
        statements: own,
        filters: mine.instances,
        filtersAreWhole: mine.isWhole,
        watchedCaptures: watchedCaptures(own),
      });
    });
    for (const jail of jails) this.#reportHomeless(jail, filters.get(jail.name)?.instances ?? []);
    this.#lowerDo(jails, statements, filters);
    return jails;

    function watchedCaptures(own: Statements): Set<string> {
      const names = own
        .own("watch")
        .flatMap(({ source }) => (source.kind === "bans" ? source.of.map((one) => one.name) : []));
      const watched = names.length > 0 ? names : [...filters.keys()];
      const isWatching = own.own("watch").some((one) => one.source.kind === "bans");
      const all = watched.flatMap((name) => filters.get(name)?.instances ?? []);
      return new Set(isWatching ? all.flatMap((one) => [...one.captures]) : []);
    }
  }

  /** A failure that can never be anybody's is a mistake where somebody's address is banned. */
  #reportHomeless(jail: Jail, filters: readonly FilterInstance[]): void {
    const needsAddress = jail.bans.some((ban) => ban.eachAddress || ban.by.kind === "address");
    if (!needsAddress) return;
    for (const { at, rule } of filters.flatMap((one) => one.homeless)) {
      this.#context.diagnostics.add(checkRules.noAddress, at, { rule });
    }
  }

  /** Actions last: what their texts may name depends on all the jails that use them. */
  #lowerDo(
    jails: readonly Jail[],
    statements: ReadonlyMap<string, Statements>,
    filters: ReadonlyMap<string, { instances: FilterInstance[] }>,
  ): void {
    const context = this.#context;
    const captures = new Map<string, Set<string>>();
    for (const [name, own] of statements) {
      const mine = filters.get(name)?.instances.flatMap((one) => [...one.captures]) ?? [];
      for (const call of own.inForce("do").all.flatMap((one) => one.calls)) {
        const known = captures.get(call.name.name) ?? new Set();
        for (const capture of mine) known.add(capture);
        captures.set(call.name.name, known);
      }
    }
    for (const jail of jails) {
      const own = statements.get(jail.name) as Statements;
      const { all, scope } = own.inForce("do");
      const none = all.find((one) => one.calls.length === 0);
      const at = context.jails.get(jail.name)?.tree.name.at as Span;
      if (all.length === 0 && !jail.observe) {
        context.diagnostics.add(checkJails.noAction, at, { jail: jail.name });
      }
      if (none !== undefined && all.length > 1) {
        context.diagnostics.add(checkJails.saidTwice, none.at, { what: "do none" });
      }
      for (const call of all.flatMap((one) => one.calls)) {
        const lowered = this.#action(call, scope, captures.get(call.name.name) ?? new Set());
        if (lowered === null) continue;
        if (!jail.actions.includes(lowered.action.id)) jail.actions.push(lowered.action.id);
        this.#checkIdentity(jail, lowered, call, at);
      }
    }
  }

  #action(call: Call, scope: Scope, captures: ReadonlySet<string>): ActionInstance | null {
    const context = this.#context;
    const declared = context.actions.get(call.name.name);
    if (declared === undefined) {
      if (poison(context, "action", call.name.name)) {
        const args = near(call.name.name, context.actions.keys());
        context.diagnostics.add(catalogue.unknownAction, call.name.at, args);
      }
      return null;
    }
    this.#called.add(call.name.name);
    const lowered = lowerAction(
      declared,
      { args: call.args, scope, at: call.at, captures },
      context,
    );
    if (lowered === null) return null;
    const known = this.#actions.get(lowered.action.id);
    if (known !== undefined) return known;
    this.#actions.set(lowered.action.id, lowered);
    return lowered;
  }

  #checkIdentity(jail: Jail, action: ActionInstance, call: Call, jailAt: Span): void {
    if (!action.takesAddress) return;
    for (const ban of jail.bans) {
      if (ban.eachAddress || ban.by.kind === "address") continue;
      const { file, start, end } = ban.at;
      this.#context.diagnostics.add(
        checkJails.identityOfAction,
        call.at,
        { action: call.name.name, by: ban.by.names.join(" and ") },
        {
          labels: [
            { at: { file, start, end }, text: `bans a ${ban.by.names.join(" and ")}` },
            { at: jailAt, text: "in this jail" },
          ],
        },
      );
    }
  }

  #lowerTests(all: boolean): Policy["tests"] {
    const context = this.#context;
    const tests: Policy["tests"] = [];
    for (const declared of context.filters.values()) {
      const isOwn = !declared.isLibrary || isLibraryModule(context.loaded.entry);
      if (!all && !isOwn) continue;
      const blocks = declared.tree.body.filter((one): one is FilterTestTree => one.type === "test");
      for (const tree of blocks) {
        const call = { name: declared.tree.name, args: tree.args, at: tree.at };
        const instance = this.#filter(call, declared.scope);
        if (instance !== null) tests.push(lowerFilterTest(tree, instance, context));
      }
    }
    return tests;
  }
}
