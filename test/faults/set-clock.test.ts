/**
 * The wall clock of a running daemon set back and forth (set-clock.mjs shifts what it sees): failures are of one
 * window, no ban ends early or is kept for ever, and stamps that the clock's steps made strange are put right.
 */
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { request } from "../../runtime/control/client.ts";
import { makeFolder, startBundle, until, writeBundle } from "../host/bundle.ts";

const threshold = 3;
const banMs = 3_000;
const hour = 3_600_000;
const year = 365 * 24 * hour;
/** Stamps count to the second, and a ban begins with its last stamp; and the times are another process's. */
const roundingMs = 1_005;
/** The preload takes some ms to tell the time, and the machine's own clock may be adjusted a little. */
const nearMs = 1_000;
const preload = new URL("./set-clock.mjs", import.meta.url).href;

const policyOf = (log: string) => `use std/sshd, std/memory
jail sshd {
  watch file "${log}"
  filter sshd
  ban after ${threshold} failures within 10m for ${banMs / 1_000}s
  never ban self
  do memory
}
`;

interface Line {
  readonly type: "failure" | "ban" | "unban";
  readonly id: string;
  readonly time: string;
}

t.test("the wall clock set back and forth under a running daemon", async (t) => {
  const folder = makeFolder(t, "clock");
  const log = join(folder, "auth.log");
  const shift = join(folder, "shift");
  const socket = join(folder, "control", "f2b.sock");
  appendFileSync(log, "");
  const bundle = await writeBundle(folder, policyOf(log));
  let shiftMs = 0;
  const step = (ms: number) => {
    shiftMs = ms;
    // In one step, or the daemon would read half a number.
    writeFileSync(`${shift}.new`, String(ms));
    renameSync(`${shift}.new`, shift);
  };
  step(0);
  const daemon = startBundle(
    t,
    [
      ...[process.execPath, "--import", preload, bundle, "--json"],
      ...["--state", join(folder, "state"), "--socket", socket],
    ],
    { SET_CLOCK_FILE: shift },
  );
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  const toldOf = (id: string, type: Line["type"]) =>
    daemon.out
      .map((line): Line => JSON.parse(line))
      .filter((line) => line.id === id && line.type === type);
  /** A syslog daemon stamps by the wall clock. */
  const fail = async (id: string, n: number) => {
    const stamp = new Date(Date.now() + shiftMs).toISOString();
    appendFileSync(log, `${stamp} host sshd[7]: Failed password for root from ${id} port 9 ssh2\n`);
    await until(`failure ${n} of ${id}`, () => toldOf(id, "failure").length === n);
  };

  const lasting = "198.51.100.200";
  await request(socket, { verb: "ban", address: lasting, jail: "sshd", forMs: 2 * hour });
  const steps = [-hour, hour, -year, year, 0];
  for (const [n, ms] of steps.entries()) {
    const id = `198.51.100.${n + 1}`;
    const before = Date.now();
    await fail(id, 1);
    step(ms);
    await fail(id, 2);
    const since = performance.now();
    await fail(id, 3);
    await until(`the ban of ${id}`, () => toldOf(id, "ban").length === 1);
    // Forth and back again while it stands.
    step(-ms / 2);
    const status = (await request(socket, { verb: "bans" })) as { bans: { id: string }[] };
    t.ok(
      status.bans.some((ban) => ban.id === lasting),
      "a long ban still stands",
    );
    step(ms);
    await until(`the end of ${id}`, () => toldOf(id, "unban").length === 1);
    const stoodMs = performance.now() - since;
    t.ok(stoodMs >= banMs - roundingMs, `set to ${ms} ms: it stood for ${Math.round(stoodMs)} ms`);
    const times = [...toldOf(id, "failure"), ...toldOf(id, "ban")].map((line) => line.time);
    const strange = times.filter((time) => {
      const ms = Date.parse(time);
      return !(ms >= before - nearMs && ms <= Date.now() + nearMs);
    });
    t.equal(times.length, threshold + 1);
    t.same(strange, [], "all times are of the clock that the daemon started with");
  }
  t.equal(toldOf(lasting, "unban").length, 0);
  daemon.child.kill("SIGTERM");
  t.equal(await daemon.ended, 0, "ends cleanly on SIGTERM");
});
