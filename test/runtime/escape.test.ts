/** Times as reports write them, held against `Date`. */
import fc from "fast-check";
import t from "tap";
import { isoTime } from "../../runtime/escape.ts";

t.test("every time is written as Date writes it, whatever was written before", async (t) => {
  const bound = 8.64e15;
  const times = fc.oneof(
    fc.double({ min: -bound, max: bound, noNaN: true }),
    fc.integer({ min: -1e6, max: 1e6 }).map((at) => at / 4),
    fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
  );
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), (row) => {
      for (const ms of row) t.equal(isoTime(ms), new Date(ms).toISOString());
    }),
  );
});

t.test("what is no time is not written", async (t) => {
  for (const none of [null, Number.NaN, 8.64e15 + 1, Number.POSITIVE_INFINITY]) {
    t.equal(isoTime(none), null);
  }
});
