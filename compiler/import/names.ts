/**
 * Names of Fail2ban's filters and jails -> names that policies can write, each given once.
 */
import { hardWords } from "../../grammar/tokens.ts";

const words: readonly unknown[] = hardWords.map(({ LABEL }) => LABEL);

/** Letters, digits, `-` and `_`; no number, no duration, no word that is taken for good. */
export function policyName(name: string): string {
  const plain = name.replace(/[^\w-]/g, "-").replace(/^-/, "_");
  const isTaken = /^\d+$|^(?:\d+(?:w|d|h|ms|m|s))+$/.test(plain) || words.includes(plain);
  return isTaken || plain === "" ? `_${plain}` : plain;
}

/** What is imported twice has two names; `more` tells the second from the first. */
export function freeName(name: string, more: string, taken: Set<string>): string {
  const wide = more === "" || more === name ? `${name}-2` : `${name}-${more}`;
  let free = taken.has(policyName(name)) ? wide : name;
  for (let n = 2; taken.has(policyName(free)); n++) free = `${wide}-${n}`;
  taken.add(policyName(free));
  return policyName(free);
}
