/**
 * Prefixes and sets of them against arithmetic on whole numbers.
 */
import fc from "fast-check";
import t from "tap";
import { formatAddress } from "../../runtime/address.ts";
import { formatPrefix, PrefixSet, parsePrefix, prefixOf } from "../../runtime/prefix.ts";

/** Few different bits, so that prefixes meet often. */
const octet = fc.constantFrom(0, 1, 64, 127, 128, 192, 255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((groups) => groups.join("."));
const length = fc.constantFrom(0, 1, 7, 8, 9, 23, 24, 25, 31, 32);
const prefixes = fc.array(fc.tuple(ipv4, length), { maxLength: 6 });

const numberOf = (address: string) =>
  address.split(".").reduce((sum, group) => sum * 256 + Number(group), 0);

function holds([base, bits]: readonly [string, number], address: string): boolean {
  const size = 2 ** (32 - bits);
  return Math.floor(numberOf(base) / size) === Math.floor(numberOf(address) / size);
}

function setOf(given: readonly (readonly [string, number])[]): PrefixSet {
  const parsed = given.map(([base, bits]) => parsePrefix(`${base}/${bits}`));
  return new PrefixSet(parsed.filter((one) => one !== null));
}

t.test("a set covers what one of its prefixes holds", async (t) => {
  const property = fc.property(prefixes, ipv4, (given, address) => {
    return setOf(given).covers(address) === given.some((one) => holds(one, address));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

t.test("a prefix meets a set when one of the two holds the other's first address", async (t) => {
  // A wider prefix holds all of a narrower one, so the bases decide once host bits are gone.
  const property = fc.property(prefixes, ipv4, length, (given, base, bits) => {
    const bases = given.map(([address, size]) => {
      const prefix = parsePrefix(`${address}/${size}`);
      return [prefix === null ? "" : formatAddress(prefix.address), size] as const;
    });
    const prefix = parsePrefix(`${base}/${bits}`);
    if (prefix === null) return false;
    const first = formatAddress(prefix.address);
    const wanted = bases.some((one) => holds(one, first) || holds([first, bits], one[0]));
    return setOf(given).meets(prefix) === wanted;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

t.test("text of prefixes", async (t) => {
  const told = (text: string) => {
    const prefix = parsePrefix(text);
    return prefix === null ? null : formatPrefix(prefix);
  };
  t.equal(told("192.0.2.77/24"), "192.0.2.0/24");
  t.equal(told("192.0.2.77/32"), "192.0.2.77");
  t.equal(told("2001:DB8:0:1::5/64"), "2001:db8:0:1::/64");
  for (const wrong of [
    "192.0.2.1/33",
    "192.0.2.1/",
    "192.0.2.1/08",
    "192.0.2/24",
    "x/8",
    "::/129",
  ]) {
    t.equal(told(wrong), null, wrong);
  }
  t.equal(prefixOf("192.0.2.77", 24, 64), "192.0.2.0/24");
  t.equal(prefixOf("2001:db8::1:2:3:4", 24, 64), "2001:db8::/64");
});
