/**
 * Addresses and prefixes as a policy writes them, read strictly.
 *
 * In: the text of one address token. Out: its canonical form (RFC 5952, IPv4-mapped folded to
 * IPv4), or null. No zone, no leading zero, no other number base: see docs/matching.md, section 6.
 * The runtime has a reader of its own over bytes; the tests hold the two together.
 */

interface ParsedAddress {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
}

export interface ParsedPrefix {
  /** With its length: `192.0.2.0/24`. Bits behind the length are cleared. */
  readonly canonical: string;
  readonly family: 4 | 6;
  readonly length: number;
  /** The text had bits set behind the length: `192.0.2.7/24`. */
  readonly hasHostBits: boolean;
}

function parseAddress(text: string): ParsedAddress | null {
  const four = parseFour(text);
  if (four !== null) return { family: 4, bytes: four };
  const six = parseSix(text);
  if (six === null) return null;
  const mapped = six.slice(0, 10).every((byte) => byte === 0) && six[10] === 255 && six[11] === 255;
  return mapped ? { family: 4, bytes: six.slice(12) } : { family: 6, bytes: six };
}

export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

/** An address, or an address with `/LENGTH`. A mapped IPv6 prefix shorter than /96 stays IPv6. */
export function parsePrefix(text: string): ParsedPrefix | null {
  const slash = text.indexOf("/");
  const bare = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(bare);
  if (address === null) return null;
  const whole = address.bytes.length * 8;
  let length = whole;
  if (slash >= 0) {
    const digits = text.slice(slash + 1);
    if (!/^(0|[1-9]\d{0,2})$/.test(digits)) return null;
    length = Number(digits);
    if (address.family === 4 && bare.includes(":")) length -= 96;
    if (length < 0 || length > whole) return null;
  }
  const masked = address.bytes.map((byte, i) => byte & maskByte(length - i * 8));
  return {
    canonical: `${formatAddress({ family: address.family, bytes: masked })}/${length}`,
    family: address.family,
    length,
    hasHostBits: masked.some((byte, i) => byte !== address.bytes[i]),
  };
}

function maskByte(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}

function parseFour(text: string): number[] | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const parts = text.split(".");
  if (parts.some((part) => (part.length > 1 && part.startsWith("0")) || Number(part) > 255)) {
    return null;
  }
  return parts.map(Number);
}

function parseSix(text: string): number[] | null {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "", true) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The bytes of `a:b:c`; only the last group of an address may be an IPv4 one. */
function groupsOf(text: string, mayEndInFour: boolean): number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const four = mayEndInFour && i === groups.length - 1 ? parseFour(group) : null;
    if (four === null) return null;
    bytes.push(...four);
  }
  return bytes;
}

function formatAddress(address: ParsedAddress): string {
  if (address.family === 4) return address.bytes.join(".");
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push(((address.bytes[i] ?? 0) << 8) | (address.bytes[i + 1] ?? 0));
  }
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

/** RFC 5952, section 4.2: the longest run of zero groups, the first of equal ones. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
