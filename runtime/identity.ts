/**
 * Who is counted and banned: what `by` says, made into one key.
 *
 * In: a failure's address, host name and captures. Out: the key, or null when the failure has not what `by`
 * asks for; then it counts for no sentence that asks. What must hold: two identities never share a key.
 */
import type { IdentitySpec } from "./contract.ts";
import { keptText } from "./kept-text.ts";
import { prefixOf } from "./prefix.ts";

/** What a failure, or another jail's ban, says of who caused it. */
export interface Culprit {
  /** Canonical; behind trusted proxies the client's. */
  readonly address: string | null;
  readonly host: string | null;
  readonly captures: Readonly<Record<string, string>>;
}

/**
 * A host name stands for itself where an address would be masked: whether names count at all is the
 * jail's decision, not made here.
 */
export function identify(culprit: Culprit, by: IdentitySpec): string | null {
  if (by.kind === "address") {
    if (culprit.address === null) return culprit.host === null ? null : keptText(culprit.host);
    return prefixOf(culprit.address, by.ipv4, by.ipv6);
  }
  const values: string[] = [];
  for (const name of by.names) {
    const value = captureOf(culprit, name);
    if (value === null) return null;
    values.push(value);
  }
  // Joined with a blank, two users could make themselves one identity.
  return values.length === 1 ? (values[0] ?? null) : JSON.stringify(values);
}

/** A capture, or `address` and `host`, which are none; of a length that may be kept. */
export function captureOf(culprit: Culprit, name: string): string | null {
  if (name === "address") return culprit.address;
  if (name === "host" && culprit.host !== null) return keptText(culprit.host);
  const own = Object.hasOwn(culprit.captures, name) ? culprit.captures[name] : undefined;
  return own === undefined ? null : keptText(own);
}

/** True when identities of this kind hold more than one address. */
export function isWide(by: IdentitySpec): boolean {
  return by.kind === "captures" || by.ipv4 < 32 || by.ipv6 < 128;
}

/** One address, whatever its family. */
export const eachAddress: IdentitySpec = { kind: "address", ipv4: 32, ipv6: 128 };
