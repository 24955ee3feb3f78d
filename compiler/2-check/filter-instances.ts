/**
 * The filters in use: each declared filter once for every set of arguments it is used with.
 *
 * In: calls of jails, tests and commands. Out: instances, shared by all that mean the same.
 */

import type { Filter, FilterTest } from "../../schemas/policy.ts";
import type {
  Argument,
  Call,
  FilterTest as FilterTestTree,
  Filter as FilterTree,
} from "../1-read/ast.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import type { Span } from "../source.ts";
import { type Context, type Declared, near, poison, TooManyFindings } from "./context.ts";
import { type FilterInstance, type FilterMode, lowerFilter, numberRules } from "./lower-filter.ts";
import { lowerFilterTest } from "./lower-test.ts";
import type { Scope } from "./scope.ts";
import { readArgument, type WantedFilter } from "./wanted.ts";

const rulesMax = 100_000;

export class FilterInstances {
  readonly #context: Context;
  readonly #byId = new Map<string, FilterInstance>();
  /** Calls without arguments, which most are, by name: lowered once. */
  readonly #plain = new Map<string, FilterInstance | null>();
  readonly #rulesOf = new Map<FilterTree, number>();
  #ruleCount = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  get all(): Filter[] {
    return [...this.#byId.values()].map((one) => one.filter);
  }

  /** The instance a call means, or null after reporting. */
  get(call: Call, scope: Scope, jail: FilterMode["jail"] = null): FilterInstance | null {
    const context = this.#context;
    const name = call.name.name;
    const declared = context.filters.get(name);
    if (declared === undefined) {
      if (poison(context, "filter", name)) {
        const args = near(name, context.filters.keys());
        context.diagnostics.add(catalogue.unknownFilter, call.name.at, args);
      }
      return null;
    }
    const isPlain = call.args.length === 0 && jail === null;
    const earlier = isPlain ? this.#plain.get(name) : undefined;
    if (earlier !== undefined) return earlier;
    this.#countRules(declared.tree, call.at);
    const { args, at } = call;
    const lowered = lowerFilter(declared, { args, scope, at }, { isSurvey: false, jail }, context);
    const instance = lowered === null ? null : this.#share(lowered);
    if (isPlain) this.#plain.set(name, instance);
    return instance;
  }

  /** A filter asked for by name: its arguments are words of the command line. */
  want({ name, args, tell }: WantedFilter): void {
    const context = this.#context;
    const declared = context.filters.get(name);
    if (declared === undefined) {
      const at = { file: context.loaded.entry, start: 0, end: 0 };
      context.diagnostics.add(catalogue.unknownFilter, at, near(name, context.filters.keys()));
      return;
    }
    const given: Argument[] = [];
    for (const [key, text] of Object.entries(args)) {
      const argument = this.#readArgument(declared, key, text);
      if (argument !== null) given.push(argument);
    }
    const call = { name: declared.tree.name, args: given, at: declared.tree.name.at };
    const instance = this.get(call, declared.scope);
    if (instance !== null) tell?.(instance.filter.id);
  }

  /** Every filter there is, with its default arguments. */
  wantAll(): void {
    for (const name of this.#context.filters.keys()) this.want({ name, args: {} });
  }

  /** Every filter with each set of arguments out of the words that its parameters list. */
  wantChoices(): void {
    for (const [name, { tree }] of this.#context.filters) {
      let sets: Record<string, string>[] = [{}];
      for (const { name: param, choices } of tree.params) {
        if (choices.length < 2) continue;
        sets = sets.flatMap((set) => choices.map((one) => ({ ...set, [param.name]: one.name })));
      }
      for (const args of sets) this.want({ name, args });
    }
  }

  /** A file of filters alone: each that can stand without arguments is the policy. */
  wantOwn(): void {
    for (const [name, { tree, isLibrary }] of this.#context.filters) {
      const needsArguments = tree.params.some((param) => param.byDefault === null);
      if (!isLibrary && !needsArguments) this.want({ name, args: {} });
    }
  }

  /** Tests of the policy's own filters; those of the library when it is what is looked at. */
  lowerTests(library: boolean): FilterTest[] {
    const context = this.#context;
    const tests: FilterTest[] = [];
    for (const { tree, scope, isLibrary } of context.filters.values()) {
      if (isLibrary && !library) continue;
      const blocks = tree.body.filter((one): one is FilterTestTree => one.type === "test");
      for (const block of blocks) {
        const instance = this.get({ name: tree.name, args: block.args, at: block.at }, scope);
        if (instance !== null) tests.push(lowerFilterTest(block, instance, context));
      }
    }
    return tests;
  }

  #readArgument(declared: Declared<FilterTree>, key: string, text: string): Argument | null {
    const { diagnostics } = this.#context;
    const { name, params } = declared.tree;
    const param = params.find((one) => one.name.name === key);
    if (param === undefined) {
      const names = params.map((one) => one.name.name);
      const args = { ...near(key, names), owner: `filter ${name.name}`, names };
      diagnostics.add(catalogue.unknownArgument, name.at, args);
      return null;
    }
    const value = readArgument(param, text);
    if (value !== null) return { name: { ...param.name, name: key }, value, at: name.at };
    const choices = param.choices.map((one) => one.name);
    const [type = "string"] = choices;
    if (choices.length > 1) {
      diagnostics.add(catalogue.badChoice, name.at, { ...near(text, choices), name: key, choices });
    } else {
      const found = JSON.stringify(text);
      diagnostics.add(catalogue.argumentType, name.at, { name: key, type, found });
    }
    return null;
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
    const known = this.#byId.get(lowered.filter.id);
    if (known !== undefined) return known;
    this.#byId.set(lowered.filter.id, lowered);
    return lowered;
  }
}
