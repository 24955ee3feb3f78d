/**
 * Who is protected or trusted: addresses, lists, `self`, files and host names, followed to their end.
 */

import type { Who } from "../../schemas/policy.ts";
import type { Who as Tree, Value } from "../1-read/ast.ts";
import { checkJails as catalogue } from "../diagnostics/catalogue/check-jails.ts";
import type { Span } from "../source.ts";
import type { Context } from "./context.ts";
import type { Scope } from "./scope.ts";
import { describeValue, flattenList, type Resolved, reportUnknown, resolve } from "./values.ts";
import { readPrefix } from "./where.ts";

const hostLabel = /^[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?$/;

export function lowerWho(tree: Tree | Value, scope: Scope, context: Context): Who[] {
  const resolved = resolve(context, tree, scope);
  if (resolved === null) return [];
  const { value } = resolved;
  if (value.type === "list") {
    const items = flattenList(context, value, resolved.scope) ?? [];
    return items.flatMap((item) => lowerOne(item, item.value.at, context));
  }
  return lowerOne(resolved, tree.at, context);
}

/** Somebody behind all names; `at` is where a person named them. */
function lowerOne(resolved: Resolved, at: Span, context: Context): Who[] {
  const { value } = resolved;
  if (value.type === "address") {
    const prefix = readPrefix(context, value);
    return prefix === null ? [] : [{ kind: "prefix", prefix }];
  }
  if (value.type !== "reference") {
    context.diagnostics.add(catalogue.notSomebody, at, { found: describeValue(value) });
    return [];
  }
  const name = value.name.name;
  if (value.argument === null) {
    if (name === "self") return [{ kind: "self" }];
    reportUnknown(context, value.name, resolved.scope);
    return [];
  }
  if (value.argument.type !== "text" || (name !== "file" && name !== "host")) {
    context.diagnostics.add(catalogue.notSomebody, at, { found: describeValue(value) });
    return [];
  }
  const text = value.argument.value;
  if (name === "file") {
    return isPath(text, value.argument.at, context) ? [{ kind: "file", path: text }] : [];
  }
  if (isHostName(text)) return [{ kind: "host", name: text.toLowerCase() }];
  context.diagnostics.add(catalogue.badHostName, value.argument.at, { name: text });
  return [];
}

function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  return (
    text.length <= 253 &&
    labels.every((label) => hostLabel.test(label)) &&
    labels.some((label) => /[A-Za-z]/.test(label))
  );
}

/** A path that a host can open: not empty, no control bytes. */
export function isPath(path: string, at: Span, context: Context): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (path !== "" && !/[\u0000-\u001f\u007f]/.test(path) && path.length <= 4096) return true;
  context.diagnostics.add(catalogue.badPath, at, {});
  return false;
}
