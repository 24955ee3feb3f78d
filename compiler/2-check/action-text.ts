/**
 * Values in actions: texts with holes, filled once, on the host.
 *
 * In: a value of the tree and what may be named where it stands. Out: the checked value, or null after
 * reporting. Secrets stay names: they are read on the host, and only where they cannot be seen.
 */

import type { ActionPart, ActionValue } from "../../schemas/policy.ts";
import type { List, Name, Text, Value } from "../1-read/ast.ts";
import { checkActions as catalogue } from "../diagnostics/catalogue/check-actions.ts";
import type { Span } from "../source.ts";
import { type Context, near } from "./context.ts";
import { type EventName, eventsOfSomebody, eventValues } from "./event-values.ts";
import type { Scope } from "./scope.ts";
import { literalOf, spanIn } from "./templates.ts";
import { describeValue, reportUnknown, resolve } from "./values.ts";

const depthMax = 32;
/** Values of one action, those in `let`s counted each time they are used. */
export const valuesMax = 10_000;

export interface TextSetting {
  readonly context: Context;
  readonly scope: Scope;
  /** Captures of the filters whose jails use the action; null: any name may be one. */
  readonly captures: ReadonlySet<string> | null;
  readonly kept: ReadonlySet<string>;
  readonly events: readonly EventName[];
  readonly mayHoldSecret: boolean;
  /** Values that are being filled in: one that stands here twice holds itself. */
  readonly open: readonly Value[];
  /** How many values may still be filled in. */
  readonly budget: { left: number };
  /** Told of every value of the event that is used. */
  readonly uses: Set<string>;
}

export function lowerActionValue(value: Value | Name, setting: TextSetting): ActionValue | null {
  const { context } = setting;
  const written: Value =
    value.type === "name"
      ? { type: "reference", name: value, argument: null, at: value.at }
      : value;
  if (written.type === "reference" && written.argument === null) {
    const name = written.name.name;
    const found = setting.scope.find(name);
    if (found === null && knowsValue(name, setting)) {
      const part = valuePart(name, written.at, setting);
      return part === null ? null : { kind: "text", parts: [part] };
    }
  }
  const resolved = resolve(context, written, setting.scope);
  if (resolved === null) return null;
  const found = resolved.value;
  if (
    setting.open.includes(found) ||
    setting.open.length >= depthMax ||
    --setting.budget.left < 0
  ) {
    context.diagnostics.add(catalogue.textCycle, written.at, {});
    return null;
  }
  const inner = { ...setting, scope: resolved.scope, open: [...setting.open, found] };
  switch (found.type) {
    case "text": {
      const isArgument = isPlain(written, setting.scope);
      const parts = isArgument ? [{ text: found.value }] : lowerActionText(found, inner);
      return parts === null ? null : { kind: "text", parts: parts.filter(isNotEmpty) };
    }
    case "int":
      return { kind: "number", value: found.value };
    case "bool":
      return { kind: "bool", value: found.value };
    case "duration":
    case "address":
      return { kind: "text", parts: [{ text: found.text }] };
    case "list":
      return lowerList(found, inner);
    case "object": {
      const entries = found.entries.map(({ key, value: entry }) => {
        const lowered = lowerActionValue(entry, inner);
        const name = key.type === "name" ? key.name : key.value;
        return lowered === null ? null : { key: name, value: lowered };
      });
      return entries.includes(null)
        ? null
        : { kind: "object", entries: entries.filter((entry) => entry !== null) };
    }
    case "reference":
      return lowerReference(found, value.at, inner);
    default:
      context.diagnostics.add(catalogue.notInAction, value.at, { found: describeValue(found) });
      return null;
  }
}

function isNotEmpty(part: ActionPart): boolean {
  return !("text" in part) || part.text !== "";
}

/** A text given as an argument is data: braces in it are braces. */
function isPlain(written: Value, scope: Scope): boolean {
  if (written.type !== "reference" || written.argument !== null) return false;
  const found = scope.find(written.name.name);
  if (found === null) return false;
  return found.binding.kind === "param" || isPlain(found.binding.let.value, found.scope);
}

function lowerList(list: List, setting: TextSetting): ActionValue | null {
  const items = list.items.map((item) => lowerActionValue(item, setting));
  return items.includes(null)
    ? null
    : { kind: "list", items: items.filter((item) => item !== null) };
}

function lowerReference(
  value: Value & { type: "reference" },
  at: Span,
  setting: TextSetting,
): ActionValue | null {
  const { diagnostics } = setting.context;
  const from = value.name.name;
  if (value.argument === null) {
    reportUnknown(setting.context, value.name, setting.scope);
    return null;
  }
  if ((from !== "env" && from !== "file") || value.argument.type !== "text") {
    diagnostics.add(catalogue.notInAction, at, { found: describeValue(value) });
    return null;
  }
  if (!setting.mayHoldSecret) {
    diagnostics.add(catalogue.secretHere, at, {});
    return null;
  }
  const name = value.argument.value;
  if (from === "env" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    diagnostics.add(catalogue.badVariable, value.argument.at, { name });
    return null;
  }
  return { kind: "secret", from, name };
}

/** A text with holes. Nothing is filled into what was filled in. */
function lowerActionText(text: Text, setting: TextSetting): ActionPart[] | null {
  const { diagnostics } = setting.context;
  if (text.ignoreCase) diagnostics.add(catalogue.suffixInAction, text.at, {});
  const parts: ActionPart[] = [];
  const { value } = text;
  let at = 0;
  while (at < value.length) {
    const unit = value[at];
    if ((unit === "{" || unit === "}") && value[at + 1] === unit) {
      pushText(parts, unit);
      at += 2;
    } else if (unit === "{") {
      const close = value.indexOf("}", at);
      if (close < 0) {
        diagnostics.add(catalogue.openBrace, spanIn(text, at, value.length), {});
        return null;
      }
      const filled = fill(value.slice(at + 1, close), spanIn(text, at, close + 1), setting);
      if (filled === null) return null;
      for (const part of filled) {
        if ("text" in part) pushText(parts, part.text);
        else parts.push(part);
      }
      at = close + 1;
    } else if (unit === "}") {
      diagnostics.add(catalogue.openBrace, spanIn(text, at, at + 1), {});
      return null;
    } else {
      const next = value.slice(at).search(/[{}]/);
      const end = next < 0 ? value.length : at + next;
      pushText(parts, value.slice(at, end));
      at = end;
    }
  }
  return parts;
}

function pushText(parts: ActionPart[], text: string): void {
  const last = parts.at(-1);
  if (text === "") return;
  if (last !== undefined && "text" in last) {
    parts[parts.length - 1] = { text: last.text + text };
  } else parts.push({ text });
}

/** What stands for one hole. */
function fill(name: string, at: Span, setting: TextSetting): ActionPart[] | null {
  const { diagnostics } = setting.context;
  const found = setting.scope.find(name);
  if (found === null) {
    const part = valuePart(name, at, setting);
    return part === null ? null : [part];
  }
  const written = found.binding.kind === "let" ? found.binding.let.value : found.binding.value;
  if (written === null) return null;
  const reference: Value = {
    type: "reference",
    name: { type: "name", name, at },
    argument: null,
    at,
  };
  const value = lowerActionValue(reference, setting);
  if (value === null) return null;
  switch (value.kind) {
    case "text":
      return value.parts;
    case "number":
    case "bool":
      return [{ text: String(value.value) }];
    case "secret":
      return [{ secret: { from: value.from, name: value.name } }];
    default: {
      const literal = literalOf(written);
      if (literal !== null) return [{ text: literal }];
      diagnostics.add(catalogue.notInActionText, at, { name, found: describeValue(written) });
      return null;
    }
  }
}

function knowsValue(name: string, setting: TextSetting): boolean {
  return eventValues.has(name) || setting.kept.has(name) || (setting.captures?.has(name) ?? false);
}

function valuePart(name: string, at: Span, setting: TextSetting): ActionPart | null {
  const { diagnostics } = setting.context;
  const value = eventValues.get(name);
  const isAboutSomebody = setting.events.every((event) => eventsOfSomebody.includes(event));
  const isCapture = setting.captures === null || setting.captures.has(name);
  if (value === undefined && !setting.kept.has(name) && !isCapture) {
    const known = [
      ...eventValues.keys(),
      ...setting.kept,
      ...(setting.captures ?? []),
      ...setting.scope.names(),
    ];
    const values = [...eventValues.keys()];
    diagnostics.add(catalogue.unknownValue, at, { ...near(name, known), known: values });
    return null;
  }
  if (!isAboutSomebody && (value === undefined ? !setting.kept.has(name) : value.ofSomebody)) {
    const event = setting.events.find((one) => !eventsOfSomebody.includes(one)) ?? "start";
    diagnostics.add(catalogue.nobodyHere, at, { name, event });
    return null;
  }
  setting.uses.add(name);
  return { value: name };
}
