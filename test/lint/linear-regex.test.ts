/*
 * The quick proof that a regular expression is linear: known cases of both kinds, and over generated patterns it
 * may never say so where recheck finds an attack.
 */
import fc from "fast-check";
import { checkSync } from "recheck";
import t from "tap";
import { isPlainlyLinear } from "../../compiler/lint/linear-regex.ts";

const proved = [
  " port [0-9]+ ssh[12]",
  "^Failed .* from x$",
  "^a \\w+: b .*rhost=[0-9a-f.:] port \\d+$",
  "/\\.(?:git|env|svn)",
  "phpmyadmin|/pma/",
  "a{2,5}b?",
  "= *x",
];
const left = [
  "\\d+x", // Every digit of a row is a start of its own.
  "(a+)+b",
  "^.*a.*b",
  "(?:a|a)*b",
  "(a)\\1",
  "(?:a?){40}",
  " +$ *",
  "(?:a|ab)+",
  "x[a-z]+y",
];

for (const source of proved) t.ok(isPlainlyLinear(source, ""), `/${source}/ is proved`);
for (const source of left) t.notOk(isPlainlyLinear(source, ""), `/${source}/ is left to recheck`);
t.notOk(isPlainlyLinear("A+b", "i"));
t.notOk(isPlainlyLinear(" K+A", "iu"), "case over all of Unicode is not looked at");

const atom = fc.constantFrom("a", "b", "[ab]", "[^a]", ".", "\\d", "(?:a|b)", "(?:ab|a)", "(a)");
const piece = fc
  .tuple(atom, fc.constantFrom("", "", "", "?", "*", "+", "{1,3}", "+?"))
  .map(([one, quantifier]) => one + quantifier);
const source = fc
  .tuple(fc.constantFrom("", "^"), fc.array(piece, { minLength: 1, maxLength: 5 }))
  .map(([start, pieces]) => start + pieces.join(""));

t.test("what is proved is safe for recheck, too", async (t) => {
  process.env["RECHECK_SYNC_BACKEND"] ??= "pure";
  let checked = 0;
  const property = fc.property(source, (pattern) => {
    if (!isPlainlyLinear(pattern, "")) return true;
    checked++;
    return checkSync(pattern, "", { timeout: 5_000 }).status !== "vulnerable";
  });
  fc.assert(property, { numRuns: Number(process.env["F2B_RUNS"] ?? 150), verbose: true });
  t.ok(checked > 0, `${checked} were proved`);
});
