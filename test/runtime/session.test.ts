/**
 * Sessions and held failures: docs/matching.md section 9.
 */
import t from "tap";
import type { Hit } from "../../runtime/contract.ts";
import { type SessionEvent, trackSessions } from "../../runtime/session.ts";
import { makeFilter, rules } from "./fake-program.ts";

let records = 0;

function hit(rule: string, time: number, some: Partial<Hit> = {}): Hit {
  const found = rules.find((one) => one.name === `fake#${rule}`);
  if (found === undefined) throw new Error(`no rule ${rule}`);
  records += 1;
  return {
    filter: 0,
    rule: found,
    record: records,
    start: 0,
    end: 0,
    time,
    address: null,
    host: null,
    forwarded: null,
    captures: {},
    session: "s",
    weight: 1,
    ...some,
  };
}

function run(...hits: Hit[]) {
  const sessions = trackSessions(makeFilter("fake", 300_000));
  const events: SessionEvent[] = [];
  for (const one of hits) sessions.take(one, (event) => events.push(event));
  const told = events.map((one) => `${one.kind} ${one.address ?? one.host ?? "-"}`);
  return { events, told, counters: sessions.counters };
}

const one = { address: "192.0.2.1" };
const other = { address: "192.0.2.2" };

t.test("held failures count when it is known who it is, at that record, before it", async (t) => {
  const given = [hit("fail", 1), hit("fail", 2), hit("note", 3, one)];
  const { told, events } = run(...given);
  t.same(told, ["failure 192.0.2.1", "failure 192.0.2.1", "note 192.0.2.1"]);
  t.ok(events.every((event) => event.time === 3 && event.line === given[2]?.record));
  t.same(
    events.map((event) => event.origin),
    given.map((of) => of.record),
  );
});

t.test("what is known is used; another address begins anew and sheds what was held", async (t) => {
  t.same(run(hit("note", 1, one), hit("fail", 2)).told, ["note 192.0.2.1", "failure 192.0.2.1"]);
  const changed = run(hit("note", 1, one), hit("note", 2, other), hit("fail", 3));
  t.equal(changed.told.at(-1), "failure 192.0.2.2");
});

t.test("clear takes back held failures of its user, of nobody, or all", async (t) => {
  const held = ["root", "eve", undefined].map((user) =>
    hit("fail", 1, { captures: user === undefined ? {} : { user } }),
  );
  const settled = (clear: Hit) => {
    const { events } = run(...held, clear, hit("note", 3, one));
    return events.filter((e) => e.kind === "failure").map((e) => e.captures["user"] ?? "-");
  };
  t.same(settled(hit("clear", 2, { captures: { user: "root" } })), ["eve"]);
  t.same(settled(hit("clear", 2)), []);
});

t.test("a session ends with `end`, and five minutes after its last record", async (t) => {
  const ended = run(hit("note-end", 1, one), hit("fail", 2));
  t.same(ended.told, ["note 192.0.2.1"]);
  t.same(run(hit("note", 0, one), hit("fail", 300_000)).told.length, 2);
  t.same(run(hit("note", 0, one), hit("fail", 300_001)).told.length, 1);
  const shed = run(hit("fail", 0), hit("note", 300_001, one));
  t.same(shed.told, ["note 192.0.2.1"]);
  t.equal(shed.counters.heldShed, 1);
});

t.test("a record without a stamp ends no session", async (t) => {
  const unstamped = run(hit("note", 0, one), hit("fail", Number.NaN), hit("fail", 1));
  t.equal(unstamped.told.length, 3);
});

t.test("without a session a failure without an address is nobody's", async (t) => {
  const { told, counters } = run(hit("fail", 1, { session: null }));
  t.same(told, ["nobody -"]);
  t.equal(counters.nobody, 1);
});

t.test(
  "20 held failures a session, 10,000 sessions, the oldest out first; both counted",
  async (t) => {
    const many = run(...Array.from({ length: 25 }, () => hit("fail", 1)), hit("note", 2, one));
    t.equal(many.told.length, 21);
    t.equal(many.counters.heldShed, 5);
    const sessions = Array.from({ length: 10_001 }, (_, at) =>
      hit("fail", 1, { session: `s${at}` }),
    );
    const first = hit("note", 2, { ...one, session: "s0" });
    const last = hit("note", 2, { ...one, session: "s1" });
    const full = run(...sessions, first, last);
    t.equal(full.counters.sessionsShed, 3, "s0 for the last, s1 for s0, s2 for s1");
    t.same(full.told, ["note 192.0.2.1", "note 192.0.2.1"]);
  },
);
