/**
 * One rule of a filter: its pattern, its condition, and what it must and must not have.
 *
 * In: a rule of the tree and what is known of its filter. Out: the checked rule, what it captures, and
 * whether it can never know whom it is about; or null after reporting.
 */

import type { Format, Pattern, Rule } from "../../schemas/policy.ts";
import type { Rule as RuleTree } from "../1-read/ast.ts";
import { checkRules as catalogue } from "../diagnostics/catalogue/check-rules.ts";
import type { Span } from "../source.ts";
import { atOf, type Context } from "./context.ts";
import { fieldsOf, formatKnowsAddress, isStructured, lowerPattern } from "./formats.ts";
import type { Scope } from "./scope.ts";
import { holesOf } from "./templates.ts";
import { type FieldType, lowerWhere } from "./where.ts";

/** Names a pattern captures. */
export function patternCaptures(pattern: Pattern): string[] {
  const names =
    pattern.kind === "regex"
      ? // A prefix is an address and the network it lies in.
        pattern.groups.flatMap(({ name, of }) => (of === "cidr" ? [name, "id"] : [name]))
      : holesOf(pattern.parts).flatMap((hole) => hole.name ?? []);
  return names.filter((name) => name !== "message");
}

export interface RuleSetting {
  readonly context: Context;
  readonly ordinals: ReadonlyMap<RuleTree, number>;
  /** What `where` sees besides the rule's own captures. */
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly hasPaths: boolean;
  /** Formats or frames tell the address, or a session can. */
  readonly knowsAddress: boolean;
  readonly hasSession: boolean;
  /** The filter's name, or the jail's for its own ignore rules. */
  readonly prefix: string;
}

/** What all rules of a filter have in common. */
export function ruleSetting(
  context: Context,
  formats: readonly Format[],
  frames: readonly Pattern[],
  hasSession: boolean,
): Omit<RuleSetting, "ordinals" | "prefix"> {
  const frameCaptures = frames.flatMap(patternCaptures);
  return {
    context,
    fields: new Map<string, FieldType>([
      ...fieldsOf(formats),
      ...frameCaptures.map((name) => [name, captureType(name, frames)] as const),
    ]),
    hasPaths: formats.some((format) => isStructured(format.name)),
    knowsAddress: hasSession || frameCaptures.some(isWho) || formats.some(formatKnowsAddress),
    hasSession,
  };
}

function isWho(capture: string): boolean {
  return capture === "address" || capture === "host" || capture === "id";
}

export interface LoweredRule {
  readonly rule: Rule;
  readonly captures: readonly string[];
  readonly isHomeless: boolean;
  readonly at: Span;
}

export function lowerRule(tree: RuleTree, scope: Scope, setting: RuleSetting): LoweredRule | null {
  const { context } = setting;
  const pattern = tree.pattern === null ? null : lowerPattern(tree.pattern, context, scope);
  const captures = pattern === null ? [] : patternCaptures(pattern);
  const own = captures.map((name) => [name, captureType(name, pattern ? [pattern] : [])] as const);
  let where: Rule["where"] = null;
  if (tree.where !== null && (pattern !== null || tree.pattern === null)) {
    const fields = own.length === 0 ? setting.fields : new Map([...setting.fields, ...own]);
    where = lowerWhere(tree.where, { context, scope, fields, hasPaths: setting.hasPaths });
  }
  if (!checkRuleShape(tree, setting)) return null;
  if (tree.pattern !== null && pattern === null) return null;
  if (tree.where !== null && where === null) return null;
  const knows = setting.knowsAddress || captures.some(isWho);
  return {
    rule: {
      name: `${setting.prefix}#${tree.label?.name ?? setting.ordinals.get(tree) ?? 0}`,
      kind: tree.kind,
      pattern,
      where,
      weight: tree.weight?.value ?? 1,
      end: tree.end,
      at: atOf(context, tree.at),
    },
    captures,
    isHomeless: tree.kind === "fail" && !knows,
    at: tree.at,
  };
}

function captureType(name: string, patterns: readonly Pattern[]): FieldType {
  if (name === "address") return "address";
  const kinds = patterns.flatMap((pattern) =>
    pattern.kind === "regex" ? [] : holesOf(pattern.parts).filter((hole) => hole.name === name),
  );
  return kinds.length > 0 && kinds.every((hole) => hole.of === "address") ? "address" : "text";
}

/** What a rule must and must not have, apart from its pattern. */
function checkRuleShape(tree: RuleTree, setting: RuleSetting): boolean {
  const { diagnostics } = setting.context;
  let isGood = true;
  const report = (clause: string, at: Span, why: string) => {
    diagnostics.add(catalogue.ruleShape, at, { clause, why });
    isGood = false;
  };
  if (tree.pattern === null && tree.where === null) {
    diagnostics.add(catalogue.emptyRule, tree.at, { kind: tree.kind });
    isGood = false;
  }
  if (tree.weight !== null) {
    if (tree.kind !== "fail") report("weight", tree.weight.at, `\`${tree.kind}\` counts nothing`);
    else if (tree.weight.value < 1 || tree.weight.value > 1000) {
      diagnostics.add(catalogue.numberRange, tree.weight.at, { what: "weight", from: 1, to: 1000 });
      isGood = false;
    }
  }
  if (tree.end && tree.kind === "ignore") report("end", tree.at, "an ignored line changes nothing");
  const needsSession = tree.kind === "note" || tree.kind === "clear" || tree.end;
  if (needsSession && tree.kind !== "ignore" && !setting.hasSession) {
    diagnostics.add(catalogue.sessionNeeded, tree.at, { what: tree.end ? "end" : tree.kind });
    isGood = false;
  }
  return isGood;
}
