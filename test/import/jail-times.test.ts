/**
 * Durations and formulas as Fail2ban's files have them, against Python: Fail2ban's own reader of durations where its package is installed, and Python's arithmetic.
 */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { printDuration } from "../../compiler/duration.ts";
import { evaluate } from "../../compiler/import/jail/expression.ts";
import { readSeconds } from "../../compiler/import/jail/seconds.ts";
import { parseDuration } from "../../runtime/daemon/duration.ts";
import { hasPython } from "./python.ts";
import { seedOf } from "./seed.ts";
import { missing, python } from "./stock.ts";

t.setTimeout(120_000);
if (missing) t.comment(missing);
const numRuns = Number(process.env["F2B_RUNS"] ?? 200) * 5;

/** What `code` says of each text; null where Python refuses it or it is no number. */
function ask(program: string, code: string, texts: readonly string[]): (number | null)[] {
  const script = `
import json, math, sys, warnings
warnings.simplefilter("ignore")
${code}
for text in json.load(sys.stdin):
    try:
        value = said(text)
        print(json.dumps(value if isinstance(value, (int, float)) and abs(value) < 1e300 else None))
    except Exception:
        print("null")
`;
  const ran = spawnSync(program, ["-c", script], {
    encoding: "utf8",
    input: JSON.stringify(texts),
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const near = (a: number, b: number) =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

const units = [
  "s",
  "ss",
  "sec",
  "Second",
  "m",
  "M",
  "min",
  "minutes",
  "h",
  "hour",
  "d",
  "days",
  "w",
  "week",
  "mo",
  "months",
  "y",
  "years",
  "secs",
  "x",
  "",
];
const quantity = fc
  .tuple(
    fc.constantFrom("1", "12", "90", "1.5", "0.25", "0"),
    fc.constantFrom("", " "),
    fc.constantFrom(...units),
  )
  .map((parts) => parts.join(""));
const durationText = fc
  .array(fc.tuple(quantity, fc.constantFrom("", " ", "  ", "\n", " + ", "-", "*", "/2 ")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) =>
    parts
      .flat()
      .join("")
      .replace(/[+*/-]\s*$/, "")
      .trim(),
  );

t.test("durations", { skip: missing }, async (t) => {
  const texts = [
    ...[
      "600",
      "-1",
      "1h 30m",
      "1d12h",
      "12 h 5",
      "1h-30m",
      "-1h",
      "",
      "ever",
      "1,5h",
      "1h,",
      "1e3",
    ],
    ...fc.sample(durationText, { numRuns, seed: seedOf() }),
  ];
  const theirs = ask(
    python,
    "from fail2ban.server.mytime import MyTime\nsaid = MyTime.str2seconds",
    texts,
  );
  let read = 0;
  for (const [at, text] of texts.entries()) {
    const [ours, other] = [readSeconds(text), theirs[at] ?? null];
    // What one of them refuses is reported, or was refused before.
    if (ours === null || other === null) {
      if (other !== null)
        t.ok(/[a-z]\s*[.\d]*\s*[a-z]|^\s*$/i.test(text), `${text} is ${other} there`);
      continue;
    }
    if (!near(ours, other)) t.fail(`${JSON.stringify(text)}: ${ours}, not ${other}`);
    read++;
  }
  t.ok(read > texts.length / 3, `${read} of ${texts.length} are durations`);
});

const number = fc.constantFrom("0", "1", "2", "3", "10", "0.5", "1.5", "ban_Count", "ban_Time");
const arithmetic = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    number,
    fc
      .tuple(tie("any"), fc.constantFrom(...["+", "-", "*", "/", "//", "%", "<", "=="]), tie("any"))
      .map((parts) => parts.join(" ")),
    // Python works out a shift by a billion, if one waits.
    tie("any").map((one) => `int(${one}) << 3 >> 1`),
    tie("any").map((one) => `(${one})`),
    tie("any").map((one) => `-${one}`),
    tie("any").map((one) => `math.exp(${one})`),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => `max(${a}, ${b})`),
    fc.tuple(tie("any"), tie("any"), tie("any")).map(([a, b, c]) => `${a} if ${b} else ${c}`),
    tie("any").map((one) => `${one} ** 2`),
  ),
})).any;

t.test("formulas", { skip: hasPython ? false : "NOT RUN: there is no python3" }, async (t) => {
  const names = { ban_Time: 600, ban_Count: 3 };
  const texts = fc.sample(arithmetic, { numRuns, seed: seedOf() });
  const theirs = ask(
    "python3",
    "said = lambda text: eval(text, {'math': math, 'ban_Time': 600, 'ban_Count': 3}) * 1",
    texts,
  );
  let worked = 0;
  for (const [at, text] of texts.entries()) {
    const [ours, other] = [evaluate(text, names), theirs[at] ?? null];
    // Dividing by nothing is Python's error.
    if (ours === null || other === null) continue;
    if (Math.abs(other) > 2 ** 50) continue;
    if (!near(ours, other)) t.fail(`${text}: ${ours}, not ${other}`);
    worked++;
  }
  t.ok(worked > texts.length / 3, `${worked} of ${texts.length} were compared`);
});

t.test("what is written is read as the same time", async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000_000 }), (seconds) => {
      const text = printDuration(seconds * 1_000);
      if (parseDuration(text) !== seconds * 1_000) throw new Error(text);
    }),
  );
});

t.test("no text takes long, or throws", async () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const value of [evaluate(text), readSeconds(text)]) {
        if (value !== null && !Number.isFinite(value)) throw new Error(`${text}: ${value}`);
      }
    }),
    { numRuns },
  );
  for (const text of [
    "(".repeat(10_000),
    "-".repeat(10_000),
    "1+".repeat(10_000),
    "9".repeat(499),
  ]) {
    evaluate(text);
    readSeconds(text);
  }
});
