import t from "tap";
import { alternativesMax, countAlternatives, cut, flatten } from "../../compiler/3-plan/flatten.ts";
import { templatePrefixes } from "../../compiler/3-plan/literals.ts";
import { planPattern } from "../../compiler/3-plan/pattern.ts";
import type { Part } from "../../schemas/policy.ts";
import { hole, optional, template } from "../oracle/build-policy.ts";

const parts = (...all: (string | Part)[]) => template(...all).parts;

function show(row: ReturnType<typeof flatten>[number]): string {
  return row.map((part) => (part.kind === "text" ? part.text : `{${part.name}}`)).join("");
}

t.test("taken before left out, the first part the highest bit", async (t) => {
  const rows = flatten(parts("a", optional("b"), "c", optional("d")));
  t.same(rows.map(show), ["abcd", "abc", "acd", "ac"]);
});

t.test("what is inside a part that is left out does not vary", async (t) => {
  const nested = parts("a", optional("b", optional("c")), optional("d"));
  t.same(flatten(nested).map(show), ["abcd", "abc", "abd", "ab", "ad", "a"]);
  t.equal(countAlternatives(nested), 6);
});

t.test("literals that meet are one", async (t) => {
  const [taken, left] = flatten(parts("a", optional("b"), "c", hole("user")));
  t.equal(taken?.length, 2);
  t.equal(left?.length, 2);
});

t.test("counting stops at the bound, however many there are", async (t) => {
  const many = Array.from({ length: 5000 }, () => optional("x"));
  t.equal(countAlternatives(parts("a", ...many)), Number.POSITIVE_INFINITY);
  const six = Array.from({ length: 6 }, () => optional("x"));
  t.equal(countAlternatives(parts(...six)), alternativesMax);
});

t.test("a row is cut at its free holes", async (t) => {
  const row = flatten(
    parts("from ", hole("address"), ": ", hole("user"), " x ", hole("text"), " on ", hole("port")),
  )[0];
  const way = row && cut(row, () => -1);
  t.match(way, {
    left: [
      { op: "text", text: "from " },
      { op: "hole", of: "address", neighbour: ": ", open: false },
    ],
    right: [{ op: "hole", of: "port", neighbour: " on ", open: false }],
    free: { segments: [{ ops: [{ op: "text", text: " x " }] }] },
  });
  t.equal(way?.left.length, 2, "the literal behind a hole is taken with the hole");
});

t.test("a hole behind a free one, or first of all, has its left border tested", async (t) => {
  const behindFree = flatten(parts(hole("text"), hole("address")))[0];
  t.match(behindFree && cut(behindFree, () => -1), { right: [{ of: "address", open: true }] });
  const inSegment = flatten(parts(hole("text"), hole("address"), " ", hole("user")))[0];
  t.match(inSegment && cut(inSegment, () => -1)?.free, { segments: [{ ops: [{ open: true }] }] });
});

t.test("what 2-check lets nobody do is no plan", async (t) => {
  const row = flatten(parts(hole("user"), hole("text")))[0];
  t.throws(() => row && cut(row, () => -1), RangeError);
  const many = template(...Array.from({ length: 7 }, () => optional("x")));
  t.throws(() => planPattern(many, [], 0), RangeError);
});

t.test("words and what stands behind them are a beginning", async (t) => {
  const row = flatten(
    parts(hole("words", null, { words: ["Invalid", "Illegal"] }), " user ", hole("user")),
  )[0];
  const way = row && cut(row, () => -1);
  t.same(way && templatePrefixes(way), ["Invalid user ", "Illegal user "]);
});
