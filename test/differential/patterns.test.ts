/*
 * Generated filters over lines grown from them and then mutated: the bundle and the oracle must give
 * the same lines of JSON, however the log is cut into chunks. F2B_RUNS says how many policies.
 */

import fc from "fast-check";
import t from "tap";
import { compareGenerated } from "./compare.ts";
import { textFilter } from "./generate.ts";

const filters = fc.tuple(textFilter("one"), textFilter("two"), textFilter("three"));

t.test("templates, regexes, formats and sessions", { timeout: 600_000 }, async (t) => {
  const sum = await compareGenerated(filters, 60);
  t.equal(sum.difference, "");
  t.comment(`${sum.lines} lines, ${sum.hits} hits, ${sum.refused} of ${sum.runs} policies refused`);
  t.ok(sum.refused < sum.runs / 4, `the compiler takes most of what is generated: ${sum.refusal}`);
  t.ok(sum.hits > sum.lines / 20, "a good part of the lines match");
});
