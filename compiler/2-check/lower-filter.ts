/**
 * A filter with its arguments: parameters, `when` and `let` gone, every rule checked.
 *
 * In: a declared filter and one call of it. Out: the checked filter, what it can capture, and the
 * rules that can never know whom they are about; or null after reporting. In a survey both branches of
 * every `when` are checked and the result is thrown away, so that no mistake waits for an argument.
 */

import type { Filter, Format, Pattern } from "../../schemas/policy.ts";
import type {
  Argument,
  FilterStatement,
  Rule as RuleTree,
  Session as SessionTree,
  Filter as Tree,
} from "../1-read/ast.ts";
import { checkRules as catalogue } from "../diagnostics/catalogue/check-rules.ts";
import type { Span } from "../source.ts";
import { atOf, type Context, type Declared, near } from "./context.ts";
import { foldWhen } from "./fold-when.ts";
import { formatCaptures, headerFields, lowerFormat, lowerPattern } from "./formats.ts";
import { type LoweredRule, lowerRule, patternCaptures, ruleSetting } from "./lower-rule.ts";
import { type ParamBinding, Scope } from "./scope.ts";
import { literalOf } from "./templates.ts";
import { bindParams } from "./values.ts";

const sessionMs = 5 * 60_000;

export interface FilterCall {
  readonly args: readonly Argument[];
  readonly scope: Scope;
  readonly at: Span;
}

export interface FilterInstance {
  readonly filter: Filter;
  /** Names that `by` and `distinct` may use. */
  readonly captures: ReadonlySet<string>;
  /** Rules that count failures and can never know an address. */
  readonly homeless: readonly { readonly at: Span; readonly rule: string }[];
}

interface Statement {
  readonly tree: FilterStatement;
  readonly scope: Scope;
}

export interface FilterMode {
  readonly isSurvey: boolean;
  /** A jail's own ignore rules, which come behind the filter's. */
  readonly jail: {
    readonly name: string;
    readonly ignores: readonly RuleTree[];
    readonly scope: Scope;
  } | null;
}

export function lowerFilter(
  declared: Declared<Tree>,
  call: FilterCall,
  mode: FilterMode,
  context: Context,
): FilterInstance | null {
  const { tree } = declared;
  const { scope, bindings } = bindParams(
    context,
    tree.params,
    call.args,
    call.scope,
    { kind: "filter", name: tree.name.name, scope: declared.scope },
    mode.isSurvey ? "declaration" : "call",
    call.at,
  );
  if (!mode.isSurvey && bindings.some((binding) => binding.value === null)) return null;
  const statements: Statement[] = [];
  foldBody(tree.body, scope, mode, context, statements);
  const only = <T extends FilterStatement["type"]>(type: T) =>
    statements.filter(
      (one): one is Statement & { tree: FilterStatement & { type: T } } => one.tree.type === type,
    );
  if (!mode.isSurvey) {
    reportSecond(context, "describe", only("describe"));
    reportSecond(context, "session", only("session"));
  }
  const formats = lowerFormats(only("format"), tree, context);
  const frames = only("frame").map((one) => lowerFrame(one.tree.pattern, one.scope, context));
  if (formats === null || frames.includes(null)) return null;
  const setting = {
    ...ruleSetting(context, formats, frames as Pattern[], only("session").length > 0),
    ordinals: numberRules(tree.body),
    prefix: tree.name.name,
  };
  const lowered = only("rule").map((one) => lowerRule(one.tree, one.scope, setting));
  if (!mode.isSurvey) reportLabels(context, only("rule"));
  for (const [i, rule] of (mode.jail?.ignores ?? []).entries()) {
    const own = { ...setting, ordinals: new Map([[rule, i + 1]]), prefix: mode.jail?.name ?? "" };
    lowered.push(lowerRule(rule, mode.jail?.scope ?? scope, own));
  }
  if (lowered.includes(null)) return null;
  const rules = lowered as LoweredRule[];
  const captures = new Set(
    [
      ...rules.flatMap((one) => one.captures),
      ...(frames as Pattern[]).flatMap(patternCaptures),
    ].concat(formatCaptures(formats)),
  );
  const session = lowerSession(only("session")[0]?.tree ?? null, captures, context);
  if (session === undefined) return null;
  if (!mode.isSurvey && rules.length === 0) {
    context.diagnostics.add(catalogue.filterWithoutRules, tree.name.at, { name: tree.name.name });
    return null;
  }
  const id = filterId(tree.name.name, bindings) + (mode.jail ? ` of ${mode.jail.name}` : "");
  return {
    filter: {
      id,
      name: tree.name.name,
      arguments: argumentsOf(bindings),
      isStock:
        declared.isLibrary &&
        bindings.every(({ isGiven, param }) => !isGiven || param.choices.length > 1),
      describe: only("describe")[0]?.tree.text.value ?? null,
      formats,
      frames: frames as Pattern[],
      session,
      rules: rules.map((one) => one.rule),
      at: atOf(context, tree.name.at),
    },
    captures,
    homeless: rules
      .filter((one) => one.isHomeless)
      .map((one) => ({ at: one.at, rule: one.rule.name })),
  };
}

/** `sshd`, or `sshd(mode: aggressive)` with the arguments that differ from the defaults. */
function filterId(name: string, bindings: readonly ParamBinding[]): string {
  const given = bindings
    .filter((binding) => binding.isGiven)
    .map((binding) => {
      const { byDefault } = binding.param;
      const value = binding.value === null ? "" : argumentText(binding.value);
      const usual = byDefault === null ? null : argumentText(byDefault);
      return value === usual ? null : `${binding.param.name.name}: ${value}`;
    })
    .filter((one) => one !== null);
  return given.length === 0 ? name : `${name}(${given.join(", ")})`;
}

function argumentText(value: NonNullable<ParamBinding["value"]>): string {
  if (value.type === "text") return JSON.stringify(value.value);
  if (value.type === "list") return `[${value.items.map(argumentText).join(", ")}]`;
  return literalOf(value) ?? "";
}

function argumentsOf(bindings: readonly ParamBinding[]): Filter["arguments"] {
  return Object.fromEntries(
    bindings.map(({ param, value }) => {
      const plain =
        value?.type === "int" || value?.type === "bool" || value?.type === "text"
          ? value.value
          : value === null
            ? ""
            : argumentText(value);
      return [param.name.name, plain];
    }),
  );
}

/** null: the filter has none; undefined: it was wrong, and reported. */
function lowerSession(
  tree: SessionTree | null,
  captures: ReadonlySet<string>,
  context: Context,
): Filter["session"] | undefined {
  if (tree === null) return null;
  const { name, at } = tree.by;
  if (captures.has(name) || headerFields.includes(name)) {
    return { by: name, withinMs: tree.within?.ms ?? sessionMs };
  }
  const known = [...headerFields, ...captures];
  context.diagnostics.add(catalogue.unknownSessionField, at, { ...near(name, known), known });
  return undefined;
}

/** Flattens the body: `when` decided, each block's `let`s in a scope of their own. */
function foldBody(
  body: readonly FilterStatement[],
  outer: Scope,
  mode: FilterMode,
  context: Context,
  into: Statement[],
): void {
  const scope = new Scope(outer);
  for (const tree of body) {
    if (tree.type !== "let") continue;
    const earlier = scope.add(tree.name.name, { kind: "let", let: tree });
    if (earlier?.kind === "let") {
      context.diagnostics.add(
        catalogue.blockTwice,
        tree.name.at,
        { what: `let ${tree.name.name}` },
        {
          labels: [{ at: earlier.let.name.at, text: "the first is here" }],
        },
      );
    }
  }
  for (const tree of body) {
    if (tree.type !== "when") {
      into.push({ tree, scope });
      continue;
    }
    const folded = foldWhen(tree.test, context, scope);
    if (mode.isSurvey || folded === true) foldBody(tree.then, scope, mode, context, into);
    if (tree.otherwise !== null && (mode.isSurvey || folded === false)) {
      foldBody(tree.otherwise, scope, mode, context, into);
    }
  }
}

/** Every rule's ordinal as written, whatever `when` leaves out. */
export function numberRules(
  body: readonly FilterStatement[],
  into: Map<RuleTree, number> = new Map(),
): Map<RuleTree, number> {
  for (const tree of body) {
    if (tree.type === "rule") into.set(tree, into.size + 1);
    else if (tree.type === "when") {
      numberRules(tree.then, into);
      if (tree.otherwise !== null) numberRules(tree.otherwise, into);
    }
  }
  return into;
}

function reportSecond(context: Context, what: string, all: readonly Statement[]): void {
  const [first, ...others] = all;
  for (const other of others) {
    context.diagnostics.add(
      catalogue.blockTwice,
      other.tree.at,
      { what },
      {
        labels: first ? [{ at: first.tree.at, text: "the first is here" }] : [],
      },
    );
  }
}

function reportLabels(context: Context, rules: readonly { tree: RuleTree }[]): void {
  const seen = new Map<string, RuleTree>();
  for (const { tree } of rules) {
    if (tree.label === null) continue;
    const first = seen.get(tree.label.name);
    if (first?.label) {
      context.diagnostics.add(
        catalogue.blockTwice,
        tree.label.at,
        { what: `rule ${tree.label.name}` },
        { labels: [{ at: first.label.at, text: "the first is here" }] },
      );
    } else seen.set(tree.label.name, tree);
  }
}

function lowerFormats(
  all: readonly (Statement & { tree: FilterStatement & { type: "format" } })[],
  filter: Tree,
  context: Context,
): [Format, ...Format[]] | null {
  const lowered = all.map((one) => lowerFormat(one.tree, context, one.scope));
  if (lowered.includes(null)) return null;
  const [first, ...rest] = lowered as Format[];
  if (first !== undefined) return [first, ...rest];
  const at = atOf(context, filter.name.at);
  const usual = { programs: [], extras: [], window: null, fields: [], at };
  return [
    { ...usual, name: "syslog", time: { kind: "auto" } },
    { ...usual, name: "lines", time: { kind: "auto" } },
  ];
}

function lowerFrame(
  tree: RuleTree["pattern"] & object,
  scope: Scope,
  context: Context,
): Pattern | null {
  const pattern = lowerPattern(tree, context, scope, true);
  if (pattern?.kind !== "regex") return pattern;
  if (pattern.groups.filter((group) => group.name === "message").length === 1) return pattern;
  context.diagnostics.add(catalogue.frameGroup, tree.at, {});
  return null;
}
