/**
 * What `where` compares: fields of records and captures with constants of the policy.
 *
 * In: a value or undefined (absent), and a constant. Out: true or false; a value that is absent or
 * of another type compares as false, with `!=` too. Rules: docs/matching.md section 9.
 */
import { addressFromText, parseAddress } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { messageBytesMax } from "./limits.ts";
import type { Searcher } from "./linear.ts";
import type { FieldValue } from "./registers.ts";
import { open } from "./template.ts";

export type Value = FieldValue | undefined;

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

export function compareNumber(value: Value, op: Comparison, to: number): boolean {
  const number = numberOf(value);
  return number !== undefined && order(number - to, op);
}

/** A number, or text of decimal digits. */
function numberOf(value: Value): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}

function order(difference: number, op: Comparison): boolean {
  switch (op) {
    case "==":
      return difference === 0;
    case "!=":
      return difference !== 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    default:
      return op satisfies never;
  }
}

export function compareText(value: Value, op: Comparison, to: string): boolean {
  if (typeof value !== "string") return false;
  if (op === "==") return value === to;
  if (op === "!=") return value !== to;
  // By characters, not by UTF-16 units: the order of their UTF-8 is the same.
  return order(Buffer.compare(Buffer.from(value), Buffer.from(to)), op);
}

export function compareBool(value: Value, op: Comparison, to: boolean): boolean {
  if (typeof value !== "boolean") return false;
  return op === "==" ? value === to : op === "!=" && value !== to;
}

/** A prefix of an address as the bundle has it: family, groups, bits that count. */
export interface PrefixParts {
  readonly family: 4 | 6;
  readonly groups: readonly number[];
  readonly length: number;
}

/** `192.0.2.0/24`, once when the bundle is loaded; null: the checked policy had none. */
export function prefixParts(text: string): PrefixParts | null {
  const slash = text.lastIndexOf("/");
  const address = parseAddress(text.slice(0, slash));
  return address === null ? null : { ...address, length: Number(text.slice(slash + 1)) };
}

function inPrefix(value: Value, prefix: PrefixParts | null): boolean {
  if (typeof value !== "string" || prefix === null) return false;
  const canonical = addressFromText(value);
  const address = canonical === null ? null : parseAddress(canonical);
  if (address === null || address.family !== prefix.family) return false;
  const width = address.family === 4 ? 8 : 16;
  let left = prefix.length;
  for (let i = 0; left > 0; i++) {
    const skip = Math.max(0, width - left);
    const differ = (address.groups[i] as number) ^ (prefix.groups[i] as number);
    if (differ >> skip !== 0) return false;
    left -= width;
  }
  return true;
}

/** `==` and `!=` with an address: what is no address is neither. */
export function comparePrefix(value: Value, op: Comparison, prefix: PrefixParts | null): boolean {
  if (typeof value !== "string" || addressFromText(value) === null) return false;
  return op === "==" ? inPrefix(value, prefix) : op === "!=" && !inPrefix(value, prefix);
}

/** What `=~` reads: text that is not too long, or a number as its decimal text. */
function textOfValue(value: Value): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.length <= messageBytesMax ? value : undefined;
}

export function matchesRegex(value: Value, pattern: Searcher): boolean {
  const text = textOfValue(value);
  return text !== undefined && pattern.test(text);
}

/** A template on a value: `match` begins each of its alternatives with `value(c)`. */
export function matchesTemplate(c: Cursor, of: Value, match: (c: Cursor) => boolean): boolean {
  const text = textOfValue(of);
  if (text === undefined) return false;
  const bytes = Buffer.from(text, "utf8");
  open(c, bytes, 0, bytes.length);
  return match(c);
}

/** Back to the beginning of the value, for the next alternative. */
export function value(c: Cursor): boolean {
  return open(c, c.bytes, c.start, c.end);
}
