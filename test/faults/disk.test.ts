/**
 * State files that were cut or that rotted between two runs of a bundle, and state folders that it must not use.
 * The start never fails for damage; what is whole comes back, and goes on coming back at later starts; what
 * is lost is told, with the name of the file that was kept.
 */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { request } from "../../runtime/control/client.ts";
import { makeFolder, type Running, startBundle, until, writeBundle } from "../host/bundle.ts";

const policyOf = (log: string) => `use std/memory
filter door {
  format syslog program "door"
  fail "refused {address}"
}
jail door {
  watch file "${log}"
  filter door
  ban after 1 failure within 1h for 2h
  never ban self
  do memory
}
`;

const attackers = Array.from({ length: 12 }, (_, n) => `198.51.100.${n + 1}`);

interface Host {
  readonly folder: string;
  readonly log: string;
  start(state: string): Running;
  standing(): Promise<string[]>;
  ban(address: string): Promise<void>;
}

async function prepare(test: Test): Promise<Host> {
  const folder = makeFolder(test, "disk");
  const log = join(folder, "door.log");
  const bundle = await writeBundle(folder, policyOf(log));
  const socket = join(folder, "control", "f2b.sock");
  return {
    folder,
    log,
    start: (state) =>
      startBundle(test, [
        ...[process.execPath, bundle, "--json", "--state", state, "--socket", socket],
      ]),
    async standing() {
      const { bans } = (await request(socket, { verb: "bans" })) as { bans: { id: string }[] };
      return bans.map(({ id }) => id);
    },
    async ban(address) {
      await request(socket, { verb: "ban", address, jail: "door" });
    },
  };
}

const isReady = ({ err }: Running) => err.some((line) => line.includes('"event":"ready"'));

/** Starts a bundle, lets `act` do something while it runs, and ends it by `signal`. */
async function during<T>(
  host: Host,
  state: string,
  signal: NodeJS.Signals,
  act: (daemon: Running) => Promise<T>,
): Promise<{ readonly result: T; readonly said: string }> {
  const daemon = host.start(state);
  await until("ready", () => {
    if (daemon.child.exitCode !== null) throw new Error(daemon.err.join("\n"));
    return isReady(daemon);
  });
  const result = await act(daemon);
  daemon.child.kill(signal);
  await daemon.ended;
  return { result, said: daemon.err.join("\n") };
}

/** A state folder with a ban a frame; the log is gone afterwards, so that only the state knows of them. */
async function banAll(host: Host, state: string): Promise<void> {
  writeFileSync(host.log, "");
  await during(host, state, "SIGTERM", async (daemon) => {
    for (const [index, address] of attackers.entries()) {
      appendFileSync(host.log, `${new Date().toISOString()} host door[7]: refused ${address}\n`);
      await until(address, () => daemon.out.filter(isBan).length === index + 1);
    }
  });
  rmSync(host.log);
}

const isBan = (line: string) => line.includes('"type":"ban"');

const named = (folder: string, prefix: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /-\d+$/.test(name) && !name.includes("corrupt"))
    .sort();

const told = /corrupt .*kept as |unfinished write at its end was dropped/;

t.test("a journal cut anywhere gives the bans before the cut, at every later start", async (t) => {
  const host = await prepare(t);
  const whole = join(host.folder, "whole");
  await banAll(host, whole);
  const [name = ""] = named(whole, "journal-");
  const bytes = readFileSync(join(whole, name));
  for (let n = 0; n <= 8; n++) {
    const state = join(host.folder, `cut-${n}`);
    cpSync(whole, state, { recursive: true });
    const cut = Math.floor((bytes.length * n) / 8);
    writeFileSync(join(state, name), bytes.subarray(0, cut));
    const first = await during(host, state, "SIGKILL", () => host.standing());
    t.same(first.result, attackers.slice(0, first.result.length), `cut at byte ${cut}`);
    const atFrameEnd = cut === 0 || bytes[cut - 1] === 0x0a;
    t.equal(told.test(first.said), !atFrameEnd, "an unfinished frame is told");
    const second = await during(host, state, "SIGKILL", () => host.standing());
    t.same(second.result, first.result, "the same at the next start");
    if (n === 8) t.same(first.result, attackers, "uncut: all of them");
  }
});

t.test("a bit flipped in a journal costs one ban at most, at every later start", async (t) => {
  const host = await prepare(t);
  const whole = join(host.folder, "whole");
  await banAll(host, whole);
  const [name = ""] = named(whole, "journal-");
  const bytes = readFileSync(join(whole, name));
  for (let n = 0; n < 8; n++) {
    const state = join(host.folder, `flip-${n}`);
    cpSync(whole, state, { recursive: true });
    const at = Math.floor((bytes.length * (n + 0.5)) / 8);
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (n % 8));
    writeFileSync(join(state, name), flipped);
    // The first is killed at once: whether its snapshot is written by then or not, nothing is lost.
    const first = await during(host, state, "SIGKILL", () => host.standing());
    t.ok(first.result.length >= attackers.length - 1, `byte ${at}: ${first.result.length} bans`);
    t.match(first.said, told, "told");
    const second = await during(host, state, "SIGTERM", () => host.standing());
    t.same(second.result.sort(), first.result.sort(), "the same at the next start");
    if (!/kept as/.test(first.said)) continue;
    t.ok(flipped.equals(readFileSync(join(state, `${name}.corrupt-1`))), "kept as it was");
    t.notOk(existsSync(join(state, `${name}.corrupt-2`)), "and once");
    const third = await during(host, state, "SIGTERM", () => host.standing());
    t.same(third.result.sort(), first.result.sort(), "and at the one after it");
    t.notMatch(third.said, told, "told until a snapshot has taken its place");
  }
});

t.test("a rotten snapshot costs no ban: what it was made of is still there", async (t) => {
  const host = await prepare(t);
  const state = join(host.folder, "state");
  await banAll(host, state);
  // A damaged header loses no ban, and makes the next start write a snapshot.
  const rot = (name: string, at: number) => {
    const bytes = readFileSync(join(state, name));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(state, name), bytes);
  };
  rot(named(state, "journal-")[0] ?? "", 3);
  const snapshots = () => named(state, "snapshot-");
  const first = await during(host, state, "SIGTERM", async () => {
    await until("a snapshot", () => snapshots().length === 1);
    return host.standing();
  });
  t.same(first.result.sort(), [...attackers].sort());
  rot(snapshots()[0] ?? "", 400);
  const second = await during(host, state, "SIGTERM", async () => {
    await until("a newer snapshot", () => snapshots().length === 2);
    const found = await host.standing();
    // So that its journal holds more than its header.
    await host.ban("203.0.113.1");
    return found;
  });
  t.match(second.said, /snapshot-\d+ is corrupt .*kept as/);
  t.same(second.result.sort(), [...attackers].sort(), "from the journals before it");
  // From here on there is a whole snapshot before each new one, restarts in between or not.
  rot(named(state, "journal-").at(-1) ?? "", 3);
  const newest = snapshots().at(-1);
  const all = [...attackers, "203.0.113.1"].sort();
  const third = await during(host, state, "SIGTERM", async () => {
    await until("the newest snapshot", () => snapshots().at(-1) !== newest);
    return host.standing();
  });
  t.same(third.result.sort(), all);
  rot(snapshots().at(-1) ?? "", 400);
  const last = await during(host, state, "SIGTERM", () => host.standing());
  t.match(last.said, /snapshot-\d+ is corrupt .*kept as/);
  t.same(last.result.sort(), all, "from the snapshot before it");
});

t.test("a folder that is a link, or open to others, is refused", async (t) => {
  const host = await prepare(t);
  const state = join(host.folder, "state");
  mkdirSync(state, { mode: 0o700 });
  symlinkSync(state, join(host.folder, "link"));
  const linked = host.start(join(host.folder, "link"));
  t.equal(await linked.ended, 3);
  t.match(linked.err.join("\n"), /state folder .*link is a link: name the folder itself/);
  chmodSync(state, 0o755);
  const open = host.start(state);
  t.equal(await open.ended, 3);
  t.match(open.err.join("\n"), /state folder .* is open to others \(mode 755\): chmod 700 /);
  t.same(readdirSync(state), [], "nothing was written there");
});
