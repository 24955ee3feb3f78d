/**
 * Which rules a message could match, decided on its first bytes.
 *
 * In: rules in the order in which they count, each with the texts a match of it begins with. Out:
 * statements that return what the first matching rule's function returns, or false. A rule that can
 * begin with anything stands in every branch, at its place, so that the order is kept.
 */
import type { RulePlan } from "../3-plan/plan-types.ts";
import { aside, type Code, join, js } from "./code.ts";

interface Choice {
  readonly call: Code;
  /** Null: it may begin with anything. */
  readonly prefix: Buffer | null;
}

/** Deeper trees save nothing: what is left is compared by the rules themselves. */
const depthMax = 12;
/** Up to so many rules are simply tried. */
const leafSize = 2;

/** `text` and `at` name the bytes of the message and where it begins. */
export function writeDispatch(
  rules: readonly { readonly plan: RulePlan; readonly name: Code }[],
): Code {
  const choices = rules.flatMap(({ plan, name }) => {
    const call = js`${name}(c)`;
    return plan.prefixes.map((prefix): Choice => {
      const known = prefix !== "" && !plan.prefixIgnoresCase;
      return { call, prefix: known ? Buffer.from(prefix, "utf8") : null };
    });
  });
  return writeNode(choices, 0);
}

function writeNode(choices: readonly Choice[], depth: number): Code {
  const byteAt = ({ prefix }: Choice, at: number) => prefix?.[at];
  const bound = choices.filter((choice) => byteAt(choice, depth) !== undefined);
  const bytes = [...new Set(bound.map((choice) => byteAt(choice, depth) as number))];
  const calls = new Set(choices.map((choice) => choice.call));
  if (bytes.length === 0 || calls.size <= leafSize || depth >= depthMax) return writeLeaf(choices);
  if (bytes.length === 1 && bound.length === choices.length) return writeNode(choices, depth + 1);
  const cases = bytes
    .sort((a, b) => a - b)
    .map((byte) => {
      const inside = choices.filter((choice) => (byteAt(choice, depth) ?? byte) === byte);
      const shown = aside(js`${byte}`, JSON.stringify(String.fromCharCode(byte)));
      return js`case ${shown}: ${writeNode(inside, depth + 1)}`;
    });
  const others = choices.filter((choice) => byteAt(choice, depth) === undefined);
  return js`switch (bytes[${depth === 0 ? js`start` : js`start + ${depth}`}]) {
${join(cases)}
default: ${writeLeaf(others)}
}`;
}

function writeLeaf(choices: readonly Choice[]): Code {
  const calls = [...new Set(choices.map((choice) => choice.call))];
  if (calls.length === 0) return js`return false;`;
  return js`return ${join(calls, js` || `)};`;
}
