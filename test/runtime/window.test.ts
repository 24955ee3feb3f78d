/**
 * The sliding window against its definition, and its bound.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import t from "tap";
import { trackedMax } from "../../runtime/limits.ts";
import { type Counted, Window } from "../../runtime/window.ts";

interface Step {
  readonly key: string;
  readonly later: number;
  readonly weight: number;
  readonly value: string;
}

const steps = fc.array(
  fc.record({
    key: fc.constantFrom("a", "b", "c"),
    later: fc.integer({ min: 0, max: 6 }),
    weight: fc.integer({ min: 1, max: 3 }),
    value: fc.constantFrom("x", "y", "z", "w"),
  }),
  { maxLength: 60 },
);

function countedOf(step: Step, time: number): Counted {
  return { time, weight: step.weight, address: null, value: step.value };
}

t.test("failures at t are those later than t - D, since the last that were used up", async (t) => {
  const property = fc.property(steps, fc.integer({ min: 1, max: 7 }), (given, count) => {
    const window = new Window({ withinMs: 10, count, distinct: false, rowsMax: 100 });
    const past = new Map<string, { time: number; weight: number }[]>();
    let time = 0;
    return given.every((step) => {
      time += step.later;
      const kept = [...(past.get(step.key) ?? []), { time, weight: step.weight }];
      const sum = kept.filter((one) => one.time > time - 10).reduce((a, b) => a + b.weight, 0);
      const isReached = window.add(step.key, countedOf(step, time));
      if (isReached) window.use(step.key);
      past.set(step.key, isReached ? [] : kept);
      return isReached === sum >= count;
    });
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

t.test("distinct counts the values whose latest failure is later than t - D", async (t) => {
  const property = fc.property(steps, fc.integer({ min: 1, max: 4 }), (given, count) => {
    const window = new Window({ withinMs: 10, count, distinct: true, rowsMax: 100 });
    let past: { key: string; time: number; value: string }[] = [];
    let time = 0;
    return given.every((step) => {
      time += step.later;
      past.push({ ...step, time });
      const values = past.filter((one) => one.key === step.key && one.time > time - 10);
      const isReached = window.add(step.key, countedOf(step, time));
      const expected = new Set(values.map((one) => one.value)).size >= count;
      if (isReached) {
        window.use(step.key);
        past = past.filter((one) => one.key !== step.key);
      }
      return isReached === expected;
    });
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

t.test("stamps out of order are put where they belong; too old ones do not count", async (t) => {
  const window = new Window({ withinMs: 10, count: 3, distinct: false, rowsMax: 10 });
  const add = (time: number) => window.add("a", { time, weight: 1, address: null, value: null });
  t.notOk(add(100));
  t.notOk(add(80), "out of the window already");
  t.notOk(add(95));
  t.ok(add(92));
  t.same(
    window.use("a").map((one) => one.time),
    [92, 95, 100],
  );
});

t.test("200,000 hostile addresses stay under a small limit; the weakest go first", async (t) => {
  const window = new Window({ withinMs: 1e9, count: 5, distinct: false, rowsMax: 1000 });
  const one = (time: number) => ({ time, weight: 1, address: null, value: null });
  for (let time = 0; time < 3; time += 1) window.add("strong", one(time));
  for (let at = 0; at < 200_000; at += 1) window.add(`192.0.2.${at}`, one(10 + at));
  t.equal(window.size, 1000);
  t.equal(window.shed, 199_001);
  window.add("strong", one(300_000));
  t.ok(window.add("strong", one(300_001)), "what had more failures was kept");
});

t.test("identities whose window is over make room without being shed", async (t) => {
  const window = new Window({ withinMs: 10, count: 5, distinct: false, rowsMax: 100 });
  for (let at = 0; at < 5000; at += 1) {
    window.add(`${at}`, { time: at, weight: 1, address: null, value: null });
  }
  t.equal(window.shed, 0);
  t.ok(window.size < 100);
});

t.test("a snapshot restores the same counts", async (t) => {
  const options = { withinMs: 100, count: 3, distinct: true, rowsMax: 10 };
  const before = new Window(options);
  before.add("a", { time: 1, weight: 1, address: "192.0.2.1", value: "x" });
  before.add("a", { time: 2, weight: 1, address: "192.0.2.2", value: "y" });
  const after = new Window(options);
  after.restore(JSON.parse(JSON.stringify([...before.freeze()])));
  t.same([...after.freeze()], [...before.freeze()]);
  t.ok(after.add("a", { time: 3, weight: 1, address: null, value: "z" }));
});

t.test("a million hostile addresses: what each costs, and no more of them", async (t) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    // The second one waits for what the first one frees in the background.
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  // As they come out of a log: each its own text.
  const address = (n: number) =>
    Buffer.from(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`).toString("latin1");
  const one = (time: number) => ({ time, weight: 1, address: null, value: null });
  const before = used();
  const window = new Window({ withinMs: 1e9, count: 5, distinct: false, rowsMax: trackedMax });
  const add = (from: number, to: number) => {
    for (let n = from; n < to; n++) window.add(address(n), one(n));
  };
  const each = () => Math.round((used() - before) / window.size);
  add(0, 1_000_000);
  t.equal(window.size, trackedMax);
  t.ok(each() <= 120, `${each()} bytes an address`);
  add(1_000_000, 1_100_000);
  t.equal(window.size, trackedMax);
  t.equal(window.shed, 100_000);
  t.ok(each() <= 160, `${each()} bytes an address when others make room for it`);
});
