/**
 * Following log files: every way of rotating them gives every line once, in order.
 */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { recordBytesMax } from "../../runtime/limits.ts";
import { fileSource } from "../../runtime/source/file.ts";
import { globFilesMax } from "../../runtime/source/glob.ts";
import type { Consumer, Position, Source } from "../../runtime/source/source.ts";
import type { WatchFolder } from "../../runtime/source/watcher.ts";

function makeFolder(test: Test): string {
  const path = mkdtempSync(join(tmpdir(), "f2b-source-"));
  test.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A consumer that remembers lines, what was said, and positions by path and inode. */
function listen() {
  const lines: string[] = [];
  const said: string[] = [];
  const positions = new Map<string, Extract<Position, { kind: "file" }>>();
  const key = (position: Position) =>
    position.kind === "file" ? `${position.path} ${position.ino}` : "";
  const consumer: Consumer = {
    take(bytes, start, end) {
      const last = bytes.subarray(start, end).lastIndexOf(0x0a);
      if (last < 0) return start;
      lines.push(...bytes.toString("utf8", start, start + last).split("\n"));
      return start + last + 1;
    },
    takeLast(bytes, start, end) {
      lines.push(bytes.toString("utf8", start, end));
    },
    moved(position) {
      if (position === null) return;
      if (position.kind === "file") positions.set(key(position), position);
    },
    forget(position) {
      positions.delete(key(position));
    },
    caughtUp() {},
    say(_level, message) {
      said.push(message);
    },
  };
  return { lines, said, positions, consumer };
}

async function follow(
  test: Test,
  pattern: string,
  ear = listen(),
  more: {
    from?: "start" | "end";
    polling?: boolean;
    watchFolder?: WatchFolder;
    drainMs?: number;
  } = {},
) {
  const gone: string[] = [];
  const source = fileSource({
    patterns: [pattern],
    from: more.from ?? null,
    positions: [...ear.positions.values()],
    consumer: () => ear.consumer,
    gone: (path) => gone.push(path),
    say: (message) => ear.said.push(message),
    ...(more.drainMs === undefined ? {} : { drainMs: more.drainMs }),
    ...(more.watchFolder === undefined ? {} : { watchFolder: more.watchFolder }),
    ...(more.polling
      ? {
          watchFolder: () => {
            throw Object.assign(new Error("no inotify"), { code: "ENOSPC" });
          },
        }
      : {}),
  });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await source.stop();
    stopped = true;
  };
  test.teardown(stop);
  await source.start();
  return { ...ear, ear, gone, source, stop };
}

/** Waits until the lines are there; the caller then compares all of them. */
async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 400 && !condition(); n++) {
    await new Promise((done) => setTimeout(done, 25));
  }
}

async function expectLines(t: Test, lines: string[], expected: string[], source?: Source) {
  await until(() => lines.length >= expected.length);
  // One look more, so that a doubled line has its chance to show.
  source?.reopen();
  await new Promise((done) => setTimeout(done, 60));
  t.same(lines, expected);
}

t.test("appends arrive, half lines wait, NUL and invalid UTF-8 pass", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "one\n");
  const { lines, source } = await follow(t, log);
  appendFileSync(log, "two\nthr");
  await expectLines(t, lines, ["one", "two"], source);
  appendFileSync(log, "ee\n");
  appendFileSync(log, Buffer.from([0x00, 0xff, 0x0d, 0x41, 0x0a]));
  await expectLines(t, lines, ["one", "two", "three", "\0\ufffd\rA"], source);
});

t.test("what is written while the log is read, and told meanwhile, is read at once", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "");
  const ear = listen();
  let isReading = false;
  let goOn = () => {};
  const wait = new Promise<void>((done) => {
    goOn = done;
  });
  let tell = (_name: string) => {};
  const source = fileSource({
    patterns: [log],
    from: null,
    positions: [],
    consumer: () => ({
      ...ear.consumer,
      // The first piece is dealt with for as long as the test likes.
      moved(position) {
        isReading = true;
        ear.consumer.moved(position);
        return wait;
      },
    }),
    watchFolder(_folder, onEvent) {
      tell = onEvent;
      return { close() {} };
    },
  });
  t.teardown(() => source.stop());
  await source.start();
  await source.idle();
  appendFileSync(log, "one\n");
  tell("a.log");
  await until(() => isReading);
  appendFileSync(log, "two\n");
  tell("a.log");
  goOn();
  await source.idle();
  t.same(ear.lines, ["one", "two"]);
});

for (const polling of [false, true]) {
  t.test(`rotation by rename, ${polling ? "polling" : "inotify"}`, async (t) => {
    const log = join(makeFolder(t), "a.log");
    writeFileSync(log, "");
    const { lines, source } = await follow(t, log, listen(), { polling });
    const expected: string[] = [];
    const write = (path: string, text: string) => {
      expected.push(text);
      appendFileSync(path, `${text}\n`);
    };
    for (let round = 0; round < 4; round++) {
      write(log, `round ${round}`);
      renameSync(log, `${log}.${round}`);
      // The writer has not reopened yet: these still belong to the old file.
      write(`${log}.${round}`, `late ${round}`);
      await until(() => lines.length === expected.length);
      write(log, `new ${round}`);
      await until(() => lines.length === expected.length);
      // It still has not when its successor is read already.
      write(`${log}.${round}`, `last ${round}`);
      await until(() => lines.length === expected.length);
    }
    await expectLines(t, lines, expected, source);
    t.equal(source.status()[0]?.state, polling ? "polling" : "following");
  });
}

t.test("copytruncate, also when the file grew again beyond where we were", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "first line\nsecond line\n");
  const { lines, source } = await follow(t, log);
  await expectLines(t, lines, ["first line", "second line"], source);
  copyFileSync(log, `${log}.1`);
  truncateSync(log, 0);
  appendFileSync(log, "a\n");
  await expectLines(t, lines, ["first line", "second line", "a"], source);
  // Cut and regrown to more than before between two looks.
  writeFileSync(log, "b, which is much longer than what was there\nc\n");
  await expectLines(
    t,
    lines,
    ["first line", "second line", "a", "b, which is much longer than what was there", "c"],
    source,
  );
});

t.test("a log cut and grown again to just where we were is read again", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "first line\n");
  const { lines, source } = await follow(t, log);
  await expectLines(t, lines, ["first line"], source);
  // In place, so that no look can see it empty.
  writeFileSync(log, "other line\n", { flag: "r+" });
  await expectLines(t, lines, ["first line", "other line"], source);
});

t.test("a missing file is waited for, deleted and returned", async (t) => {
  const folder = makeFolder(t);
  const log = join(folder, "later", "a.log");
  const { lines, said, source } = await follow(t, log);
  t.match(said.join(), /is not there: waiting for it/);
  t.equal(source.status()[0]?.state, "waiting");
  mkdirSync(join(folder, "later"));
  writeFileSync(log, "one\n");
  source.reopen();
  await expectLines(t, lines, ["one"], source);
  unlinkSync(log);
  await until(() => source.status()[0]?.state === "waiting");
  writeFileSync(log, "two\n");
  await expectLines(t, lines, ["one", "two"], source);
});

t.test("new files of a pattern appear while running", async (t) => {
  const folder = makeFolder(t);
  mkdirSync(join(folder, "x"));
  writeFileSync(join(folder, "x", "a.log"), "a\n");
  writeFileSync(join(folder, "x", "a.txt"), "no\n");
  const { lines, source } = await follow(t, join(folder, "*", "[ab]*.log"));
  await expectLines(t, lines, ["a"], source);
  writeFileSync(join(folder, "x", "b.log"), "b\n");
  await expectLines(t, lines, ["a", "b"], source);
  writeFileSync(join(folder, "x", ".b.log"), "hidden\n");
  writeFileSync(join(folder, "x", "c.log"), "c\n");
  await expectLines(t, lines, ["a", "b"], source);
});

t.test(
  "a folder that is empty at first is watched, and a pattern that finds nothing is told",
  async (t) => {
    const folder = makeFolder(t);
    mkdirSync(join(folder, "x"));
    const watched: string[] = [];
    let tell: (name: string | null) => void = () => {};
    const watchFolder: WatchFolder = (path, onEvent) => {
      watched.push(path);
      tell = onEvent;
      return { close() {} };
    };
    const { lines, source, said } = await follow(t, join(folder, "x", "*.log"), listen(), {
      watchFolder,
    });
    t.match(said.join(), /\*\.log matches no file: waiting for one$/);
    t.match(source.status(), [{ state: "waiting", detail: "matches no file: waiting for one" }]);
    t.same(watched, [join(folder, "x")]);
    writeFileSync(join(folder, "x", "a.log"), "a\n");
    tell("a.log");
    await expectLines(t, lines, ["a"], source);
    t.match(source.status(), [{ state: "following" }]);
  },
);

t.test("a neighbour that is written to makes nobody look at the logs of a pattern", async (t) => {
  const folder = makeFolder(t);
  const neighbour = join(folder, "error.txt");
  for (const name of ["a.log", "b.log", "error.txt"]) writeFileSync(join(folder, name), "");
  const ear = listen();
  let looks = 0;
  const source = fileSource({
    patterns: [join(folder, "*.log")],
    from: null,
    positions: [],
    consumer: (path) => ({
      ...ear.consumer,
      caughtUp: () => {
        if (path.endsWith("b.log")) looks++;
      },
    }),
  });
  t.teardown(() => source.stop());
  await source.start();
  await source.idle();
  const before = looks;
  for (let n = 0; n < 20; n++) {
    appendFileSync(neighbour, "x\n");
    appendFileSync(join(folder, "a.log"), `${n}\n`);
    // Each write has its events dealt with by itself.
    await until(() => ear.lines.length > n);
    await source.idle();
  }
  // The look every few seconds may fall into it.
  t.ok(looks - before < 5, `${looks - before} looks at a log that nobody writes to`);
  renameSync(neighbour, join(folder, "c.log"));
  await until(() => ear.lines.length > 40);
  t.equal(ear.lines.length, 40, "a name that comes is looked at");
});

t.test("a file that a pattern finds under several names is read once", async (t) => {
  const folder = makeFolder(t);
  const log = join(folder, "a.log");
  writeFileSync(log, "one\n");
  symlinkSync(log, join(folder, "latest"));
  linkSync(log, join(folder, "b.log"));
  const ear = listen();
  const { lines, source, stop } = await follow(t, join(folder, "*"), ear);
  await expectLines(t, lines, ["one"], source);
  t.equal(source.status().length, 1);
  unlinkSync(join(folder, "b.log"));
  renameSync(log, join(folder, "a.log.1"));
  writeFileSync(log, "two\n");
  appendFileSync(join(folder, "a.log.1"), "late\n");
  await until(() => lines.length === 3);
  t.same([...lines].sort(), ["late", "one", "two"]);
  await stop();
  // And where nobody looked meanwhile.
  renameSync(join(folder, "a.log.1"), join(folder, "0.log.2"));
  renameSync(log, join(folder, "0.log.1"));
  writeFileSync(log, "three\n");
  appendFileSync(join(folder, "0.log.1"), "later\n");
  const next = await follow(t, join(folder, "*"), ear);
  await until(() => lines.length === 5);
  await next.source.idle();
  t.same([...lines].sort(), ["late", "later", "one", "three", "two"]);
});

t.test("logs with a day in their name come and go", async (t) => {
  const folder = makeFolder(t);
  const { lines, source, gone, positions } = await follow(t, join(folder, "*.log"), listen(), {
    drainMs: 0,
  });
  for (const day of ["1", "2", "3"]) {
    writeFileSync(join(folder, `${day}.log`), `${day}\n`);
    await until(() => lines.at(-1) === day);
    if (day !== "3") unlinkSync(join(folder, `${day}.log`));
  }
  for (let n = 0; n < 400 && gone.length < 2; n++) {
    source.reopen();
    await new Promise((done) => setTimeout(done, 25));
  }
  t.same(gone, [join(folder, "1.log"), join(folder, "2.log")]);
  t.match(source.status(), [{ name: join(folder, "3.log"), state: "following" }]);
  t.equal(positions.size, 1);
});

t.test("memory follows what is read at once, not how many logs are followed", async (t) => {
  const folder = makeFolder(t);
  const count = 200;
  const text = `${"x".repeat(99)}\n`.repeat(3_000);
  for (let n = 0; n < count; n++) writeFileSync(join(folder, `${n}.log`), text);
  let lines = 0;
  const before = process.memoryUsage().arrayBuffers;
  const { source } = await follow(t, join(folder, "*.log"), {
    ...listen(),
    consumer: {
      ...listen().consumer,
      take(bytes, start, end) {
        const last = bytes.subarray(start, end).lastIndexOf(0x0a);
        lines += Math.round((last + 1) / 100);
        return start + last + 1;
      },
    },
  });
  await source.idle();
  t.equal(lines, count * 3_000);
  const grown = (process.memoryUsage().arrayBuffers - before) / 2 ** 20;
  t.ok(grown < 16, `${Math.round(grown)} MB of buffers for ${count} logs`);
});

t.test("of too many files as many are read as may be, and it is told", async (t) => {
  const folder = makeFolder(t);
  for (let n = 0; n < globFilesMax + 2; n++) writeFileSync(join(folder, `${n}.log`), "");
  const { said, source } = await follow(t, join(folder, "*.log"));
  t.match(said.join(), "matches 1002 files: only 1000 are read");
  t.match(source.status()[0], {
    state: "waiting",
    detail: "matches 1002 files: only 1000 are read",
  });
});

t.test("what is no regular file is refused, links are followed", async (t) => {
  const folder = makeFolder(t);
  mkdirSync(join(folder, "dir.log"));
  execFileSync("mkfifo", [join(folder, "fifo.log")]);
  for (const [name, why] of [
    ["dir.log", "a directory"],
    ["fifo.log", "a FIFO"],
  ] as const) {
    const { said } = await follow(t, join(folder, name));
    t.match(said.join(), `is ${why}, not a regular file`);
  }
  writeFileSync(join(folder, "real"), "one\n");
  symlinkSync(join(folder, "real"), join(folder, "link.log"));
  const { lines, source } = await follow(t, join(folder, "link.log"));
  appendFileSync(join(folder, "real"), "two\n");
  await expectLines(t, lines, ["one", "two"], source);
});

t.test("a record that is too long is skipped in bounded memory", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "one\n");
  const { lines, source, said } = await follow(t, log);
  for (let n = 0; n < 40; n++) appendFileSync(log, "x".repeat(recordBytesMax / 4));
  appendFileSync(log, "rest\ntwo\n");
  await until(() => lines.includes("two"));
  t.same(
    lines.filter((line) => line.length < 100),
    ["one", "two"],
  );
  t.notOk(lines.includes("rest"));
  t.match(said.join(), /skipped/);
  t.equal(source.status()[0]?.oversized, 1);
});

t.test("a restart goes on where the last run stopped, whatever happened meanwhile", async (t) => {
  for (const what of ["nothing", "append", "rename", "olddir", "cut"] as const) {
    const log = join(makeFolder(t), "a.log");
    writeFileSync(log, `${"one line of some length ".repeat(10)}\ntwo\nhalf`);
    const first = await follow(t, log);
    await until(() => first.lines.length === 2);
    await first.stop();
    const expected = [...first.lines];
    if (what === "append") appendFileSync(log, " whole\n");
    const isRenamed = what === "rename" || what === "olddir";
    if (isRenamed) {
      appendFileSync(log, " whole\n");
      const old = what === "olddir" ? join(dirname(log), "old") : dirname(log);
      mkdirSync(old, { recursive: true });
      renameSync(log, join(old, "a.log.1"));
      writeFileSync(log, "new\n");
    }
    if (what === "cut") writeFileSync(log, "after\n");
    if (what === "append" || isRenamed) expected.push("half whole");
    if (isRenamed) expected.push("new");
    if (what === "cut") expected.push("after");
    const second = await follow(t, log, first.ear);
    await expectLines(t, second.lines, expected, second.source);
    await second.stop();
  }
});

t.test("from end: only what is written from now on", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "old\nhalf");
  const { lines, source } = await follow(t, log, listen(), { from: "end" });
  appendFileSync(log, " of an old line\nnew\n");
  await expectLines(t, lines, ["new"], source);
});

/** Lets this process open nothing more, and again as much as before. */
async function holdDescriptors(test: Test) {
  const script = `while read n; do prlimit --pid ${process.pid} --nofile="$n": && echo done; done`;
  const child = spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore"] });
  const told = async (limit: number) => {
    child.stdin.write(`${limit}\n`);
    await once(child.stdout, "data");
  };
  const soft = Number(/Max open files +(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
  test.teardown(() => child.kill());
  return { hold: () => told(3), release: () => told(soft) };
}

const noPrlimit = spawnSync("prlimit", ["--version"]).status === 0 ? false : "needs prlimit";

t.test("what cannot be opened at the start is not new later", { skip: noPrlimit }, async (t) => {
  const folder = makeFolder(t);
  const { hold, release } = await holdDescriptors(t);
  const openLate = async (log: string, ear = listen()) => {
    await hold();
    const late = await follow(t, log, ear, { from: "end" });
    await release();
    t.match(late.said.join(), /EMFILE/);
    late.source.reopen();
    await until(() => late.said.some((text) => text.includes("following")));
    return late;
  };
  const fresh = join(folder, "fresh.log");
  writeFileSync(fresh, "old\n");
  const late = await openLate(fresh);
  appendFileSync(fresh, "new\n");
  await expectLines(t, late.lines, ["new"], late.source);
  const known = join(folder, "known.log");
  writeFileSync(known, "");
  const first = await follow(t, known, listen(), { from: "end" });
  appendFileSync(known, "before\n");
  await expectLines(t, first.lines, ["before"]);
  await first.stop();
  appendFileSync(known, "meanwhile\n");
  const again = await openLate(known, first.ear);
  await expectLines(t, again.lines, ["before", "meanwhile"], again.source);
});

t.test("a backlog of other logs makes none wait for their end", async (t) => {
  const folder = makeFolder(t);
  const backlog = `${"x".repeat(99)}\n`.repeat(30_000);
  for (let n = 0; n < 8; n++) writeFileSync(join(folder, `${n}.log`), backlog);
  writeFileSync(join(folder, "last.log"), "last\n");
  const bytes = new Map<string, number>();
  let whole = -1;
  const source = fileSource({
    patterns: [join(folder, "*.log")],
    from: "start",
    positions: [],
    consumer: (path) => ({
      ...listen().consumer,
      take(_b, start, end) {
        bytes.set(path, (bytes.get(path) ?? 0) + end - start);
        if (path.endsWith("last.log")) {
          whole = [...bytes.values()].filter((read) => read >= backlog.length).length;
        }
        return end;
      },
    }),
    gone: () => {},
    say: () => {},
  });
  t.teardown(() => source.stop());
  await source.start();
  await source.idle();
  t.equal(whole, 0, "logs that were read to their end before it");
  t.equal(bytes.size, 9);
});

t.test("under load: rotations of all kinds while a writer writes", async (t) => {
  const log = join(makeFolder(t), "a.log");
  writeFileSync(log, "");
  const { lines, source } = await follow(t, log);
  const expected: string[] = [];
  for (let n = 0; n < 400; n++) {
    expected.push(`line ${n}`);
    appendFileSync(log, `line ${n}\n`);
    if (n % 40 === 39) {
      // A file that came and went before anybody looked is nobody's (docs/reliability.md).
      await until(() => lines.length > n - 39);
      renameSync(log, `${log}.${n}`);
      writeFileSync(log, "");
      await until(() => lines.length === expected.length);
    }
    if (n % 7 === 0) await new Promise((done) => setTimeout(done, 1));
  }
  await expectLines(t, lines, expected, source);
});
