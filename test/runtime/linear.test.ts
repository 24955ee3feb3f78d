/**
 * The search in linear time against JavaScript's own engine: the same match, the same groups, the same places; and texts for which that one
 * would take for ever.
 */
import fc from "fast-check";
import t from "tap";
import { writeProgram } from "../../compiler/linear-program.ts";
import { linear, type Searcher } from "../../runtime/linear.ts";

function searcherOf(source: string, flags: string): Searcher | null {
  const program = writeProgram(source, flags);
  if (program === null) return null;
  const { classes, ...plain } = program;
  const one = (raw: string) => new RegExp(`^(?:${raw})$`, flags);
  return linear(plain, classes.map(one));
}

function tell(match: RegExpExecArray | null): string {
  if (match === null) return "no";
  const groups = Object.entries(match.groups ?? {}).sort();
  const places = Object.entries(match.indices?.groups ?? {}).filter(([, place]) => place);
  return JSON.stringify([match.index, match[0], groups, places.sort()]);
}

function compare(source: string, flags: string, text: string): string | null {
  const ours = searcherOf(source, flags);
  if (ours === null) return null;
  const theirs = new RegExp(source, `${flags}d`).exec(text);
  // V8 finds borders within a character of two units, against the language's own rules.
  if (flags.includes("u") && /^[\udc00-\udfff]/.test(text.slice(theirs?.index ?? 0))) return null;
  const [mine, wanted] = [tell(ours.exec(text)), tell(theirs)];
  return mine === wanted
    ? null
    : `/${source}/${flags} on ${JSON.stringify(text)}: ${mine}, ${wanted}`;
}

const cases: readonly (readonly [source: string, flags: string, ...texts: string[]])[] = [
  ["^(?<a>a|ab)(?<b>c|bcd)(?<c>d*)$", "", "abcd", "acd", "x"],
  ["(?:(?<a>a)|(?<b>b))*", "", "ab", "ba", "aab", ""],
  ["(?:(?<a>a)|b)*?c", "", "abc", "bac", "c"],
  ["(?<=(?<a>\\w)x)y", "", "axy", "xy", "y"],
  ["(?<!a)b", "", "ab", "b", "cb"],
  ["(?=(?<a>a+))a", "", "baaa"],
  ["(?!(?<a>a))b|a", "", "ab", "b"],
  ["(?:a?)*?b", "", "aab", "b"],
  ["(?:(?<a>a?)(?<b>b?))*c", "", "abc", "ac", "c", "aabbc"],
  ["(?<a>a{2,3}?)(?<b>a*)", "", "aaaa", "a"],
  ["\\bfoo\\B", "", "foo", "food", "a food"],
  ["^.$", "u", "\u{1f600}", "a", "\n"],
  ["(?<=.)b", "u", "\u{1f600}b", "b"],
  ["[^a]", "u", "a\u{1f600}"],
  ["^.$", "", "\u{1f600}"],
  ["kS", "iu", "\u212a\u017f", "ks"],
  ["a.b", "s", "a\nb"],
  ["", "", "", "a"],
  ["(?:|a)+b", "", "aab"],
  ["(?:a*?)*b", "", "aab"],
  ["(?:(?<a>a)|b){2,3}", "", "abb", "bab", "b"],
];

t.test("known cases", async (t) => {
  for (const [source, flags, ...texts] of cases) {
    for (const text of texts)
      t.equal(compare(source, flags, text), null, `/${source}/${flags} ${text}`);
  }
  t.equal(writeProgram("(a)\\1", ""), null, "a reference needs the way it was taken");
  t.equal(writeProgram("(?:a{300}){300}", ""), null, "too long");
});

const names = "abcdefgh";
const pattern = fc.letrec<{ choice: string; row: string; piece: string }>((tie) => ({
  choice: fc.array(tie("row"), { minLength: 1, maxLength: 3 }).map((rows) => rows.join("|")),
  row: fc.array(tie("piece"), { maxLength: 4 }).map((pieces) => pieces.join("")),
  piece: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom("a", "b", "c", ".", "\\w", "[^a]", "[ab]", "^", "$", "\\b", "\\B"),
    fc
      .tuple(
        fc.oneof(
          fc.constantFrom("a", "b", "[ab]", "\\w", "."),
          tie("choice").map((inside) => `(?:${inside})`),
          tie("choice").map((inside) => `(${inside})`),
        ),
        fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}"),
      )
      .map(([item, quantifier]) => item + quantifier),
    tie("choice").map((inside) => `(${inside})`),
    fc
      .tuple(fc.constantFrom("=", "!", "<=", "<!"), tie("choice"))
      .map(([kind, inside]) => `(?${kind}${inside})`),
  ),
}));

/** Each of its groups gets a name. */
function named(source: string): string {
  let next = 0;
  return source.replace(/\((?!\?)/g, () => `(?<${names[next % 8]}${next++}>`);
}

t.test("generated patterns", async () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "c", " ", "\n", "\u{1f600}"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(pattern.choice, fc.constantFrom("", "u", "i", "s"), text, (source, flags, one) => {
      const difference = compare(named(source), flags, one);
      if (difference !== null) throw new Error(difference);
    }),
    { numRuns: Number(process.env["F2B_RUNS"] ?? 5_000) },
  );
});

t.test("texts that would stall JavaScript's engine", async (t) => {
  const long = "a".repeat(20_000);
  t.equal(searcherOf("^(a+)+b", "")?.exec(long), null);
  t.equal(searcherOf("^(?:a|a)*b", "")?.exec(long), null);
  t.equal(searcherOf("^(?:a*)*b", "")?.exec("a".repeat(300)), null);
  t.equal(searcherOf("^(?:\\w+ ?)+ from", "")?.exec(long), null);
  t.equal(searcherOf("a.*a.*a.*b", "")?.exec(long), null);
  t.ok(searcherOf("^(?:: (?:\\w+ \\w+|[^(]+))* \\(x", "")?.test(`${": a".repeat(5_000)} (x`));
});
