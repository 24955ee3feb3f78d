/**
 * Three ways in which people read an address out of a log line, each wrong: the first one that stands there, the
 * last one, and what a greedy pattern finds, which looks for the word before the address as far right as it can. A
 * filter's injection line must fool one of them, or it proves nothing.
 */
import { isIP } from "node:net";

/** Addresses as simple patterns find them: four numbers with points between, or hex digits with colons. */
const found =
  /(?<![\w.])(?:::ffff:)?\d{1,3}(?:\.\d{1,3}){3}(?!\w)|(?<![\w.:])[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]+(?![\w.])/g;

export function addressesIn(text: string): string[] {
  return [...text.matchAll(found)]
    .map(([address]) => address.replace(/^::ffff:(?=.*\.)/, ""))
    .filter((address) => isIP(address) > 0);
}

export interface WrongReadings {
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly greedy: string | undefined;
}

/** `by` is the address that the filter names, whose surroundings a greedy pattern would look for. */
export function readWrongly(line: string, by: string | null): WrongReadings {
  const all = addressesIn(line);
  return { first: all[0], last: all.at(-1), greedy: readGreedily(line, by) ?? all.at(-1) };
}

/** `^.*WORD<address>`, where WORD is what stands before the address that is meant: ` from `, `client: `, `rip=`. */
function readGreedily(line: string, by: string | null): string | undefined {
  if (by === null) return undefined;
  const at = line.search(new RegExp(`(?<![\\w.])${by.replace(/[.]/g, "\\.")}(?!\\w)`));
  const word = /[^\s\w]*\w*[^\w]*$/.exec(line.slice(0, Math.max(at, 0)))?.[0] ?? "";
  if (word === "") return undefined;
  const escaped = word.replace(/[^\w\s]/g, "\\$&");
  const rest = new RegExp(`^.*${escaped}(?<rest>[0-9A-Fa-f:.[].*)`, "s").exec(line);
  return addressesIn(rest?.groups?.["rest"] ?? "")[0];
}
