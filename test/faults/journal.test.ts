/**
 * journald restarted, killed, rotated and vacuumed while lines are being sent, journalctl and the daemon killed:
 * every line that the journal holds counts exactly once.
 *
 * In: a hand-started journald in namespaces of its own, `logger` and `systemd-cat`. Half of the attackers write one
 * line less than the ban takes, and the journal itself is asked what it holds: a line that was sent while no
 * journald ran is nobody's.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { request } from "../../runtime/control/client.ts";
import { type Running, until, watchChild, writeBundle } from "../host/bundle.ts";
import { type Lab, labFault, openLab } from "../host/lab.ts";

const threshold = 3;
const fault = labFault("journald", false);

const policy = `use std/sshd, std/memory
jail sshd {
  watch journal identifier "sshd"
  filter sshd
  ban after ${threshold} failures within 1h for 2h
  never ban self
  do memory
}
`;

/** Two lines by the system log, one by a stream of its own. */
const sendScript = `
while read -r line; do
  logger -S 8192 -t sshd -- "$line"
  read -r line || exit
  logger -S 8192 -t sshd -- "$line"
  read -r line || exit
  echo "$line" | systemd-cat -t sshd
done 2>/dev/null`;

/** Ten attackers a round, who write one line each in every turn but, every other one, in the last. */
function* attackLines(): Generator<string> {
  for (let round = 0; ; round++) {
    for (let turn = 0; turn < threshold; turn++) {
      for (let n = 0; n < 10; n++) {
        if (n % 2 === 1 && turn === threshold - 1) continue;
        // Some are longer than what journalctl shows of a field when it is not asked for all.
        const user = n < 2 ? "x".repeat(5_000) : "root";
        yield `Failed password for ${user} from 198.18.${round}.${n} port ${4_000 + turn} ssh2\n`;
      }
    }
  }
}

/** Sends all the while; resolves once everything is handed over. */
function startSending(lab: Lab): () => Promise<unknown> {
  const sender = watchChild(lab.start(["sh", "-c", sendScript]));
  const lines = attackLines();
  const timer = setInterval(() => {
    // What the shell has not read yet is enough for now.
    if ((sender.child.stdin?.writableLength ?? 0) > 0) return;
    sender.child.stdin?.write(lines.next().value);
  }, 10);
  return () => {
    clearInterval(timer);
    sender.child.stdin?.end();
    return sender.ended;
  };
}

/** All lines that the journal has held whenever it was asked: by cursor, the address. */
class Held {
  readonly #lines = new Map<string, string>();

  constructor(private readonly lab: Lab) {}

  look(): void {
    const all = this.lab.onServer(["journalctl", "-o", "json", "-a", "-q", "-t", "sshd"]);
    for (const line of all.trim().split("\n")) {
      const { __CURSOR: cursor, MESSAGE: message } = JSON.parse(line);
      const address = /from (198\.18\.\S+) port/.exec(message)?.[1];
      if (address !== undefined) this.#lines.set(cursor, address);
    }
  }

  get size(): number {
    return this.#lines.size;
  }

  /** Who has enough lines in it. */
  guilty(): string[] {
    const counts = new Map<string, number>();
    for (const address of this.#lines.values()) {
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    return [...counts].flatMap(([address, n]) => (n >= threshold ? [address] : [])).sort();
  }
}

function makeDaemon(lab: Lab, bundle: string) {
  const socket = join(lab.folder, "control", "f2b.sock");
  return {
    async start(): Promise<Running> {
      const state = join(lab.folder, "state");
      const argv = [bundle, "--json", "--state", state, "--socket", socket];
      const daemon = watchChild(lab.start([process.execPath, ...argv]));
      await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
      return daemon;
    },
    async standing(): Promise<string[]> {
      const { bans } = (await request(socket, { verb: "bans" })) as { bans: { id: string }[] };
      return bans.map((ban) => ban.id).sort();
    },
  };
}

/** The journalctl that a daemon has started. */
function journalctlOf(daemon: Running): number {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      if (stat.includes(`(journalctl) `) && stat.includes(` ${daemon.child.pid} `)) return +pid;
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error("the daemon has no journalctl");
}

/** `n` more failures are told: what was sent after the fault arrives. */
async function hears(daemon: Running, what: string, n = 10): Promise<void> {
  const before = daemon.out.length;
  await until(`lines after ${what}`, () => daemon.out.length >= before + n);
}

async function restartJournald(lab: Lab, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  const ended = new Promise((resolve) => lab.logging.once("exit", resolve));
  lab.logging.kill(signal);
  await ended;
  await new Promise((done) => setTimeout(done, 100));
  await lab.startLogging();
}

/** What is archived goes; what was in it must have been read, or it is gone for everybody. */
async function vacuumRead(lab: Lab, held: Held, ask: () => Promise<string[]>): Promise<void> {
  held.look();
  const guilty = held.guilty();
  await until("all that is archived", async () => {
    const standing = new Set(await ask());
    return guilty.every((address) => standing.has(address));
  });
  vacuum(lab);
}

const vacuum = (lab: Lab) =>
  lab.onServer(["journalctl", "-q", "-D", "/run/log/journal", "--vacuum-files=1"]);

const options = { skip: fault ?? false, timeout: 110_000 };

t.test("journald restarted, rotated and vacuumed", options, async (t: Test) => {
  const lab = await openLab(t, "journald", false);
  const { start, standing } = makeDaemon(lab, await writeBundle(lab.folder, policy));
  const held = new Held(lab);
  const stopSending = startSending(lab);
  let daemon = await start();
  await hears(daemon, "the start");

  lab.logging.kill("SIGUSR2");
  await hears(daemon, "a rotation");
  await restartJournald(lab, "SIGTERM");
  await hears(daemon, "a restart");
  await restartJournald(lab, "SIGKILL");
  await hears(daemon, "a kill of journald");

  process.kill(journalctlOf(daemon), "SIGKILL");
  await hears(daemon, "a kill of journalctl");
  const restarts = daemon.err.filter((line) => line.includes("starting journalctl again"));
  t.equal(restarts.length, 1, "journalctl was started again, and it was told once");

  lab.logging.kill("SIGUSR2");
  await vacuumRead(lab, held, standing);
  await hears(daemon, "a vacuum");
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  daemon = await start();
  await hears(daemon, "a kill of the daemon");

  await stopSending();
  held.look();
  const before = held.guilty();
  await until("all bans", async () => (await standing()).length >= before.length).catch(() => {});
  t.same(await standing(), before, `each of ${held.size} lines counted once`);
  t.ok(held.size > 100 && before.length > 10, "there was something to lose");
  daemon.child.kill("SIGTERM");
  t.equal(await daemon.ended, 0, "ends cleanly on SIGTERM");

  // While no daemon runs, the entry of its cursor is removed: the next one is the first that counts.
  lab.logging.kill("SIGUSR2");
  await restartJournald(lab, "SIGTERM");
  for (let n = 0; n < threshold; n++) {
    const line = "Failed password for root from 198.18.255.1 port 4022 ssh2";
    lab.onServer(["logger", "-t", "sshd", "--", line]);
  }
  vacuum(lab);
  daemon = await start();
  await until("the last ban", async () => (await standing()).length > before.length).catch(
    () => {},
  );
  t.same(await standing(), [...before, "198.18.255.1"].sort(), "nothing twice, nothing left out");
});
