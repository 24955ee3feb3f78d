/*
 * Generated jails over generated failures: the bundle's replay and the oracle's judge must make the
 * same bans, prolong the same and let go at the same time. F2B_RUNS says how many policies.
 */

import fc from "fast-check";
import t from "tap";
import type { Policy } from "../../schemas/policy.ts";
import { judge } from "../oracle/count.ts";
import { interpret } from "../oracle/interpret.ts";
import { checkText, compile, now, replayInBundle, showDifference } from "./both.ts";
import { checkProperty } from "./compare.ts";

const filter = `filter f {
  format json { time .ts  address .ip  user .user  door .door  forwarded .xff }
  fail where .kind == "f"
  fail as heavy where .kind == "w" weight 3
}`;

const durations = fc.constantFrom("1s", "30s", "1m", "5m", "10m", "1h");
const identities = fc.constantFrom(
  "",
  "",
  " by ipv4/32, ipv6/64",
  " by ipv4/24, ipv6/48",
  " by ipv4/28, ipv6/128",
  " by user",
  " by user and door",
);
const counted = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 6 }).map((n) => `${n} failures`) },
  fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.constantFrom("user", "address", "door"))
    .map(([n, field]) => `${n} distinct ${field}`),
);
const steps = fc.oneof(
  durations,
  durations.map((d) => `${d} doubling to 3h`),
  fc.tuple(durations, durations).map(([a, b]) => `${a} then ${b}`),
  fc.tuple(durations, durations).map(([a, b]) => `${a} then ${b} then ever`),
  fc.constant("ever"),
);

function sentence(what: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.boolean(), what, identities, fc.option(durations), steps)
    .map(([each, count, by, within, ladder]) => {
      const every = each && by.includes("user") ? "each address " : "";
      return `  ban ${every}after ${count}${by}${within === null ? "" : ` within ${within}`} for ${ladder}`;
    });
}

const extras = fc.subarray([
  "  never ban 192.0.2.7, 2001:db8:1::/64",
  "  behind proxies",
  "  observe",
  "  remember 10m",
  '  ignore where user == "root"',
]);

function jail(name: string, watch: string, what: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(sentence(what), { minLength: 1, maxLength: 3 }), extras, fc.boolean())
    .map(([bans, more, across]) => {
      const reads = watch.includes("file");
      const kept = more
        .filter((line) => reads || !/ignore|behind/.test(line))
        .map((line) => (line.includes("remember") && across ? `${line} across jails` : line));
      return [`jail ${name} {`, `  watch ${watch}`, ...bans, ...kept, "  do none", "}"].join("\n");
    });
}

const bansOfOthers = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((n) => `${n} bans`),
  fc.constant("2 distinct address"),
);
const policies = fc
  .tuple(
    jail("one", 'file "/one"  filter f', counted),
    jail("two", 'file "/two"  filter f', counted),
    jail("again", "bans of one, two", bansOfOthers),
  )
  .map((jails) => [filter, "let proxies = [198.51.100.0/24]", ...jails].join("\n"));

const addresses = fc.constantFrom(
  "192.0.2.1",
  "192.0.2.2",
  "192.0.2.7",
  "192.0.2.77",
  "::ffff:192.0.2.2",
  "2001:db8::1",
  "2001:db8::2",
  "2001:db8:1::9",
  "2001:db8:0:1::1",
  "198.51.100.1",
);
const forwarded = fc.constantFrom(
  ["192.0.2.9, 198.51.100.7"],
  ["198.51.100.7", "198.51.100.8 ,192.0.2.9"],
  undefined,
  "203.0.113.5",
  "192.0.2.1, 198.51.100.9",
  "unknown",
  "203.0.113.5, x, 198.51.100.2",
  "198.51.100.8",
  "",
);
const failure = fc.record({
  step: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }) },
    fc.integer({ min: -100, max: 2000 }),
  ),
  ip: fc.option(addresses, { freq: 9 }),
  user: fc.constantFrom(undefined, "root", "eve", "a"),
  door: fc.constantFrom(undefined, "ssh", "web"),
  xff: forwarded,
  kind: fc.constantFrom("f", "f", "f", "w", "x"),
  stamped: fc.integer({ min: 0, max: 20 }),
});

type Failure = typeof failure extends fc.Arbitrary<infer T> ? T : never;

/** One JSON object a line; a few have no stamp, a few go back in time. */
function logOf(failures: readonly Failure[]): Buffer {
  let time = Date.UTC(2026, 1, 1) / 1000;
  const lines = failures.map(({ step, stamped, ...rest }) => {
    time += step;
    return JSON.stringify(
      stamped === 0 ? rest : { ts: new Date(time * 1000).toISOString(), ...rest },
    );
  });
  return Buffer.from(lines.join("\n"));
}

function inOracle(policy: Policy, log: Buffer): string[] {
  const ids = policy.filters.map(({ id }) => id);
  const hits = interpret(policy, ids, log, { now, zone: "UTC" });
  return judge(policy, hits, now).map(normal);
}

/** What both sides tell: the bundle adds the log's name and the rule, and the line to an unban. */
function normal(decision: Record<string, unknown> | object): string {
  const { type, jail, address, id, time, until, failures, line, observed } = decision as Record<
    string,
    unknown
  >;
  const common = { type, jail, address, id, time: isoOf(time), observed };
  return JSON.stringify(
    type === "unban" ? common : { ...common, until: isoOf(until), failures, line },
  );
}

function isoOf(time: unknown): unknown {
  return typeof time === "number" ? new Date(time).toISOString() : time;
}

t.setTimeout(600_000);
t.test("jails over generated failures", { timeout: 600_000 }, async (t) => {
  const sum = { refused: 0, refusal: "", bans: 0, kinds: new Set<string>() };
  const cases = fc.record({
    text: policies,
    failures: fc.array(failure, { minLength: 20, maxLength: 120 }),
  });
  const outcome = await checkProperty(cases, 60, async ({ text, failures }) => {
    let policy: Policy;
    try {
      policy = checkText(text);
    } catch (error) {
      sum.refused++;
      sum.refusal = String(error);
      return "";
    }
    const log = logOf(failures);
    const lines = await replayInBundle(await compile(policy), log);
    const decisions = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const bundle = decisions.filter(({ type }) => type !== "summary").map(normal);
    const oracle = inOracle(policy, log);
    sum.bans += oracle.length;
    for (const line of oracle) sum.kinds.add(/"type":"(\w+)"/.exec(line)?.[1] ?? "");
    return showDifference(text, log, bundle, oracle);
  });
  t.equal(outcome.difference, "");
  t.comment(`${sum.bans} decisions, ${sum.refused} of ${outcome.runs} policies refused`);
  t.ok(
    sum.refused < outcome.runs / 4,
    `the compiler takes most of what is generated: ${sum.refusal}`,
  );
  t.ok(sum.kinds.has("ban") && sum.kinds.has("unban"), [...sum.kinds].join(", "));
});
