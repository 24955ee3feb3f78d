/**
 * A snapshot that was not written to its end, or was cut later: the files that it was to replace still tell all.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Store, type StoreOptions } from "../../runtime/state/store.ts";

function folder(test: Test): string {
  const path = mkdtempSync(join(tmpdir(), "f2b-snapshot-"));
  test.teardown(() => rmSync(path, { recursive: true, force: true }));
  return join(path, "state");
}

async function open(path: string, more: Partial<StoreOptions> = {}) {
  const records: unknown[] = [];
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const store = await Store.open(path, { warn, ...more }, (record) => records.push(record));
  return { store, records, warnings };
}

/** What a start on a copy of the folder finds. */
async function startOn(path: string, spoil: (copy: string) => void = () => {}) {
  const copy = `${path}-copy`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(path, copy, { recursive: true });
  spoil(copy);
  const { store, records, warnings } = await open(copy);
  await store.close();
  return { records, warnings };
}

/** Two compactions, so that there are a snapshot, the one before it, and a journal behind each. */
async function writeTwice(path: string): Promise<unknown[]> {
  const { store } = await open(path);
  const state: unknown[] = [];
  for (let round = 0; round < 2; round++) {
    // More than one frame of a snapshot holds.
    for (let n = 0; n < 12; n++) {
      state.push(state.length);
      await store.append([state.length - 1], false);
    }
    await store.compact(() => [...state]);
  }
  state.push("later");
  await store.append(["later"], true);
  await store.close();
  return state;
}

t.test("a snapshot cut at every byte: the one before it and its journals tell all", async (t) => {
  const path = folder(t);
  const state = await writeTwice(path);
  const names = readdirSync(path).filter((name) => name.startsWith("snapshot-"));
  t.equal(names.length, 2);
  const newest = names.sort().at(-1) ?? "";
  const bytes = readFileSync(join(path, newest));
  for (let cut = 0; cut < bytes.length; cut++) {
    const { records, warnings } = await startOn(path, (copy) =>
      writeFileSync(join(copy, newest), bytes.subarray(0, cut)),
    );
    if (JSON.stringify(records) !== JSON.stringify(state)) {
      t.fail(`cut at ${cut}: ${records.length} of ${state.length} records`);
    }
    if (!/corrupt .*kept as/.test(warnings.join())) t.fail(`cut at ${cut}: nothing told`);
  }
  t.pass(`${bytes.length} cuts`);
});

t.test("killed at any write of a snapshot: nothing is lost, nothing is damaged", async (t) => {
  const path = folder(t);
  const state = await writeTwice(path);
  let writes = 0;
  let isCompacting = false;
  const { store } = await open(path, {
    async write(file, bytes, position) {
      const half = bytes.length >> 1;
      await file.write(bytes, 0, half, position);
      if (isCompacting) {
        writes++;
        const { records, warnings } = await startOn(path);
        t.same(records, state, "all of it, once");
        t.same(warnings, [], "and no file of it is damaged");
      }
      await file.write(bytes, half, bytes.length - half, position + half);
    },
  });
  isCompacting = true;
  // So much that it takes more than one write.
  t.equal(
    await store.compact(() => [...state, ...Array(8_000).fill("in the snapshot only")]),
    true,
  );
  isCompacting = false;
  t.ok(writes > 1, `${writes} writes`);
  await store.close();
  t.equal((await startOn(path)).records.length, state.length + 8_000, "it is in place now");
});
