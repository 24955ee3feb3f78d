/**
 * The heap of ends against a sorted list.
 */
import fc from "fast-check";
import t from "tap";
import { ExpiryHeap } from "../../runtime/expiry.ts";

t.test("entries come out by their end, then in the order in which they went in", async (t) => {
  // A number goes in as an end; null takes the first entry out.
  const steps = fc.array(fc.option(fc.nat(20), { freq: 3 }), { maxLength: 60 });
  const sorts = fc.property(steps, (given) => {
    const heap = new ExpiryHeap();
    const list: { until: number; key: string }[] = [];
    for (const [at, until] of given.entries()) {
      if (until !== null) {
        heap.push(until, `k${at}`);
        list.push({ until, key: `k${at}` });
        // The sort is stable.
        list.sort((a, b) => a.until - b.until);
      } else if (JSON.stringify(heap.pop()) !== JSON.stringify(list.shift() ?? null)) return false;
      if (heap.size !== list.length) return false;
      if (JSON.stringify(heap.first()) !== JSON.stringify(list[0] ?? null)) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(sorts, { numRuns: 500 }));
  const heap = new ExpiryHeap();
  heap.push(1, "a");
  heap.clear();
  t.equal(heap.first(), null);
});
