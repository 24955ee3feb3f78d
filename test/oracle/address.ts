/*
 * Text to address and back, by section 6 of docs/matching.md, written for obviousness: an address
 * is a family and a number. Nothing here is shared with the runtime's reader, on purpose.
 */

export interface OracleAddress {
  family: 4 | 6;
  value: bigint;
}

function readIpv4(text: string): bigint | null {
  const groups = text.split(".");
  if (groups.length !== 4) return null;
  if (!groups.every((g) => /^(0|[1-9][0-9]{0,2})$/.test(g) && Number(g) <= 255)) return null;
  return groups.reduce((sum, g) => sum * 256n + BigInt(g), 0n);
}

/** Groups of one side of `::`, as 16-bit numbers; an IPv4 may be the last when `mayEndInIpv4`. */
function readGroups(text: string, mayEndInIpv4: boolean): bigint[] | null {
  if (text === "") return [];
  const groups: bigint[] = [];
  const pieces = text.split(":");
  for (const [i, piece] of pieces.entries()) {
    const ipv4 = mayEndInIpv4 && i === pieces.length - 1 ? readIpv4(piece) : null;
    if (ipv4 !== null) groups.push(ipv4 >> 16n, ipv4 & 0xffffn);
    else if (/^[0-9A-Fa-f]{1,4}$/.test(piece)) groups.push(BigInt(`0x${piece}`));
    else return null;
  }
  return groups;
}

function readIpv6(text: string): bigint | null {
  const sides = text.split("::");
  if (sides.length > 2) return null;
  const left = readGroups(sides[0] ?? "", sides.length === 1);
  const right = sides.length === 2 ? readGroups(sides[1] ?? "", true) : [];
  if (left === null || right === null) return null;
  const missing = 8 - left.length - right.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...left, ...new Array<bigint>(missing).fill(0n), ...right];
  return all.reduce((sum, g) => sum * 65536n + g, 0n);
}

/** The address that is all of `text`; mapped IPv6 comes back as IPv4. */
export function readAddress(text: string): OracleAddress | null {
  const ipv4 = readIpv4(text);
  if (ipv4 !== null) return { family: 4, value: ipv4 };
  const ipv6 = readIpv6(text);
  if (ipv6 === null) return null;
  if (ipv6 >> 32n === 0xffffn) return { family: 4, value: ipv6 & 0xffffffffn };
  return { family: 6, value: ipv6 };
}

/** Only IPv6 as written: what a colon makes ambiguous. */
export function isWrittenAsIpv6(text: string): boolean {
  return readIpv6(text) !== null;
}

/** RFC 5952: lower case, no leading zeros, the longest (first) run of two or more zero groups cut. */
export function writeAddress({ family, value }: OracleAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((s) => String((value >> s) & 255n)).join(".");
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((s) =>
    ((value >> s) & 0xffffn).toString(16),
  );
  for (let length = 8; length >= 2; length--) {
    for (let start = 0; start + length <= 8; start++) {
      if (groups.slice(start, start + length).every((g) => g === "0")) {
        return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
      }
    }
  }
  return groups.join(":");
}

/** A field's whole text: an address, and no brackets. */
export function strict(text: string): string | null {
  const address = readAddress(text);
  return address === null ? null : writeAddress(address);
}

/** A tag's or member's whole text: an address, in brackets or not. */
export function readAddressText(text: string): OracleAddress | null {
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  return readAddress(inner ?? text);
}

export function canonical(text: string): string | null {
  const address = readAddressText(text);
  return address === null ? null : writeAddress(address);
}

/** `ADDRESS/LENGTH`, or an address alone, which is a prefix of full length. */
export function readPrefix(text: string): { address: OracleAddress; length: number } {
  const [base = "", length] = text.split("/");
  const address = readAddress(base);
  if (address === null) throw new Error(`no prefix: ${text}`);
  return { address, length: length === undefined ? bits(address) : Number(length) };
}

function bits(address: OracleAddress): number {
  return address.family === 4 ? 32 : 128;
}

export function isInPrefix(address: OracleAddress, prefix: string): boolean {
  const { address: base, length } = readPrefix(prefix);
  if (base.family !== address.family) return false;
  const shift = BigInt(bits(base) - length);
  return base.value >> shift === address.value >> shift;
}

/** The prefix of that length around an address; one of full length is the bare address. */
export function prefixOf(address: OracleAddress, length: number): string {
  const shift = BigInt(bits(address) - length);
  const value = (address.value >> shift) << shift;
  const text = writeAddress({ family: address.family, value });
  return shift === 0n ? text : `${text}/${length}`;
}
