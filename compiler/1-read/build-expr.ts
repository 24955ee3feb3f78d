/**
 * Concrete tree -> syntax tree: conditions of `where` and `when`.
 *
 * In: an `expr` node. Out: its tree; `and` and `or` are flat lists, as the grammar never mixes them
 * without parentheses. `not` may be repeated `notsMax` times at most, so that no later phase, which
 * walks conditions by recursion, meets a deeper tree than brackets could make.
 */
import type * as cst from "../../grammar/cst.d.ts";
import { read } from "../diagnostics/catalogue/read.ts";
import type * as ast from "./ast.ts";
import {
  buildAddress,
  buildBool,
  buildDuration,
  buildInt,
  buildName,
  buildPath,
} from "./build-literals.ts";
import { buildList, buildPattern, buildTextNode } from "./build-values.ts";
import { each, Incomplete, need, type Reading, written } from "./reading.ts";

const notsMax = 8;

export function buildExpr(reading: Reading, node: cst.ExprCstNode): ast.Expr {
  const of = each(node.children.unary, (unary) => buildUnary(reading, unary));
  const [first] = of;
  if (first === undefined) throw new Incomplete();
  if (of.length === 1) return first;
  return { type: node.children.Or ? "or" : "and", of, at: reading.at(node) };
}

function buildUnary(reading: Reading, node: cst.UnaryCstNode): ast.Expr {
  const { expr, has, test } = node.children;
  const nots = written(node.children.Not);
  const excess = nots[notsMax];
  if (excess !== undefined) {
    reading.report(read.nestedTooDeep, reading.at(excess), { what: "`not`", max: notsMax });
  }
  let built = expr
    ? buildExpr(reading, need(expr))
    : has
      ? buildHas(reading, need(has))
      : buildTest(reading, need(test));
  for (const not of nots.slice(0, notsMax).reverse()) {
    const at = reading.span(reading.at(not).start, built.at.end);
    built = { type: "not", of: built, at };
  }
  return built;
}

function buildHas(reading: Reading, node: cst.HasCstNode): ast.Expr {
  const field = buildOperand(reading, need(node.children.operand));
  return { type: "has", field, at: reading.at(node) };
}

function buildOperand(reading: Reading, node: cst.OperandCstNode): ast.Name | ast.Path {
  const { Name, Path } = node.children;
  return Path ? buildPath(reading, need(Path)) : buildName(reading, need(Name));
}

function buildTest(reading: Reading, node: cst.TestCstNode): ast.Expr {
  const { operand, compare, isIn, matches } = node.children;
  const field = buildOperand(reading, need(operand));
  const at = reading.at(node);
  if (matches) {
    const pattern = buildPattern(reading, need(need(matches).children.pattern));
    return { type: "matches", field, pattern, at };
  }
  if (isIn) {
    const { list, Name } = need(isIn).children;
    const members = list ? buildList(reading, need(list)) : buildName(reading, need(Name));
    return { type: "in", field, list: members, at };
  }
  const parts = need(compare).children;
  const op = need(
    parts.Equal ??
      parts.NotEqual ??
      parts.LessEqual ??
      parts.GreaterEqual ??
      parts.Less ??
      parts.Greater,
  ).image as ast.Comparison;
  return { type: "compare", field, op, to: buildScalar(reading, need(parts.scalar)), at };
}

function buildScalar(reading: Reading, node: cst.ScalarCstNode): ast.Scalar {
  const parts = node.children;
  if (parts.text) return buildTextNode(reading, need(parts.text));
  if (parts.Int) return buildInt(reading, need(parts.Int));
  if (parts.Duration) return buildDuration(reading, need(parts.Duration));
  if (parts.Address) return buildAddress(reading, need(parts.Address));
  if (parts.Name) return buildName(reading, need(parts.Name));
  return buildBool(reading, need(parts.True ?? parts.False));
}
