/**
 * The strict address reader: charter 3.1, docs/matching.md section 6.
 *
 * In: bytes or text of which every byte must belong to the address. Out: the canonical text (RFC
 * 5952; IPv4-mapped folded to IPv4) or null. Zones, prefix lengths, leading zeros, other number
 * bases, short forms and digits beyond ASCII are no addresses. Nothing else in the runtime decides
 * what an address is.
 */
import { byteIn, hexValue, isDigit } from "./bytes.ts";

const colon = 0x3a;
const point = 0x2e;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
/** `ffff:` six times and an IPv4 of 15. */
const addressBytesMax = 45;

export interface Address {
  readonly family: 4 | 6;
  /** Four numbers of 8 bits or eight of 16, the highest first. */
  readonly groups: readonly number[];
}

/** `bytes[start, end)` as canonical text; null: it is no address. */
export function addressText(b: Buffer, start: number, end: number): string | null {
  const size = end - start;
  if (size < 2 || size > addressBytesMax) return null;
  if (byteIn(b, start, end, colon) < 0) {
    // The canonical text of an IPv4 address is the only text that it has.
    return isIPv4(b, start, end) ? b.toString("latin1", start, end) : null;
  }
  const groups = parseIPv6(b, start, end);
  if (groups === null) return null;
  return formatIPv6(groups);
}

/** Whether `bytes[start, end)` is an IPv4 address: four numbers 0 to 255 without leading zeros. */
export function isIPv4(b: Buffer, start: number, end: number): boolean {
  return endOfIPv4(b, start, end) === end;
}

/** Where the longest row of four such numbers at `start` ends, not beyond `limit`; -1: none stands there. */
export function endOfIPv4(b: Buffer, start: number, limit: number): number {
  let at = start;
  for (let i = 0; i < 4; i++) {
    if (i > 0 && (at >= limit || b[at++] !== point)) return -1;
    const first = at;
    let value = 0;
    while (at < limit && at < first + 3 && isDigit(b[at] as number)) {
      value = value * 10 + (b[at++] as number) - 0x30;
    }
    if (at === first || value > 255 || (at - first > 1 && b[first] === 0x30)) return -1;
  }
  return at;
}

/** The same backwards: where the longest row of four numbers that ends at `end` starts; -1. */
export function startOfIPv4(b: Buffer, limit: number, end: number): number {
  let at = end;
  for (let i = 0; i < 4; i++) {
    if (i > 0 && (at <= limit || b[--at] !== point)) return -1;
    const last = at;
    let value = 0;
    for (let unit = 1; at > limit && unit < 1000 && isDigit(b[at - 1] as number); unit *= 10) {
      value += ((b[--at] as number) - 0x30) * unit;
    }
    if (at === last || value > 255 || (last - at > 1 && b[at] === 0x30)) return -1;
  }
  return at;
}

/** Whether `bytes[start, end)` is an IPv6 address in any of its spellings. */
export function isIPv6(b: Buffer, start: number, end: number): boolean {
  return parseIPv6(b, start, end) !== null;
}

/** RFC 4291 section 2.2: the eight groups, or null. */
function parseIPv6(b: Buffer, start: number, end: number): number[] | null {
  if (end - start < 2 || end - start > addressBytesMax) return null;
  const groups: number[] = [];
  let gap = -1;
  let at = start;
  if (b[at] === colon) {
    if (b[at + 1] !== colon) return null;
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (groups.length === 8) return null;
    const groupEnd = hexEnd(b, at, end);
    if (groupEnd === at) return null;
    if (groupEnd < end && b[groupEnd] === point) {
      if (!isIPv4(b, at, end)) return null;
      pushIPv4(b, at, end, groups);
      at = end;
      break;
    }
    if (groupEnd - at > 4) return null;
    groups.push(hexGroup(b, at, groupEnd));
    at = groupEnd;
    if (at === end) break;
    if (b[at] !== colon) return null;
    at++;
    if (at < end && b[at] === colon) {
      if (gap >= 0) return null;
      gap = groups.length;
      at++;
    } else if (at === end) {
      return null;
    }
  }
  if (gap < 0) return groups.length === 8 ? groups : null;
  // `::` stands for at least one group.
  if (groups.length > 7) return null;
  const missing = new Array<number>(8 - groups.length).fill(0);
  groups.splice(gap, 0, ...missing);
  return groups;
}

function hexEnd(b: Buffer, at: number, end: number): number {
  let e = at;
  while (e < end && hexValue(b[e] as number) >= 0) e++;
  return e;
}

function hexGroup(b: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 16 + hexValue(b[at] as number);
  return value;
}

/** Two groups from an IPv4 address that is known to be one. */
function pushIPv4(b: Buffer, start: number, end: number, groups: number[]): void {
  let value = 0;
  let high = 0;
  let numbers = 0;
  for (let at = start; at <= end; at++) {
    if (at < end && b[at] !== point) {
      value = value * 10 + (b[at] as number) - 0x30;
      continue;
    }
    numbers++;
    if (numbers % 2 === 1) high = value;
    else groups.push(high * 256 + value);
    value = 0;
  }
}

function isMapped(groups: readonly number[]): boolean {
  for (let i = 0; i < 5; i++) if (groups[i] !== 0) return false;
  return groups[5] === 0xffff;
}

/** The IPv4 numbers in the last two groups. */
function mappedIPv4(groups: readonly number[]): number[] {
  const high = groups[6] as number;
  const low = groups[7] as number;
  return [high >> 8, high & 255, low >> 8, low & 255];
}

/** RFC 5952 section 4: lower case, the longest run of two or more zero groups cut, the first of equals. */
function formatIPv6(groups: readonly number[]): string {
  if (isMapped(groups)) return mappedIPv4(groups).join(".");
  let cut = -1;
  let cutSize = 1;
  for (let i = 0; i < 8; i++) {
    let size = 0;
    while (i + size < 8 && groups[i + size] === 0) size++;
    if (size > cutSize) {
      cut = i;
      cutSize = size;
    }
    i += size;
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return cut < 0 ? hex(0, 8) : `${hex(0, cut)}::${hex(cut + cutSize, 8)}`;
}

/**
 * The 32 bits of a text that is an IPv4 address, whole; -1: it is none. Nothing is made on the way: a hundred
 * thousand bans are read at a start. The text is the only one that the address has.
 */
export function ipv4Bits(text: string): number {
  let bits = 0;
  let value = 0;
  let digits = 0;
  let points = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === point) {
      if (digits === 0 || ++points > 3) return -1;
      bits = bits * 256 + value;
      value = 0;
      digits = 0;
      continue;
    }
    // Neither a leading zero nor another sign.
    if (!isDigit(code) || (digits > 0 && value === 0)) return -1;
    value = value * 10 + code - 0x30;
    if (value > 255) return -1;
    digits++;
  }
  return points === 3 && digits > 0 ? bits * 256 + value : -1;
}

/** The address a text is, whole; null: it is none. IPv4-mapped IPv6 is IPv4. */
export function parseAddress(text: string): Address | null {
  if (text.length > addressBytesMax) return null;
  const bits = ipv4Bits(text);
  if (bits >= 0) {
    return {
      family: 4,
      groups: [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255],
    };
  }
  const b = Buffer.from(text, "utf8");
  const groups = parseIPv6(b, 0, b.length);
  if (groups === null) return null;
  return isMapped(groups) ? { family: 4, groups: mappedIPv4(groups) } : { family: 6, groups };
}

export function formatAddress(address: Address): string {
  return address.family === 4 ? address.groups.join(".") : formatIPv6(address.groups);
}

/** The address with all bits behind the first `length` cleared. */
export function mask(address: Address, length: number): Address {
  const bits = address.family === 4 ? 8 : 16;
  const groups = address.groups.map((group, i) => {
    const kept = Math.min(Math.max(length - i * bits, 0), bits);
    return group & ~((1 << (bits - kept)) - 1);
  });
  return { family: address.family, groups };
}

/** What a hole or a tag took, in brackets or not; null: no address. */
export function addressFromText(text: string): string | null {
  // Brackets, and more bytes than characters, are no address either way.
  if (text.length > addressBytesMax + 2) return null;
  const b = Buffer.from(text, "utf8");
  return addressAt(b, 0, b.length);
}

/** The same of bytes. */
export function addressAt(b: Buffer, start: number, end: number): string | null {
  const bracketed = b[start] === bracketOpen && b[end - 1] === bracketClose && end - start > 2;
  return bracketed ? addressText(b, start + 1, end - 1) : addressText(b, start, end);
}

/** The family of a canonical address. */
export function familyOf(canonical: string): 4 | 6 {
  return canonical.includes(":") ? 6 : 4;
}
