/*
 * Generated filters over lines grown from them and then mutated: the bundle and the oracle must give
 * the same lines of JSON, however the log is cut into chunks. F2B_RUNS says how many policies.
 */

import fc from "fast-check";
import t from "tap";
import { compareGenerated } from "./compare.ts";
import { type GeneratedFilter, textFilter } from "./generate.ts";
import { structuredFilter } from "./generate-structured.ts";

function three(
  of: (name: string) => fc.Arbitrary<GeneratedFilter>,
): fc.Arbitrary<GeneratedFilter[]> {
  return fc.tuple(of("one"), of("two"), of("three"));
}

t.setTimeout(600_000);
const groups = [
  { what: "templates, regexes, formats and sessions", filters: three(textFilter) },
  { what: "structured logs and where", filters: three(structuredFilter) },
];

for (const { what, filters } of groups) {
  t.test(what, { timeout: 600_000 }, async (t) => {
    const sum = await compareGenerated(filters, 60);
    t.equal(sum.difference, "");
    t.comment(
      `${sum.lines} lines, ${sum.hits} hits, ${sum.refused} of ${sum.runs} policies refused`,
    );
    t.ok(
      sum.refused < sum.runs / 4,
      `the compiler takes most of what is generated: ${sum.refusal}`,
    );
    t.ok(sum.hits > sum.lines / 20, "a good part of the lines match");
  });
}
