/*
 * Searching for records before they are read: the module finds what a plain search finds, on any bytes, cut
 * anywhere, and a scanner that searches gives the hits of one that reads everything.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import t from "tap";
import { groupNeedles } from "../../compiler/3-plan/group-needles.ts";
import type { NeedlePlan } from "../../compiler/3-plan/plan-types.ts";
import { needles, regionBytesMax, rowsBase } from "../../runtime/find/find.ts";
import { checkText, compile, matchInBundle } from "../differential/both.ts";

const library = ["Failed p", "Invalid ", "PAM: ", "x", "\\", "ab"];

function finderOf(texts: readonly NeedlePlan[], always = 0) {
  const groups = groupNeedles(texts).map((group) =>
    group.map(({ text, wants, fold }) => [text, wants, fold] as const),
  );
  const finder = needles(always, ...groups).finderFor(regionBytesMax);
  if (finder === null) throw new Error("NOT TESTED: this Node has no WebAssembly with vectors");
  return finder;
}

type Found = [start: number, end: number, number: number, wants: number];

function search(texts: readonly NeedlePlan[], region: Buffer, always = 0): Found[] {
  const finder = finderOf(texts, always);
  const found: Found[] = [];
  let passed = 0;
  finder.load(region);
  while (!finder.isDone) {
    const count = finder.next();
    for (let row = 0; row < count * 4; row += 4) {
      const [start = 0, end = 0, number = 0, wants = 0] = finder.rows.subarray(row, row + 4);
      found.push([start - rowsBase, end - rowsBase, passed + number, wants]);
    }
    passed += finder.passed;
  }
  return found;
}

function searchPlainly(texts: readonly NeedlePlan[], region: Buffer, always = 0): Found[] {
  const found: Found[] = [];
  let start = 0;
  region
    .toString("latin1")
    .split("\n")
    .slice(0, -1)
    .forEach((record, i) => {
      const lower = record.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
      const wants = texts
        .filter(({ text, fold }) =>
          fold ? lower.includes(text.toLowerCase()) : record.includes(text),
        )
        .reduce((sum, needle) => sum | needle.wants, always);
      const end = start + record.length;
      if (wants !== 0 && record.length <= 2_097_152) found.push([start, end, i + 1, wants]);
      start = end + 1;
    });
  return found;
}

const texts = fc
  .uniqueArray(fc.constantFrom(...library, "Connecti", "from ", '="', "zzz", "n", "ed pass"), {
    minLength: 1,
    maxLength: 9,
  })
  .chain((some) =>
    fc.tuple(
      ...some.map((text) =>
        fc.record({
          text: fc.constant(text),
          wants: fc.integer({ min: 1, max: 7 }),
          fold: fc.boolean(),
        }),
      ),
    ),
  )
  .map((some) => some.map((one) => (one.fold ? { ...one, text: one.text.toLowerCase() } : one)));
const piece = fc.oneof(
  fc.constantFrom(...library, "failed p", "FAILED P", "Faile", "d p", "\n", "\n\n", "pam: ", "\r"),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const region = fc
  .array(piece, { maxLength: 60 })
  .map((pieces) => Buffer.from(`${pieces.join("")}\n`, "latin1"));

t.test("the module finds what a plain search finds", async (t) => {
  const property = fc.property(
    texts,
    region,
    fc.integer({ min: 0, max: 1 }),
    (some, bytes, all) => {
      return isDeepStrictEqual(search(some, bytes, all), searchPlainly(some, bytes, all));
    },
  );
  fc.assert(property, { numRuns: Number(process.env["F2B_RUNS"] ?? 200) });
  t.pass("held");
});

t.test("a text of more than eight bytes is looked for by its beginning", async (t) => {
  const some = ["msg=audit(", "zzz"].map((text) => ({ text, wants: 1, fold: false }));
  const log = Buffer.from("a msg=audit(1\nzzz\nmsg\n");
  t.same(
    search(some, log).map(([, , number]) => number),
    [1, 2],
  );
});

t.test("more records than one call tells, and long ones", async (t) => {
  const some = [{ text: "x", wants: 1, fold: false }];
  const short = Buffer.from("x\n\n".repeat(20_000));
  t.equal(search(some, short).length, 20_000);
  t.same(search(some, short).at(-1), [59_997, 59_998, 39_999, 1]);
  const long = Buffer.from(`${"x".repeat(65_536)}\n${"x".repeat(100_000)}\nx\n`);
  t.same(
    search(some, long).map(([, , number]) => number),
    [1, 2, 3],
  );
});

t.test("a scanner that searches gives the hits of one that reads everything", async (t) => {
  const compiled = await compile(checkText("use std/sshd, std/nginx, std/http"));
  const folder = new URL("../hostile/", import.meta.url);
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".log"))) {
    const log = readFileSync(new URL(name, folder));
    const ways = new Set<string>();
    for (const chunk of [64, 4099, 1 << 16]) {
      const found = await matchInBundle(compiled, log, "UTC", undefined, chunk);
      t.ok(found.length > 0, `${name}: some of it is found`);
      ways.add(JSON.stringify(found));
    }
    t.equal(ways.size, 1, `${name}: the same, however it is cut`);
  }
});
