/**
 * Actions with their arguments: hooks, steps and the values in them.
 *
 * In: a declared action, one call of it, and what the jails that use it capture. Out: the checked
 * action and whether it takes addresses, or null after reporting.
 */

import type { Action, ActionValue, Step } from "../../schemas/policy.ts";
import type {
  Argument,
  Clause,
  On,
  Step as StepTree,
  StepVerb,
  Action as Tree,
} from "../1-read/ast.ts";
import { checkActions as catalogue } from "../diagnostics/catalogue/check-actions.ts";
import type { Span } from "../source.ts";
import { lowerActionValue, type TextSetting, valuesMax } from "./action-text.ts";
import { atOf, type Context, type Declared, near } from "./context.ts";
import { type EventName, eventNames, eventValues } from "./event-values.ts";
import { lowerCall } from "./lower-driver.ts";
import { type Clauses, lowerHttp, lowerMail } from "./lower-remote.ts";
import { type ParamBinding, Scope } from "./scope.ts";
import { bindParams } from "./values.ts";

const timeoutMs = 10_000;
const timeoutMsMax = 10 * 60_000;

/** Which clauses a step takes. */
const clausesOf: Readonly<Record<StepVerb, readonly Clause["type"][]>> = {
  run: ["keep", "timeout", "input", "expect"],
  script: ["keep", "timeout", "input", "expect"],
  write: ["body", "timeout"],
  log: [],
  http: ["json", "header", "bearer", "body", "keep", "timeout", "expect"],
  mail: ["subject", "body", "timeout"],
  call: ["json", "input", "keep", "timeout"],
};

export interface ActionInstance {
  readonly action: Action;
  readonly takesAddress: boolean;
}

export interface ActionCall {
  readonly args: readonly Argument[];
  readonly scope: Scope;
  readonly at: Span;
  /** null: the declaration alone is looked at, and any name may be a capture. */
  readonly captures: ReadonlySet<string> | null;
}

export function lowerAction(
  declared: Declared<Tree>,
  call: ActionCall,
  context: Context,
): ActionInstance | null {
  const { tree } = declared;
  const bound = bindParams(
    context,
    tree.params,
    call.args,
    call.scope,
    { kind: "action", name: tree.name.name, scope: declared.scope },
    call.captures === null ? "declaration" : "call",
    call.at,
  );
  const scope = new Scope(bound.scope);
  for (const item of tree.body) {
    if (item.type !== "let") continue;
    const earlier = scope.add(item.name.name, { kind: "let", let: item });
    if (earlier !== null) {
      context.diagnostics.add(catalogue.actionLetTwice, item.name.at, { name: item.name.name });
    }
  }
  const names = [...tree.params.map((one) => one.name)].concat(
    tree.body.flatMap((item) => (item.type === "let" ? [item.name] : [])),
  );
  for (const { name, at } of names) {
    if (eventValues.has(name)) context.diagnostics.add(catalogue.hidesValue, at, { name });
  }
  const uses = new Set<string>();
  const kept = collectKept(tree, context);
  const base = {
    context,
    scope,
    captures: call.captures,
    kept,
    uses,
    open: [],
    budget: { left: valuesMax },
  };
  const hooks: Action["hooks"] = [];
  let takesAddress = false;
  for (const item of tree.body) {
    if (item.type !== "on") continue;
    const events = lowerEvents(item, context);
    const setting = { ...base, events: events.map((one) => one.name), mayHoldSecret: false };
    const steps = item.steps.flatMap((step) => lowerStep(step, setting, declared) ?? []);
    if (steps.some((step) => step.verb === "driver")) takesAddress = true;
    const [first, ...rest] = events;
    if (first) hooks.push({ events: [first, ...rest], steps, at: atOf(context, item.at) });
  }
  if ([...uses].some((name) => eventValues.get(name)?.needsAddress)) takesAddress = true;
  const values = bound.bindings.map(({ param, value }) => {
    const plain = { ...base, events: eventNames, mayHoldSecret: true, scope: bound.scope };
    const reference = { type: "name" as const, name: param.name.name, at: param.name.at };
    return [param.name.name, value === null ? null : lowerActionValue(reference, plain)] as const;
  });
  if (values.some(([, value]) => value === null)) return null;
  return {
    action: {
      id: actionId(tree.name.name, bound.bindings, new Map(values)),
      name: tree.name.name,
      arguments: Object.fromEntries(values) as Action["arguments"],
      hooks,
      at: atOf(context, tree.name.at),
    },
    takesAddress,
  };
}

/** `tell`, or `tell(to: "ops")` with the arguments that were given. */
function actionId(
  name: string,
  bindings: readonly ParamBinding[],
  values: ReadonlyMap<string, ActionValue | null>,
): string {
  // A list is made anew when its names are followed: where it stands tells whose it is.
  const given = bindings.filter(({ param, value }) => {
    const { byDefault } = param;
    return value?.at.file !== byDefault?.at.file || value?.at.start !== byDefault?.at.start;
  });
  const shown = given.map(({ param }) => {
    return `${param.name.name}: ${showValue(values.get(param.name.name) ?? null)}`;
  });
  return shown.length === 0 ? name : `${name}(${shown.join(", ")})`;
}

function showValue(value: ActionValue | null): string {
  switch (value?.kind) {
    case "text":
      return JSON.stringify(value.parts.map((part) => ("text" in part ? part.text : "")).join(""));
    case "number":
    case "bool":
      return String(value.value);
    case "secret":
      return `${value.from} ${JSON.stringify(value.name)}`;
    case "list":
      return `[${value.items.map(showValue).join(", ")}]`;
    default:
      return "";
  }
}

/** What any step of the action keeps: `on unban` may use what `on ban` kept. */
function collectKept(tree: Tree, context: Context): Set<string> {
  const kept = new Set<string>();
  for (const item of tree.body) {
    if (item.type !== "on") continue;
    for (const clause of item.steps.flatMap((step) => step.clauses)) {
      if (clause.type !== "keep") continue;
      const { name, at } = clause.name;
      if (eventValues.has(name)) context.diagnostics.add(catalogue.hidesValue, at, { name });
      kept.add(name);
    }
  }
  return kept;
}

function lowerEvents(tree: On, context: Context): { name: EventName; all: boolean }[] {
  const events: { name: EventName; all: boolean }[] = [];
  for (const { name, all, at } of tree.events) {
    const event = eventNames.find((one) => one === name.name);
    if (event === undefined) {
      context.diagnostics.add(catalogue.unknownEvent, name.at, near(name.name, eventNames));
    } else if (events.some((one) => one.name === event)) {
      context.diagnostics.add(catalogue.eventTwice, at, { event });
    } else events.push({ name: event, all });
  }
  return events;
}

function lowerStep(tree: StepTree, setting: TextSetting, declared: Declared<Tree>): Step | null {
  const { context } = setting;
  const clauses = checkClauses(tree, context);
  const at = atOf(context, tree.at);
  const secretly = { ...setting, mayHoldSecret: true };
  const expect = clauses.get("expect");
  const keep = clauses.get("keep");
  const after = clauses.get("timeout")?.after;
  if (after !== undefined && (after.ms < 1 || after.ms > timeoutMsMax)) {
    context.diagnostics.add(catalogue.timeoutRange, after.at, { text: after.text });
  }
  if (keep?.path && tree.verb !== "http")
    context.diagnostics.add(catalogue.keepPath, keep.path.at, {});
  const input = clauses.get("input");
  const common = {
    input: input === undefined ? null : lowerActionValue(input.argument, secretly),
    timeoutMs: after?.ms ?? timeoutMs,
    keep: keep?.name.name ?? null,
    expect: { from: expect?.from.value ?? 0, to: expect?.to?.value ?? expect?.from.value ?? 0 },
    at,
  };
  if (
    expect &&
    tree.verb !== "http" &&
    (common.expect.to > 255 || common.expect.to < common.expect.from)
  ) {
    context.diagnostics.add(catalogue.expectRange, expect.at, {});
  }
  switch (tree.verb) {
    case "run": {
      const argv = lowerArgv(tree, setting);
      return argv === null ? null : { verb: "run", argv, ...common };
    }
    case "script": {
      // The grammar has a text here and nothing else.
      if (tree.argument.type !== "text") return null;
      return { verb: "script", text: tree.argument.value, ...common };
    }
    case "write": {
      const path = lowerActionValue(tree.argument, setting);
      const clause = clauses.get("body");
      if (clause === undefined) context.diagnostics.add(catalogue.writeBody, tree.at, {});
      const body = clause === undefined ? null : lowerActionValue(clause.argument, setting);
      if (path !== null) checkPath(path, tree, context);
      if (path === null || body === null) return null;
      return { verb: "write", path, body, timeoutMs: common.timeoutMs, at };
    }
    case "log": {
      const text = lowerActionValue(tree.argument, setting);
      return text === null ? null : { verb: "log", text, at };
    }
    case "call":
      return lowerCall(tree, clauses, setting, declared.isLibrary);
    case "http":
      return lowerHttp(tree, clauses, common.timeoutMs, setting);
    case "mail":
      return lowerMail(tree, clauses, common.timeoutMs, setting);
    default:
      return tree.verb satisfies never;
  }
}

/** Where a file stands must not be for a client to say. */
function checkPath(path: ActionValue, tree: StepTree, context: Context): void {
  const parts = path.kind === "text" ? path.parts : [];
  const hasUnsafe = parts.some((part) => "value" in part && !eventValues.get(part.value)?.isSafe);
  if (path.kind !== "text" || hasUnsafe) {
    context.diagnostics.add(catalogue.unsafePath, tree.argument.at, {});
  }
}

function checkClauses(tree: StepTree, context: Context): Clauses {
  const found = new Map<string, Clause>();
  for (const clause of tree.clauses) {
    if (!clausesOf[tree.verb].includes(clause.type)) {
      const args = { clause: clause.type, verb: tree.verb, known: clausesOf[tree.verb] };
      context.diagnostics.add(catalogue.misplacedClause, clause.at, args);
    } else found.set(clause.type, clause);
  }
  return { get: (type) => found.get(type) as never };
}

/** The program is fixed; no value of the log may begin an argument, where it could be an option. */
function lowerArgv(tree: StepTree, setting: TextSetting): [ActionValue, ...ActionValue[]] | null {
  const { diagnostics } = setting.context;
  const lowered = lowerActionValue(tree.argument, setting);
  if (lowered === null) return null;
  const items = lowered.kind === "list" ? lowered.items : [];
  const [program, ...values] = items;
  if (program === undefined) {
    diagnostics.add(catalogue.runList, tree.argument.at, {});
    return null;
  }
  const isFixed =
    program.kind === "text" &&
    program.parts.length > 0 &&
    program.parts.every((part) => "text" in part);
  if (!isFixed) {
    diagnostics.add(catalogue.runProgram, tree.argument.at, {});
    return null;
  }
  let isBehindDashes = false;
  for (const [i, value] of values.entries()) {
    const at = tree.argument.type === "list" ? tree.argument.items[i + 1]?.at : undefined;
    const first = value.kind === "text" ? value.parts[0] : undefined;
    if (value.kind === "list" || value.kind === "object") {
      diagnostics.add(catalogue.runElement, at ?? tree.argument.at, {});
      return null;
    }
    if (first !== undefined && "text" in first && first.text === "--") isBehindDashes = true;
    if (isBehindDashes || first === undefined || !("value" in first)) continue;
    if (!eventValues.get(first.value)?.isSafe) {
      diagnostics.add(catalogue.couldBeOption, at ?? tree.argument.at, { name: first.value });
      return null;
    }
  }
  return [program, ...values];
}
