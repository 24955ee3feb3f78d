/**
 * Addresses with text of the client on both sides: the client can write a second one beside it, and
 * the line reads two ways.
 *
 * An address is proved when one side holds no hole a client can fill. The deeper proof, over all
 * rules together, is not made here; what is found here is plain from one template.
 */
import type { PartHole, Policy } from "../../schemas/policy.ts";
import { clientKinds, flatten } from "../2-check/templates.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { patternsOf, spanOf } from "./patterns-of.ts";

type Row = ReturnType<typeof flatten>[number];

const kindsWithBlanks: readonly PartHole["of"][] = ["user", "text", "rest"];

export function findAmbiguousAddresses(policy: Policy, diagnostics: Diagnostics): void {
  for (const { pattern, rule, role } of patternsOf(policy)) {
    if (pattern.kind !== "template" || role !== "rule" || rule?.kind === "ignore") continue;
    for (const row of flatten(pattern.parts)) {
      const found = findBetween(row);
      if (found === null) continue;
      const example = makeExample(row, found);
      const args = example === null ? { hole: found.name } : { hole: found.name, example };
      diagnostics.add(catalogue.ambiguousAddress, spanOf(pattern.at), args);
      break;
    }
  }
}

interface Found {
  readonly name: string;
  readonly left: number;
  readonly address: number;
  readonly right: number;
}

function findBetween(row: Row): Found | null {
  const isClient = (part: Row[number]) =>
    part.kind === "hole" && !part.vouched && clientKinds.includes(part.of);
  const isWho = (part: Row[number]) =>
    part.kind === "hole" && (part.name === "address" || part.name === "host");
  const address = row.findIndex(isWho);
  if (address < 0) return null;
  const left = row.findLastIndex(
    (part, at) => at < address && isClient(part) && !endsItself(part, row[at + 1]),
  );
  const right = row.findIndex(
    (part, at) => at > address && isClient(part) && !beginsItself(part, row[at - 1]),
  );
  const who = row[address];
  if (left < 0 || right < 0 || who?.kind !== "hole") return null;
  return { name: who.name ?? who.of, left, address, right };
}

/**
 * `"{user:not "}"`: the text ends where the literal behind it begins, wherever that is, so nothing in
 * it can move the address.
 */
function endsItself(part: Row[number], next: Row[number] | undefined): boolean {
  if (part.kind !== "hole" || next?.kind !== "text") return false;
  return part.chars?.includes(next.text[0] ?? "") === true;
}

/** `<{session:not <>}>`: the same, for a text that is read from the end of the line. */
function beginsItself(part: Row[number], before: Row[number] | undefined): boolean {
  if (part.kind !== "hole" || before?.kind !== "text") return false;
  return part.chars?.includes(before.text.at(-1) ?? "") === true;
}

/** A line in which either of two addresses can be the one: only where the holes take any text. */
function makeExample(row: Row, { left, address, right }: Found): string | null {
  const isWide = (part: Row[number] | undefined) =>
    part?.kind === "hole" && kindsWithBlanks.includes(part.of);
  if (!isWide(row[left]) || !isWide(row[right])) return null;
  const text = (from: number, to: number) => row.slice(from, to).map(sampleOf).join("");
  const once = (who: string) => text(left + 1, address) + who + text(address + 1, right);
  return `${text(0, left)}x${once("192.0.2.1")}y${once("198.51.100.2")}z${text(right + 1, row.length)}`;
}

function sampleOf(part: Row[number]): string {
  if (part.kind === "text") return part.text;
  switch (part.of) {
    case "address":
    case "host":
      return "203.0.113.3";
    case "int":
    case "number":
    case "hex":
    case "port":
      return "22";
    case "time":
      return "2026-03-01T10:00:00Z";
    case "words":
      return part.words?.[0] ?? "";
    case "not":
      return part.chars?.includes("w") ? "v" : "w";
    default:
      return "w";
  }
}
