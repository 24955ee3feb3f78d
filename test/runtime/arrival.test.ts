/**
 * The time that counts for records of a followed source.
 */
import t from "tap";
import { judgeArrivals } from "../../runtime/arrival.ts";

const now = 1_700_000_000_000;

function judge(catchesUp: boolean) {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  return { warnings, ...judgeArrivals({ catchesUp, longestMs: 600_000, warn }) };
}

t.test("live, a stamp within a minute stands; none and another one is the arrival", async (t) => {
  const { timeOf, warnings } = judge(false);
  t.equal(timeOf(now - 60_000, now), now - 60_000);
  t.equal(timeOf(now + 30_000, now), now, "never in the future");
  t.equal(timeOf(Number.NaN, now), now);
  t.same(warnings, []);
  t.equal(timeOf(now - 60_001, now), now);
  t.equal(timeOf(now + 86_400_000, now), now);
  t.equal(warnings.length, 1, "told of once a day");
  timeOf(0, now + 86_400_000);
  t.equal(warnings.length, 2);
});

t.test(
  "catching up, stamps stand and what is older than the longest window is dropped",
  async (t) => {
    const { timeOf, warnings } = judge(true);
    t.equal(timeOf(now - 599_999, now), now - 599_999);
    t.equal(timeOf(now - 600_000, now), null);
    t.same(warnings, []);
  },
);
