/*
 * The property that generated tests hold: a policy made of generated filters, as a bundle and in the
 * oracle, gives the same on lines grown from those filters and mutated. A failure comes back as text
 * that holds the policy, the records, both verdicts and the seed.
 */

import fc from "fast-check";
import type { Policy } from "../../schemas/policy.ts";
import { checkText, compile, matchInBundle, matchInOracle, showDifference } from "./both.ts";
import type { GeneratedFilter } from "./generate.ts";
import { mutated } from "./mutate.ts";

export interface Outcome {
  runs: number;
  /** Empty: they agree. */
  difference: string;
}

export interface Sum extends Outcome {
  refused: number;
  /** The last refusal, for whoever repairs the generator. */
  refusal: string;
  lines: number;
  hits: number;
}

const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "+05:30");

/** Shrinking compiles again and again, so it ends after this time with what it has. */
const shrinkMs = 20_000;

/** Runs a comparison that returns differences as text, and shrinks the first. */
export async function checkProperty<T>(
  cases: fc.Arbitrary<T>,
  runsByDefault: number,
  compare: (one: T) => Promise<string>,
): Promise<Outcome> {
  const runs = Number(process.env["F2B_RUNS"] ?? runsByDefault);
  // As in test/import/seed.ts: a run says something of the commit.
  const asked = process.env["F2B_SEED"] ?? "1";
  const seed = asked === "random" ? Date.now() & 0x7fffffff : Number(asked);
  let difference = "";
  let failedAt = 0;
  const property = fc.asyncProperty(cases, async (one) => {
    if (failedAt > 0 && Date.now() - failedAt > shrinkMs) return;
    const found = await compare(one);
    if (found === "") return;
    failedAt ||= Date.now();
    difference = found;
    throw new Error("they disagree");
  });
  const { counterexample, errorInstance } = await fc.check(property, { numRuns: runs, seed });
  if (counterexample !== null && difference === "") throw errorInstance;
  if (difference !== "") difference = `F2B_SEED=${seed} finds it again\n${difference}`;
  return { runs, difference };
}

export async function compareGenerated(
  filters: fc.Arbitrary<GeneratedFilter[]>,
  runsByDefault: number,
): Promise<Sum> {
  const sum: Sum = { runs: 0, difference: "", refused: 0, refusal: "", lines: 0, hits: 0 };
  const compare = (one: Case): Promise<string> => compareOne(one, sum);
  return Object.assign(sum, await checkProperty(casesOf(filters), runsByDefault, compare));
}

interface Case {
  text: string;
  lines: string[];
  zone: string;
  chunkBytes: number;
  ends: boolean;
}

function casesOf(filters: fc.Arbitrary<GeneratedFilter[]>): fc.Arbitrary<Case> {
  return filters.chain((all) =>
    fc.record({
      text: fc.constant(all.map(({ text }) => text).join("\n")),
      lines: fc.array(mutated(fc.oneof(...all.map(({ line }) => line))), {
        minLength: 30,
        maxLength: 60,
      }),
      zone: zones,
      chunkBytes: fc.integer({ min: 1, max: 4000 }),
      ends: fc.boolean(),
    }),
  );
}

async function compareOne(one: Case, sum: Sum): Promise<string> {
  let policy: Policy;
  try {
    policy = checkText(one.text);
  } catch (error) {
    sum.refused++;
    sum.refusal = String(error);
    return "";
  }
  const compiled = await compile(policy);
  const log = Buffer.from(one.lines.join("\n") + (one.ends ? "\n" : ""), "latin1");
  const bundle = await matchInBundle(compiled, log, one.zone, undefined, one.chunkBytes);
  const oracle = matchInOracle(compiled, log, one.zone);
  sum.lines += one.lines.length;
  sum.hits += oracle.length;
  return showDifference(`zone ${one.zone}\n${one.text}`, log, bundle, oracle);
}
