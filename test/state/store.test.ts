/**
 * The state store: whatever happens to the process or the file, what was acknowledged comes back.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { crc32, crc32ByTable } from "../../runtime/state/crc32.ts";
import { encodeFrame, findFrames, recordsOf } from "../../runtime/state/frames.ts";
import { Store } from "../../runtime/state/store.ts";

function folder(test: Test): string {
  const path = mkdtempSync(join(tmpdir(), "f2b-state-"));
  test.teardown(() => rmSync(path, { recursive: true, force: true }));
  return join(path, "state");
}

async function open(path: string, warnings: string[] = []) {
  const records: unknown[] = [];
  const warn = (message: string) => warnings.push(message);
  const store = await Store.open(path, { warn }, (record) => records.push(record));
  return { store, records };
}

function framesIn(bytes: Buffer) {
  const found = findFrames(bytes);
  return { ...found, records: [...recordsOf(bytes, found.frames)] };
}

t.test("crc32 is the one of IEEE 802.3", async (t) => {
  t.equal(crc32(Buffer.from("123456789")), 0xcbf43926);
  t.equal(crc32(Buffer.from("")), 0);
  const sameByTable = fc.property(fc.uint8Array(), fc.nat(8), (bytes, start) => {
    const from = Math.min(start, bytes.length);
    return crc32(bytes, from) === crc32ByTable(bytes, from, bytes.length);
  });
  fc.assert(sameByTable);
});

t.test("what was appended comes back in order, over restarts and compactions", async (t) => {
  const path = folder(t);
  let expected: unknown[] = [];
  for (let round = 0; round < 4; round++) {
    const { store, records } = await open(path);
    t.same(records, expected);
    for (let n = 0; n < 25; n++) {
      const record = { round, n, text: "ä\u2028\n" };
      expected.push(record);
      t.equal(await store.append([record], n % 5 === 0), true);
    }
    if (round % 2 === 1) {
      const kept = expected.filter((_, index) => index % 2 === 0);
      t.equal(await store.compact(() => kept), true);
      expected = [...kept, { after: round }];
      await store.append([{ after: round }], false);
    }
    await store.close();
  }
  t.ok(readdirSync(path).length <= 6, "old generations are removed");
});

t.test("appends during a compaction are neither lost nor doubled", async (t) => {
  const path = folder(t);
  const { store } = await open(path);
  const state: number[] = [];
  const add = (n: number) => {
    state.push(n);
    return store.append([n], false);
  };
  const all: Promise<unknown>[] = [];
  for (let n = 0; n < 50; n++) all.push(add(n));
  all.push(store.compact(() => [...state]));
  for (let n = 50; n < 100; n++) {
    all.push(add(n));
    if (n % 7 === 0) await new Promise((done) => setImmediate(done));
  }
  await Promise.all(all);
  await store.close();
  const { store: again, records } = await open(path);
  t.same(records, state);
  await again.close();
});

t.test("a compaction comes to its end while appends never cease", async (t) => {
  const path = folder(t);
  const { store } = await open(path);
  const state: number[] = [];
  let going = true;
  const flood = (async () => {
    for (let n = 0; going; n++) {
      state.push(n);
      void store.append([n], n % 3 === 0);
      if (n % 20 === 0) await new Promise((done) => setImmediate(done));
    }
  })();
  for (let round = 0; round < 5; round++) t.equal(await store.compact(() => [...state]), true);
  going = false;
  await flood;
  await store.close();
  const again = await open(path);
  t.same(again.records, state);
  await again.store.close();
});

t.test("a journal cut at every byte gives a prefix of what was appended", async (t) => {
  const frames = Array.from({ length: 6 }, (_, n) => encodeFrame([{ n }, "x".repeat(n * 3)]));
  const bytes = Buffer.concat(frames);
  const whole = framesIn(bytes).records;
  t.equal(whole.length, 12);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const read = framesIn(bytes.subarray(0, cut));
    t.same(read.records, whole.slice(0, read.records.length));
    t.equal(read.records.length % 2, 0, "a frame comes back whole or not at all");
    t.equal(read.damaged, 0);
    t.equal(read.torn, read.end !== cut);
  }
});

t.test(
  "a store cut at every byte has whole appends, and no more is lost at later starts",
  async (t) => {
    const whole = folder(t);
    const first = await open(whole);
    for (let n = 0; n < 4; n++) await first.store.append([{ n }, n], true);
    await first.store.close();
    const bytes = readFileSync(join(whole, "journal-1"));
    const path = folder(t);
    for (let cut = 0; cut <= bytes.length; cut++) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path, { mode: 0o700 });
      writeFileSync(join(path, "journal-1"), bytes.subarray(0, cut));
      // The first line is the header.
      const lines = bytes.subarray(0, cut).toString().split("\n").length - 1;
      const expected = Array.from({ length: Math.min(4, Math.max(0, lines - 1)) }, (_, n) => [
        { n },
        n,
      ]).flat();
      const warnings: string[] = [];
      const second = await open(path, warnings);
      await second.store.append(["later"], true);
      await second.store.close();
      const later: string[] = [];
      const third = await open(path, later);
      await third.store.close();
      if (later.some((one) => one.includes("corrupt"))) t.fail(`cut at ${cut}: ${later}`);
      if (JSON.stringify(second.records) !== JSON.stringify(expected)) {
        t.fail(`cut at ${cut}: ${JSON.stringify(second.records)}`);
      }
      if (JSON.stringify(third.records) !== JSON.stringify([...expected, "later"])) {
        t.fail(`the start after a cut at ${cut}: ${JSON.stringify(third.records)}`);
      }
      const isTorn = cut > 0 && bytes[cut - 1] !== 0x0a;
      if (warnings.length !== (isTorn ? 1 : 0) || warnings.some((one) => one.includes("corrupt"))) {
        t.fail(`cut at ${cut}: ${warnings.join("; ") || "nothing told"}`);
      }
    }
    t.pass(`${bytes.length + 1} cuts`);
  },
);

t.test("flipped bits never invent, reorder or lose another frame's records", async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.nat(),
      fc.integer({ min: 0, max: 7 }),
      (groups, where, bit) => {
        const bytes = Buffer.concat(groups.map((group) => encodeFrame(group)));
        const at = where % bytes.length;
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        const kept = framesIn(flipped).records;
        const expected = framesIn(bytes).records;
        // One flip touches one frame, or two when it is the line end between them.
        const lost = expected.length - kept.length;
        if (lost < 0 || lost > 6) return false;
        let next = 0;
        for (const record of kept) {
          const text = JSON.stringify(record);
          while (next < expected.length && JSON.stringify(expected[next]) !== text) next++;
          if (next++ >= expected.length) return false;
        }
        return true;
      },
    ),
    { numRuns: 300 },
  );
  t.pass("300 flips");
});

t.test("a damaged file is set aside, said, and what is whole is used", async (t) => {
  const path = folder(t);
  const first = await open(path);
  for (let n = 0; n < 10; n++) await first.store.append([n], false);
  await first.store.close();
  const name = readdirSync(path).find((file) => file.startsWith("journal-")) as string;
  const bytes = readFileSync(join(path, name));
  bytes[Math.floor(bytes.length / 2)] = 0;
  writeFileSync(join(path, name), bytes);
  const warnings: string[] = [];
  const second = await open(path, warnings);
  t.equal(second.records.length, 9);
  t.match(warnings.join("\n"), /corrupt .*kept as .*corrupt-1/);
  t.ok(readdirSync(path).includes(`${name}.corrupt-1`));
  await second.store.close();
});

t.test("what a newer f2b wrote is kept, and not called corrupt", async (t) => {
  const path = folder(t);
  const first = await open(path);
  await first.store.close();
  const name = readdirSync(path).find((file) => file.startsWith("journal-")) as string;
  const header = { f2b: "journal", version: 99, generation: Number(name.slice(8)) };
  const bytes = Buffer.concat([encodeFrame([header]), encodeFrame([["of the future"]])]);
  writeFileSync(join(path, name), bytes);
  for (let start = 0; start < 2; start++) {
    const warnings: string[] = [];
    const { store, records } = await open(path, warnings);
    t.same(records, []);
    t.ok(store.damaged, "a snapshot of its own is wanted");
    await store.close();
    t.equal(warnings.length, 1);
    t.match(
      warnings[0],
      /newer f2b \(state version 99, this one reads up to \d+\): its bans do not stand now; kept as .*\.newer-1\. Run that f2b .*starts anew$/,
    );
    t.notMatch(warnings[0], /corrupt/);
  }
  t.ok(bytes.equals(readFileSync(join(path, `${name}.newer-1`))), "kept as it was");
});

t.test("a rotten snapshot falls back on the one before it", async (t) => {
  const path = folder(t);
  const { store } = await open(path);
  await store.append(["a"], false);
  await store.compact(() => ["a"]);
  await store.append(["b"], false);
  await store.compact(() => ["a", "b"]);
  await store.append(["c"], false);
  await store.close();
  const newest = readdirSync(path)
    .filter((file) => file.startsWith("snapshot-"))
    .sort()
    .pop() as string;
  const bytes = readFileSync(join(path, newest));
  bytes[bytes.length - 5] = 0x21;
  writeFileSync(join(path, newest), bytes);
  const warnings: string[] = [];
  const again = await open(path, warnings);
  t.same(again.records, ["a", "b", "c"]);
  t.match(warnings.join(), /corrupt/);
  await again.store.close();
});

t.test("a full disk loses nothing that waits", async (t) => {
  const path = folder(t);
  let failing = true;
  const warnings: string[] = [];
  const store = await Store.open(
    path,
    {
      warn: (message) => warnings.push(message),
      write: async (file, bytes, position) => {
        if (failing) {
          // Half of it arrives, as on a real full disk.
          await file.write(bytes, 0, bytes.length >> 1, position);
          throw new Error("ENOSPC: no space left on device");
        }
        await file.write(bytes, 0, bytes.length, position);
      },
    },
    () => {},
  );
  const saved = store.append([{ ban: 1 }], true);
  await new Promise((done) => setTimeout(done, 50));
  t.match(store.counters.fault, /ENOSPC/);
  failing = false;
  t.equal(await saved, true);
  t.match(warnings.join("\n"), /cannot be saved[\s\S]*works again/);
  await store.close();
  const again = await open(path);
  t.same(again.records, [{ ban: 1 }]);
  await again.store.close();
});

t.test("what is no file among the state files is told, and no reason not to start", async (t) => {
  const path = folder(t);
  const first = await open(path);
  await first.store.append([{ ban: 1 }], true);
  await first.store.close();
  symlinkSync("/etc/hostname", join(path, "journal-7"));
  mkdirSync(join(path, "journal-8"));
  execFileSync("mkfifo", [join(path, "journal-9")]);
  const said: string[] = [];
  const again = await open(path, said);
  await again.store.close();
  t.same(again.records, [{ ban: 1 }]);
  execFileSync("mkfifo", [join(path, "snapshot-20")]);
  await (await open(path, said)).store.close();
  for (const name of ["journal-7", "journal-8", "journal-9", "snapshot-20"]) {
    t.ok(
      said.some((line) => line.includes(`${name} cannot be read`)),
      name,
    );
  }
});

t.test("a second daemon, a link and an open folder are refused", async (t) => {
  const path = folder(t);
  const { store } = await open(path);
  t.equal(statSync(path).mode & 0o777, 0o700);
  await t.rejects(open(path), { message: /another daemon uses/ });
  await store.close();
  symlinkSync(path, `${path}-link`);
  await t.rejects(open(`${path}-link`), { message: /is a link/ });
  chmodSync(path, 0o755);
  await t.rejects(open(path), { message: /open to others/ });
  chmodSync(path, 0o700);
  const again = await open(path);
  await again.store.close();
});
