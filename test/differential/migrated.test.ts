/*
 * What filters from elsewhere need, with the verdicts written down: both readers must give them.
 */

import t from "tap";
import { checkText, compile, matchInBundle, matchInOracle } from "./both.ts";

/** One line each: the record, who, and captures. */
type Verdict = [line: number, id: string | null, captures?: Record<string, string>];

const cases: { what: string; filter: string; log: string[]; verdicts: Verdict[] }[] = [
  {
    what: "a window uses up the lines it matched and leaves those that were skipped",
    filter:
      "format lines time none window 4 " +
      "fail /(?<![^\\n])open (?<who>\\w+)(?<skip>(?:\\n[^\\n]*)*?)\\nclose <address>(?![^\\n])/",
    log: ["open a", "open b", "close 192.0.2.1", "close 192.0.2.2", "close 192.0.2.3"],
    verdicts: [
      [3, "192.0.2.1", { who: "a" }],
      [4, "192.0.2.2", { who: "b" }],
    ],
  },
  {
    what: "a window forgets what is too long ago",
    filter: "format lines time none window 2 fail /open\\nclose <address>$/",
    log: ["open", "x", "close 192.0.2.1", "open", "close 192.0.2.2", "close 192.0.2.3"],
    verdicts: [[5, "192.0.2.2"]],
  },
  {
    what: "a line ends at LF alone",
    filter: "format lines time none window 2 fail /(?<![^\\n])x <address>(?![^\\n])/",
    log: ["y\rx 192.0.2.1", "x 192.0.2.2\u2028", "x 192.0.2.3"],
    verdicts: [[3, "192.0.2.3"]],
  },
  {
    what: "a stamp anywhere is cut out with nothing else",
    filter: "format lines time anywhere fail /^(?<user>\\S+) \\[\\] <address>$/",
    log: ["eve [17/May/2015:10:05:03 +0000] 192.0.2.1", "eve [] 192.0.2.1"],
    verdicts: [[1, "192.0.2.1", { user: "eve" }]],
  },
  {
    what: "an id names who has no address, stands beside one, and is one where it can be",
    filter: 'format lines time none fail "{id:word} from {address}" fail "by {id:word}"',
    log: ["eve from 192.0.2.1", "by eve", "by ::ffff:192.0.2.2"],
    verdicts: [
      [1, "eve", { id: "eve" }],
      [2, "eve", { id: "eve" }],
      [3, "192.0.2.2", { id: "::ffff:192.0.2.2" }],
    ],
  },
  {
    what: "a prefix is its network",
    filter: "format lines time none fail /^net <cidr>$/",
    log: ["net 192.0.2.77/24", "net 2001:db8:1:2:3::/33", "net 192.0.2.7/32", "net 192.0.2.7"],
    verdicts: [
      [1, "192.0.2.0/24", { id: "192.0.2.0/24" }],
      [2, "2001:db8::/33", { id: "2001:db8::/33" }],
      [3, "192.0.2.7"],
      [4, "192.0.2.7"],
    ],
  },
];

for (const { what, filter, log, verdicts } of cases) {
  t.test(what, async (t) => {
    const compiled = await compile(checkText(`filter one { ${filter} }`));
    const bytes = Buffer.from(`${log.join("\n")}\n`);
    const bundle = await matchInBundle(compiled, bytes, "UTC");
    t.same(bundle, matchInOracle(compiled, bytes, "UTC"));
    const found = bundle.map((line) => {
      const { line: record, id, captures } = JSON.parse(line);
      return [record, id, Object.fromEntries(captures)];
    });
    t.same(
      found,
      verdicts.map(([line, id, captures = {}]) => [line, id, captures]),
    );
  });
}
