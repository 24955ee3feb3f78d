/*
 * What a regular expression costs, by its automaton: known cases, the steps of a backtracking engine counted, and over generated patterns recheck,
 * which may never find an attack on what was proved safe.
 */
import { RegExpParser } from "@eslint-community/regexpp";
import fc from "fast-check";
import { checkSync } from "recheck";
import t from "tap";
import { countSteps } from "../../compiler/lint/cost/count-steps.ts";
import { type OwnVerdict, ownVerdict } from "../../compiler/lint/cost/own-verdict.ts";

t.setTimeout(300_000);

function tell(verdict: OwnVerdict | null): string {
  if (verdict === null) return "open";
  return verdict.kind === "safe" ? "safe" : `slow ${verdict.degree ?? "exponential"}`;
}

const cases: Readonly<Record<string, string>> = {
  " port [0-9]+ ssh[12]": "safe",
  "^Failed .* from x$": "safe",
  "^a \\w+: b .*rhost=[0-9a-f.:] port \\d+$": "safe",
  "/\\.(?:git|env|svn)": "safe",
  "phpmyadmin|/pma/": "safe",
  "a{2,5}b?": "safe",
  "= *x": "safe",
  "^(?:\\S+ )?(?:\\S+ )?x$": "safe",
  "^(?:(?:a?)?b)*c": "safe", // A turn that takes nothing is not made.
  "^(?:a|b|cd)*$": "safe",
  "\\d+x": "slow 2", // Every digit of a row is a start of its own.
  "x[a-z]+y": "slow 2",
  "(?:a|ab)+$": "slow 2",
  "^.*a.*b": "slow 2",
  "^.*a.*b.*c x$": "slow 3",
  "(a+)+b": "slow exponential",
  "(?:a|a)*b": "slow exponential",
  "^(?:a*)*b": "slow exponential",
  "^(?:\\w+ ?)+ from": "slow exponential",
  "^(ab|ba|aba)*c": "slow exponential",
  "^(?:: (?:\\w+ \\w+|[^(]+))* \\(x": "slow exponential",
  "^(?<x>a+)b\\k<x>c": "safe", // A reference takes what its group might.
  "^(?<x>a|b)*\\k<x>*c": "slow 2",
  "^(?:(?! from ).)* from (?:(?! from ).)*$": "safe", // No text is in both loops.
  "(?:a?){40}b": "open", // Few ways, says the theory: a trillion.
  "^a(?=.*b)c": "open",
};

t.test("known cases", async (t) => {
  for (const [source, want] of Object.entries(cases)) {
    t.equal(tell(ownVerdict(source, "", true)), want, source);
  }
  t.equal(tell(ownVerdict(" K+A", "iu", true)), "safe");
  t.equal(tell(ownVerdict("^.*x.*$", "", false)), "slow 2", "an LF behind makes it fail");
  t.equal(tell(ownVerdict("^.*x.*$", "", true)), "safe", "without one it matches at once");
});

t.test("an attack is a line, and tells where it bites", async (t) => {
  const slow = ownVerdict("^login (?:\\w+ ?)+ from", "", true);
  t.match(slow, { kind: "slow", line: /^'login a+' \+ '.+'\.repeat\(30\)/ });
});

t.test("a text that leads too deep is not counted", async (t) => {
  const source = "^(?:(?:(?:(?!b).)*)*)*c";
  const pattern = new RegExpParser().parsePattern(source, 0, source.length);
  t.equal(countSteps(pattern, "", "a".repeat(50_000), 10_000_000), null);
});

t.test("steps are counted as an engine makes them", async (t) => {
  const steps = (source: string, text: string, flags = "") => {
    const pattern = new RegExpParser().parsePattern(source, 0, source.length, {
      unicode: flags.includes("u"),
    });
    const counted = countSteps(pattern, flags, text, 1_000_000);
    if (counted === null) throw new Error(`/${source}/ leads too deep on ${text}`);
    return counted;
  };
  const samples = ["", "a", "ab", "ba b", "aXb", "ab\u{1f600}ab", "from 192.0.2.1 x", "aaab"];
  const patterns = [
    "^a*?b$",
    "(?<=a)b",
    "(?<!a)b",
    "(?=(a+))\\1b",
    "\\bab\\b",
    "^(?:a|b)*$",
    "(?:a?)*b",
    "^.{2,3}$",
    "(?<x>a|b)\\k<x>?$",
    "[^a]+$",
    "a(?!b)",
    "^$",
  ];
  for (const source of patterns) {
    for (const text of samples) {
      for (const flags of ["", "u", "i", "s"]) {
        const { isMatch } = steps(source, text, flags);
        t.equal(isMatch, new RegExp(source, flags).test(text), `/${source}/${flags} on ${text}`);
      }
    }
  }
  const count = (text: string) => steps("^(a+)+b", text).count;
  t.ok(count("a".repeat(12)) > 30 * count("a".repeat(6)));
  t.ok(steps("^(a+)+b", "a".repeat(60)).count > 1_000_000, "and stop where they are told to");
});

const atom = fc.constantFrom(
  "a",
  "b",
  "[ab]",
  "[^a]",
  ".",
  "\\d",
  "(?:a|b)",
  "(?:ab|a)",
  "(a)",
  "(?:a|b*)",
  "(?:a+b?)",
);
const piece = fc
  .tuple(atom, fc.constantFrom("", "", "", "?", "*", "+", "{1,3}", "+?"))
  .map(([one, quantifier]) => one + quantifier);
const source = fc
  .tuple(
    fc.constantFrom("", "^"),
    fc.array(piece, { minLength: 1, maxLength: 5 }),
    fc.constantFrom("", "$"),
  )
  .map(([start, pieces, end]) => start + pieces.join("") + end);

t.test("what is proved safe is safe for recheck, what recheck doubles doubles here", async (t) => {
  process.env["RECHECK_SYNC_BACKEND"] ??= "pure";
  const seen = new Map<string, number>();
  const property = fc.property(source, (pattern) => {
    const own = tell(ownVerdict(pattern, ""));
    seen.set(own, (seen.get(own) ?? 0) + 1);
    const theirs = checkSync(pattern, "", { timeout: 5_000 });
    if (theirs.status !== "vulnerable") return true;
    if (own === "safe") return false;
    return theirs.complexity.type !== "exponential" || !/^slow \d/.test(own);
  });
  fc.assert(property, { numRuns: Number(process.env["F2B_RUNS"] ?? 150), verbose: true });
  t.comment(JSON.stringify([...seen]));
  t.ok((seen.get("safe") ?? 0) > 0 && seen.size > 2);
});
