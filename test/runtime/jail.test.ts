/**
 * What jails decide, through replay over records of a fake scanner.
 */
import t from "tap";
import { banLengthMs } from "../../runtime/ban-ladder.ts";
import type { Change, Decision } from "../../runtime/decision.ts";
import { makeJail } from "../../runtime/jail.ts";
import {
  decide,
  lookUpPrefixes,
  makeBan,
  makeFilter,
  makeJailSpec,
  makeProgram,
  snapshotOf,
  tell,
} from "./fake-program.ts";

const times = (count: number, at: number, rest: string) =>
  Array.from({ length: count }, (_, i) => `${at + i} fail ${rest}`);

t.test("the count-th failure bans at its own time; the ban ends when it was said to", async (t) => {
  const program = makeProgram([{}]);
  const log = [...times(3, 10, "192.0.2.1"), "3611 note -", "3612 note -"];
  t.same(tell(await decide(program, log)), ["12 ban 192.0.2.1 until 3612", "3612 unban 192.0.2.1"]);
});

t.test("a banned host's lines are evidence and do not count for the next ban", async (t) => {
  const program = makeProgram([{}]);
  const log = [...times(5, 10, "192.0.2.1"), ...times(2, 3612, "192.0.2.1")];
  const decisions = await decide(program, log);
  const evidence = decisions.map((one) => one.type === "failure" && one.evidence);
  t.equal(evidence.filter((one) => one).length, 2);
  t.same(tell(decisions), ["12 ban 192.0.2.1 until 3612", "3612 unban 192.0.2.1"]);
});

t.test("repeated messages weigh as many failures", async (t) => {
  const log = ["1 fail 192.0.2.1 weight=2", "2 fail 192.0.2.1"];
  const decisions = await decide(makeProgram([{}]), log);
  t.match(decisions.at(-1), { type: "ban", failures: 3 });
});

t.test("ladders", async (t) => {
  const steps = (ban: ReturnType<typeof makeBan>) =>
    [1, 2, 3, 4, 99].map((n) => banLengthMs(ban, n));
  t.same(steps(makeBan({ times: [10, 60, null] })), [10, 60, null, null, null]);
  t.same(steps(makeBan({ times: [10], doublingToMs: 35 })), [10, 20, 35, 35, 35]);
  t.same(steps(makeBan({ times: [10, 20] })), [10, 20, 20, 20, 20]);
});

t.test("offences climb the ladder and are forgotten after their time", async (t) => {
  const bans = [makeBan({ count: 1, times: [10_000], doublingToMs: 80_000 })];
  const program = makeProgram([{ bans, rememberMs: 100_000 }]);
  const log = [0, 20, 50, 300].map((at) => `${at} fail 192.0.2.1`);
  const ends = tell(await decide(program, log)).filter((line) => line.includes(" ban "));
  t.same(ends, [
    "0 ban 192.0.2.1 until 10",
    "20 ban 192.0.2.1 until 40",
    "50 ban 192.0.2.1 until 90",
    "300 ban 192.0.2.1 until 310",
  ]);
});

t.test("offences across jails add up", async (t) => {
  const bans = [makeBan({ count: 1, times: [10_000, 20_000] })];
  const program = makeProgram([
    { name: "a", bans },
    { name: "b", bans, acrossJails: true },
  ]);
  const decisions = await decide(
    program,
    { jail: "a", lines: ["0 fail 192.0.2.1"] },
    {
      jail: "b",
      lines: ["50 fail 192.0.2.1"],
    },
  );
  t.match(decisions.at(-1), { type: "ban", jail: "b", until: 70_000, offence: 2 });
});

t.test("two sentences that fire at once make one ban with the later end", async (t) => {
  const bans = [makeBan({ count: 2 }), makeBan({ count: 2, times: [7_200_000] })];
  const log = times(2, 0, "192.0.2.1");
  t.same(tell(await decide(makeProgram([{ bans }]), log)), ["1 ban 192.0.2.1 until 7201"]);
});

t.test("distinct users; a missing capture counts for none", async (t) => {
  const bans = [makeBan({ what: "distinct", capture: "user", count: 3 })];
  const users = ["a", "b", "a", "", "c"];
  const log = users.map((user, at) => `${at} fail 192.0.2.1${user && ` user=${user}`}`);
  t.same(tell(await decide(makeProgram([{ bans }]), log)), ["4 ban 192.0.2.1 until 3604"]);
});

t.test("by prefixes and by captures", async (t) => {
  const bans = [
    makeBan({ by: { kind: "address", ipv4: 24, ipv6: 48 } }),
    makeBan({ by: { kind: "captures", names: ["user", "app"] }, count: 4 }),
  ];
  const log = [
    "0 fail 2001:db8:1:1::1",
    "1 fail 192.0.2.1 user=a app=b",
    "2 fail 2001:db8:1:2::1 user=a app=b",
    "3 fail 2001:db8:1:3::1 user=a app=b",
    "4 fail 198.51.100.1 user=a app=b",
  ];
  const decisions = await decide(makeProgram([{ bans }]), log);
  t.same(tell(decisions), ["3 ban 2001:db8:1::/48 until 3603", '4 ban ["a","b"] until 3604']);
  t.equal(decisions.at(-1)?.address, null);
});

t.test("each address in the window is banned, full addresses", async (t) => {
  const bans = [makeBan({ eachAddress: true, by: { kind: "captures", names: ["user"] } })];
  const log = [
    "0 fail 192.0.2.1 user=root",
    "1 fail 192.0.2.9 user=eve",
    "2 fail 2001:db8::1 user=root",
    "3 fail 198.51.100.1 user=root",
  ];
  t.same(tell(await decide(makeProgram([{ bans }]), log)), [
    "3 ban 192.0.2.1 until 3603",
    "3 ban 2001:db8::1 until 3603",
    "3 ban 198.51.100.1 until 3603",
  ]);
});

t.test(
  "never ban: the protected are spared, a prefix with one of them is banned host by host",
  async (t) => {
    const program = makeProgram([
      {
        bans: [makeBan({ by: { kind: "address", ipv4: 24, ipv6: 64 } })],
        neverBan: [{ kind: "prefix", prefix: "192.0.2.1/32" }],
      },
    ]);
    const log = ["0 fail 192.0.2.1", "1 fail 192.0.2.7", "2 fail 192.0.2.8"];
    const decisions = await decide(program, log);
    t.same(tell(decisions), [
      "2 spared 192.0.2.0/24",
      "2 ban 192.0.2.7 until 3602",
      "2 ban 192.0.2.8 until 3602",
    ]);
    t.match(decisions[3], { hosts: ["192.0.2.7", "192.0.2.8"] });
    t.match(decisions[4], { insteadOf: "192.0.2.0/24" });
  },
);

t.test("behind a trusted proxy the client counts, and the proxy is never banned", async (t) => {
  const proxies = [{ kind: "prefix", prefix: "198.51.100.0/24" }] as const;
  const program = makeProgram([{ bans: [makeBan({ count: 1 })], behind: proxies }]);
  const log = [
    "0 fail 198.51.100.1 forwarded=203.0.113.1,203.0.113.9,198.51.100.2",
    "1 fail 203.0.113.50 forwarded=203.0.113.51",
    "2 fail 198.51.100.1 forwarded=203.0.113.2,rubbish",
    "3 fail 198.51.100.1",
  ];
  t.same(tell(await decide(program, log)), [
    "0 ban 203.0.113.9 until 3600",
    "1 ban 203.0.113.50 until 3601",
    "3 spared 198.51.100.1",
  ]);
});

t.test("a record is never two failures in one jail, held ones included", async (t) => {
  const filters = [makeFilter("a", 300_000), makeFilter("b")];
  const program = makeProgram([{ filters: [0, 1], bans: [makeBan({ count: 99 })] }], filters);
  const failures = async (log: string[]) =>
    (await decide(program, log)).filter((one) => one.type === "failure").length;
  t.equal(await failures(["0 fail 192.0.2.1", "1 fail 192.0.2.1"]), 2);
  t.equal(await failures(["0 fail - session=s", "1 note 192.0.2.1 session=s"]), 1);
});

t.test("bans of watched jails are counted; observed bans too", async (t) => {
  const program = makeProgram([
    { name: "a", bans: [makeBan({ count: 1 })], observe: true },
    {
      name: "again",
      filters: [],
      watches: [{ kind: "bans", of: ["a"] }],
      bans: [
        makeBan({
          what: "distinct",
          capture: "address",
          by: { kind: "address", ipv4: 24, ipv6: 48 },
          times: [null],
        }),
      ],
    },
  ]);
  const decisions = await decide(
    program,
    [1, 2, 3].map((at) => `${at} fail 192.0.2.${at}`),
  );
  t.match(decisions.at(-1), {
    jail: "again",
    type: "ban",
    id: "192.0.2.0/24",
    until: null,
    observed: false,
  });
  t.match(decisions.at(-2), { jail: "a", type: "ban", observed: true });
});

t.test("host names count only where the policy resolves them", async (t) => {
  const log = times(3, 0, "gate.example.net");
  t.same(await decide(makeProgram([{}]), log), []);
  const [ban] = (await decide(makeProgram([{ resolveHosts: true }]), log)).slice(-1);
  t.match(ban, { type: "ban", address: null, id: "gate.example.net" });
});

function openJail(spec = makeJailSpec()) {
  const changes: Change[] = [];
  const decisions: Decision[] = [];
  const jail = makeJail({
    spec,
    lookUp: lookUpPrefixes,
    chance: () => 0,
    allOffences: () => [jail.offences],
    onChange: (change) => changes.push(change),
    give: (decision) => decisions.push(decision),
  });
  const fail = (time: number, address: string, captures: Record<string, string> = {}) => {
    const [rule] = makeFilter("fake").rules;
    if (rule === undefined) throw new Error("the fake filter has rules");
    const at = { filter: 0, rule, line: time, origin: time, time };
    const who = { address, host: null, forwarded: null, captures, weight: 1, eachCapture() {} };
    jail.take({ kind: "failure", ...at, ...who }, time, "log");
  };
  return { jail, changes, decisions, fail };
}

t.test("a jail restored from its snapshot, or from its changes, goes on as it was", async (t) => {
  const before = openJail();
  for (const time of [1, 2, 3]) before.fail(time, "192.0.2.1");
  for (const time of [4, 5]) before.fail(time, "192.0.2.2");
  const fromSnapshot = openJail();
  fromSnapshot.jail.restore(JSON.parse(JSON.stringify(snapshotOf(before.jail))));
  const fromChanges = openJail();
  for (const change of before.changes) fromChanges.jail.apply(JSON.parse(JSON.stringify(change)));
  for (const { jail, decisions, fail } of [fromSnapshot, fromChanges]) {
    t.same(snapshotOf(jail), snapshotOf(before.jail));
    fail(6, "192.0.2.1");
    fail(7, "192.0.2.2");
    t.match(decisions, [
      { type: "failure", evidence: true },
      { type: "failure", evidence: false },
      { type: "ban", id: "192.0.2.2", time: 7 },
    ]);
  }
});

t.test("a ban keeps of what its host wrote no more than is shown", async (t) => {
  const { jail, changes, fail } = openJail();
  const captures = { agent: "x".repeat(2_000_000), user: "eve" };
  for (const time of [1, 2, 3]) fail(time, "192.0.2.1", captures);
  const [ban] = snapshotOf(jail).bans;
  t.equal(ban?.captures["agent"]?.length, 4096);
  t.equal(ban?.captures["user"], "eve");
  t.ok(JSON.stringify(changes).length < 20_000, "nor does the journal");
});

t.test("orders of an administrator", async (t) => {
  const spec = makeJailSpec({ neverBan: [{ kind: "prefix", prefix: "192.0.2.0/24" }] });
  const { jail, decisions } = openJail(spec);
  t.notOk(jail.ban("192.0.2.1", 0, undefined, false), "never ban wins");
  t.notOk(jail.ban("not an address", 0, undefined, true));
  t.ok(jail.ban("192.0.2.1", 0, null, true), "unless forced");
  t.ok(jail.ban("2001:DB8::/32", 0, 1000, false));
  t.same(
    decisions.map((one) => one.id),
    ["192.0.2.1", "2001:db8::/32"],
  );
  t.ok(jail.standing.find({ address: "2001:db8:5::1", host: null, captures: {} }, 1));
  jail.refresh(1);
  t.equal(jail.standing.size, 2, "a forced ban survives changed lists");
  t.ok(jail.unban("192.0.2.1", 2));
  t.notOk(jail.unban("192.0.2.1", 2));
});

t.test("100,000 standing bans end in order", async (t) => {
  const { jail, decisions } = openJail();
  for (let at = 0; at < 100_000; at += 1) {
    jail.ban(
      `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
      0,
      1 + ((at * 7919) % 100_003),
      false,
    );
  }
  decisions.length = 0;
  while (jail.expireOne(50_000));
  const ends = decisions.map((one) => one.time);
  t.ok(ends.every((end, at) => end >= (ends[at - 1] ?? 0)));
  t.equal(jail.standing.size, 100_000 - decisions.length);
  t.ok(jail.nextEnd() > 50_000);
});
