/**
 * `kill -9` at random moments, a writer writing and rotating all the while: no ban that was told is lost, none is
 * made twice, and every line counts exactly once. Half of the attackers write one line less than the
 * ban takes: a line that counted twice would ban them. The others write just enough: a line that was
 * lost would let them go. Two failures of three stand in two lines of a connection, of which only one has the
 * address: what a killed daemon knew of the connection must be known again.
 *
 * A log cut in place (copytruncate) loses what was not read, by its nature: there each cut waits until all is
 * read, and comes before a kill, after it, or without one.
 *
 * 50 kills and 10 cuts in `npm test`, 200 and 100 in `npm run test:faults` (F2B_FAULTS=1).
 */
import { appendFileSync, renameSync, truncateSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { request } from "../../runtime/control/client.ts";
import { makeFolder, type Running, startBundle, until, writeBundle } from "../host/bundle.ts";

const kills = process.env["F2B_FAULTS"] === "1" ? 200 : 50;
const cuts = process.env["F2B_FAULTS"] === "1" ? 100 : 10;
const threshold = 5;
const attackersAtOnce = 30;

const policyOf = (log: string) => `use std/sshd, std/memory
jail sshd {
  watch file "${log}"
  filter sshd
  ban after ${threshold} failures within 1h for 2h
  never ban self
  do memory
}
`;

/** Numbers that a seed decides (Park and Miller), so that a failure can be had again. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
}

/** Attackers are numbered as they come. */
function ordinalOf(address: string): number {
  const [, , high, low] = address.split(".").map(Number);
  return (high ?? 0) * 256 + (low ?? 0);
}

/**
 * One failure of a host in lines of a connection of its own: a line that says all, a failure that waits for a line
 * that says whose it is, or one that takes it from an earlier line.
 */
function failureOf(address: string, pid: number, way: number): string[] {
  const line = (words: string) => `${new Date().toISOString()} host sshd[${pid}]: ${words}\n`;
  const locked = line("User root not allowed because account is locked");
  if (way === 0) return [locked, line(`Connection closed by ${address} port 4022 [preauth]`)];
  if (way === 1) return [line(`Connection from ${address} port 4022 on 192.0.2.1 port 22`), locked];
  return [line(`Failed password for root from ${address} port 4022 ssh2`)];
}

/** Writes attackers' lines in a mixed order, now and then half a line first, until it is stopped. */
function startWriter(log: string, random: (below: number) => number) {
  const guilty = new Set<string>();
  const innocent = new Set<string>();
  const active: { address: string; left: number; rest: string[] }[] = [];
  let made = 0;
  let lines = 0;
  const open = () => {
    const address = `198.18.${made >> 8}.${made & 255}`;
    const isGuilty = made++ % 2 === 0;
    (isGuilty ? guilty : innocent).add(address);
    active.push({ address, left: isGuilty ? threshold : threshold - 1, rest: [] });
  };
  const write = () => {
    const at = random(active.length);
    const one = active[at];
    if (one === undefined) return;
    if (one.rest.length === 0) one.rest = failureOf(one.address, 1_000 + lines, random(3));
    const line = one.rest.shift() ?? "";
    const cut = random(4) === 0 ? random(line.length) : 0;
    if (cut > 0) appendFileSync(log, line.slice(0, cut));
    appendFileSync(log, line.slice(cut));
    lines++;
    if (one.rest.length === 0 && --one.left === 0) active.splice(at, 1);
  };
  const timer = setInterval(() => {
    while (active.length < attackersAtOnce) open();
    for (let n = random(8); n > 0; n--) write();
  }, 3);
  return {
    guilty,
    innocent,
    lines: () => lines,
    attackers: () => made,
    /** Lets all attackers finish. */
    stop() {
      clearInterval(timer);
      while (active.length > 0) write();
    },
  };
}

t.test(`kill -9, ${kills} times`, { timeout: kills > 50 ? 900_000 : 230_000 }, async (t) => {
  const seed = 1 + (Date.now() % 1_000_000);
  t.comment(`seed ${seed}`);
  const random = makeRandom(seed);
  const folder = makeFolder(t, "kill");
  const log = join(folder, "auth.log");
  const socket = join(folder, "control", "f2b.sock");
  const bundle = await writeBundle(folder, policyOf(log));
  const start = () =>
    startBundle(t, [
      ...[process.execPath, bundle, "--json"],
      ...["--state", join(folder, "state"), "--socket", socket],
    ]);
  const told: string[] = [];
  const hear = (daemon: Running) => {
    for (const line of daemon.out) {
      const decision = JSON.parse(line);
      if (decision.type === "ban") told.push(decision.id);
    }
  };
  const standing = async () => {
    const { bans } = (await request(socket, { verb: "bans" })) as { bans: { id: string }[] };
    return new Set(bans.map((ban) => ban.id));
  };
  const lost: string[] = [];
  const warnings: string[] = [];
  appendFileSync(log, "");
  const writer = startWriter(log, random);
  let rotations = 0;
  let rotatedAt = 0;
  // On a busy machine a start takes longer: kills must come before it is done, and long after.
  let startMs = 0;
  for (let n = 0; n < kills; n++) {
    const since = performance.now();
    const daemon = start();
    if (n === 0) {
      await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
      startMs = performance.now() - since;
    }
    if (n % 10 === 9) {
      await until("the socket", async () => {
        const now = await standing();
        lost.push(...told.filter((id) => !now.has(id)));
        return true;
      });
    }
    await new Promise((done) => setTimeout(done, random(Math.ceil(2 * startMs) + 100)));
    // Of two rotations while nobody looks the file in between has no position (docs/reliability.md):
    // the next one waits for a ban of somebody who came after the last.
    if (random(3) === 0 && told.some((id) => ordinalOf(id) >= rotatedAt)) {
      renameSync(log, `${log}.${++rotations}`);
      rotatedAt = writer.attackers();
    }
    await new Promise((done) => setTimeout(done, random(60)));
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    hear(daemon);
    warnings.push(...daemon.err);
  }
  writer.stop();
  const last = start();
  await until("all bans", async () => (await standing()).size >= writer.guilty.size, 20_000).catch(
    (error) => t.fail(String(error)),
  );
  const now = await standing();
  last.child.kill("SIGTERM");
  t.equal(await last.ended, 0, "ends cleanly on SIGTERM");
  hear(last);
  warnings.push(...last.err);

  t.comment(`${writer.lines()} lines, ${rotations} rotations, ${told.length} bans told`);
  t.ok(writer.guilty.size > kills && rotations > 0, "there was something to lose");
  t.same(lost, [], "no ban that was told is missing after a restart");
  const expected = [...writer.guilty].sort();
  t.same(
    [...now].sort(),
    expected,
    "who wrote enough lines is banned, nobody else: each line once",
  );
  t.equal(new Set(told).size, told.length, "no ban is made twice");
  t.same(
    told.filter((id) => !now.has(id)),
    [],
    "every ban that was told stands",
  );
  const bad = warnings.filter((line) => /corrupt|damaged|cannot|gone|was cut/.test(line));
  t.same(bad, [], "no state file was damaged, no log's rest was gone");
});

/** `Nov 24 01:22:07`: RFC 3164, in the host's zone. */
function stampNow(): string {
  const now = new Date();
  const month = now.toLocaleString("en", { month: "short" });
  return `${month} ${String(now.getDate()).padStart(2)} ${now.toTimeString().slice(0, 8)}`;
}

t.test(
  `copytruncate, ${cuts} cuts among kills`,
  { timeout: cuts > 10 ? 300_000 : 200_000 },
  async (t) => {
    const seed = 1 + (Date.now() % 1_000_000);
    t.comment(`seed ${seed}`);
    const random = makeRandom(seed);
    const folder = makeFolder(t, "cut");
    const log = join(folder, "auth.log");
    const bundle = await writeBundle(folder, policyOf(log));
    const socket = join(folder, "control", "f2b.sock");
    const argv = [process.execPath, bundle, "--json", "--state", join(folder, "state")];
    const start = () => startBundle(t, [...argv, "--socket", socket]);
    const counts = new Map<string, number>();
    const banned: string[] = [];
    let told = 0;
    const hear = (daemon: Running) => {
      for (const line of daemon.out.splice(0)) {
        const { type, id } = JSON.parse(line);
        if (type === "ban") banned.push(id);
        if (type !== "failure") continue;
        told++;
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    };
    const expected = new Map<string, number>();
    let lines = 0;
    const write = (round: number) => {
      const group = Math.floor(round / threshold);
      for (let n = 0; n < 10; n++) {
        // Even ones write in each round of their group, odd ones in all but its last.
        if (n % 2 === 1 && round % threshold === threshold - 1) continue;
        const address = `198.18.${group}.${n}`;
        const pid = 1_000 + lines;
        const words = `Failed password for root from ${address} port ${20_000 + n} ssh2`;
        appendFileSync(log, `${stampNow()} host sshd[${pid}]: ${words}\n`);
        expected.set(address, (expected.get(address) ?? 0) + 1);
        lines++;
      }
    };
    let daemon: Running | null = null;
    let killed = 0;
    for (let round = 0; round < cuts; round++) {
      const isFirst = random(2) === 0;
      if (isFirst) write(round);
      const running: Running = daemon ?? start();
      daemon = running;
      if (!isFirst) write(round);
      await until(`round ${round}`, () => {
        hear(running);
        return told >= lines;
      });
      const way = round < 3 ? round : random(3);
      const cut = () => truncateSync(log, 0);
      if (way === 0) cut();
      if (way < 2) {
        running.child.kill("SIGKILL");
        await running.ended;
        hear(running);
        daemon = null;
        killed++;
      }
      if (way > 0) cut();
    }
    const last = daemon ?? start();
    await until("ready", () => last.err.some((line) => line.includes('"event":"ready"')));
    const { bans } = (await request(socket, { verb: "bans" })) as { bans: { id: string }[] };
    last.child.kill("SIGTERM");
    t.equal(await last.ended, 0, "ends cleanly on SIGTERM");
    hear(last);
    t.comment(`${lines} lines, ${killed} kills`);
    t.ok(killed > 0 && killed < cuts, "with kills and without");
    t.same([...counts].sort(), [...expected].sort(), "each line was told once");
    const guilty = [...expected].filter(([, count]) => count === threshold).map(([id]) => id);
    t.same(banned.sort(), guilty.sort(), "each ban was told once");
    t.same(
      bans.map(({ id }) => id).sort(),
      guilty,
      "who wrote enough lines is banned, nobody else: each line counted once",
    );
  },
);
