/**
 * The JSON reader against RFC 8259 and against `JSON.parse`, on whole, mutated and hostile records.
 */
import fc from "fast-check";
import t from "tap";
import { readJson } from "../../runtime/format/json.ts";
import { makeFields } from "../../runtime/format/paths.ts";
import { Registers } from "../../runtime/registers.ts";
import { Clock } from "../../runtime/time/clock.ts";
import { StampReader } from "../../runtime/time/stamp.ts";

type Paths = readonly (readonly (string | number)[])[];

/** The values behind `paths`; null: the record was not read. */
function read(text: string | Buffer, paths: Paths): unknown[] | null {
  const r = new Registers();
  const b = Buffer.from(text as string);
  r.begin(b, 0, b.length);
  return readJson(r, makeFields(paths)) ? r.values.slice(0, paths.length) : null;
}

t.test("values by path", async (t) => {
  const text =
    ' { "a" : "x\\u00fc\\n\\/" , "n":-1.5e2,"t":true,"f":false,"z":null,"o":{"p":{"q":[1,{"r":"s"},"t"]}},"":"empty","__proto__":"p","\\u0061b":7 } ';
  const facts: [(string | number)[], unknown][] = [
    [["a"], "xü\n/"],
    [["n"], -150],
    [["t"], true],
    [["f"], false],
    [["z"], undefined],
    [["o"], []],
    [["o", "p", "q", 0], 1],
    [["o", "p", "q", 1, "r"], "s"],
    [["o", "p", "q", 3], undefined],
    [
      ["o", "p", "q"],
      [1, "", "t"],
    ],
    [["o", "x"], undefined],
    [["a", "b"], undefined],
    [[""], "empty"],
    [["__proto__"], "p"],
    [["toString"], undefined],
    [["ab"], 7],
  ];
  t.strictSame(
    read(
      text,
      facts.map(([path]) => path),
    ),
    facts.map(([, value]) => value),
  );
  t.strictSame(read(text, [["a"], ["a"]]), ["xü\n/", "xü\n/"]);
});

t.test("what is no record", async (t) => {
  const none = [
    "",
    "null",
    "[]",
    '"x"',
    "{",
    "}",
    "{}x",
    "{} {}",
    "{,}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    "{'a':1}",
    "{a:1}",
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":-}',
    '{"a":0x1}',
    '{"a":NaN}',
    '{"a":tru}',
    '{"a":truex}',
    '{"a":"\t"}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\\u123"}',
    '{"a":"\\',
    '{"a":"x',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":[1}',
    '\ufeff{"a":1}',
    '{"a":1}\v',
    '{"a":1/**/}',
  ];
  for (const text of none) t.equal(read(text, [["b"]]), null, JSON.stringify(text));
});

t.test("a used key stands once", async (t) => {
  t.equal(read('{"a":1,"a":1}', [["a"]]), null);
  t.equal(read('{"a":1,"\\u0061":2}', [["a"]]), null);
  t.equal(read('{"a":null,"a":2}', [["a"]]), null);
  t.equal(read('{"a":{},"a":{"b":1}}', [["a", "b"]]), null);
  t.equal(read('{"a":{"b":1,"b":2}}', [["a", "b"]]), null);
  t.strictSame(read('{"x":1,"x":2,"a":{"x":1,"x":1,"b":3}}', [["a", "b"]]), [3]);
  t.strictSame(read('{"a":{"c":1},"c":2}', [["a", "c"], ["c"]]), [1, 2]);
});

t.test("depth", async (t) => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;
  t.strictSame(read(nested(64), [["b"]]), [undefined]);
  t.equal(read(nested(65), [["b"]]), null);
  t.equal(read(`{"a":${"[".repeat(64)}${"]".repeat(64)}}`, [["b"]]), null);
  t.equal(read('{"a":['.repeat(10_000), [["b"]]), null);
});

t.test("invalid bytes and lone surrogates become U+FFFD", async (t) => {
  const bytes = Buffer.concat([
    Buffer.from('{"a":"x'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('"}'),
  ]);
  t.strictSame(read(bytes, [["a"]]), ["x\ufffd\ufffd"]);
  t.strictSame(read('{"a":"\\ud83d\\ude00 \\ud83d \\ude00"}', [["a"]]), [
    "\u{1f600} \ufffd \ufffd",
  ]);
});

t.test("times and messages", async (t) => {
  const reader = new StampReader(new Clock({ now: () => 0, zone: "UTC" }));
  const open = (text: string) => {
    const r = new Registers();
    const b = Buffer.from(text);
    r.begin(b, 0, b.length);
    t.ok(readJson(r, makeFields([["t"], ["m"]], 0, 1)), text);
    return {
      ms: reader.readTimeMs(r),
      message: r.messageBytes.toString("utf8", r.messageStart, r.messageEnd),
    };
  };
  const at = 1_700_000_000_000;
  t.strictSame(open('{"t":1700000000,"m":"a\\u00fcb"}'), { ms: at, message: "aüb" });
  t.strictSame(open('{"t":1700000000.123,"m":1}'), { ms: at + 123, message: "" });
  t.strictSame(open('{"t":1700000000123}'), { ms: at + 123, message: "" });
  t.strictSame(open('{"t":"2023-11-14T22:13:20Z"}'), { ms: at, message: "" });
  for (const none of ["1.7e9", "17", "true", "[]", '"soon"', "null"]) {
    t.ok(Number.isNaN(open(`{"t":${none}}`).ms), none);
  }
});

/** Names that meet each other, so that paths hit something. */
const key = fc.constantFrom("a", "b", "c", "", "__proto__", "ü", '"', "\\");
const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("document"),
  ),
  document: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: false }),
}));
const path = fc.array(fc.oneof(key, fc.nat(2)), { minLength: 1, maxLength: 3 });

function lookUp(value: unknown, steps: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of steps) {
    const fits = typeof step === "number" ? Array.isArray(at) : !Array.isArray(at);
    if (typeof at !== "object" || at === null || !fits || !Object.hasOwn(at, step))
      return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

function sameValue(found: unknown, expected: unknown): boolean {
  if (expected === null || expected === undefined) return found === undefined;
  if (Array.isArray(expected)) return Array.isArray(found) && found.length === expected.length;
  // An object is there, and like an empty list it equals nothing.
  if (typeof expected === "object") return Array.isArray(found) && found.length === 0;
  return Object.is(found, expected) || found === expected;
}

t.test("whole documents read as JSON.parse reads them", async () => {
  fc.assert(
    fc.property(document, path, fc.boolean(), (value, steps, indent) => {
      const text = JSON.stringify(value, null, indent ? 1 : 0).replace(/\n/g, "\r");
      const found = read(text, [steps]);
      return found !== null && sameValue(found[0], lookUp(JSON.parse(text), steps));
    }),
    { numRuns: 1000 },
  );
});

function parses(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

t.test("mutated documents are read exactly when JSON.parse reads them", async () => {
  const noise = fc.constantFrom(
    ...'{}[]:,"\\/ \t0123456789eE+-.truefalsnl\u0000\u001f\u007fü'.split(""),
    "",
  );
  fc.assert(
    fc.property(document, fc.nat(200), noise, fc.nat(2), (value, place, char, cut) => {
      const text = JSON.stringify(value);
      const at = place % (text.length + 1);
      const mutated = text.slice(0, at) + char + text.slice(at + cut);
      // No path is used, so that no key can stand there twice.
      return (read(mutated, []) !== null) === parses(mutated);
    }),
    { numRuns: 3000 },
  );
});
