/**
 * The whole product against a real sshd, a real ssh client and the kernel's packet filter, in namespaces of
 * its own: once with the log that rsyslog writes, once with the journal.
 */
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Running, until, watchChild, writeBundle } from "./bundle.ts";
import {
  attacker4,
  attacker6,
  honest4,
  type Lab,
  labFault,
  neighbour6,
  openLab,
  server4,
  server6,
} from "./lab.ts";

const policyOf = (watch: string) => `use std/sshd, std/nftables
jail sshd {
  watch ${watch}
  filter sshd
  ban after 5 failures within 10m for 15s
  ban after 9 failures within 10m for 1h
  never ban self, ${honest4}
  do nftables
}
`;

interface Guarded {
  readonly lab: Lab;
  readonly bundle: string;
  readonly socket: string;
  daemon: Running;
}

async function guard(test: Test, kind: "rsyslog" | "journald"): Promise<Guarded> {
  const lab = await openLab(test, kind);
  const watch =
    kind === "rsyslog" ? `file "${lab.log}"` : 'journal identifier "sshd", "sshd-session"';
  const bundle = await writeBundle(lab.folder, policyOf(watch));
  const guarded = { lab, bundle, socket: join(lab.folder, "control", "f2b.sock") };
  const daemon = await startDaemon(guarded);
  return { ...guarded, daemon };
}

async function startDaemon(guarded: Omit<Guarded, "daemon">): Promise<Running> {
  const { lab, bundle, socket } = guarded;
  const daemon = watchChild(
    lab.start([
      ...[process.execPath, bundle, "--json", "--socket", socket],
      ...["--state", join(lab.folder, "state")],
    ]),
  );
  await until("the daemon", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  return daemon;
}

const tell = ({ lab, bundle, socket }: Omit<Guarded, "daemon">, ...words: string[]) =>
  lab.onServer([process.execPath, bundle, ...words, "--socket", socket]);

/** Four failed logins at once, then the one that bans: its answer may be dropped already. */
async function attack(test: Test, guarded: Guarded, from: string, to: string): Promise<void> {
  const logins = [1, 2, 3, 4].map(() => guarded.lab.tryLogin(from, to));
  test.same(await Promise.all(logins), ["denied", "denied", "denied", "denied"]);
  test.equal(bansIn(guarded.daemon).length, 0, "four failures ban nobody");
  const fifth = guarded.lab.tryLogin(from, to);
  await until("the ban", () => bansIn(guarded.daemon).length > 0);
  await fifth;
}

function bansIn(daemon: Running): { id: string; failures: number }[] {
  return daemon.out.map((line) => JSON.parse(line)).filter((line) => line.type === "ban");
}

const connects = ({ lab }: Guarded, from: string, to: string) =>
  lab.onClient([process.execPath, "-e", connectScript, from, to]).output.trim();

/** One TCP connection: `open` or `dropped` after half a second. */
const connectScript = `
const socket = require("node:net").connect({ host: process.argv[2], port: 22, localAddress: process.argv[1] });
const end = (how) => { console.log(how); process.exit(); };
socket.on("data", () => end("open"));
socket.on("error", () => end("dropped"));
setTimeout(() => end("dropped"), 700);
`;

/** That sshd answers: a busy machine may take its time, and sshd turns some away when many knock at once. */
async function isServed(test: Test, guarded: Guarded, from: string, to: string, what: string) {
  await until(what, () => connects(guarded, from, to) === "open", 20_000);
  test.pass(what);
}

async function protectsOverIpv4(test: Test, guarded: Guarded): Promise<void> {
  const { lab } = guarded;
  const held = lab.connect(attacker4, server4);
  const open = watchChild(held);
  await until("the held connection", () => open.out.includes("open"));
  await attack(test, guarded, attacker4, server4);
  const [ban] = bansIn(guarded.daemon);
  test.match(ban, { id: attacker4, failures: 5 }, "the fifth failure bans");
  test.equal(connects(guarded, attacker4, server4), "dropped", "the next connection is dropped");
  await isServed(test, guarded, honest4, server4, "another client is served");
  const honest = watchChild(lab.connect(honest4, server4));
  await until("the honest connection", () => honest.out.length === 1);
  for (const child of [held, honest.child]) child.stdin?.write("SSH-2.0-test\r\n");
  await until("sshd's answer to the honest one", () => honest.out.length > 1);
  test.same(open.out, ["open"], "an established connection dies too: sshd never hears of it");
  test.match(tell(guarded, "status"), /^Protecting: 1 jail, 1 source followed, 1 ban standing/);
  const why = tell(guarded, "bans", "--why", attacker4);
  test.match(why, /192\.0\.2\.10 is banned in sshd/);
  test.match(why, /Failed password for .* from 192\.0\.2\.10/, "the lines are told");
  test.match(why, /nftables: in force/);
}

async function protectsOverIpv6(test: Test, guarded: Guarded): Promise<void> {
  guarded.daemon.out.length = 0;
  await attack(test, guarded, attacker6, server6);
  test.match(bansIn(guarded.daemon)[0], { id: "2001:db8:1::/64" }, "IPv6 is banned by /64");
  test.equal(connects(guarded, neighbour6, server6), "dropped", "a neighbour of it too");
  await isServed(test, guarded, honest4, server4, "another client is served");
  tell(guarded, "unban", "2001:db8:1::/64");
  await isServed(test, guarded, attacker6, server6, "unban serves it again");
}

/** The daemon dies and comes back while the attacker sends: no connection may come through. */
async function survivesRestart(test: Test, guarded: Guarded): Promise<void> {
  tell(guarded, "ban", attacker4, "sshd", "--for", "1h");
  const { lab } = guarded;
  const knocking = lab.knock(attacker4, server4);
  const knock = watchChild(knocking);
  for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"] as const) {
    guarded.daemon.child.kill(signal);
    await guarded.daemon.ended;
    guarded.daemon = await startDaemon(guarded);
  }
  const tries = knock.out.length;
  await until("more knocks", () => knock.out.length > tries + 20);
  test.notOk(knock.out.includes("open"), `not one of ${knock.out.length} connections came through`);
  test.match(tell(guarded, "bans", "--json"), /"id":"192\.0\.2\.10"/);
  // Fifty knocks a second, once let in, fill sshd's MaxStartups and get everybody turned away.
  const stopped = once(knocking, "exit");
  knocking.kill();
  await stopped;
  test.match(tell(guarded, "unban", "all"), /192\.0\.2\.10/);
  await isServed(test, guarded, attacker4, server4, "lifted by hand, it is served");
}

for (const kind of ["rsyslog", "journald"] as const) {
  const fault = labFault(kind);
  t.test(`a real sshd behind ${kind}`, { skip: fault ?? false, timeout: 200_000 }, async (t) => {
    const guarded = await guard(t, kind);
    await t.test("IPv4", (t) => protectsOverIpv4(t, guarded));
    await t.test("served again after the ban ends", async (t) => {
      await until("service", () => connects(guarded, attacker4, server4) === "open", 40_000);
      t.pass("the kernel lets it in again");
    });
    await t.test("IPv6", (t) => protectsOverIpv6(t, guarded));
    await t.test("a restart with packets flowing", (t) => survivesRestart(t, guarded));
  });
}
