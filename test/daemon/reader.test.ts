/**
 * One log on its way to the jails: what is too old is dropped and counted, live stamps far off are not believed.
 */
import t from "tap";
import { recentLineCharsMax } from "../../runtime/limits.ts";
import { makeBan, makeProgram, snapshotOf } from "../runtime/fake-program.ts";
import { feed, makeHandClock, openTestCore, openTestReader } from "./open-core.ts";

const now = 1_000_000;
const withinMs = 600_000;

async function open() {
  const clock = makeHandClock(now * 1_000);
  const bans = [makeBan({ count: 2, withinMs: 60_000 }), makeBan({ count: 9, withinMs })];
  const core = await openTestCore(makeProgram([{ bans }]), { clock });
  const warned: string[] = [];
  return { clock, core, warned, reader: openTestReader(core, warned) };
}

t.test("catching up: older than the longest window is dropped and counted", async (t) => {
  const { core, reader } = await open();
  feed(reader, [
    `${now - 601} fail 192.0.2.1`,
    `${now - 600} fail 192.0.2.1`,
    `${now - 599} fail 192.0.2.1`,
  ]);
  t.same(reader.counters, { failures: 1, tooOld: 2 });
  t.equal(reader.records(), 3);
  const [jail] = core.jails.all;
  t.match(jail && snapshotOf(jail).windows[1]?.rows, [
    ["192.0.2.1", [{ time: (now - 599) * 1_000 }]],
  ]);
});

t.test(
  "live: a stamp far away is replaced by the arrival, and that is said once a day",
  async (t) => {
    const { clock, core, warned, reader } = await open();
    reader.caughtUp();
    feed(reader, [`${now - 86_400} fail 192.0.2.1`, `${now + 86_400} fail 192.0.2.1`]);
    const bans = [...(core.jails.all[0]?.standing.values() ?? [])];
    t.match(bans, [{ id: "192.0.2.1", since: now * 1_000 }], "both count, at their arrival");
    t.equal(warned.length, 1);
    t.match(warned[0], /^door\.log: stamps are 86400 s from the host's clock/);
    clock.time += 86_400_000;
    feed(reader, [`${now} fail 192.0.2.2`]);
    t.equal(warned.length, 2, "and again a day later");
  },
);

t.test("a stamp of the near future counts as now", async (t) => {
  const { core, reader } = await open();
  reader.caughtUp();
  feed(reader, [`${now + 30} fail 192.0.2.1`, `${now + 30} fail 192.0.2.1`]);
  t.match([...(core.jails.all[0]?.standing.values() ?? [])], [{ since: now * 1_000 }]);
});

t.test("the text of a line is there while its batch is dealt with, and not longer", async (t) => {
  const { reader } = await open();
  const long = `- fail 192.0.2.1 user=${"é".repeat(recentLineCharsMax)}`;
  feed(reader, ["nothing of ours", "- fail 192.0.2.1", long]);
  t.equal(reader.textOf(1), "", "what matched nothing is not kept");
  t.equal(reader.textOf(2), "- fail 192.0.2.1");
  t.equal(reader.textOf(3).length, recentLineCharsMax, "cut to what a person would read");
  feed(reader, ["- fail 192.0.2.2"]);
  t.equal(reader.textOf(2), "");
  t.equal(reader.textOf(4), "- fail 192.0.2.2");
});

t.test("half a line waits for its end; the last one of a file that is over does not", async (t) => {
  const { reader } = await open();
  const bytes = Buffer.from("- fail 192.0.2.1\n- fail 192.0.2.2");
  t.equal(reader.take(bytes, 0, bytes.length), 17);
  t.equal(reader.counters.failures, 1);
  t.equal(reader.take(bytes, 17, bytes.length), 17, "nothing whole: nothing taken");
  reader.takeLast(bytes, 17, bytes.length);
  t.equal(reader.counters.failures, 2);
});
