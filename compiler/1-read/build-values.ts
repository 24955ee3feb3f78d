/**
 * Concrete tree -> syntax tree: what filters, jails and actions have in common.
 *
 * In: nodes of values, calls, parameters and `let`. Out: their syntax tree. Builders throw
 * `Incomplete` where recovery left a part out; `each` drops the statement that it belonged to.
 */
import type { IToken } from "chevrotain";
import type * as cst from "../../grammar/cst.d.ts";
import type * as ast from "./ast.ts";
import {
  buildAddress,
  buildBool,
  buildDuration,
  buildFamily,
  buildInt,
  buildName,
  buildPath,
  buildRegex,
  buildText,
} from "./build-literals.ts";
import { each, Incomplete, need, optional, type Reading, written } from "./reading.ts";

export function buildNames(reading: Reading, tokens: readonly IToken[] | undefined): ast.Name[] {
  return written(tokens).map((token) => buildName(reading, token));
}

export function buildTextNode(reading: Reading, node: cst.TextCstNode): ast.Text {
  return buildText(reading, need(node.children.Text ?? node.children.Raw));
}

export function buildTexts(
  reading: Reading,
  nodes: readonly cst.TextCstNode[] | undefined,
): ast.Text[] {
  return each(nodes, (node) => buildTextNode(reading, node));
}

export function buildPattern(reading: Reading, node: cst.PatternCstNode): ast.Pattern {
  const { text, Regex } = node.children;
  return text ? buildTextNode(reading, need(text)) : buildRegex(reading, need(Regex));
}

export function buildValue(reading: Reading, node: cst.ValueCstNode): ast.Value {
  const parts = node.children;
  if (parts.text) return buildTextNode(reading, need(parts.text));
  if (parts.Regex) return buildRegex(reading, need(parts.Regex));
  if (parts.Address) return buildAddress(reading, need(parts.Address));
  if (parts.Duration) return buildDuration(reading, need(parts.Duration));
  if (parts.Int) return buildInt(reading, need(parts.Int));
  if (parts.Family) return buildFamily(reading, need(parts.Family));
  if (parts.Path) return buildPath(reading, need(parts.Path));
  if (parts.list) return buildList(reading, need(parts.list));
  if (parts.object) return buildObject(reading, need(parts.object));
  if (parts.reference) return buildReference(reading, need(parts.reference));
  return buildBool(reading, need(parts.True ?? parts.False));
}

export function buildList(reading: Reading, node: cst.ListCstNode): ast.List {
  const items = each(node.children.value, (value) => buildValue(reading, value));
  return { type: "list", items, at: reading.at(node) };
}

export function buildObject(reading: Reading, node: cst.ObjectCstNode): ast.Obj {
  const entries = each(node.children.entry, ({ children }) => ({
    key: children.Text
      ? buildText(reading, need(children.Text))
      : buildName(reading, need(children.Name)),
    value: buildValue(reading, need(children.value)),
  }));
  return { type: "object", entries, at: reading.at(node) };
}

function buildReference(reading: Reading, node: cst.ReferenceCstNode): ast.Reference {
  const { Name, text, object } = node.children;
  return {
    type: "reference",
    name: buildName(reading, need(Name)),
    argument: text
      ? buildTextNode(reading, need(text))
      : optional(object, (part) => buildObject(reading, part)),
    at: reading.at(node),
  };
}

export function buildLet(reading: Reading, node: cst.LetCstNode): ast.Let {
  return {
    type: "let",
    name: buildName(reading, need(node.children.Name)),
    value: buildValue(reading, need(node.children.value)),
    at: reading.at(node),
  };
}

export function buildParams(
  reading: Reading,
  nodes: readonly cst.ParamsCstNode[] | undefined,
): ast.Param[] {
  return each(nodes?.[0]?.children.param, (node) => {
    const name = buildName(reading, need(node.children.Name));
    // A number is a word like any other here: `type: 1 | 2`.
    const choices = each(node.children.choice, ({ children }) =>
      buildName(reading, need(children.Name ?? children.Int)),
    );
    if (choices.length === 0) throw new Incomplete();
    const byDefault = optional(node.children.value, (value) => buildValue(reading, value));
    return { name, choices, byDefault, at: reading.at(node) };
  });
}

export function buildArguments(
  reading: Reading,
  nodes: readonly cst.ArgsCstNode[] | undefined,
): ast.Argument[] {
  return each(nodes?.[0]?.children.argument, (node) => ({
    name: buildName(reading, need(node.children.Name)),
    value: buildValue(reading, need(node.children.value)),
    at: reading.at(node),
  }));
}

export function buildCalls(
  reading: Reading,
  nodes: readonly cst.CallCstNode[] | undefined,
): ast.Call[] {
  return each(nodes, (node) => ({
    name: buildName(reading, need(node.children.Name)),
    args: buildArguments(reading, node.children.args),
    at: reading.at(node),
  }));
}
