/**
 * The wall clock set back and forth while the daemon runs: its time never jumps, failures count in their window,
 * bans end when they were said to, and stamps that are far from their arrival are replaced by it.
 */
import fc from "fast-check";
import t from "tap";
import { makeClock } from "../../runtime/daemon/clock.ts";
import { openReader } from "../../runtime/daemon/reader.ts";
import type { Decision } from "../../runtime/decision.ts";
import { makeJails } from "../../runtime/jails.ts";
import { lookUpPrefixes, makeBan, makeProgram } from "../runtime/fake-program.ts";

const minute = 60_000;
const hour = 60 * minute;
const banMs = hour;
const startMs = 1_700_000_000_000;

/** Both clocks in our hands: time passes for both, a step is only the wall clock's. */
function makeTime() {
  let wall = startMs;
  let monotonic = 5_000;
  const clock = makeClock(
    () => wall,
    () => monotonic,
  );
  return {
    clock,
    pass(ms: number) {
      wall += ms;
      monotonic += ms;
    },
    step(ms: number) {
      wall += ms;
    },
  };
}

/** A live log whose writer stamps by the wall clock, and a jail that bans on the third failure in 10 min. */
function makeHost() {
  const time = makeTime();
  const program = makeProgram([{ bans: [makeBan({ times: [banMs] })] }]);
  const decisions: Decision[] = [];
  const warnings: string[] = [];
  const jails = makeJails(program, {
    lookUp: lookUpPrefixes,
    chance: () => 0,
    onChange: () => {},
    give: (decision) => decisions.push(decision),
  });
  const reader = openReader({
    program,
    name: "/var/log/fake.log",
    lanes: [{ scanner: 0, zone: null, jails: [...jails.all] }],
    clock: time.clock,
    warn: (message) => warnings.push(message),
    remembers: false,
  });
  reader.caughtUp();
  const write = (stamp: number) => {
    const line = Buffer.from(`${Math.floor(stamp / 1000)} fail 192.0.2.1\n`);
    reader.take(line, 0, line.length);
  };
  const of = <T extends Decision["type"]>(type: T) =>
    decisions.filter((one): one is Extract<Decision, { type: T }> => one.type === type);
  return {
    ...{ time, jails, warnings, write, of },
    fail: () => write(time.clock.wall()),
    expire: () => jails.expire(time.clock.now()),
  };
}

for (const [what, ms] of [
  ["back by an hour", -hour],
  ["back by a year", -365 * 24 * hour],
  ["forth by an hour", hour],
  ["forth by a year", 365 * 24 * hour],
] as const) {
  t.test(`set ${what} between failures: they are of one window`, async (t) => {
    const { time, fail, of, warnings } = makeHost();
    for (let n = 0; n < 3; n++) {
      t.same(of("ban"), []);
      fail();
      time.step(n === 0 ? ms : 0);
      time.pass(1_000);
    }
    t.match(of("ban"), [{ time: startMs + 2_000, until: startMs + 2_000 + banMs }]);
    t.same(warnings, [], "the log follows the clock: nothing is wrong with its stamps");
  });

  t.test(`set ${what} during a ban: it ends when it was said to`, async (t) => {
    const { time, fail, expire, of, jails } = makeHost();
    for (let n = 0; n < 3; n++) fail();
    t.equal(of("ban").length, 1);
    time.step(ms);
    expire();
    time.pass(banMs - 1);
    expire();
    t.same(of("unban"), [], "not a millisecond before");
    t.equal(jails.nextEnd() - time.clock.now(), 1);
    time.pass(1);
    expire();
    t.match(of("unban"), [{ reason: "ended" }]);
  });
}

t.test("set back and forth all the time: an hour is an hour", async (t) => {
  const seed = Date.now() % 1_000_000;
  t.comment(`seed ${seed}`);
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 20 * minute }), fc.integer({ min: -hour, max: hour })),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (walk) => {
      const { time, fail, expire, of } = makeHost();
      for (let n = 0; n < 3; n++) fail();
      let passed = 0;
      for (const [ms, step] of walk) {
        const before = time.clock.now();
        time.pass(ms);
        passed += ms;
        time.step(step);
        expire();
        if (time.clock.now() !== before + ms) return false;
        if (time.clock.fromWall(time.clock.wall() + hour) > time.clock.now()) return false;
        if ((of("unban").length === 1) !== passed >= banMs) return false;
      }
      return true;
    }),
    { numRuns: 300, seed },
  );
  t.pass("300 walks");
});

t.test("live stamps far from their arrival are replaced by it, and told once", async (t) => {
  const { time, write, of, warnings } = makeHost();
  // Too old for the window, in the future, and the start of all time.
  for (const stamp of [startMs - hour, startMs + hour, 0]) {
    write(stamp);
    time.pass(1_000);
  }
  t.same(
    of("failure").map((one) => one.time),
    [startMs, startMs + 1_000, startMs + 2_000],
  );
  t.match(of("ban"), [{ time: startMs + 2_000, until: startMs + 2_000 + banMs }]);
  t.match(warnings, [/stamps are 3600 s from the host's clock; the time of arrival counts/]);
});

t.test("live stamps near their arrival stand, but are never in the future", async (t) => {
  const { time, write, of } = makeHost();
  write(startMs - 30_000);
  write(startMs + 30_000);
  t.same(
    of("failure").map((one) => one.time),
    [startMs - 30_000, startMs],
  );
  t.equal(time.clock.now(), startMs);
});
