/**
 * Values: what a name stands for, followed to its end, and arguments against their types.
 *
 * In: a value of the tree and the scope it stands in. Out: the value behind all `let`s and
 * parameters, or null when that failed, which has then been reported. A name that stands for
 * nothing known is returned as it is (`self`, a word of a choice): the caller knows what it expects.
 */
import type { Argument, List, Name, Param, Value } from "../1-read/ast.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import { parsePrefix } from "./address.ts";
import { type Context, near, poison } from "./context.ts";
import { makeText, type ParamBinding, type ParamType, Scope } from "./scope.ts";

const paramTypes = ["string", "int", "bool", "duration", "address", "list", "secret"];

/** Names that stand for names, and lists in lists. */
const letsMax = 64;
const itemsMax = 100_000;

export interface Resolved {
  readonly value: Value;
  /** Where the value stands: names inside it are looked up here. */
  readonly scope: Scope;
}

export function resolve(context: Context, value: Value, scope: Scope): Resolved | null {
  const followed = new Set<string>();
  let at: Resolved = { value, scope };
  while (at.value.type === "reference" && at.value.argument === null) {
    const found = at.scope.find(at.value.name.name);
    if (found === null) return at;
    if (found.binding.kind === "param") {
      if (found.binding.value === null) return null;
      const { value: given } = found.binding;
      // A word of a choice stands for itself, whatever else has that name.
      if (found.binding.type === "choice" && given.type === "reference") {
        return { value: makeText(given.name.name, given.at), scope: found.scope };
      }
      at = { value: found.binding.value, scope: new Scope() };
      continue;
    }
    const name = found.binding.let.name;
    const key = `${name.at.file}:${name.at.start}`;
    if (followed.has(key) || followed.size >= letsMax) {
      const isCycle = followed.has(key);
      if (isCycle) context.diagnostics.add(catalogue.letCycle, name.at, { name: name.name });
      else context.diagnostics.add(catalogue.letTooDeep, name.at, { max: letsMax });
      return null;
    }
    followed.add(key);
    at = { value: found.binding.let.value, scope: found.scope };
  }
  return at;
}

/**
 * The items of a list with all names followed and the lists among them laid flat, or null after
 * reporting: a list may not hold itself, nor grow without end through the lists it names.
 */
export function flattenList(context: Context, list: List, scope: Scope): Resolved[] | null {
  const items: Resolved[] = [];
  const open: List[] = [];
  const visit = (one: List, at: Scope): boolean => {
    if (open.includes(one) || open.length >= letsMax) {
      context.diagnostics.add(catalogue.listCycle, one.at, {});
      return false;
    }
    open.push(one);
    for (const item of one.items) {
      const resolved = resolve(context, item, at);
      if (resolved === null) return false;
      if (resolved.value.type === "list") {
        if (!visit(resolved.value, resolved.scope)) return false;
      } else items.push(resolved);
      if (items.length > itemsMax || ++steps > itemsMax) {
        context.diagnostics.add(catalogue.listTooLong, list.at, { max: itemsMax });
        return false;
      }
    }
    open.pop();
    return true;
  };
  let steps = 0;
  return visit(list, scope) ? items : null;
}

/** Reports a name that nothing declares, once. */
export function reportUnknown(context: Context, name: Name, scope: Scope): void {
  if (!poison(context, "name", name.name)) return;
  context.diagnostics.add(catalogue.unknownName, name.at, near(name.name, scope.names()));
}

export function describeValue(value: Value): string {
  switch (value.type) {
    case "text":
      return "a text";
    case "regex":
      return "a regular expression";
    case "address":
      return "an address";
    case "duration":
      return "a duration";
    case "int":
      return "a number";
    case "bool":
      return value.value ? "true" : "false";
    case "list":
      return "a list";
    case "object":
      return "an object";
    case "path":
      return "a path";
    case "family":
      return "a prefix length";
    case "reference":
      return value.argument === null ? `\`${value.name.name}\`` : `\`${value.name.name} ...\``;
    default:
      return value satisfies never;
  }
}

/** The parameters of a filter or action bound to arguments and defaults, in a scope of their own. */
export function bindParams(
  context: Context,
  params: readonly Param[],
  args: readonly Argument[],
  callScope: Scope,
  owner: { readonly kind: "filter" | "action"; readonly name: string; readonly scope: Scope },
  mode: "call" | "declaration",
  callAt: Name["at"],
): { scope: Scope; bindings: ParamBinding[] } {
  const given = new Map<string, Argument>();
  const names = params.map((param) => param.name.name);
  for (const arg of args) {
    const name = arg.name.name;
    if (!names.includes(name)) {
      context.diagnostics.add(catalogue.unknownArgument, arg.name.at, {
        ...near(name, names),
        owner: `${owner.kind} ${owner.name}`,
        names,
      });
    } else if (given.has(name)) {
      context.diagnostics.add(catalogue.argumentTwice, arg.name.at, { name });
    } else given.set(name, arg);
  }
  const scope = new Scope(owner.scope);
  const bindings: ParamBinding[] = [];
  for (const param of params) {
    const type = paramType(context, param, owner.kind);
    const arg = given.get(param.name.name);
    let value: Value | null = null;
    if (type !== null) {
      if (arg !== undefined) value = checkArgument(context, param, type, arg.value, callScope);
      else if (param.byDefault !== null) {
        value = checkArgument(context, param, type, param.byDefault, owner.scope);
      } else if (mode === "call") {
        context.diagnostics.add(
          catalogue.missingArgument,
          callAt,
          { name: param.name.name, owner: `${owner.kind} ${owner.name}` },
          { labels: [{ at: param.name.at, text: "has no default" }] },
        );
      }
    }
    const isGiven = arg !== undefined;
    const binding: ParamBinding = { kind: "param", param, type: type ?? "string", value, isGiven };
    const earlier = scope.add(param.name.name, binding);
    if (earlier !== null) {
      context.diagnostics.add(catalogue.declaredTwice, param.name.at, {
        kind: "parameter",
        name: param.name.name,
      });
    } else bindings.push(binding);
  }
  return { scope, bindings };
}

function paramType(context: Context, param: Param, owner: "filter" | "action"): ParamType | null {
  if (param.choices.length > 1) return "choice";
  const only = param.choices[0];
  if (only === undefined) return null;
  if (!paramTypes.includes(only.name)) {
    context.diagnostics.add(catalogue.unknownType, only.at, near(only.name, paramTypes));
    return null;
  }
  if (only.name === "secret" && owner === "filter") {
    context.diagnostics.add(catalogue.secretInFilter, only.at, {});
    return null;
  }
  return only.name as ParamType;
}

/** The argument followed to its end and found to be of its type, or null. */
function checkArgument(
  context: Context,
  param: Param,
  type: ParamType,
  written: Value,
  scope: Scope,
): Value | null {
  const choices = param.choices.map((choice) => choice.name);
  if (type === "choice") {
    const word = wordOf(written);
    if (word !== null && choices.includes(word)) return choiceOf(written, word);
    const followed = resolve(context, written, scope)?.value;
    const meant = followed === undefined ? null : wordOf(followed);
    if (followed !== undefined && meant !== null && choices.includes(meant)) {
      return choiceOf(followed, meant);
    }
    context.diagnostics.add(catalogue.badChoice, written.at, {
      ...near(word ?? "", choices),
      name: param.name.name,
      choices,
    });
    return null;
  }
  const resolved = resolve(context, written, scope);
  if (resolved === null) return null;
  const value = resolved.value;
  if (value.type === "reference" && value.argument === null) {
    reportUnknown(context, value.name, resolved.scope);
    return null;
  }
  if (!isOfType(value, type)) {
    const secretText = type === "secret" && value.type === "text";
    if (secretText) context.diagnostics.add(catalogue.secretAsText, written.at, {});
    else {
      context.diagnostics.add(catalogue.argumentType, written.at, {
        name: param.name.name,
        type,
        found: describeValue(value),
      });
    }
    return null;
  }
  if (value.type === "text" && value.ignoreCase) {
    context.diagnostics.add(catalogue.suffixHere, value.at, {});
  }
  return value.type === "list" ? checkItems(context, value, resolved.scope) : value;
}

/** What a value is as a word of a choice: a name, or a number as it is spelled in decimal. */
export function wordOf(value: Value): string | null {
  if (value.type === "reference" && value.argument === null) return value.name.name;
  return value.type === "int" ? String(value.value) : null;
}

/** Every word of a choice is kept as a name, numbers too, so that two of them compare as one. */
function choiceOf({ at }: Value, word: string): Value {
  return { type: "reference", name: { type: "name", name: word, at }, argument: null, at };
}

/** A list argument leaves its scope behind, so its names are followed now. */
function checkItems(context: Context, list: Value & { type: "list" }, scope: Scope): Value | null {
  const items = flattenList(context, list, scope);
  if (items === null) return null;
  for (const { value, scope: at } of items) {
    if (value.type !== "reference") continue;
    reportUnknown(context, value.name, at);
    return null;
  }
  return { ...list, items: items.map((item) => item.value) };
}

function isOfType(value: Value, type: ParamType): boolean {
  switch (type) {
    case "string":
      return value.type === "text";
    case "int":
    case "bool":
    case "duration":
    case "list":
      return value.type === type;
    case "address":
      return value.type === "address" && parsePrefix(value.text) !== null;
    case "secret":
      return (
        value.type === "reference" &&
        (value.name.name === "env" || value.name.name === "file") &&
        value.argument?.type === "text"
      );
    case "choice":
      return false;
    default:
      return type satisfies never;
  }
}
