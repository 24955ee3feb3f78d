/**
 * Concrete tree -> syntax tree: filters, their formats, rules and tests.
 *
 * In: a `filter` node. Out: its tree. A statement that recovery left incomplete is dropped, its
 * neighbours stay; a clause that may stand once and stands twice is reported here, since the tree
 * has room for one.
 */
import type * as cst from "../../grammar/cst.d.ts";
import type * as ast from "./ast.ts";
import { buildExpr } from "./build-expr.ts";
import { buildDuration, buildInt, buildName, buildPath } from "./build-literals.ts";
import {
  buildArguments,
  buildLet,
  buildNames,
  buildObject,
  buildParams,
  buildPattern,
  buildTextNode,
} from "./build-values.ts";
import { findRepeated } from "./find-repeated.ts";
import { each, Incomplete, need, optional, type Reading } from "./reading.ts";

export function buildFilter(reading: Reading, node: cst.FilterCstNode): ast.Filter {
  return {
    type: "filter",
    name: buildName(reading, need(node.children.Name)),
    params: buildParams(reading, node.children.params),
    body: buildBody(reading, node.children.filterBody?.[0]),
    at: reading.at(node),
  };
}

function buildBody(
  reading: Reading,
  node: cst.FilterBodyCstNode | undefined,
): ast.FilterStatement[] {
  return each(node?.children.filterStatement, (part) => buildStatement(reading, part));
}

function buildStatement(reading: Reading, node: cst.FilterStatementCstNode): ast.FilterStatement {
  const parts = node.children;
  if (parts.let) return buildLet(reading, need(parts.let));
  if (parts.format) return buildFormat(reading, need(parts.format));
  if (parts.rule) return buildRule(reading, need(parts.rule));
  if (parts.when) return buildWhen(reading, need(parts.when));
  if (parts.filterTest) return buildFilterTest(reading, need(parts.filterTest));
  const at = reading.at(node);
  if (parts.describe) {
    const text = buildTextNode(reading, need(need(parts.describe).children.text));
    return { type: "describe", text, at };
  }
  if (parts.frame) {
    const pattern = buildPattern(reading, need(need(parts.frame).children.pattern));
    return { type: "frame", pattern, at };
  }
  const { Name, Duration } = need(parts.session).children;
  const within = optional(Duration, (token) => buildDuration(reading, token));
  return { type: "session", by: buildName(reading, need(Name)), within, at };
}

function buildFormat(reading: Reading, node: cst.FormatCstNode): ast.Format {
  const clauses = (node.children.formatClause ?? []).map(({ children }) => children);
  findRepeated(
    reading,
    clauses.map((one) => (one.Program ?? one.With ?? one.Time ?? one.Window)?.[0]),
  );
  const time = clauses.find((one) => one.formatTime)?.formatTime;
  const window = clauses.find((one) => one.Int)?.Int;
  return {
    type: "format",
    name: buildName(reading, need(node.children.Name)),
    programs: clauses.flatMap((one) => each(one.pattern, (part) => buildPattern(reading, part))),
    extras: clauses.flatMap((one) => buildNames(reading, one.Name)),
    time: optional(time, (part) => buildFormatTime(reading, part)),
    window: optional(window, (token) => buildInt(reading, token)),
    fields: each(node.children.fields?.[0]?.children.field, (part) => buildField(reading, part)),
    at: reading.at(node),
  };
}

function buildFormatTime(reading: Reading, node: cst.FormatTimeCstNode): ast.FormatTime {
  const { text, Last, None, timePlace } = node.children;
  const place = timePlace?.[0]?.children;
  const word = Last ?? None ?? place?.Start ?? place?.Leading ?? place?.Anywhere;
  return {
    word: optional(word, (token) => buildName(reading, token)),
    pattern: optional(text, (part) => buildTextNode(reading, part)),
    at: reading.at(node),
  };
}

function buildField(reading: Reading, node: cst.FieldCstNode): ast.FormatField {
  const [name, kind] = buildNames(reading, node.children.Name);
  if (name === undefined) throw new Incomplete();
  const path = buildPath(reading, need(node.children.Path));
  return { name, path, kind: kind ?? null, at: reading.at(node) };
}

/** A rule of a filter, or the `ignore` of a jail: the same words, but fewer. */
export function buildRule(
  reading: Reading,
  node: cst.RuleCstNode | cst.JailIgnoreCstNode,
): ast.Rule {
  const parts: Partial<cst.RuleCstChildren> = node.children;
  const kind = need(parts.Fail ?? parts.Note ?? parts.Clear ?? parts.Ignore);
  return {
    type: "rule",
    kind: kind.image as ast.RuleKind,
    label: optional(parts.Name, (token) => buildName(reading, token)),
    pattern: optional(parts.pattern, (part) => buildPattern(reading, part)),
    where: optional(parts.expr, (part) => buildExpr(reading, part)),
    weight: optional(parts.Int, (token) => buildInt(reading, token)),
    end: parts.End !== undefined,
    at: reading.at(node),
  };
}

function buildWhen(reading: Reading, node: cst.WhenCstNode): ast.When {
  const { expr, filterBody } = node.children;
  const [then, otherwise] = filterBody ?? [];
  return {
    type: "when",
    test: buildExpr(reading, need(expr)),
    // biome-ignore lint/suspicious/noThenProperty: the grammar's own word; a tree is never awaited.
    then: buildBody(reading, then),
    otherwise: otherwise === undefined ? null : buildBody(reading, otherwise),
    at: reading.at(node),
  };
}

function buildFilterTest(reading: Reading, node: cst.FilterTestCstNode): ast.FilterTest {
  return {
    type: "test",
    args: buildArguments(reading, node.children.args),
    lines: each(node.children.filterTestLine, (line) => {
      const { Fails, text, object } = line.children;
      return {
        verdict: Fails ? ("fails" as const) : ("passes" as const),
        text: buildTextNode(reading, need(text)),
        as: optional(object, (part) => buildObject(reading, part)),
        at: reading.at(line),
      };
    }),
    at: reading.at(node),
  };
}
