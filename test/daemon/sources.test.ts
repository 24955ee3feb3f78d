/**
 * Files that jails find by several patterns: each jail counts a line once, and each jail that watches a file sees
 * all of it, over restarts and changed policies too.
 */
import { appendFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { JailSpec, WatchSpec } from "../../runtime/contract.ts";
import type { Core } from "../../runtime/daemon/core.ts";
import { openSources } from "../../runtime/daemon/sources.ts";
import { until } from "../host/bundle.ts";
import { makeBan, makeProgram, snapshotOf } from "../runtime/fake-program.ts";
import { makeFolder, openTestCore } from "./open-core.ts";

const watch = (...paths: string[]): WatchSpec => {
  return { kind: "file", paths, scanner: 0, zone: null, from: null };
};

const jail = (name: string, ...watches: WatchSpec[]): Partial<JailSpec> => {
  return { name, watches, bans: [makeBan({ count: 1_000 })] };
};

/** Failures that each jail has counted. */
function countedIn({ jails }: Core): Record<string, number> {
  const counts = jails.all.map((one) => {
    const rows = snapshotOf(one).windows.flatMap((window) => window.rows);
    return [one.spec.name, rows.reduce((sum, [, counted]) => sum + counted.length, 0)];
  });
  return Object.fromEntries(counts);
}

/** Runs the jails until nothing more comes; the state stays in the folder. */
async function guard(
  stateFolder: string,
  jails: readonly Partial<JailSpec>[],
  meanwhile: () => void = () => {},
) {
  const core = await openTestCore(makeProgram([...jails]), { stateFolder });
  const sources = openSources(core, { once: false });
  for (const { source } of sources) await source.start();
  for (const { source } of sources) await source.idle();
  meanwhile();
  for (const { source } of sources) {
    // Once more, so that a line that is read twice has its chance.
    for (let n = 0; n < 2; n++) {
      source.reopen();
      await source.idle();
    }
  }
  await until("settled", () => !core.ledger.hasPending);
  const counted = countedIn(core);
  for (const { source } of sources) await source.stop();
  await core.close(false);
  return { counted, names: sources.map(({ name }) => name) };
}

const fail = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `- fail 198.51.100.${from + n}\n`).join("");

t.test("several patterns of a jail, and another jail with one of them", async (t) => {
  const folder = makeFolder(t);
  const log = join(folder, "a.log");
  const all = join(folder, "*.log");
  writeFileSync(log, fail(0, 3));
  writeFileSync(join(folder, "b.log"), fail(10, 12));
  const state = join(folder, "state");
  const jails = [jail("door", watch(log, all)), jail("gate", watch(log)), jail("wall", watch(all))];
  const first = await guard(state, jails, () => appendFileSync(log, fail(3, 5)));
  t.same(first.counted, { door: 7, gate: 5, wall: 7 });
  t.same(first.names, [`file ${log}, ${all}`]);
  appendFileSync(log, fail(5, 6));
  const second = await guard(state, jails);
  t.same(second.counted, { door: 8, gate: 6, wall: 8 }, "goes on where it stopped");
});

t.test("two statements of a jail", async (t) => {
  const folder = makeFolder(t);
  const log = join(folder, "a.log");
  writeFileSync(log, fail(0, 3));
  const jails = [jail("door", watch(join(folder, "?.log")), watch(log))];
  t.same((await guard(join(folder, "state"), jails)).counted, { door: 3 });
});

t.test("positions stay when patterns come together, come apart or change", async (t) => {
  const folder = makeFolder(t);
  const log = join(folder, "a.log");
  const all = join(folder, "*.log");
  const state = join(folder, "state");
  const twoApart = [jail("door", watch(log)), jail("gate", watch(all))];
  const together = [jail("door", watch(all, log)), jail("gate", watch(all))];
  writeFileSync(log, fail(0, 3));
  t.same((await guard(state, twoApart)).counted, { door: 3, gate: 3 });
  appendFileSync(log, fail(3, 4));
  t.same((await guard(state, together)).counted, { door: 4, gate: 4 });
  appendFileSync(log, fail(4, 5));
  t.same((await guard(state, [jail("door", watch(all))])).counted, { door: 5 });
});

t.test(
  "a link is read once for who watches both names, and by itself for who watches it",
  async (t) => {
    const folder = makeFolder(t);
    const log = join(folder, "a.log");
    const link = join(folder, "link.txt");
    writeFileSync(log, fail(0, 3));
    symlinkSync(log, link);
    const state = join(folder, "state");
    t.same((await guard(state, [jail("door", watch(log, link))])).counted, { door: 3 });
    const other = join(folder, "other.log");
    const jails = [jail("door", watch(log, other)), jail("gate", watch(link, other))];
    t.same((await guard(join(folder, "state-2"), jails)).counted, { door: 3, gate: 3 });
  },
);

t.test("logs that a pattern finds no more make room, those of other patterns stay", async (t) => {
  const folder = makeFolder(t);
  const late = join(folder, "late.txt");
  const jails = [jail("door", watch(late, join(folder, "*.log")))];
  const { counted } = await guard(join(folder, "state"), jails, () =>
    writeFileSync(late, fail(0, 2)),
  );
  t.same(counted, { door: 2 }, "waited for, though no pattern finds it");
});
