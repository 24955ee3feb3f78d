/**
 * What the control socket is asked, and what it answers: verdicts, orders by hand, rows as the schemas say.
 */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import t, { type Test } from "tap";
import { memory } from "../../runtime/action/memory.ts";
import type { JailSpec, Program } from "../../runtime/contract.ts";
import type { Core } from "../../runtime/daemon/core.ts";
import { makeHandler } from "../../runtime/daemon/handlers.ts";
import type { Reader } from "../../runtime/daemon/reader.ts";
import type { OpenSource } from "../../runtime/daemon/sources.ts";
import type { SourceStatus } from "../../runtime/source/source.ts";
import type { BansLine } from "../../schemas/bans.ts";
import type { ControlRequest } from "../../schemas/control.ts";
import type { StatusLine } from "../../schemas/status.ts";
import { makeBan, makeProgram } from "../runtime/fake-program.ts";
import { feed, openTestCore, openTestReader } from "./open-core.ts";

function checker(name: string) {
  const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  return new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(url, "utf8")));
}

const isBan = checker("bans");
const isStatus = checker("status");

function makeGuarded(jails: readonly Partial<JailSpec>[], driver = memory): Program {
  const program = makeProgram(
    jails.map((jail) => ({
      actions: [0],
      bans: [makeBan({ by: { kind: "address", ipv4: 24, ipv6: 64 } })],
      ...jail,
    })),
  );
  return { ...program, actions: [{ id: "memory", name: "memory", driver, hooks: [] }] };
}

const twoJails = () =>
  makeGuarded([
    { name: "door", neverBan: [{ kind: "prefix", prefix: "198.51.100.0/25" }] },
    { name: "gate" },
  ]);

function makeSource(state: SourceStatus["state"], detail = ""): OpenSource {
  const name = `file ${state}.log`;
  const status = { name, state, detail, bytes: 0, lastAt: null, oversized: 0 };
  const source = {
    start: async () => {},
    reopen: () => {},
    status: () => [status],
    idle: async () => {},
    stop: async () => {},
  };
  return { name, jails: ["door"], source, readers: [] };
}

interface Asked {
  readonly core: Core;
  readonly events: object[];
  ask(request: Record<string, unknown>): Promise<unknown>;
  /** Identities that stand, with their jails. */
  bans(): Promise<string[]>;
}

async function open(
  test: Test,
  program = twoJails(),
  settings: { readonly dryRun?: boolean; readonly sources?: readonly OpenSource[] } = {},
): Promise<Asked> {
  const core = await openTestCore(program, { dryRun: settings.dryRun ?? false });
  test.teardown(() => core.close(false));
  const sources = settings.sources ?? [makeSource("following")];
  const handle = makeHandler({ core, sources, since: 0, stop: () => {} });
  const events: object[] = [];
  const send = (event: object) => events.push(event) > 0;
  const ask = async (request: Record<string, unknown>) => {
    const answer = await handle({ id: 1, ...request } as ControlRequest, send, () => {});
    return JSON.parse(JSON.stringify(answer)) as unknown;
  };
  return {
    ...{ core, events, ask },
    async bans() {
      const { bans } = (await ask({ verb: "bans" })) as { bans: BansLine[] };
      return bans.map(({ jail, id }) => `${jail} ${id}`);
    },
  };
}

async function verdictOf(
  test: Test,
  program: Program,
  settings: Parameters<typeof open>[2] = {},
): Promise<string> {
  const { ask } = await open(test, program, settings);
  const status = (await ask({ verb: "status" })) as StatusLine;
  test.ok(isStatus(status), JSON.stringify(isStatus.errors));
  test.equal(status.protecting, !status.verdict.startsWith("NOT PROTECTING: "));
  return status.verdict;
}

t.test("one sentence says whether it protects, and why not", async (t) => {
  t.equal(
    await verdictOf(t, twoJails()),
    "Protecting: 2 jails, 1 source followed, 0 bans standing",
  );
  t.equal(
    await verdictOf(t, twoJails(), { dryRun: true }),
    "NOT PROTECTING: this is a dry run, nobody is banned",
  );
  t.equal(
    await verdictOf(t, makeGuarded([{ observe: true }, { name: "gate", observe: true }])),
    "NOT PROTECTING: all jails only observe",
  );
  t.equal(
    await verdictOf(t, makeGuarded([{ observe: true }, { name: "gate", actions: [] }])),
    "NOT PROTECTING: no jail does anything: they say `do none`, or only observe",
  );
  t.equal(
    await verdictOf(t, makeGuarded([{}, { name: "gate", actions: [] }])),
    "Protecting: 1 jail (1 more bans nobody), 1 source followed, 0 bans standing",
  );
  t.equal(
    await verdictOf(t, twoJails(), { sources: [makeSource("waiting", "is not there yet")] }),
    "NOT PROTECTING: file waiting.log is not there yet",
  );
  t.equal(
    await verdictOf(t, twoJails(), { sources: [makeSource("polling"), makeSource("failed")] }),
    "Protecting: 2 jails, 1 source followed, 0 bans standing. But file failed.log failed",
  );
  const broken = makeGuarded([{}], (context) => ({
    ...memory(context),
    start: () => Promise.reject(new Error("nft: no such program")),
  }));
  t.equal(
    await verdictOf(t, broken),
    "NOT PROTECTING: memory is out of step: nft: no such program",
  );
});

t.test("a jail that is not in the policy is named, with those that are", async (t) => {
  const { ask } = await open(t);
  const message = 'there is no jail "dor": the policy has door, gate';
  for (const request of [
    { verb: "status", jail: "dor" },
    { verb: "bans", jail: "dor" },
    { verb: "ban", address: "192.0.2.1", jail: "dor" },
    { verb: "unban", address: "all", jail: "dor" },
    { verb: "tail", jail: "dor" },
    { verb: "observe", jail: "dor", on: true },
  ]) {
    await t.rejects(ask(request), { message }, request.verb);
  }
});

t.test("status of one jail: that jail and its bans", async (t) => {
  const { ask } = await open(t);
  await ask({ verb: "ban", address: "192.0.2.1", jail: "door" });
  await ask({ verb: "ban", address: "192.0.2.2", jail: "gate" });
  const status = (await ask({ verb: "status", jail: "gate" })) as StatusLine & { bans: BansLine[] };
  t.ok(isStatus(status), JSON.stringify(isStatus.errors));
  t.same(
    status.jails.map(({ name, standing }) => [name, standing]),
    [["gate", 1]],
  );
  t.match(status.bans, [{ jail: "gate", id: "192.0.2.2" }]);
  t.ok(status.bans.every((ban) => isBan(ban)));
});

t.test("ban: an address, a prefix, for a time, for ever; never what is none", async (t) => {
  const { ask } = await open(t);
  const ban = async (address: string, more: object = {}) => {
    const answer = (await ask({ verb: "ban", address, jail: "door", ...more })) as {
      banned: BansLine;
    };
    t.ok(isBan(answer.banned), JSON.stringify(isBan.errors));
    return answer.banned;
  };
  const hour = await ban("192.0.2.1", { forMs: 3_600_000 });
  t.match(hour, { jail: "door", address: "192.0.2.1", id: "192.0.2.1", reason: "by hand" });
  t.equal(Date.parse(hour.until ?? "") - Date.parse(hour.since), 3_600_000);
  t.equal((await ban("192.0.2.2", { forMs: null })).until, null);
  t.equal((await ban("203.0.113.77/24")).id, "203.0.113.0/24", "host bits are cleared");
  t.equal((await ban("::ffff:192.0.2.9")).id, "192.0.2.9", "IPv4-mapped is folded");
  for (const wrong of [
    "door",
    "192.0.2.01",
    "192.0.2.1/33",
    "192.0.2.1; flush ruleset",
    "fe80::1%eth0",
  ]) {
    const message = `"${wrong}" is no address and no prefix`;
    await t.rejects(ask({ verb: "ban", address: wrong, jail: "door" }), { message }, wrong);
  }
});

t.test("never ban holds for orders by hand, unless forced", async (t) => {
  const { ask, bans } = await open(t);
  const message = /protected by `never ban` of door: --force bans it/;
  for (const address of ["198.51.100.7", "198.51.100.0/24"]) {
    await t.rejects(ask({ verb: "ban", address, jail: "door" }), { message }, address);
  }
  t.same(await bans(), []);
  await ask({ verb: "ban", address: "198.51.100.7", jail: "door", force: true });
  t.same(await bans(), ["door 198.51.100.7"]);
});

t.test("status counts lines that were too long, whoever left them out", async (t) => {
  const source = makeSource("following");
  const told = { ...source.source.status()[0], oversized: 2 } as SourceStatus;
  const reader = { name: told.name, records: () => 9, oversized: () => 1, counters: { tooOld: 0 } };
  const sources = [
    {
      ...source,
      source: { ...source.source, status: () => [told] },
      readers: [reader as unknown as Reader],
    },
  ];
  const { ask } = await open(t, twoJails(), { sources });
  t.match(await ask({ verb: "status" }), { sources: [{ records: 9, oversized: 3 }] });
});

t.test("unban: an address, a prefix with all within it, all; the rest stands", async (t) => {
  const { ask, bans } = await open(t);
  const all = ["192.0.2.1", "192.0.2.200", "203.0.113.0/24", "2001:db8::1"];
  for (const address of all) await ask({ verb: "ban", address, jail: "door" });
  await ask({ verb: "ban", address: "192.0.2.1", jail: "gate" });
  const unban = async (address: string, more: object = {}) => {
    const { lifted } = (await ask({ verb: "unban", address, ...more })) as {
      lifted: { jail: string; id: string }[];
    };
    return lifted.map(({ jail, id }) => `${jail} ${id}`);
  };
  t.same(await unban("203.0.113.7"), [], "not the prefix around it");
  t.same(await unban("198.51.100.1"), [], "nobody");
  t.same(await unban("no address"), [], "nobody");
  t.same(await unban("192.0.2.1", { jail: "gate" }), ["gate 192.0.2.1"]);
  t.same(await unban("192.0.2.0/25"), ["door 192.0.2.1"]);
  t.same(await bans(), ["door 192.0.2.200", "door 203.0.113.0/24", "door 2001:db8::1"]);
  t.equal((await unban("all")).length, 3);
  t.same(await bans(), []);
});

t.test("a jail that only observes keeps nobody out, and says so", async (t) => {
  const { ask } = await open(t, makeGuarded([{ name: "door" }, { name: "gate", observe: true }]));
  for (const jail of ["door", "gate"]) await ask({ verb: "ban", address: "192.0.2.1", jail });
  const rows = async (more: object) => {
    const { bans } = (await ask({ verb: "bans", ...more })) as { bans: BansLine[] };
    for (const ban of bans) t.ok(isBan(ban), JSON.stringify(isBan.errors));
    return bans.map(({ jail, observed, firewalls }) => [jail, observed, firewalls?.length]);
  };
  t.same(await rows({}), [
    ["door", undefined, undefined],
    ["gate", true, undefined],
  ]);
  const firewalls = [
    ["door", undefined, 1],
    ["gate", true, 0],
  ];
  t.same(await rows({ why: "192.0.2.1" }), firewalls);
  const { verdict } = (await ask({ verb: "status" })) as StatusLine;
  t.equal(
    verdict,
    "Protecting: 1 jail (1 more bans nobody), 1 source followed, 1 ban standing",
    "and its bans are not counted",
  );
});

t.test("bans --why: the lines that led to it, its rule with its place", async (t) => {
  const { ask, core } = await open(t);
  const reader = openTestReader(core);
  reader.caughtUp();
  feed(reader, ["- fail 192.0.2.1 n=1", "- fail 192.0.2.2 n=2", "- fail 192.0.2.3 n=3"]);
  await core.settle();
  const why = { verb: "bans", why: "192.0.2.99", jail: "door" };
  const { bans } = (await ask(why)) as { bans: BansLine[] };
  t.equal(bans.length, 1, "held by the prefix around it");
  t.ok(isBan(bans[0]), JSON.stringify(isBan.errors));
  t.match(bans[0], {
    id: "192.0.2.0/24",
    failures: 3,
    reason: "fake#fail door.log:3",
    rule: { name: "fake#fail" },
    offence: 1,
    firewalls: [{ name: "memory", inStep: true }],
  });
  const lines = [1, 2, 3].map((n) => ({ line: n, text: `- fail 192.0.2.${n} n=${n}` }));
  t.match(bans[0]?.lines, lines, "of all its hosts");
  t.same(await ask({ ...why, why: "198.51.100.1" }), { bans: [] });
});

t.test("tail tells decisions of one jail as they come", async (t) => {
  const { ask, events } = await open(t);
  t.same(await ask({ verb: "tail", jail: "gate" }), { tailing: "gate" });
  await ask({ verb: "ban", address: "192.0.2.1", jail: "door" });
  await ask({ verb: "ban", address: "192.0.2.2", jail: "gate" });
  t.match(events, [{ type: "ban", jail: "gate", id: "192.0.2.2" }]);
});

t.test("observe: what a jail holds is let go in the firewall, and taken back", async (t) => {
  const held: string[][] = [];
  const program = makeGuarded([{ name: "door" }], (context) => ({
    ...memory(context),
    start: async (bans) => {
      held.push(bans.map(({ address }) => address));
    },
  }));
  const { ask } = await open(t, program);
  await ask({ verb: "ban", address: "192.0.2.1", jail: "door" });
  await ask({ verb: "observe", jail: "door", on: true });
  await ask({ verb: "observe", jail: "door", on: false });
  t.same(held, [[], [], ["192.0.2.1"]]);
});

t.test("bans --why of a prefix, and of each address: all lines that led to it", async (t) => {
  for (const [eachAddress, ids] of [
    [false, ["192.0.2.0/24"]],
    [true, ["192.0.2.1", "192.0.2.2", "192.0.2.3"]],
  ] as const) {
    const by = { kind: "address", ipv4: 24, ipv6: 64 } as const;
    const { core, ask } = await open(
      t,
      makeGuarded([{ name: "door", bans: [makeBan({ by, eachAddress })] }]),
    );
    const lines = ["- fail 192.0.2.1", "- fail 192.0.2.2", "- fail 192.0.2.3"];
    feed(openTestReader(core), ["- fail 203.0.113.1", ...lines]);
    await core.settle();
    const { bans } = (await ask({ verb: "bans", why: "192.0.2.0/24" })) as { bans: BansLine[] };
    t.same(bans.map((one) => one.id).sort(), ids);
    for (const one of bans) {
      t.match(one, { lines: lines.map((text) => ({ text })) });
    }
  }
});
