/**
 * Whom a filter's rules name in one message, as far as message and captures tell.
 *
 * In: a filter and a message. Out: the address or name; null: no rule takes it, or the one that does
 * names nobody; "unknown": a condition decides that asks for what is not in the message. First match
 * wins, `ignore` before all others, as docs/matching.md section 8 says.
 */
import type { Expr, Filter, Pattern, Rule, Scalar } from "../../schemas/policy.ts";
import { flatten } from "../2-check/templates.ts";
import { type Row, readRow } from "./template-row.ts";

type Captures = ReadonlyMap<string, string>;

export interface Verdict {
  readonly who: string | null | "unknown";
  /** A condition kept a rule from taking the message. */
  readonly conditioned: boolean;
}

/** Ways through templates are laid out once. */
export class NaiveFilter {
  readonly #rules: readonly Rule[];
  readonly #rows = new Map<Pattern, readonly Row[]>();

  constructor(filter: Filter) {
    const isIgnore = (rule: Rule) => rule.kind === "ignore";
    this.#rules = [...filter.rules.filter(isIgnore), ...filter.rules.filter((r) => !isIgnore(r))];
  }

  judge(message: string): Verdict {
    let conditioned = false;
    for (const rule of this.#rules) {
      if (rule.pattern === null) continue;
      const captures = this.#read(rule.pattern, message);
      if (captures === null) continue;
      const holds = rule.where === null ? true : this.#holds(rule.where, captures);
      if (holds === null) return { who: "unknown", conditioned: true };
      if (!holds) {
        conditioned = true;
        continue;
      }
      const who = captures.get("address") ?? captures.get("host") ?? null;
      return { who: rule.kind === "ignore" ? null : who, conditioned };
    }
    return { who: null, conditioned };
  }

  /** Whether a rule by itself would take the message; null: its condition asks for more than captures. */
  takes(rule: Rule, message: string): boolean | null {
    const captures = rule.pattern === null ? null : this.#read(rule.pattern, message);
    if (captures === null) return false;
    return rule.where === null ? true : this.#holds(rule.where, captures);
  }

  #read(pattern: Pattern, message: string): Captures | null {
    if (pattern.kind === "regex") {
      const found = new RegExp(pattern.expanded, pattern.flags).exec(message);
      if (found === null) return null;
      const texts = pattern.groups.map(({ name, group, of }) => {
        const isWho = of !== "text" && of !== "host";
        return [isWho ? "address" : name, found.groups?.[group]] as const;
      });
      return new Map(texts.filter((pair): pair is [string, string] => pair[1] !== undefined));
    }
    for (const row of this.#waysOf(pattern)) {
      const captures = readRow(row, pattern.ignoreCase, message);
      if (captures !== null) return captures;
    }
    return null;
  }

  #waysOf(pattern: Pattern & { kind: "template" }): readonly Row[] {
    const made = this.#rows.get(pattern) ?? flatten(pattern.parts);
    this.#rows.set(pattern, made);
    return made;
  }

  /** null: it asks for more than the captures. */
  #holds(expr: Expr, captures: Captures): boolean | null {
    switch (expr.op) {
      case "not": {
        const inner = this.#holds(expr.of, captures);
        return inner === null ? null : !inner;
      }
      case "and":
      case "or": {
        const decides = expr.op === "or";
        const parts = expr.of.map((part) => this.#holds(part, captures));
        if (parts.includes(decides)) return decides;
        return parts.includes(null) ? null : !decides;
      }
      default: {
        const text = "name" in expr.field ? captures.get(expr.field.name) : undefined;
        if (text === undefined) return null;
        if (expr.op === "has") return true;
        if (expr.op === "matches") return this.#read(expr.pattern, text) !== null;
        if (expr.op === "in") return isOneOf(text, expr.list);
        if (expr.op === "==") return isOneOf(text, [expr.to]);
        const equal = expr.op === "!=" ? isOneOf(text, [expr.to]) : null;
        return equal === null ? null : !equal;
      }
    }
  }
}

/** null: not compared as text. */
function isOneOf(text: string, list: readonly Scalar[]): boolean | null {
  if (list.some((one) => one.type !== "text")) return null;
  return list.some((one) => one.type === "text" && one.value === text);
}
