/**
 * `test` blocks of filters and jails: lines as written, expectations checked against what exists.
 */

import type { FilterTest, JailTest } from "../../schemas/policy.ts";
import type { JailTest as JailTree, Obj, FilterTest as Tree, Value } from "../1-read/ast.ts";
import { checkRules as catalogue } from "../diagnostics/catalogue/check-rules.ts";
import { canonicalAddress } from "./address.ts";
import { atOf, type Context, near } from "./context.ts";
import type { FilterInstance } from "./lower-filter.ts";
import { describeValue } from "./values.ts";

/** Expected besides captures. */
const alwaysKnown: readonly string[] = ["address", "id", "time"];

export function lowerFilterTest(
  tree: Tree,
  instance: FilterInstance,
  context: Context,
): FilterTest {
  return {
    filter: instance.filter.id,
    at: atOf(context, tree.at),
    lines: tree.lines.map((line) => {
      if (line.text.ignoreCase) context.diagnostics.add(catalogue.suffixInWhere, line.text.at, {});
      return {
        verdict: line.verdict,
        text: line.text.value,
        as: line.as === null ? null : lowerExpectation(line.as, instance, context),
        at: atOf(context, line.at),
      };
    }),
  };
}

function lowerExpectation(
  tree: Obj,
  instance: FilterInstance,
  context: Context,
): FilterTest["lines"][number]["as"] {
  const known = [...alwaysKnown, ...instance.captures];
  const entries = new Map<string, string | number | boolean>();
  for (const { key, value } of tree.entries) {
    const name = key.type === "name" ? key.name : key.value;
    if (!known.includes(name)) {
      context.diagnostics.add(catalogue.unknownExpectation, key.at, {
        ...near(name, known),
        known,
      });
    } else if (entries.has(name)) {
      context.diagnostics.add(catalogue.fieldTwice, key.at, { name });
    } else {
      const expected = expectedOf(name, value);
      if (expected !== null) entries.set(name, expected);
      else {
        const found = describeValue(value);
        context.diagnostics.add(catalogue.badExpectation, value.at, { name, found });
      }
    }
  }
  return Object.fromEntries(entries);
}

function expectedOf(name: string, value: Value): string | number | boolean | null {
  if (name === "address") {
    if (value.type === "reference" && value.argument === null && value.name.name === "nobody") {
      return "nobody";
    }
    if (value.type !== "address" && value.type !== "text") return null;
    return canonicalAddress(value.type === "text" ? value.value : value.text);
  }
  switch (value.type) {
    case "text":
    case "int":
    case "bool":
      return value.value;
    case "address":
      return canonicalAddress(value.text) ?? value.text;
    case "duration":
      return value.text;
    default:
      return null;
  }
}

export function lowerJailTest(tree: JailTree, context: Context): JailTest {
  const addressOf = (address: { text: string; at: JailTree["at"] }): string => {
    const canonical = canonicalAddress(address.text);
    if (canonical === null) {
      context.diagnostics.add(catalogue.badAddress, address.at, { text: address.text });
    }
    return canonical ?? address.text;
  };
  return {
    at: atOf(context, tree.at),
    steps: tree.steps.map((step) => {
      const at = atOf(context, step.at);
      switch (step.type) {
        case "given":
          return { kind: "given", lines: step.lines.map((line) => line.value), at };
        case "spares":
          return { kind: "spares", address: addressOf(step.address), at };
        case "bans": {
          const time = step.forTime;
          const forMs = time === null ? null : time.type === "ever" ? 0 : time.ms;
          return { kind: "bans", address: addressOf(step.address), forMs, at };
        }
        default:
          return step satisfies never;
      }
    }),
  };
}
