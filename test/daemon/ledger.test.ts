/**
 * The ledger: what is read back is what was written, positions go with the changes before them, and a
 * compaction changes nothing.
 */
import { deepStrictEqual } from "node:assert";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import t from "tap";
import type { Core } from "../../runtime/daemon/core.ts";
import { unpackLines } from "../../runtime/daemon/evidence-lines.ts";
import { Ledger, type LedgerRecord } from "../../runtime/daemon/ledger.ts";
import { openDecoder, RowWriter } from "../../runtime/daemon/ledger-codec.ts";
import type { Reader } from "../../runtime/daemon/reader.ts";
import { openSources } from "../../runtime/daemon/sources.ts";
import type { Change } from "../../runtime/decision.ts";
import { journalWaitingBytesMax } from "../../runtime/limits.ts";
import { findFrames, recordsOf } from "../../runtime/state/frames.ts";
import { until } from "../host/bundle.ts";
import { byHost, makeBan, makeFilter, makeProgram, snapshotOf } from "../runtime/fake-program.ts";
import {
  feed,
  type HandClock,
  makeFolder,
  makeHandClock,
  openTestCore,
  openTestReader,
} from "./open-core.ts";

const text = fc.string({ unit: "binary", maxLength: 12 });
const name = fc.constantFrom("door", "", "0", "gate");
const who = fc.option(fc.constantFrom("192.0.2.1", "2001:db8::/64", "root"));
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const count = fc.nat(1_000_000);
const sentences = ["3 failures 600000", "distinct user", ""];
const sentence = fc.constantFrom(...sentences);
const id = fc.oneof(text, fc.constant("192.0.2.1"));
const captures = fc.dictionary(
  text.filter((key) => key !== "__proto__"),
  text,
);
const ban = fc.record({
  ...{ jail: name, address: who, id, since: time, until: fc.option(time), failures: count },
  ...{ offence: count, file: text, line: count, rule: text, captures },
  ...{ insteadOf: who, forced: fc.boolean() },
});
const counted = fc.record({ time, weight: count, address: who, value: fc.option(text) });
const change = fc.oneof(
  fc.record({ type: fc.constant("count" as const), jail: name, sentence, id, counted }),
  fc.record({ type: fc.constant("use" as const), jail: name, sentence, id }),
  fc
    .record({ ban, isNew: fc.boolean() })
    .map((some) => ({ type: "ban" as const, jail: some.ban.jail, ...some })),
  fc.record({ type: fc.constant("unban" as const), jail: name, id }),
);
const line = fc.record({
  ...{ file: fc.constantFrom("a.log", "b.log"), line: count, time },
  ...{ rule: fc.constantFrom("door#1", "door#2"), text },
});
const party = fc.record({ address: who, host: who, forwarded: fc.option(fc.array(text)) });
const held = fc.array(fc.record({ rule: text, record: count, captures, weight: count }));
const address = fc.constantFrom("192.0.2.1", "2001:db8::1");
const bareParty = address.map((one) => ({ address: one, host: null, forwarded: null }));
const key = fc.oneof(
  text,
  fc
    .tuple(fc.constantFrom("sshd\0host\0", "sshd\0other\0", "\0"), text)
    .map(([head, value]) => head + value),
);
const session = fc
  .record({
    key,
    seen: fc.option(time),
    party: fc.option(fc.oneof(party, bareParty)),
    held: fc.oneof(held, fc.constant([])),
  })
  .map((one) => (one.party === null && one.held.length === 0 ? { ...one, seen: null } : one));
const sessionRows = fc.uniqueArray(session, { selector: (one) => one.key });
const record: fc.Arbitrary<LedgerRecord> = fc.oneof(
  { weight: 4, arbitrary: change.map((one) => ({ type: "change" as const, change: one })) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: fc.constant("lines" as const), jail: name, id },
      lines: fc.array(line, { maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: fc.constant("observe" as const), jail: name, on: fc.boolean() },
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("forget" as const), key: text }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ type: fc.constant("sessions" as const), reader: text },
      sessions: fc.record({ lane: fc.nat(3), filter: name, rows: sessionRows }),
    }),
  },
);

const offences = fc.array(fc.tuple(id, fc.array(time, { minLength: 1, maxLength: 3 })));
const windowRows = fc.array(fc.tuple(id, fc.array(counted, { maxLength: 3 })));
const pieceOfSnapshot: fc.Arbitrary<LedgerRecord> = fc.oneof(
  fc.record({ type: fc.constant("offences" as const), jail: name, rows: offences }),
  fc.record({ type: fc.constant("window" as const), jail: name, sentence, rows: windowRows }),
);

/** As rows and back; the lines of a ban as they were. */
function throughRows(records: readonly LedgerRecord[]): unknown {
  const writer = new RowWriter();
  for (const one of records) writer.note(one);
  const rows: unknown[] = JSON.parse(JSON.stringify(writer.take()));
  if (!fitsSchema(rows)) throw new Error(JSON.stringify(fitsSchema.errors));
  const read: LedgerRecord[] = [];
  const decode = openDecoder(sentences);
  for (const row of rows) {
    decode(row, (one) => {
      const isPacked = one.type === "lines" && "text" in one.lines;
      read.push(isPacked ? { ...one, lines: unpackLines(one.lines) } : one);
    });
  }
  return plain(inOnes(read));
}

function readRow(row: unknown): unknown[] {
  const read: unknown[] = [];
  openDecoder(sentences)(row, (one) => read.push(one));
  return read;
}

/** How many sessions one record has says nothing, nor when among them one is over. */
function inOnes(records: readonly LedgerRecord[]): LedgerRecord[] {
  const ones: LedgerRecord[] = [];
  let live: LedgerRecord[] = [];
  let whose = "";
  for (const one of records) {
    const isOfSame =
      one.type === "sessions" &&
      whose === JSON.stringify([one.reader, one.sessions.lane, one.sessions.filter]);
    if (!isOfSame) {
      ones.push(...live);
      live = [];
    }
    if (one.type !== "sessions") {
      ones.push(one);
      whose = "";
      continue;
    }
    whose = JSON.stringify([one.reader, one.sessions.lane, one.sessions.filter]);
    for (const row of one.sessions.rows) {
      const isOver = row.party === null && row.held.length === 0;
      (isOver ? ones : live).push({ ...one, sessions: { ...one.sessions, rows: [row] } });
    }
  }
  return [...ones, ...live];
}

/** Counts that something in the same batch used up go unwritten. */
function withoutUsed(records: readonly LedgerRecord[]): LedgerRecord[] {
  const whose = (one: LedgerRecord, type: "count" | "use") =>
    one.type === "change" && one.change.type === type
      ? JSON.stringify([one.change.jail, one.change.sentence, one.change.id])
      : null;
  return records.filter((one, at) => {
    const counted = whose(one, "count");
    return counted === null || !records.slice(at).some((later) => whose(later, "use") === counted);
  });
}

/** Whatever stands in it, without prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const schemaPath = new URL("../../schemas/state.schema.json", import.meta.url);
const fitsSchema = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaPath, "utf8")));

t.test("what is read back is what was written, and as the schema says", async (t) => {
  const records = fc.array(fc.oneof({ weight: 9, arbitrary: record }, pieceOfSnapshot), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(records, (some) => {
      deepStrictEqual(throughRows(some), plain(inOnes(withoutUsed(some))));
    }),
    { numRuns: 500 },
  );
  t.pass("500 batches of all kinds");
});

t.test("bans that are alike stand in one row, with what they used up", async (t) => {
  const writer = new RowWriter();
  const changes: Change[] = [];
  for (let n = 0; n < 20; n++) {
    const who = `192.0.2.${n}`;
    const where = { jail: "door", sentence: "distinct user", id: who };
    const one = { time: 5, weight: 1, address: null, value: null };
    for (let k = 0; k < 5; k++) changes.push({ type: "count", ...where, counted: one });
    changes.push({ type: "use", ...where });
    const cause = { file: "a.log", line: n, rule: "door#1", captures: { user: "root" } };
    const times = { since: 5, until: n === 3 ? null : 9, failures: 5, offence: 1 };
    const made = { jail: "door", id: who, address: who, insteadOf: null, forced: false };
    changes.push({ type: "ban", jail: "door", ban: { ...made, ...times, ...cause }, isNew: true });
  }
  for (const change of changes) writer.note({ type: "change", change });
  const rows = writer.take();
  t.equal(rows.length, 1);
  const read = readRow(rows[0]).map((one) => (one as { change: Change }).change);
  const wanted = changes.filter((change) => change.type !== "count");
  t.same(plain(read), plain(wanted));
});

t.test("sessions that are alike stand in one row", async (t) => {
  const writer = new RowWriter();
  const party = { address: "192.0.2.1", host: null, forwarded: null };
  const live = Array.from({ length: 20 }, (_, n) => ({
    ...{ key: `sshd\0host\0${n}`, seen: 1_000 + n, party, held: [] },
  }));
  const over = live.map(({ key }) => ({ key: `${key}0`, seen: null, party: null, held: [] }));
  const rows = live.flatMap((one, n) => [one, over[n] ?? one]);
  const record = {
    type: "sessions" as const,
    reader: "r",
    sessions: { lane: 0, filter: "sshd", rows },
  };
  writer.note(record);
  const written = writer.take();
  t.equal(written.length, 1);
  t.same(inOnes(readRow(written[0]) as LedgerRecord[]), inOnes([record]));
});

t.test("counts of a sentence that the policy has no more are left out", async (t) => {
  const whose = { jail: "door", sentence: "old", id: "192.0.2.1" };
  const rows = [[whose.id, [{ time: 1, weight: 1, address: null, value: null }]]] as const;
  t.same(
    throughRows([
      { type: "change", change: { type: "use", ...whose } },
      { type: "window", jail: "door", sentence: "old", rows },
    ]),
    [],
  );
});

t.test("rows of a later version are left out, whatever they are", async (t) => {
  for (const row of [null, 7, "x", [], ["z"], {}, { type: "later" }, { type: 1 }]) {
    t.same(readRow(row), [], JSON.stringify(row));
  }
});

t.test("rows of version 2 are read", async (t) => {
  const rows = [["sshd\0host\x001"], ["sshd\0host\x002", 7, "192.0.2.1"]];
  const party = { address: "192.0.2.1", host: null, forwarded: null };
  const [first, second] = rows.map(([key]) => key);
  t.same(readRow(["s", "r", 1, "sshd", rows]), [
    {
      ...{ type: "sessions", reader: "r" },
      sessions: {
        ...{ lane: 1, filter: "sshd" },
        rows: [
          { key: first, seen: null, party: null, held: [] },
          { key: second, seen: 7, party, held: [] },
        ],
      },
    },
  ]);
});

t.test("rows of version 1 are read", async (t) => {
  const ban = { jail: "door", id: "192.0.2.0/24", address: "192.0.2.0/24", since: 1, until: null };
  const cause = { file: "a.log", line: 7, rule: "door#1", captures: { user: "root" } };
  const rest = { failures: 5, offence: 2, insteadOf: null, forced: true };
  t.same(
    plain(
      readRow([
        "b",
        "door",
        ban.id,
        0,
        1,
        null,
        5,
        2,
        "a.log",
        7,
        "door#1",
        cause.captures,
        null,
        3,
      ]),
    ),
    [
      {
        type: "change",
        change: { type: "ban", jail: "door", ban: { ...ban, ...cause, ...rest }, isNew: true },
      },
    ],
  );
  const short = [
    [7, 1, "first"],
    [8, 2, "second", "b.log", "door#2"],
  ];
  const [lines] = readRow(["l", "door", ban.id, "a.log", "door#1", short]) as LedgerRecord[];
  t.same(lines?.type === "lines" && "text" in lines.lines && unpackLines(lines.lines), [
    { file: "a.log", line: 7, time: 1, rule: "door#1", text: "first" },
    { file: "b.log", line: 8, time: 2, rule: "door#2", text: "second" },
  ]);
  const windows = [{ sentence: "distinct user", rows: [["root", []]] }];
  const offences = [["192.0.2.1", [1, 2]]];
  t.same(readRow({ type: "jail", snapshot: { jail: "door", bans: [], windows, offences } }), [
    { type: "window", jail: "door", ...windows[0] },
    { type: "offences", jail: "door", rows: offences },
  ]);
});

t.test("the schema knows a wrong row", async (t) => {
  const good = ["c", "door", 7, "192.0.2.1", 1_000, 1, 0, null];
  t.ok(fitsSchema([good]));
  for (const [at, wrong] of ["x", 7, -1, null, "1", 0.5, 1, 3].entries()) {
    t.notOk(fitsSchema([good.map((value, index) => (index === at ? wrong : value))]), `row[${at}]`);
  }
  t.notOk(fitsSchema([good.slice(0, -1)]), "too short");
  t.notOk(fitsSchema([[...good, 0]]), "too long");
  t.notOk(fitsSchema([{ type: "later" }]), "of an unknown type");
});

t.test("all files of a state folder are as the schema says", async (t) => {
  const folder = makeFolder(t);
  const core = await openTestCore(twoSentences(), { stateFolder: folder });
  const reader = openTestReader(core);
  const position = { kind: "journal", query: "journal", cursor: "s=1" } as const;
  const step = async (lines: readonly string[]) => {
    feed(reader, lines);
    core.ledger.move("journal", position);
    await core.settle();
  };
  const fail = (host: number) => `1000000 fail 192.0.2.${host} user=a session=s${host}`;
  await step([fail(1), fail(1), fail(1), fail(2), "1000000 fail - user=b session=h"]);
  core.jails.all[0]?.unban("192.0.2.1", 1_000_000_000);
  await step([fail(3), fail(3), fail(3), fail(4)]);
  await core.ledger.compact();
  await step([fail(5)]);
  await core.close(false);
  const seen = new Set<string>();
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    for (const row of recordsOf(bytes, findFrames(bytes).frames)) {
      seen.add(Array.isArray(row) ? String(row[0]) : Object.keys(row as object).join(" "));
      if (!fitsSchema([row])) t.fail(`${file}: ${JSON.stringify(row)}`);
    }
  }
  const kinds = ["B", "O", "S", "W", "c", "end", "f2b version generation", "l", "s"];
  t.same([...seen].sort(), [...kinds, "type change", "type source position"]);
});

/** For each frame of the journals: failures counted so far, and where the log's position stands. */
function progressOf(folder: string): { counted: number; offset: number | null }[] {
  const progress: { counted: number; offset: number | null }[] = [];
  let counted = 0;
  let offset: number | null = null;
  for (const file of readdirSync(folder).filter((one) => one.startsWith("journal-"))) {
    const bytes = readFileSync(join(folder, file));
    for (const frame of findFrames(bytes).frames) {
      for (const row of recordsOf(bytes, [frame])) {
        if (Array.isArray(row) && row[0] === "c") counted++;
        const { type, position } = row as { type?: string; position?: { offset: number } };
        if (type === "position") offset = position?.offset ?? null;
      }
      progress.push({ counted, offset });
    }
  }
  return progress;
}

t.test("in every frame the position is where the counts are", async (t) => {
  const folder = makeFolder(t);
  const log = join(folder, "door.log");
  const lines = Array.from({ length: 400 }, (_, n) => `- fail 198.51.100.${n % 256} n=${n}\n`);
  writeFileSync(log, lines.slice(0, 50).join(""));
  const base = { scanner: 0, zone: null, from: null } as const;
  const program = makeProgram([
    {
      watches: [{ kind: "file", paths: [log], ...base }],
      bans: [makeBan({ count: 1_000 })],
    },
  ]);
  const stateFolder = join(folder, "state");
  const core = await openTestCore(program, { stateFolder });
  const sources = openSources(core, { once: false });
  for (const { source } of sources) await source.start();
  for (let at = 50; at < lines.length; at += 7) {
    // Half a line stays behind with each piece.
    const piece = lines.slice(at, at + 7).join("");
    appendFileSync(log, piece.slice(0, 40));
    await new Promise((done) => setImmediate(done));
    appendFileSync(log, piece.slice(40));
    for (const { source } of sources) await source.idle();
  }
  await until("all read", () => sources[0]?.readers[0]?.records() === lines.length);
  for (const { source } of sources) await source.stop();
  await core.close(false);
  const whole = readFileSync(log, "utf8");
  const progress = progressOf(stateFolder);
  t.equal(progress.at(-1)?.counted, lines.length, "each line counted once");
  t.ok(progress.length > 5, `${progress.length} frames`);
  for (const { counted, offset } of progress) {
    const passed = whole.slice(0, offset ?? 0).split("\n").length - 1;
    if (passed !== counted) t.equal(passed, counted, "lines passed and lines counted");
  }
});

const op = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      host: fc.integer({ min: 1, max: 4 }),
      user: fc.constantFrom("a", "b"),
      afterMs: fc.constantFrom(0, 1_000, 60_000),
      /** What the line says of its connection; `held` names nobody, `note` says who it is. */
      says: fc.constantFrom("fail", "fail", "held", "note", "clear", "end"),
      session: fc.constantFrom("", "a", "b"),
      /** False: a compaction may come before it is committed. */
      settles: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("unban" as const),
      host: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("observe" as const), on: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("compact" as const),
      /** False: what comes next happens while it is under way. */
      waits: fc.boolean(),
    }),
  },
);

const twoSentences = () =>
  makeProgram(
    [
      {
        bans: [
          makeBan({ times: [60_000, 600_000] }),
          makeBan({ what: "distinct", capture: "user", count: 2, by: byHost, withinMs: 30_000 }),
        ],
      },
    ],
    [makeFilter("fake", 300_000)],
  );

function lineOf({ says, host, user, session }: Extract<Op, { do: "fail" }>, time: number): string {
  const words = { fail: "fail", held: "fail", note: "note", clear: "clear", end: "note" };
  const who = says === "held" ? "-" : `192.0.2.${host}`;
  const rest = `${session === "" ? "" : ` session=${session}`}${says === "end" ? " end" : ""}`;
  return `${time / 1_000} ${words[says]} ${who} user=${user}${rest}`;
}

/** Rows that no window can count any more at `now` are left out: they go a few at a time, whenever it suits. */
function stateOf(core: Core, reader: Reader, now: number): unknown {
  const states = core.jails.all.map((jail) => {
    const { bans, windows, offences } = snapshotOf(jail);
    const rowsOf = (at: number) => {
      const limit = now - (jail.spec.bans[at]?.withinMs ?? 0);
      return windows[at]?.rows.filter(([, counted]) => (counted.at(-1)?.time ?? 0) > limit) ?? [];
    };
    return {
      bans: Object.fromEntries(bans.map((one) => [one.id, one])),
      windows: windows.map(({ sentence }, at) => [sentence, Object.fromEntries(rowsOf(at))]),
      offences: Object.fromEntries(offences),
      observed: jail.observed,
      lines: Object.fromEntries(
        bans.map((one) => [one.id, core.evidence.linesOf(one.jail, one.id)]),
      ),
    };
  });
  const sessions = reader.sessionRows(true).map(({ lane, filter, rows }) => {
    return { lane, filter, rows: Object.fromEntries(rows.map((row) => [row.key, row])) };
  });
  return plain([states, sessions]);
}

type Op = typeof op extends fc.Arbitrary<infer One> ? One : never;

/** What a start would find that came now: the folder is copied as it is, whatever is being written. */
async function startOn(stateFolder: string, clock: HandClock) {
  const copy = `${stateFolder}-copy`;
  for (;;) {
    rmSync(copy, { recursive: true, force: true });
    try {
      cpSync(stateFolder, copy, { recursive: true });
      break;
    } catch {
      // A compaction removed a file under the copy's hands.
    }
  }
  chmodSync(copy, 0o700);
  const core = await openTestCore(twoSentences(), { clock, stateFolder: copy });
  const state = stateOf(core, openTestReader(core), clock.time);
  await core.close(false);
  return state;
}

/** The state after `ops`, and again after a restart. */
async function runOps(stateFolder: string, ops: readonly Op[], compacts: boolean) {
  const clock = makeHandClock();
  const core = await openTestCore(twoSentences(), { clock, stateFolder });
  const reader = openTestReader(core);
  reader.caughtUp();
  let compaction: Promise<void> | null = null;
  for (const [at, one] of ops.entries()) {
    if (one.do === "fail") {
      clock.time += one.afterMs;
      core.jails.expire(clock.time);
      feed(reader, [lineOf(one, clock.time)]);
    } else if (one.do === "wait") {
      clock.time += 90_000;
      core.jails.expire(clock.time);
    } else if (one.do === "unban") {
      core.jails.all[0]?.unban(`192.0.2.${one.host}`, clock.time);
    } else if (one.do === "observe") {
      for (const jail of core.jails.all) jail.observed = one.on;
      core.ledger.note({ type: "observe", jail: "jail", on: one.on });
    } else if (compacts) {
      compaction = core.ledger.compact();
      if (one.waits) await compaction;
    }
    if (one.do !== "fail" || one.settles || at === ops.length - 1) {
      // A position goes along with what was read: without one nothing of a session is written.
      core.ledger.move("file door.log", { kind: "journal", query: "", cursor: String(at) });
      await core.settle();
      await core.ledger.commit(true);
      if (compaction === null || at % 5 > 0) continue;
      const found = await startOn(stateFolder, clock);
      deepStrictEqual(found, stateOf(core, reader, clock.time), "killed now");
    }
  }
  await core.close(false);
  const live = stateOf(core, reader, clock.time);
  return { live, restored: await startOn(stateFolder, clock) };
}

t.test("a restart, with compactions or without, gives the state that was", async (t) => {
  const folder = makeFolder(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 1, maxLength: 30 }), async (ops) => {
      run++;
      const journalled = await runOps(join(folder, `journalled-${run}`), ops, false);
      const compacted = await runOps(join(folder, `compacted-${run}`), ops, true);
      deepStrictEqual(journalled.restored, journalled.live);
      deepStrictEqual(compacted.restored, journalled.restored);
    }),
    { numRuns: 40 },
  );
  t.pass(`${run} histories`);
});

t.test(
  "what happens while much is written out stands in the journal behind it, once",
  async (t) => {
    const stateFolder = join(makeFolder(t), "state");
    const clock = makeHandClock();
    const core = await openTestCore(twoSentences(), { clock, stateFolder });
    const reader = openTestReader(core);
    const fail = (from: number, to: number) => {
      const lines = [];
      for (let n = from; n < to; n++) {
        lines.push(`- fail 198.18.${n >> 8}.${n & 255} user=${n % 3} session=${n % 50}`);
      }
      feed(reader, lines);
      core.ledger.move("file door.log", { kind: "journal", query: "", cursor: String(to) });
      return core.settle();
    };
    const hosts = 6_000;
    for (let n = 0; n < hosts; n += 500) await fail(n, n + 500);
    let isDone = false;
    const compaction = core.ledger.compact().then(() => {
      isDone = true;
    });
    let during = 0;
    // Those whose turn to be written out comes last, and some that are new.
    for (; !isDone; during++) {
      const n = hosts - 50 + (during % 100);
      void fail(n, n + 1);
      await new Promise((done) => setImmediate(done));
    }
    await compaction;
    await core.ledger.commit(true);
    t.ok(during > 3, `${during} failures while it was written`);
    const restored = await startOn(stateFolder, clock);
    deepStrictEqual(restored, stateOf(core, reader, clock.time), "each of them counted once");
    await core.close(false);
  },
);

t.test("a rotated log and its successor have a position each, over a restart", async (t) => {
  const folder = join(makeFolder(t), "state");
  const quiet = { warn: () => {}, sentences: [], restore: () => {}, snapshot: () => [] };
  const open = () => Ledger.open({ folder, ...quiet });
  const place = { kind: "file", path: "/a.log", dev: 1, headBytes: 0, head: 0, tail: 0 } as const;
  const first = await open();
  first.move("a", { ...place, ino: 1, offset: 10 });
  first.move("a", { ...place, ino: 2, offset: 5 });
  first.move("a", { ...place, ino: 1, offset: 20 });
  await first.close();
  const second = await open();
  const offsets = (ledger: Ledger) =>
    ledger.positionsOf("a").map((one) => (one.kind === "file" ? [one.ino, one.offset] : []));
  t.same(offsets(second).sort(), [
    [1, 20],
    [2, 5],
  ]);
  second.forget("a", { ...place, ino: 1, offset: 20 });
  await second.close();
  const third = await open();
  t.same(offsets(third), [[2, 5]], "until the rotated one is read to its end");
  await third.close();
});

t.test("sources wait for a disk that is slow, and for none that refuses", async (t) => {
  let answer = () => {};
  let fault: string | null = null;
  const warnings: string[] = [];
  const ledger = await Ledger.open({
    folder: join(makeFolder(t), "state"),
    warn: (message) => warnings.push(message),
    sentences: [],
    restore: () => {},
    snapshot: () => [],
    write: async (file, bytes, position) => {
      await new Promise<void>((done) => {
        answer = done;
      });
      if (fault !== null) throw new Error(fault);
      await file.write(bytes, 0, bytes.length, position);
    },
  });
  const fill = () => {
    ledger.note({ type: "forget", key: "x".repeat(2 * journalWaitingBytesMax) });
    return ledger.commit(true);
  };
  t.equal(ledger.isBehind, false);
  const slow = fill();
  t.equal(ledger.isBehind, true, "so much waits for it");
  await until("the write", () => {
    answer();
    return ledger.counters?.waiting === 0;
  });
  t.equal(await slow, true);
  t.equal(ledger.isBehind, false, "it has all");
  fault = "ENOSPC";
  const refused = fill();
  await until("the fault", () => {
    answer();
    return ledger.counters?.fault === "ENOSPC";
  });
  t.equal(ledger.isBehind, false, "it refuses: nobody waits for it");
  fault = null;
  await until("the end", () => {
    answer();
    return ledger.counters?.waiting === 0;
  });
  t.equal(await refused, true);
  t.match(warnings.join("; "), /ENOSPC.*works again/);
  const closed = ledger.close();
  const timer = setInterval(() => answer(), 5);
  await closed;
  clearInterval(timer);
});
