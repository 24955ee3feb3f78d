/**
 * Which rules a message could match, decided on its first bytes.
 *
 * In: rules in the order in which they count, each with the texts a match of it begins with. Out:
 * statements that return what the first matching rule's function returns, or false. A rule that can
 * begin with anything stands in every branch, at its place, so that the order is kept. Bytes on which
 * all agree are not looked at: the rules compare their texts themselves.
 */
import type { RulePlan } from "../3-plan/plan-types.ts";
import { aside, type Code, join, js } from "./code.ts";

interface Choice {
  readonly call: Code;
  /** What stands at the beginning, byte by byte; a byte that may be either case is both. */
  readonly prefix: Buffer;
  readonly ignoreCase: boolean;
}

/** Up to so many rules that begin alike are simply tried. */
const leafSize = 1;

export function writeDispatch(
  rules: readonly { readonly plan: RulePlan; readonly name: Code }[],
): Code {
  const choices = rules.flatMap(({ plan, name }) => {
    const call = js`${name}(c)`;
    return plan.prefixes.map((prefix): Choice => {
      return { call, prefix: Buffer.from(prefix, "utf8"), ignoreCase: plan.prefixIgnoresCase };
    });
  });
  const tree = writeNode(choices, 0);
  if (choices.every(({ prefix }) => prefix.length === 0)) return tree;
  return js`const { messageBytes: bytes, messageStart: start } = c.record;
${tree}`;
}

/** The bytes that may stand at `depth`; none: anything may. */
function bytesAt({ prefix, ignoreCase }: Choice, depth: number): number[] {
  const byte = prefix[depth];
  return byte === undefined ? [] : eitherCase(byte, ignoreCase);
}

/** A byte, or with `ignoreCase` the letters of both cases. */
export function eitherCase(byte: number, ignoreCase: boolean): number[] {
  const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return ignoreCase && letter ? [byte | 0x20, byte & ~0x20] : [byte];
}

function writeNode(choices: readonly Choice[], depth: number): Code {
  const bound = choices.filter((choice) => bytesAt(choice, depth).length > 0);
  if (callsOf(bound).length <= leafSize && depth > 0) return writeLeaf(choices);
  if (bound.length === 0) return writeLeaf(choices);
  const bytes = [...new Set(bound.flatMap((choice) => bytesAt(choice, depth)))];
  const others = choices.filter((choice) => !bound.includes(choice));
  const alike =
    bytes.length === 1 ||
    bound.every((one) => bytesAt(one, depth).length > 1 && bytes.length === 2);
  if (alike && depth > 0) return writeNode(choices, depth + 1);
  const otherwise = writeLeaf(others);
  const at = depth === 0 ? js`start` : js`start + ${depth}`;
  return writeSwitch(js`bytes[${at}]`, bytes, otherwise, (byte) => {
    const inside = choices.filter((choice) => {
      const some = bytesAt(choice, depth);
      return some.length === 0 || some.includes(byte);
    });
    return writeNode(inside, depth + 1);
  });
}

/** What is done for each byte, equal deeds together; `otherwise` for all others. */
export function writeSwitch(
  subject: Code,
  bytes: readonly number[],
  otherwise: Code,
  write: (byte: number) => Code,
): Code {
  const bodies = new Map<string, { readonly body: Code; readonly bytes: number[] }>();
  for (const byte of [...new Set(bytes)].sort((a, b) => a - b)) {
    const body = write(byte);
    const key = body.toString();
    const known = bodies.get(key) ?? { body, bytes: [] };
    known.bytes.push(byte);
    bodies.set(key, known);
  }
  // What is done in any case needs no asking.
  bodies.delete(otherwise.toString());
  if (bodies.size === 0) return otherwise;
  const cases = [...bodies.values()].map(({ body, bytes }) => {
    const labels = bytes.map((byte) => {
      const shown = aside(js`${byte}`, JSON.stringify(String.fromCharCode(byte)));
      return js`case ${shown}:`;
    });
    return js`${join(labels)} ${body}`;
  });
  return js`switch (${subject}) {
${join(cases)}
default: ${otherwise}
}`;
}

function callsOf(choices: readonly Choice[]): Code[] {
  return [...new Set(choices.map((choice) => choice.call))];
}

function writeLeaf(choices: readonly Choice[]): Code {
  const calls = callsOf(choices);
  return calls.length === 0 ? js`return false;` : js`return ${join(calls, js` || `)};`;
}
