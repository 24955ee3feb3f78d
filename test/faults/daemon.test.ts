/**
 * A running bundle among the faults of its host: a second daemon, garbage on its socket, a disk that is full, an
 * action that hangs, an inotify that is used up. It goes on guarding and says what is wrong.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { request } from "../../runtime/control/client.ts";
import {
  ask,
  askStatus,
  makeFolder,
  type Running,
  startBundle,
  until,
  watchChild,
  writeBundle,
} from "../host/bundle.ts";

/** A number that no other process sleeps for. */
const sleepSeconds = `${process.pid}987`;

const policyOf = (log: string, action: string) => `use std/memory
action hang {
  on ban { run ["sleep", "${sleepSeconds}"] timeout 200s }
}
filter door {
  format syslog program "door"
  fail "refused {address}"
}
jail door {
  watch file "${log}"
  filter door
  ban after 2 failures within 1h for 2h
  never ban self
  do ${action}
}
`;

interface Guarded {
  readonly folder: string;
  readonly log: string;
  readonly bundle: string;
  readonly socket: string;
  readonly state: string;
  readonly argv: readonly string[];
  fail(address: string): void;
}

async function prepare(test: Test, action = "memory"): Promise<Guarded> {
  const folder = makeFolder(test, "daemon");
  const log = join(folder, "door.log");
  writeFileSync(log, "");
  const bundle = await writeBundle(folder, policyOf(log, action));
  const socket = join(folder, "control", "f2b.sock");
  const state = join(folder, "state");
  return {
    ...{ folder, log, bundle, socket, state },
    argv: [process.execPath, bundle, "--json", "--state", state, "--socket", socket],
    fail(address) {
      const line = `${new Date().toISOString()} host door[7]: refused ${address}\n`;
      appendFileSync(log, line + line);
    },
  };
}

const isReady = (daemon: Running) => daemon.err.some((line) => line.includes('"event":"ready"'));
const bans = (daemon: Running, id: string) =>
  daemon.out.filter((line) => line.includes('"type":"ban"') && line.includes(`"${id}"`)).length;

async function start(test: Test, guarded: Guarded): Promise<Running> {
  const daemon = startBundle(test, guarded.argv);
  await until("ready", () => isReady(daemon));
  return daemon;
}

async function stop(test: Test, daemon: Running): Promise<void> {
  const since = performance.now();
  daemon.child.kill("SIGTERM");
  test.equal(await daemon.ended, 0, "ends cleanly");
  test.ok(performance.now() - since < 5_000, `in ${Math.round(performance.now() - since)} ms`);
}

t.test("a second daemon is refused, and the first goes on", async (t) => {
  const guarded = await prepare(t);
  const first = await start(t, guarded);
  for (const [what, words] of [
    ["the same state", ["--socket", join(guarded.folder, "control", "other.sock")]],
    ["the same socket", ["--state", join(guarded.folder, "other")]],
  ] as const) {
    const second = startBundle(t, [...guarded.argv, ...words]);
    t.equal(await second.ended, 3, what);
    t.match(second.err.join("\n"), /another daemon/);
  }
  guarded.fail("192.0.2.7");
  await until("the ban", () => bans(first, "192.0.2.7") === 1);
  t.equal((await askStatus(guarded.bundle, guarded.socket)).pid, first.child.pid);
  await stop(t, first);
  t.notOk(existsSync(guarded.socket), "the socket is gone");
});

t.test("a dead socket is replaced; the folder and the socket are ours alone", async (t) => {
  const guarded = await prepare(t);
  const first = await start(t, guarded);
  first.child.kill("SIGKILL");
  await first.ended;
  t.ok(existsSync(guarded.socket), "left behind by kill -9");
  const second = await start(t, guarded);
  t.equal(statSync(guarded.socket).mode & 0o777, 0o600);
  t.equal(statSync(join(guarded.folder, "control")).mode & 0o777, 0o700);
  t.equal(statSync(guarded.state).mode & 0o777, 0o700);
  await stop(t, second);
});

/** A client of the control socket that says what it likes. */
function intrude(test: Test, path: string) {
  const socket = connect(path);
  const client = { socket, said: "", lines: 0, hasEnded: false };
  test.teardown(() => socket.destroy());
  socket.on("error", () => {});
  socket.on("close", () => {
    client.hasEnded = true;
  });
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    client.lines += chunk.split("\n").length - 1;
    client.said = (client.said + chunk).slice(0, 10_000);
  });
  return client;
}

const residentMb = ({ child }: Running) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;

t.test("garbage, floods and half-open clients on the socket disturb nobody", async (t) => {
  const guarded = await prepare(t);
  const daemon = await start(t, guarded);
  let hosts = 0;
  /** While it goes on: another client is answered, and whoever fails is banned. */
  const disturbsNobody = async (what: string) => {
    const address = `198.51.100.${++hosts}`;
    guarded.fail(address);
    await until(`the ban, ${what}`, () => bans(daemon, address) === 1);
    await t.resolves(request(guarded.socket, { verb: "status" }), `answered, ${what}`);
  };

  const garbage = intrude(t, guarded.socket);
  const wrong = ["{", "\0\xff", '{"id":1,"verb":"__proto__"}', '{"id":1,"verb":"exec","run":"id"}'];
  const orders = ['{"id":1,"verb":"ban","address":"192.0.2.99; flush ruleset","jail":"door"}'];
  for (const line of [...wrong, ...orders]) garbage.socket.write(`${line}\n`, "latin1");
  await until("the refusals", () => garbage.lines === wrong.length + orders.length);
  t.equal(garbage.said.match(/"ok":false/g)?.length, garbage.lines, "each is refused");
  await disturbsNobody("among garbage");

  const before = residentMb(daemon);
  const endless = intrude(t, guarded.socket);
  for (let n = 0; n < 64; n++) endless.socket.write("[".repeat(1024 * 1024));
  await until("the end of an endless request", () => endless.hasEnded);
  t.match(endless.said, /at most 8192 bytes/);
  await disturbsNobody("after an endless request");
  const grown = residentMb(daemon) - before;
  t.ok(grown < 60, `it left ${grown.toFixed(0)} MB behind`);

  const requests = 20_000;
  const flood = intrude(t, guarded.socket);
  flood.socket.write('{"id":1,"verb":"loglevel","level":"info"}\n'.repeat(requests));
  await until("the flood's first answers", () => flood.lines > 0);
  await disturbsNobody("in a flood of requests");
  t.ok(flood.lines < requests / 2, `${flood.lines} answers to the flood before that`);
  flood.socket.destroy();

  const halfOpen = Array.from({ length: 60 }, () => intrude(t, guarded.socket));
  for (const { socket } of halfOpen) socket.write('{"id":1,"verb":"sta');
  const refused = () => halfOpen.filter(({ said }) => said.includes("too many clients")).length;
  await until("no more clients than may be", () => refused() >= 60 - 32);
  // Those that were there before may take some of the places.
  t.ok(refused() <= 60 - 28, `${refused()} of 60 are refused`);
  await until("the refused are closed", () => halfOpen.filter((one) => one.hasEnded).length >= 28);
  halfOpen.find((one) => !one.hasEnded)?.socket.destroy();
  await until("a place", () =>
    request(guarded.socket, { verb: "status" }).then(
      () => true,
      () => false,
    ),
  );
  await disturbsNobody("among half-open clients");
  t.match(await ask([process.execPath, guarded.bundle, "bans", "--socket", guarded.socket]), /198/);
  await stop(t, daemon);
});

t.test("an action that hangs delays neither bans nor the end", async (t) => {
  const guarded = await prepare(t, "hang, memory");
  const daemon = await start(t, guarded);
  guarded.fail("192.0.2.7");
  guarded.fail("192.0.2.8");
  await until("the bans", () => bans(daemon, "192.0.2.7") + bans(daemon, "192.0.2.8") === 2);
  await until(
    "the action",
    () => spawnSync("pgrep", ["-fx", `sleep ${sleepSeconds}`]).status === 0,
  );
  daemon.child.kill("SIGTERM");
  await until("the stop", () => daemon.err.some((line) => line.includes('"event":"stopping"')));
  // A log rotation may well say it while the daemon ends.
  daemon.child.kill("SIGHUP");
  t.equal(await daemon.ended, 0, "ends cleanly");
  const left = spawnSync("pgrep", ["-fx", `sleep ${sleepSeconds}`]);
  t.equal(left.status, 1, "nothing that it started stays behind");
});

t.test(
  "a reader of the output that hangs holds nobody; what it reads later are whole lines",
  async (t) => {
    const guarded = await prepare(t);
    const [program = "", ...words] = guarded.argv;
    // Nothing is read of it before somebody listens.
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    t.teardown(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    await until("ready", async () => (await askStatus(guarded.bundle, guarded.socket)).protecting);
    const hosts = 2_000;
    const addresses = Array.from({ length: hosts }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const stamp = new Date().toISOString();
    const lines = addresses.map((address) => `${stamp} host door[7]: refused ${address}\n`);
    appendFileSync(guarded.log, lines.map((line) => line + line).join(""));
    await until("all bans", async () => {
      const { jails } = await askStatus(guarded.bundle, guarded.socket);
      return jails[0]?.standing === hosts;
    });
    const late = watchChild(child);
    const tells = (text: string) => [...late.out, ...late.err].some((line) => line.includes(text));
    await until("what is lost", () => {
      guarded.fail("192.0.2.7");
      return tells("lines of it are lost");
    });
    await until("the next ban", () => tells('"192.0.2.7"'));
    child.kill("SIGTERM");
    t.equal(await late.ended, 0);
    for (const line of late.out) JSON.parse(line);
    t.ok(late.out.length < 3 * hosts, `${late.out.length} lines were read`);
  },
);

t.test("more logs than may be open leave room for all else", async (t) => {
  const guarded = await prepare(t);
  const logs = join(guarded.folder, "logs");
  mkdirSync(logs);
  for (let n = 0; n < 100; n++) writeFileSync(join(logs, `${n}.log`), "");
  const own = join(guarded.folder, "own");
  mkdirSync(own);
  const policy = `action tell { on ban { run ["touch", "${own}/told"] timeout 5s } }
${policyOf(join(logs, "*.log"), "tell, memory")}`;
  const bundle = await writeBundle(own, policy);
  const limit = ["sh", "-c", 'ulimit -n 80 && exec "$@"', "sh"];
  const argv = guarded.argv.with(1, bundle);
  const daemon = startBundle(t, [...limit, ...argv]);
  await until("ready", () => isReady(daemon));
  const status = await askStatus(bundle, guarded.socket);
  t.match(status.verdict, "is one log too many: this process may open 80 files");
  const read = status.sources.find(({ state }) => state === "following")?.name ?? "";
  const line = `${new Date().toISOString()} host door[7]: refused 192.0.2.7\n`;
  appendFileSync(read, line + line);
  await until("the ban", () => bans(daemon, "192.0.2.7") === 1);
  await until("the action", () => existsSync(join(own, "told")));
  t.notMatch(daemon.err.join("\n"), "uv_interface_addresses", "our own addresses are known");
  await stop(t, daemon);
});

t.test("SIGHUP looks at files again", async (t) => {
  const guarded = await prepare(t);
  const daemon = await start(t, guarded);
  renameSync(guarded.log, `${guarded.log}.1`);
  guarded.fail("192.0.2.7");
  daemon.child.kill("SIGHUP");
  await until("the ban", () => bans(daemon, "192.0.2.7") === 1);
  t.match(daemon.err.join("\n"), /SIGHUP/);
  await stop(t, daemon);
});

t.test("standard input is counted as it comes", async (t) => {
  const guarded = await prepare(t);
  const policy = policyOf(guarded.log, "memory").replace(/watch file .*/, "watch input");
  const folder = join(guarded.folder, "input");
  mkdirSync(folder);
  const bundle = await writeBundle(folder, policy);
  const state = join(folder, "state");
  const daemon = startBundle(t, [process.execPath, bundle, "--json", "--once", "--state", state]);
  const line = `${new Date().toISOString()} host door[7]: refused 192.0.2.7\n`;
  daemon.child.stdin?.write(line + line.slice(0, 20));
  daemon.child.stdin?.write(line.slice(20));
  await until("the ban", () => bans(daemon, "192.0.2.7") === 1);
  daemon.child.stdin?.end();
  t.equal(await daemon.ended, 0, "ends with its input");
});

const mayUnshare = spawnSync("unshare", ["-Urm", "true"]).status === 0;
const unshared = {
  skip: mayUnshare ? false : "needs user namespaces (unshare -Urm)",
};

const hasIpv6 = existsSync("/proc/self/net/if_inet6");
const unitOfIpv6 = mayUnshare && !hasIpv6 ? { skip: "needs a kernel with IPv6" } : unshared;

t.test("the service unit's /proc (ProcSubset=pid) hides no IPv6", unitOfIpv6, async (t) => {
  const folder = makeFolder(t, "unit");
  const policy = `use std/blackhole\n${policyOf(join(folder, "door.log"), "blackhole")}`;
  const bundle = await writeBundle(folder, policy);
  const script = 'mount -t proc -o subset=pid proc /proc && ls /proc >&2 && exec "$@"';
  const check = [process.execPath, bundle, "check", "--json"];
  const ran = spawnSync("unshare", ["-Urmpf", "sh", "-c", script, "sh", ...check], {
    encoding: "utf8",
  });
  t.notMatch(ran.stderr, /^net$/m, "as the unit has it");
  t.match(ran.stdout, /"program ip"/);
  t.notMatch(ran.stdout, /IPv6/);
});

t.test("inotify used up: it polls, says so, and bans all the same", unshared, async (t) => {
  const guarded = await prepare(t);
  const script = 'echo 0 > /proc/sys/user/max_inotify_watches && exec "$@"';
  const daemon = startBundle(t, ["unshare", "-Ur", "sh", "-c", script, "sh", ...guarded.argv]);
  await until("ready", () => isReady(daemon));
  const [source] = (await askStatus(guarded.bundle, guarded.socket)).sources;
  t.match(source, { state: "polling", detail: "inotify limits reached" });
  guarded.fail("192.0.2.7");
  await until("the ban", () => bans(daemon, "192.0.2.7") === 1);
  t.pass("found by polling");
});

t.test("a full disk: bans go on, are told as unsaved, and are saved later", unshared, async (t) => {
  const guarded = await prepare(t);
  const script = `mkdir -p "$0" && mount -t tmpfs -o size=64k,mode=700 tmpfs "$0" &&
    { dd if=/dev/zero of="$0/fill" bs=4k 2> /dev/null; exec "$@"; }`;
  const argv = ["unshare", "-Urm", "sh", "-c", script, guarded.state, ...guarded.argv];
  const daemon = startBundle(t, argv);
  await until("ready", () => isReady(daemon));
  guarded.fail("192.0.2.7");
  await until("the fault", async () => {
    const status = await askStatus(guarded.bundle, guarded.socket);
    return status.protecting && /state cannot be saved.*ENOSPC/.test(status.verdict);
  });
  t.match(daemon.err.join("\n"), /state cannot be saved: ENOSPC/);
  const enter = ["-t", String(daemon.child.pid), "-U", "-m", "--preserve-credentials"];
  const within = (...words: string[]) =>
    spawnSync("nsenter", [...enter, ...words], { encoding: "utf8" });
  within("rm", join(guarded.state, "fill"));
  await until("saved", () => bans(daemon, "192.0.2.7") === 1);
  t.match(daemon.err.join("\n"), /the disk works again/);
  t.match(within("cat", join(guarded.state, "journal-1")).stdout, /192\.0\.2\.7/, "it is there");
});

t.test("a read-only disk: it starts and guards", unshared, async (t) => {
  const guarded = await prepare(t);
  const script = `mkdir -p "$0" && mount -t tmpfs -o ro,mode=700 tmpfs "$0" && exec "$@"`;
  const argv = ["unshare", "-Urm", "sh", "-c", script, guarded.state, ...guarded.argv];
  const daemon = startBundle(t, argv);
  await until("ready", () => isReady(daemon));
  t.match(daemon.err.join("\n"), /state cannot be saved: EROFS/);
  guarded.fail("192.0.2.7");
  await until("the ban", async () => {
    const { bans } = JSON.parse(
      `{"bans":[${(await ask([process.execPath, guarded.bundle, "bans", "--json", "--socket", guarded.socket])).trim().split("\n").join(",")}]}`,
    );
    return bans.length === 1;
  });
  t.pass("banned though it cannot be remembered");
});

t.test(
  "a read-only disk without the folders: it says what cannot be made, and why",
  unshared,
  async (t) => {
    const guarded = await prepare(t);
    const disk = join(guarded.folder, "disk");
    mkdirSync(disk);
    const script = `mount -t tmpfs -o ro,mode=700 tmpfs "$0" && exec "$@"`;
    const [node = "", bundle = ""] = guarded.argv;
    const state = ["--state", guarded.state];
    for (const [what, words] of [
      ["state folder", ["--state", join(disk, "var", "f2b")]],
      ["the control socket's folder", [...state, "--socket", join(disk, "run", "f2b", "s")]],
    ] as const) {
      const argv = ["unshare", "-Urm", "sh", "-c", script, disk, node, bundle, ...words];
      const daemon = startBundle(t, argv);
      t.equal(await daemon.ended, 3);
      t.match(
        daemon.err.join("\n"),
        new RegExp(`f2b: ${what} .* cannot be made: EROFS: read-only`),
      );
    }
  },
);
