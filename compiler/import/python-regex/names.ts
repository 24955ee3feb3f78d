/**
 * What Fail2ban's groups are called in f2b, and which of them are needed at all.
 *
 * `user` and its alternatives are one name: `user` where a match has one of them, else `user`, `user_2`,
 * `user_3`, of which the first that took a text counts. A group that nothing refers to and nobody reads captures nothing.
 */
import { type Capture, type Choice, choicesOf, type Node, nodesOf } from "./tree.ts";

const fixed: ReadonlyMap<string, string> = new Map([
  ["fid", "id"],
  ["fport", "port"],
  ["ip4", "address"],
  ["ip6", "address"],
  ["dns", "host"],
  ["host", "hostname"],
  ["address", "address_text"],
  ["mlfid", "session"],
  ["content", "message"],
  ["message", "message_text"],
]);

/** f2b's name for one of Fail2ban's; null: it need not be captured. */
export function usualName(pythonName: string): string | null {
  const alternative = /^alt_(.+?)(?:_\d+)?$/.exec(pythonName);
  const name = alternative?.[1] ?? pythonName;
  return fixed.get(name) ?? plainName(name);
}

function plainName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^[_0-9]+|_+$/g, "");
  return plain === "" ? "group" : plain;
}

/** f2b's names by Python's number of the group. */
export function nameCaptures(
  body: Choice,
  nameOf: (pythonName: string) => string | null,
): Map<number, string> {
  const captures = new Map<number, Capture>();
  const referred = new Set<number>();
  for (const node of nodesOf(body)) {
    if (node.type === "capture") captures.set(node.index, captures.get(node.index) ?? node);
    if (node.type === "back") referred.add(node.index);
  }
  const wanted: { index: number; name: string; rank: string }[] = [];
  for (const [index, capture] of captures) {
    const name = wantedName(capture, nameOf);
    if (name !== null) wanted.push({ index, name, rank: rankOf(capture.name ?? "") });
    else if (referred.has(index)) {
      wanted.push({ index, name: plainName(capture.name ?? `same${index}`), rank: "" });
    }
  }
  // The main group before its alternatives, those by name: so Fail2ban prefers them.
  wanted.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.index - b.index));
  const names = new Map<number, string>();
  for (const { index, name } of wanted) {
    const clashes = (candidate: string) =>
      [...names].some(
        ([other, taken]) => taken === candidate && !isEither(body, index, other, referred),
      );
    let free = name;
    for (let n = 2; clashes(free); n++) free = `${name}_${n}`;
    names.set(index, free);
  }
  return names;
}

/** Of the two groups a match has one at most, and no reference has to tell them apart. */
function isEither(body: Choice, a: number, b: number, referred: ReadonlySet<number>): boolean {
  if (referred.has(a) || referred.has(b)) return false;
  return body.every((sequence) => {
    const holders = sequence.filter((node) => holds(node, a) || holds(node, b));
    const [only, second] = holders;
    if (only === undefined || second !== undefined)
      return holders.length === 0 || !holdsBoth(holders, a, b);
    if (!(holds(only, a) && holds(only, b))) return true;
    const isLoop = only.type === "repeat" && only.max > 1;
    return only.type !== "capture" && !isLoop && isEither(choicesOf(only), a, b, referred);
  });
}

function holdsBoth(nodes: readonly Node[], a: number, b: number): boolean {
  return nodes.some((node) => holds(node, a)) && nodes.some((node) => holds(node, b));
}

function holds(node: Node, index: number): boolean {
  if (node.type === "capture" && node.index === index) return true;
  return choicesOf(node).some((sequence) => sequence.some((inner) => holds(inner, index)));
}

function wantedName(
  { name, role, isTag }: Capture,
  nameOf: (pythonName: string) => string | null,
): string | null {
  if (name === null || (role !== null && role !== "session" && role !== "content")) return null;
  return isTag || usualOnes.has(name) ? nameOf(name) : null;
}

/** Groups that mean something to Fail2ban however they are written. */
const usualOnes: ReadonlySet<string> = new Set([
  "fid",
  "fport",
  "ip4",
  "ip6",
  "dns",
  "mlfid",
  "content",
  "user",
]);

function rankOf(pythonName: string): string {
  return pythonName.startsWith("alt_") ? pythonName : "";
}
