/**
 * Concrete tree -> syntax tree: actions, their hooks, steps and clauses.
 *
 * In: an `action` node. Out: its tree. Which clause fits which step is 2-check's to say; that none
 * stands twice is said here.
 */
import type * as cst from "../../grammar/cst.d.ts";
import type * as ast from "./ast.ts";
import { buildDuration, buildInt, buildName, buildPath } from "./build-literals.ts";
import { buildLet, buildList, buildObject, buildParams, buildTextNode } from "./build-values.ts";
import { findRepeated } from "./find-repeated.ts";
import { each, need, optional, type Reading } from "./reading.ts";

export function buildAction(reading: Reading, node: cst.ActionCstNode): ast.Action {
  return {
    type: "action",
    name: buildName(reading, need(node.children.Name)),
    params: buildParams(reading, node.children.params),
    body: each(node.children.actionStatement, ({ children }) =>
      children.let ? buildLet(reading, need(children.let)) : buildOn(reading, need(children.on)),
    ),
    at: reading.at(node),
  };
}

function buildOn(reading: Reading, node: cst.OnCstNode): ast.On {
  return {
    type: "on",
    events: each(node.children.event, (event) => {
      const name = buildName(reading, need(event.children.Name));
      return { name, all: event.children.All !== undefined, at: reading.at(event) };
    }),
    steps: each(node.children.step, (step) => buildStep(reading, step)),
    at: reading.at(node),
  };
}

function buildStep(reading: Reading, node: cst.StepCstNode): ast.Step {
  const parts = node.children;
  const verb = need(
    parts.Run ?? parts.Script ?? parts.Http ?? parts.Mail ?? parts.Write ?? parts.Log ?? parts.Call,
  );
  const clauses = parts.clause ?? [];
  findRepeated(
    reading,
    clauses.map((clause) => clauseKeyword(clause.children)),
  );
  return {
    type: "step",
    verb: verb.image as ast.StepVerb,
    method: optional(parts.Name, (token) => buildName(reading, token)),
    argument: parts.list
      ? buildList(reading, need(parts.list))
      : parts.text
        ? buildTextNode(reading, need(parts.text))
        : buildArg(reading, need(parts.arg)),
    clauses: each(clauses, (clause) => buildClause(reading, clause)),
    at: reading.at(node),
  };
}

function buildArg(reading: Reading, node: cst.ArgCstNode): ast.Argument_ {
  const { text, list, Name } = node.children;
  if (text) return buildTextNode(reading, need(text));
  return list ? buildList(reading, need(list)) : buildName(reading, need(Name));
}

/** `keep`, `header` and the others; several `keep` name several results and are no repetition. */
function clauseKeyword(parts: cst.ClauseCstChildren) {
  return (parts.Timeout ??
    parts.Json ??
    parts.Header ??
    parts.Bearer ??
    parts.Input ??
    parts.Subject ??
    parts.Body ??
    parts.Expect)?.[0];
}

function buildClause(reading: Reading, node: cst.ClauseCstNode): ast.Clause {
  const parts = node.children;
  const at = reading.at(node);
  if (parts.Keep) {
    const path = optional(parts.Path, (token) => buildPath(reading, token));
    return { type: "keep", name: buildName(reading, need(parts.Name)), path, at };
  }
  if (parts.Timeout) {
    return { type: "timeout", after: buildDuration(reading, need(parts.Duration)), at };
  }
  if (parts.Expect) {
    const to = parts.Int?.[1];
    return {
      type: "expect",
      from: buildInt(reading, need(parts.Int)),
      to: to === undefined ? null : buildInt(reading, need([to])),
      at,
    };
  }
  if (parts.object) {
    const object = buildObject(reading, need(parts.object));
    return { type: parts.Json ? "json" : "header", object, at };
  }
  const argument = buildArg(reading, need(parts.arg));
  const type = parts.Bearer ? "bearer" : parts.Input ? "input" : parts.Subject ? "subject" : "body";
  return { type, argument, at };
}
