/*
 * A literal that is "required" but is not would hold back a line that bans somebody: besides examples,
 * every text that a pattern matches must contain what is said of the pattern.
 */
import fc from "fast-check";
import t from "tap";
import { regexLiterals } from "../../compiler/3-plan/literals.ts";

const cases: [source: string, flags: string, prefix: string, required: string][] = [
  ["^Failed password for (\\w+)", "", "Failed password for ", "Failed password for "],
  ["from (?<a>x) port", "", "", "from x port"],
  ["from (?<a>x|y) port", "", "", "from "],
  ["^(?:abc)def", "", "abcdef", "abcdef"],
  ["^ab?cdef", "", "a", "cdef"],
  ["^ab+cdef", "", "ab", "cdef"],
  ["^(?:a|b)c", "", "", "c"],
  ["a|b", "", "", ""],
  ["(?<!x)abc$", "", "", "abc"],
  ["a^b", "", "", "a"],
  ["\\bfoo\\b", "", "", "foo"],
  ["caf\u00e9 au lait", "", "", " au lait"],
  ["[a]bc", "", "", "bc"],
  ["a{0}bcd", "", "", "bcd"],
  ["KELVIN", "iu", "", "ELV"],
  ["KELVIN", "i", "", "KELVIN"],
  ["a\\u{62}c", "u", "", "abc"],
];

for (const [source, flags, prefix, required] of cases) {
  t.same(regexLiterals(source, flags), { prefix, required }, `/${source}/${flags}`);
}

const atom: fc.Arbitrary<string> = fc.constantFrom("a", "b", "ab", "[ab]", "\\w", ".", "(?:a|b)");
const piece = fc
  .tuple(atom, fc.constantFrom("", "", "?", "*", "+", "{2}", "{0}"))
  .map(([one, quantifier]) => `(?:${one})${quantifier}`);
const source = fc
  .tuple(
    fc.constantFrom("", "^"),
    fc.array(fc.oneof(atom, piece, fc.constant("(x)|a")), { minLength: 1, maxLength: 6 }),
  )
  .map(([start, pieces]) => start + pieces.join(""));

t.test("no text that matches lacks what is required", async (t) => {
  const property = fc.property(
    source,
    fc.array(fc.string({ unit: fc.constantFrom("a", "b", "x", " ") }), { maxLength: 30 }),
    (pattern, texts) => {
      const { prefix, required } = regexLiterals(pattern, "");
      const regex = new RegExp(pattern);
      return texts.every(
        (text) => !regex.test(text) || (text.startsWith(prefix) && text.includes(required)),
      );
    },
  );
  fc.assert(property, { numRuns: 500, verbose: true });
  t.pass("held");
});
