/** Addresses and prefixes in policies: strict, canonical, and agreeing with the runtime's reader. */
import { isIP } from "node:net";
import fc from "fast-check";
import t from "tap";
import { canonicalAddress, parsePrefix } from "../../compiler/2-check/address.ts";

t.test("what is an address", async (t) => {
  const good: [string, string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["2001:DB8::1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ];
  for (const [text, canonical] of good) t.equal(canonicalAddress(text), canonical, text);
});

t.test("what is none", async (t) => {
  const bad = [
    "",
    "192.0.2",
    "192.0.2.1.1",
    "192.0.2.256",
    "192.0.02.1",
    "0x7f.0.0.1",
    "2130706433",
    "192.0.2.1/24",
    " 192.0.2.1",
    "192.0.2.1\n",
    "١٩٢.0.2.1",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "fe80::1%eth0",
    "[::1]",
    "::192.0.2.1:1",
    "192.0.2.1::",
    "1.2.3.4:5::",
  ];
  for (const text of bad) t.equal(canonicalAddress(text), null, JSON.stringify(text));
});

t.test("prefixes", async (t) => {
  t.match(parsePrefix("192.0.2.7/24"), { canonical: "192.0.2.0/24", hasHostBits: true });
  t.match(parsePrefix("192.0.2.7"), { canonical: "192.0.2.7/32", hasHostBits: false });
  t.match(parsePrefix("2001:db8:7::1/48"), { canonical: "2001:db8:7::/48", hasHostBits: true });
  t.match(parsePrefix("::ffff:192.0.2.0/120"), { canonical: "192.0.2.0/24", hasHostBits: false });
  t.match(parsePrefix("0.0.0.0/0"), { canonical: "0.0.0.0/0" });
  for (const bad of ["192.0.2.1/33", "192.0.2.1/", "192.0.2.1/024", "::/129", "::/-1", "/24"]) {
    t.equal(parsePrefix(bad), null, bad);
  }
});

t.test("agrees with node:net on what looks like an address", async () => {
  const piece = fc.constantFrom(
    "0",
    "1",
    "255",
    "256",
    "00",
    "ffff",
    "abcd",
    ":",
    "::",
    ".",
    "%",
    "/",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const canonical = canonicalAddress(text);
      const known = isIP(text) !== 0 && !text.includes("%");
      if (known !== (canonical !== null)) throw new Error(`${text}: ${known} ${canonical}`);
      return canonical === null || canonicalAddress(canonical) === canonical;
    }),
    { numRuns: 3000 },
  );
});
