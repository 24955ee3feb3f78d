/*
 * The oracle's templates, holes and addresses: each expectation is derived by hand from sections 5
 * and 6 of docs/matching.md, so that the oracle is trustworthy before it judges the bundle.
 */

import t from "tap";
import type { Template } from "../../schemas/policy.ts";
import { canonical, isInPrefix, prefixOf, readAddress } from "./address.ts";
import { hole, optional, template } from "./build-policy.ts";
import { matchTemplate } from "./template.ts";

const clock = { now: Date.UTC(2026, 2, 1), zone: "UTC" };

/** What each named hole took, or null. */
function taken(pattern: Template, message: string): Record<string, string> | null {
  const found = matchTemplate(pattern, message, clock);
  if (found === null) return null;
  const named = found.filter(({ hole }) => hole.name !== null);
  return Object.fromEntries(
    named.map(({ hole, start, end }) => [hole.name, message.slice(start, end)]),
  );
}

t.test("addresses: strict, whole, canonical", async (t) => {
  const good: [string, string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:0:2:3:0:0:4", "1::2:3:0:0:4"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[192.0.2.1]", "192.0.2.1"],
  ];
  for (const [text, expected] of good) t.equal(canonical(text), expected, text);
  const bad = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "256.0.0.1",
    "1.2.3.4 ",
    "0x7f.0.0.1",
    "1.2.3.4/32",
  ];
  bad.push(":", ":::", "1::2::3", "1:2:3:4:5:6:7:8::", "12345::", "fe80::1%eth0", "[::1", "g::");
  bad.push("1:2:3:4:5:6:7", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "[[192.0.2.1]]", "１.2.3.4");
  for (const text of bad) t.equal(canonical(text), null, text);
});

t.test("prefixes", async (t) => {
  const inside = readAddress("192.0.2.77");
  if (inside === null) throw new Error("no address");
  t.ok(isInPrefix(inside, "192.0.2.0/24"));
  t.notOk(isInPrefix(inside, "192.0.3.0/24"));
  t.notOk(isInPrefix(inside, "::/0"), "families are apart");
  t.equal(prefixOf(inside, 24), "192.0.2.0/24");
  t.equal(prefixOf(inside, 32), "192.0.2.77");
});

t.test("the whole message, from both sides", async (t) => {
  const login = template("failed for ", hole("user"), " from ", hole("address"));
  t.same(taken(login, "failed for eve from 192.0.2.1"), { user: "eve", address: "192.0.2.1" });
  t.same(
    taken(login, "failed for x from 198.51.100.1 from 192.0.2.1"),
    { user: "x from 198.51.100.1", address: "192.0.2.1" },
    "what the client wrote stays in the user",
  );
  t.equal(taken(login, "failed for eve from 192.0.2.1 "), null);
  t.equal(taken(login, "xfailed for eve from 192.0.2.1"), null);
  t.same(taken(login, "failed for  from ::1"), { user: "", address: "::1" });
});

t.test("segments stand at their rightmost fit, and nothing is tried again", async (t) => {
  const two = template(hole("user"), " by ", hole("text"));
  t.same(taken(two, "a by b by c"), { user: "a by b", text: "c" });
  const three = template(hole("user"), " x ", hole("int"), " y ", hole("text"));
  t.same(taken(three, "u x 1 y v x 2 z"), { user: "u", int: "1", text: "v x 2 z" });
  t.equal(taken(template("ab", hole("text"), "ba"), "aba"), null, "left and right do not overlap");
});

t.test("a free hole takes no LF", async (t) => {
  t.equal(taken(template("a", hole("text")), "a\nb"), null);
});

t.test("optional parts: taken first, the earlier ones before the later", async (t) => {
  const port = template("from ", hole("address"), optional(" port ", hole("port")));
  t.same(taken(port, "from 192.0.2.1 port 22"), { address: "192.0.2.1", port: "22" });
  t.same(taken(port, "from 192.0.2.1"), { address: "192.0.2.1" });
  const nested = template("a", optional("b", optional("c")), optional("d"));
  for (const fits of ["abcd", "abc", "abd", "ab", "ad", "a"]) t.same(taken(nested, fits), {}, fits);
  t.equal(taken(nested, "acd"), null, "what is inside a part left out is left out");
  const greedy = template(optional(hole("word", "first"), " "), hole("text"));
  t.same(taken(greedy, "one two"), { first: "one", text: "two" });
  t.same(taken(greedy, "one"), { text: "one" });
});

t.test("bounded holes take the longest extent whose neighbour fits", async (t) => {
  t.same(taken(template(hole("word"), ":x"), "a:x:x"), { word: "a:x" });
  t.equal(taken(template(hole("word"), hole("int"), ":"), "ab12:"), null, "no second try");
  t.same(taken(template("[", hole("not", "reason", { chars: "]" }), "]"), "[a b]"), {
    reason: "a b",
  });
  t.equal(taken(template(hole("word")), ""), null);
  t.same(taken(template(hole("int"), "-1"), "-7-1"), { int: "-7" });
  t.equal(taken(template("id ", hole("int")), "id 1234567890123456789"), null, "18 digits at most");
  t.same(taken(template(hole("number"), ".25"), "1.25"), { number: "1" });
  t.equal(taken(template("x", hole("hex"), "g"), "xabfg")?.["hex"], "abf");
  t.equal(taken(template("p ", hole("port")), "p 65536"), null);
  t.equal(taken(template("p ", hole("port")), "p 022"), null);
  t.same(taken(template("p ", hole("port")), "p 0"), { port: "0" });
  const method = hole("words", "how", { words: ["pass", "password"] });
  t.same(taken(template(method, " ok"), "password ok"), { how: "password" });
  t.same(taken(template(method, "word ok"), "password ok"), { how: "pass" });
});

t.test("from the right the run goes left", async (t) => {
  t.same(taken(template(hole("text"), " ", hole("int")), "a 1 22"), { text: "a 1", int: "22" });
  t.same(taken(template(hole("text"), "id-", hole("int")), "x id-5"), { text: "x ", int: "5" });
  t.same(taken(template(hole("text"), " at ", hole("time")), "x at 2026-03-01T10:00:00Z"), {
    text: "x",
    time: "2026-03-01T10:00:00Z",
  });
});

t.test("an address is a whole token", async (t) => {
  const from = template("from ", hole("address"), hole("text"));
  const good: [string, string][] = [
    ["from 192.0.2.1", "192.0.2.1"],
    ["from 192.0.2.1.", "192.0.2.1"],
    ["from 192.0.2.1:22", "192.0.2.1"],
    ["from 2001:db8::1: x", "2001:db8::1"],
    ["from [2001:db8::1]:22", "[2001:db8::1]"],
    ["from [192.0.2.1]:22", "[192.0.2.1]"],
    ["from ::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["from 192.0.2.1/x", "192.0.2.1"],
  ];
  for (const [message, address] of good)
    t.equal(taken(from, message)?.["address"], address, message);
  const bad = [
    "192.0.2.1a",
    "192.0.2.1/24",
    "192.0.2.1%1",
    "2001:db8::1%eth0",
    "192.0.2.1_",
    "[192.0.2.256]",
  ];
  bad.push("192.0.2.256", "192.0.2.1.5", "2001:db8:0:0:0:0:0:1:22", "01.2.3.4");
  for (const text of bad) t.equal(taken(from, `from ${text}`), null, text);
  const open = template(hole("text"), hole("address"));
  t.equal(taken(open, "1.2.3.4/192.0.2.1"), null, "digits and a slash before");
  t.same(taken(open, "a/192.0.2.1"), { text: "a/", address: "192.0.2.1" });
  t.equal(taken(open, "x192.0.2.1"), null, "the longest run from the right is taken whole");
});

t.test("from the right the literal before an address keeps its own bytes", async (t) => {
  const literal = template(hole("text"), "[IPv6:", hole("address"), "]");
  t.same(taken(literal, "x [IPv6:2001:db8::9]"), { text: "x ", address: "2001:db8::9" });
  t.equal(taken(literal, "x [IPv6:2001:db8::9"), null);
  const face = template(hole("text"), "face:", hole("address"));
  t.same(taken(face, "x face:192.0.2.1"), { text: "x ", address: "192.0.2.1" });
  t.same(taken(face, "face:2001:db8::1"), { text: "", address: "2001:db8::1" });
  t.equal(taken(face, "x ace:2001:db8::1"), null);
});

t.test("a host is an address first, else a name", async (t) => {
  const host = template("from ", hole("host"), optional(": ", hole("text")));
  t.equal(taken(host, "from mail-1.example.net")?.["host"], "mail-1.example.net");
  t.equal(taken(host, "from 2001:db8::1")?.["host"], "2001:db8::1");
  t.equal(taken(host, "from a b"), null);
});

t.test("literals compare bytes; with i without case", async (t) => {
  t.equal(taken(template("Failed"), "failed"), null);
  t.same(taken({ ...template("Failed"), ignoreCase: true }, "fAILED"), {});
  t.same(taken(template("ü", hole("text")), Buffer.from("üx").toString("latin1")), { text: "x" });
});
