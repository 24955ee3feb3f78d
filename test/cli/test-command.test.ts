/**
 * `f2b test`: blocks that hold, blocks that do not and how that is shown, jails, coverage.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import t from "tap";
import { f2b, jsonLines, root } from "../library/f2b.ts";
import { makeFolder, policy } from "./folder.ts";

const schema = JSON.parse(readFileSync(join(root, "schemas/test.schema.json"), "utf8"));
const validate = new Ajv({ strict: false }).compile(schema);

t.test("what holds", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const ran = f2b(["test", at("door.f2b")]);
  t.equal(ran.code, 0, ran.err + ran.out);
  t.match(ran.out, /^5 passed, 0 failed$/m);
});

t.test("what does not, as a diff", async (t) => {
  const cases: readonly (readonly [from: string, to: string, says: RegExp])[] = [
    [
      'user: "eve"',
      'user: "bob"',
      /- fails as \{.*"bob" \}\n.*\+ failure by door#1 as \{.*user: "eve"/,
    ],
    [
      "as { address: 192.0.2.1",
      "as { address: 192.0.2.9",
      /- fails .*192\.0\.2\.9.*\n.*\+ .*192\.0\.2\.1/,
    ],
    ["passes", "fails ", /- fails\n.*\+ ignored by door#/],
    ['fails  "2026-03-01T10:00:00Z refused', 'passes "2026-03-01T10:00:00Z refused', /- passes as/],
    [
      "bans 192.0.2.1 for 1h",
      "bans 192.0.2.1 for 2h",
      /- bans 192\.0\.2\.1 for 2h\n.*\+ .* for 1h /,
    ],
    ["spares 192.0.2.1\n", "bans 192.0.2.1\n", /- bans 192\.0\.2\.1\n.*\+ not banned/],
    ["spares 192.0.2.2", "bans 192.0.2.2", /- bans 192\.0\.2\.2\n.*\+ not banned/],
  ];
  for (const [from, to, says] of cases) {
    t.ok(policy.includes(from), from);
    const at = makeFolder(t, { "door.f2b": policy.replace(from, to) });
    const ran = f2b(["test", at("door.f2b")]);
    t.equal(ran.code, 1, `${from} -> ${to}`);
    t.match(ran.out, says);
    t.match(ran.out, /^4 passed, 1 failed$/m);
    t.match(ran.out, /FAILED (door|jail door) {2}door\.f2b:\d+/);
  }
});

t.test("a block is one run, and each begins from nothing", async (t) => {
  const held = `filter held {
  format syslog
  session by pid
  fail "too many errors"
  note "connection from {address}"
  test {
    passes "Mar  1 10:00:00 h d[7]: connection from 192.0.2.1"
    fails  "Mar  1 10:00:01 h d[7]: too many errors" as { address: 192.0.2.1 }
  }
  test {
    passes "Mar  1 10:00:01 h d[7]: too many errors" as { address: nobody }
    fails  "Mar  1 10:00:02 h d[7]: connection from 2001:db8::1" as { address: 2001:db8::1 }
  }
}
`;
  const at = makeFolder(t, { "held.f2b": held });
  const ran = f2b(["test", at("held.f2b")], { TZ: "Asia/Tokyo" });
  t.equal(ran.code, 0, ran.err + ran.out);
  t.match(ran.out, /^4 passed/m);
});

t.test("--json and --coverage", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const ran = f2b(["test", at("door.f2b"), "--json", "--coverage"]);
  const lines = jsonLines(ran.out);
  for (const one of lines) t.ok(validate(one), JSON.stringify(validate.errors));
  t.same(
    lines.filter((one) => one.type === "uncovered").map((one) => one.rule),
    ["door#2"],
    "the note; the rule of another mode is no part of this filter",
  );
});

t.test("nothing to test", async (t) => {
  const at = makeFolder(t, { "bare.f2b": 'filter bare { fail "x {address}" }\n' });
  const ran = f2b(["test", at("bare.f2b")]);
  t.equal(ran.code, 1);
  t.match(ran.err, /no test block/);
});
