/**
 * The control socket against broken, hostile and slow clients.
 */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import t, { type Test } from "tap";
import { type ControlError, request } from "../../runtime/control/client.ts";
import { readRequest } from "../../runtime/control/request.ts";
import { openControl } from "../../runtime/control/server.ts";

function socketPath(test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-control-"));
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "run", "f2b.sock");
}

async function serve(test: Test, more: { idleMs?: number } = {}) {
  const path = socketPath(test);
  const asked: unknown[] = [];
  const sends: ((event: object) => boolean)[] = [];
  const control = await openControl({
    path,
    ...more,
    async handle(body, send, onClose) {
      asked.push(body);
      if (body.verb === "tail") {
        sends.push(send);
        onClose(() => sends.splice(sends.indexOf(send), 1));
        return { tailing: true };
      }
      if (body.verb === "flush") throw new Error("the disk is full");
      return { verb: body.verb };
    },
  });
  test.teardown(() => control.close());
  return { path, asked, sends, control };
}

/** Writes raw bytes and gives everything that came back until the server or the time ends it. */
function raw(path: string, bytes: string | Buffer, end = true): Promise<string> {
  return new Promise((resolve) => {
    let got = "";
    const socket = connect(path, () => {
      socket.write(bytes);
      if (end) socket.end();
    });
    socket.on("data", (chunk) => {
      got += chunk.toString();
    });
    socket.on("error", () => resolve(got));
    socket.on("close", () => resolve(got));
  });
}

t.test("a folder that others use is left as it is, and named", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-control-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const mode of [0o755, 0o1777, 0o750, 0o701]) {
    chmodSync(folder, mode);
    const opened = openControl({ path: join(folder, "f2b.sock"), handle: async () => null });
    await t.rejects(opened, {
      message: new RegExp(`open to others \\(mode ${mode.toString(8)}\\)`),
    });
    t.equal(statSync(folder).mode & 0o7777, mode);
  }
  symlinkSync(folder, join(folder, "link"));
  const linked = openControl({ path: join(folder, "link", "s"), handle: async () => null });
  await t.rejects(linked, { message: /is a link or no folder/ });
});

t.test("a path that no socket can have is refused, and nothing is made", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-control-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "x".repeat(120), "s");
  await t.rejects(openControl({ path, handle: async () => null }), {
    message: /is too long: a socket's path has at most 107 bytes$/,
  });
  t.same(readdirSync(folder), []);
});

t.test("answers, refuses, and is for its owner only", async (t) => {
  const { path, asked } = await serve(t);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(statSync(join(path, "..")).mode & 0o777, 0o700);
  t.same(await request(path, { verb: "status" }), { verb: "status" });
  t.same(asked, [{ id: 1, verb: "status" }]);
  await t.rejects(request(path, { verb: "flush" }), { message: "the disk is full" });
});

t.test("a dead socket is replaced, a living one and a plain file are not", async (t) => {
  const { path } = await serve(t);
  await t.rejects(openControl({ path, handle: async () => null }), {
    message: /another daemon answers/,
  });
  const dead = socketPath(t);
  const first = await openControl({ path: dead, handle: async () => null });
  await first.close();
  writeFileSync(dead, "not a socket");
  await t.rejects(openControl({ path: dead, handle: async () => null }), {
    message: /is no socket/,
  });
  t.equal(readFileSync(dead, "utf8"), "not a socket");
  rmSync(dead);
  // What kill -9 leaves: a socket file that nobody listens on.
  const { spawnSync } = await import("node:child_process");
  spawnSync(process.execPath, [
    "-e",
    `require("net").createServer().listen(${JSON.stringify(dead)},()=>process.kill(process.pid,9))`,
  ]);
  t.ok(statSync(dead).isSocket());
  const again = await openControl({ path: dead, handle: async () => "here" });
  t.equal(await request(dead, { verb: "status" }), "here");
  await again.close();
});

t.test("garbage and long requests disturb nobody", async (t) => {
  const { path } = await serve(t);
  t.match(await raw(path, "garbage\n"), /"ok":false/);
  t.match(await raw(path, Buffer.from([0xff, 0x00, 0x0a])), /"ok":false/);
  t.match(await raw(path, "x".repeat(100_000), false), /at most 8192 bytes/);
  t.match(await raw(path, '{"id":1,"verb":"exec","run":"id"}\n'), /must be one of/);
  t.same(await request(path, { verb: "status" }), { verb: "status" });
});

t.test("a flood of requests by one client holds no other up", async (t) => {
  const { path, asked } = await serve(t);
  const flood = connect(path, () => flood.write('{"id":1,"verb":"flush"}\n'.repeat(20_000)));
  flood.on("error", () => {});
  flood.resume();
  while (asked.length === 0) await new Promise((done) => setTimeout(done, 5));
  t.same(await request(path, { verb: "status" }), { verb: "status" });
  t.ok(asked.length < 1_000, `${asked.length} requests before it`);
  flood.destroy();
});

t.test("clients over the limit are told, and those who go make room", async (t) => {
  const { path } = await serve(t);
  let refused = 0;
  const open = Array.from({ length: 60 }, () => connect(path));
  for (const socket of open) {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (chunk.includes("too many clients")) refused++;
    });
  }
  for (let n = 0; n < 400 && refused < 28; n++) await new Promise((done) => setTimeout(done, 10));
  t.equal(refused, 28, "32 may stay");
  for (const socket of open) socket.destroy();
  for (let n = 0; n < 400; n++) {
    try {
      t.same(await request(path, { verb: "status" }), { verb: "status" });
      break;
    } catch {
      await new Promise((done) => setTimeout(done, 10));
    }
  }
});

t.test(
  "a client that says half a request and no more is closed; one that tails is not",
  async (t) => {
    const { path, sends } = await serve(t, { idleMs: 200 });
    const tail = connect(path, () => tail.write('{"id":7,"verb":"tail"}\n'));
    let isClosed = false;
    tail.on("close", () => {
      isClosed = true;
    });
    tail.resume();
    await raw(path, '{"id":1,"verb":"sta', false);
    t.pass("closed");
    await raw(path, "", false);
    t.pass("one that says nothing, too");
    t.notOk(isClosed);
    t.equal(sends.length, 1);
    tail.destroy();
  },
);

t.test("a slow tail loses events, not the daemon's memory", async (t) => {
  const { path, sends } = await serve(t);
  const slow = connect(path, () => slow.write('{"id":7,"verb":"tail"}\n'));
  slow.pause();
  for (let n = 0; n < 100 && sends.length === 0; n++) {
    await new Promise((done) => setTimeout(done, 10));
  }
  const before = process.memoryUsage().external + process.memoryUsage().heapUsed;
  for (let n = 0; n < 20_000; n++) sends[0]?.({ text: "x".repeat(1000) });
  const grown = process.memoryUsage().external + process.memoryUsage().heapUsed - before;
  t.ok(grown < 15_000_000, `grew by ${grown}`);
  slow.destroy();
  for (let n = 0; n < 100 && sends.length > 0; n++) {
    await new Promise((done) => setTimeout(done, 10));
  }
  t.equal(sends.length, 0);
});

t.test("no daemon: the error says what to do", async (t) => {
  const path = socketPath(t);
  await t.rejects(request(path, { verb: "status" }), { message: /is the daemon running/ });
  await request(path, { verb: "status" }).catch((error: ControlError) => {
    t.equal(error.unreachable, true);
  });
});

t.test("the check by hand agrees with the schema on any value", async (t) => {
  const schema = JSON.parse(
    readFileSync(new URL("../../schemas/control.schema.json", import.meta.url), "utf8"),
  );
  const valid = new Ajv({ strict: false }).compile(schema);
  const good = {
    id: fc.nat(),
    jail: fc.constantFrom("sshd", "__proto__"),
    address: fc.constantFrom("192.0.2.1", "2001:db8::/64", "all"),
    why: fc.constant("192.0.2.1"),
    forMs: fc.constantFrom(null, 1, 3_600_000),
    force: fc.boolean(),
    level: fc.constantFrom("debug", "error"),
    on: fc.boolean(),
    flush: fc.boolean(),
  };
  const shapes = {
    status: ["jail"],
    bans: ["jail", "why"],
    ban: ["address", "jail", "forMs", "force"],
    unban: ["address", "jail"],
    tail: ["jail"],
    flush: [],
    loglevel: ["level"],
    observe: ["jail", "on"],
    stop: ["flush"],
    exec: ["jail"],
  } as const;
  const body = fc.constantFrom(...(Object.keys(shapes) as (keyof typeof shapes)[])).chain((verb) =>
    fc.record({
      ...Object.fromEntries(shapes[verb].map((name) => [name, good[name]])),
      id: good.id,
      verb: fc.constant(verb),
    }),
  );
  const wrong = fc.oneof(
    fc.constantFrom("", 0, -1, 1.5, null, true, "x".repeat(600)),
    fc.jsonValue(),
  );
  const spoiled = fc
    .tuple(body, fc.constantFrom(...Object.keys(good), "verb", "__proto__", "more"), wrong)
    .map(([value, key, change]) => ({ ...value, [key]: change }));
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(body, spoiled, fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      const ours = readRequest(text).request !== null;
      if (ours) accepted++;
      return ours === (valid(JSON.parse(text)) as boolean);
    }),
    { numRuns: 3000 },
  );
  t.ok(accepted > 500, `${accepted} accepted`);
});
