/**
 * Prefixes: the part of an address that says where it belongs, and sets of such parts.
 *
 * In: canonical addresses and prefixes as text. Out: masked text, and whether an address is in a set. What
 * must hold: IPv4 and IPv6 never meet (IPv4-mapped addresses were folded before), and a question to a
 * set of a hundred thousand prefixes costs as many look-ups as it has different lengths.
 */
import { type Address, familyOf, formatAddress, ipv4Bits, mask, parseAddress } from "./address.ts";

export interface Prefix {
  readonly address: Address;
  readonly length: number;
}

/** `192.0.2.0/24`, or an address, which is its own prefix; null: neither. Host bits are cleared. */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const lengthMax = address.family === 4 ? 32 : 128;
  if (slash < 0) return { address, length: lengthMax };
  const digits = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(digits) || Number(digits) > lengthMax) return null;
  return { address: mask(address, Number(digits)), length: Number(digits) };
}

/** A prefix of full length is the bare address. */
export function formatPrefix(prefix: Prefix): string {
  const text = formatAddress(prefix.address);
  return isHost(prefix) ? text : `${text}/${prefix.length}`;
}

export function isHost(prefix: Prefix): boolean {
  return prefix.length === (prefix.address.family === 4 ? 32 : 128);
}

/** The canonical address or prefix that a canonical address is counted as. */
export function prefixOf(canonical: string, ipv4: number, ipv6: number): string {
  // Most policies count whole IPv4 addresses: those need no arithmetic.
  if (ipv4 === 32 && (ipv6 === 128 || familyOf(canonical) === 4)) return canonical;
  const length = familyOf(canonical) === 4 ? ipv4 : ipv6;
  const address = parseAddress(canonical);
  return address === null ? canonical : formatPrefix({ address: mask(address, length), length });
}

/** IPv4 as a number: no text is made to look one up. */
type Key = number | string;

function keyOf(address: Address, length: number): Key {
  if (address.family === 6) return mask(address, length).groups.join(".");
  const [a = 0, b = 0, c = 0, d = 0] = address.groups;
  return maskBits(((a * 256 + b) * 256 + c) * 256 + d, length);
}

function maskBits(bits: number, length: number): number {
  return length === 0 ? 0 : (bits & (-1 << (32 - length))) >>> 0;
}

/** A key of a longer prefix, cut. */
function cutKey(key: Key, length: number): Key {
  if (typeof key === "number") return maskBits(key, length);
  return keyOf({ family: 6, groups: key.split(".").map(Number) }, length);
}

/** Addresses and prefixes; adding is all that changes it. */
export class PrefixSet {
  /** By family and length, the masked addresses. */
  readonly #byLength: Map<number, Set<Key>>[] = [new Map(), new Map()];
  readonly #cut = new Map<string, Set<Key>>();
  size = 0;

  constructor(prefixes: Iterable<Prefix> = []) {
    for (const prefix of prefixes) this.add(prefix);
  }

  add(prefix: Prefix): void {
    const lengths = this.#of(prefix.address.family);
    const found = lengths.get(prefix.length) ?? new Set<Key>();
    lengths.set(prefix.length, found.add(keyOf(prefix.address, prefix.length)));
    this.#cut.clear();
    this.size += 1;
  }

  /** Whether a canonical address is in it. What is no address is not. */
  covers(canonical: string): boolean {
    const bits = ipv4Bits(canonical);
    if (bits >= 0) {
      for (const [length, keys] of this.#of(4)) if (keys.has(maskBits(bits, length))) return true;
      return false;
    }
    const address = parseAddress(canonical);
    return address !== null && this.#holds(address, 128);
  }

  /** Whether a prefix and the set have an address in common. */
  meets(prefix: Prefix): boolean {
    const { address, length } = prefix;
    if (this.#holds(address, length)) return true;
    return this.#shortened(address.family, length).has(keyOf(address, length));
  }

  /** The longer members cut to `length`: made once for each length that is asked for. */
  #shortened(family: 4 | 6, length: number): Set<Key> {
    const name = `${family}/${length}`;
    const made = this.#cut.get(name);
    if (made !== undefined) return made;
    const keys = new Set<Key>();
    for (const [longer, members] of this.#of(family)) {
      if (longer <= length) continue;
      for (const key of members) keys.add(cutKey(key, length));
    }
    this.#cut.set(name, keys);
    return keys;
  }

  #holds(address: Address, lengthMax: number): boolean {
    for (const [length, keys] of this.#of(address.family)) {
      if (length <= lengthMax && keys.has(keyOf(address, length))) return true;
    }
    return false;
  }

  #of(family: 4 | 6): Map<number, Set<Key>> {
    return this.#byLength[family === 4 ? 0 : 1] as Map<number, Set<Key>>;
  }
}
