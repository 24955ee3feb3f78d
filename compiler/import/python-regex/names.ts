/**
 * What Fail2ban's groups are called in f2b, and which of them are needed at all.
 *
 * `user` and its alternatives are one name: `user`, `user_2`, `user_3`, of which the first that took a
 * text counts. A group that nothing refers to and nobody reads captures nothing.
 */
import { type Capture, type Choice, nodesOf } from "./tree.ts";

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
  const plain = name.replace(/[^A-Za-z0-9_]/g, "_");
  return /^[A-Za-z]/.test(plain) ? plain : `group${plain}`;
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
    else if (referred.has(index)) wanted.push({ index, name: `same${index}`, rank: "" });
  }
  // The main group before its alternatives, those by name: so Fail2ban prefers them.
  wanted.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.index - b.index));
  const names = new Map<number, string>();
  const taken = new Map<string, number>();
  for (const { index, name } of wanted) {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    names.set(index, count === 1 ? name : `${name}_${count}`);
  }
  return names;
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
