/*
 * The oracle's counting: each expectation is derived by hand from the language reference, "What it
 * means", 7 to 11.
 */

import t from "tap";
import type { Jail } from "../../schemas/policy.ts";
import { ban, jail, policy } from "./build-policy.ts";
import { judge } from "./count.ts";
import type { OracleHit } from "./interpret.ts";

interface Failure {
  /** Seconds. */
  at: number;
  from?: string;
  user?: string;
  weight?: number;
  forwarded?: string[];
}

function hit(
  { at, from = "192.0.2.1", user, weight = 1, forwarded }: Failure,
  i: number,
): OracleHit {
  const captures: Record<string, string> = user === undefined ? {} : { user };
  return {
    line: i + 1,
    recordLine: i + 1,
    filter: "f",
    filterName: "f",
    rule: "f#1",
    kind: "failure",
    address: from,
    id: from,
    time: at * 1000,
    captures,
    weight,
    forwarded: forwarded ?? null,
  };
}

/** `ban sshd 192.0.2.1 @20 until 3620` and so on, times in seconds. */
function decisions(jails: Jail[], failures: Failure[]): string[] {
  return judge(policy([], jails), failures.map(hit), 0).map(({ type, jail, id, time, until }) => {
    const end =
      type === "unban" ? "" : until === null ? " for ever" : ` until ${(until ?? 0) / 1000}`;
    return `${type} ${jail} ${id} @${time / 1000}${end}`;
  });
}

const at = (...times: number[]): Failure[] => times.map((time) => ({ at: time }));

t.test("a true sliding window", async (t) => {
  const j = jail("j");
  t.same(decisions([j], at(0, 300, 599)), ["ban j 192.0.2.1 @599 until 4199"]);
  t.same(decisions([j], at(0, 300, 600)), [], "at t those later than t - D count");
  t.same(decisions([j], at(0, 300, 600, 601)), ["ban j 192.0.2.1 @601 until 4201"]);
  t.same(decisions([j], [{ at: 0, weight: 3 }]), ["ban j 192.0.2.1 @0 until 3600"]);
});

t.test("failures are used up; a banned identity is not counted", async (t) => {
  const j = jail("j", { bans: [ban({ times: [100_000] })] });
  t.same(decisions([j], at(0, 1, 2, 3, 4, 5, 102, 103, 104)), [
    "ban j 192.0.2.1 @2 until 102",
    "unban j 192.0.2.1 @102",
    "ban j 192.0.2.1 @104 until 204",
  ]);
});

t.test("ladders, doubling, remember", async (t) => {
  const one = { count: 1 };
  const j = jail("j", { bans: [ban({ ...one, times: [10_000, 20_000, null] })] });
  t.same(
    decisions([j], at(0, 100, 200, 300)).filter((d) => d.startsWith("ban")),
    [
      "ban j 192.0.2.1 @0 until 10",
      "ban j 192.0.2.1 @100 until 120",
      "ban j 192.0.2.1 @200 for ever",
    ],
  );
  const doubling = jail("j", { bans: [ban({ ...one, times: [10_000], doublingToMs: 35_000 })] });
  t.same(
    decisions([doubling], at(0, 100, 200, 300)).filter((d) => d.startsWith("ban")),
    ["0 until 10", "100 until 120", "200 until 235", "300 until 335"].map(
      (s) => `ban j 192.0.2.1 @${s}`,
    ),
  );
  const forgets = jail("j", {
    bans: [ban({ ...one, times: [10_000, 20_000] })],
    rememberMs: 100_000,
  });
  t.same(decisions([forgets], at(0, 100)).at(-1), "ban j 192.0.2.1 @100 until 110");
  const a = jail("a", { bans: [ban({ ...one, times: [10_000] })] });
  const b = jail("b", {
    bans: [ban({ ...one, count: 2, times: [10_000, 20_000] })],
    acrossJails: true,
  });
  t.ok(decisions([a, b], at(0, 1)).includes("ban b 192.0.2.1 @1 until 21"));
});

t.test("two that fire at once make one ban with the later end; a later end prolongs", async (t) => {
  const j = jail("j", {
    bans: [ban({ count: 1, times: [10_000] }), ban({ count: 1, times: [20_000] })],
  });
  t.same(decisions([j], at(0)), ["ban j 192.0.2.1 @0 until 20"]);
});

t.test("identity: prefixes, captures, distinct, each address", async (t) => {
  const wide = jail("j", { bans: [ban({ by: { kind: "address", ipv4: 24, ipv6: 64 } })] });
  const spread = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((from, i) => ({ at: i, from }));
  t.same(decisions([wide], spread), ["ban j 192.0.2.0/24 @2 until 3602"]);
  const protectedOne = jail("j", {
    ...wide,
    neverBan: [{ kind: "prefix", prefix: "192.0.2.2/32" }],
  });
  t.same(
    decisions([protectedOne], spread),
    ["ban j 192.0.2.1 @2 until 3602", "ban j 192.0.2.3 @2 until 3602"],
    "a prefix that holds a protected address is not banned, its guilty hosts are",
  );
  const byUser = { kind: "captures", names: ["user"] } as const;
  const eve = spread.map((one) => ({ ...one, user: "eve" }));
  t.same(decisions([jail("j", { bans: [ban({ by: { ...byUser, names: ["user"] } })] })], eve), [
    "ban j eve @2 until 3602",
  ]);
  const each = ban({ eachAddress: true, by: { ...byUser, names: ["user"] } });
  t.equal(decisions([jail("j", { bans: [each] })], eve).length, 3);
  t.same(
    decisions([jail("j", { bans: [each] })], spread),
    [],
    "a missing capture counts for no by",
  );
  const distinct = jail("j", { bans: [ban({ what: "distinct", capture: "user" })] });
  const users = ["a", "a", "b", "b", "c"].map((user, i) => ({ at: i, user }));
  t.same(decisions([distinct], users), ["ban j 192.0.2.1 @4 until 3604"]);
});

t.test("never ban, behind, watched bans", async (t) => {
  const never = jail("j", { neverBan: [{ kind: "prefix", prefix: "192.0.2.0/24" }] });
  t.same(decisions([never], at(0, 1, 2)), []);
  const proxied = jail("j", {
    bans: [ban({ count: 1 })],
    behind: [{ kind: "prefix", prefix: "192.0.2.0/24" }],
  });
  const one = (forwarded: string[]) => decisions([proxied], [{ at: 0, forwarded }]);
  t.same(one(["203.0.113.9", "198.51.100.7", "192.0.2.8"]), ["ban j 198.51.100.7 @0 until 3600"]);
  t.same(one(["203.0.113.9", "unknown"]), []);
  t.same(one(["192.0.2.8"]), [], "a proxy is never banned");
  t.same(decisions([proxied], [{ at: 0, from: "203.0.113.1", forwarded: ["198.51.100.7"] }]), [
    "ban j 203.0.113.1 @0 until 3600",
  ]);
  const first = jail("first", { bans: [ban({ count: 1 })] });
  const again = jail("again", {
    filters: [],
    watches: [{ kind: "bans", of: ["first"], at: first.at }],
    bans: [
      ban({
        what: "distinct",
        capture: "address",
        count: 2,
        by: { kind: "address", ipv4: 24, ipv6: 48 },
      }),
    ],
  });
  t.same(
    decisions([first, again], [{ at: 0 }, { at: 1, from: "192.0.2.2" }]).at(-1),
    "ban again 192.0.2.0/24 @1 until 3601",
  );
});
