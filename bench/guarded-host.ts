/**
 * A host to measure: a network namespace with nftables, a log, and a bundle of this tree that guards it.
 *
 * In: nothing. Out: a handle on all of it. What must hold: what was made is gone after `close`, and nothing outside
 * the namespace and the folder is touched.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { writeBundle } from "../test/host/bundle.ts";

const failures = 5;

const policyOf = (log: string) => `use std/sshd, std/nftables
jail sshd {
  watch file "${log}"
  filter sshd
  ban after ${failures} failures within 10m for 2h
  never ban self
  do nftables
}
`;

export interface Costs {
  /** Processor time of the daemon, and of the programs that it started, in milliseconds. */
  readonly daemonMs: number;
  readonly programsMs: number;
  readonly residentMb: number;
  readonly residentMbMax: number;
}

export interface GuardedHost {
  /** Resolves with the milliseconds until it is ready: all bans of the last run are in the kernel then. */
  start(): Promise<number>;
  /** Resolves with the milliseconds until it has ended. */
  end(signal: NodeJS.Signals): Promise<number>;
  /** Forgets the last run and its log. */
  clear(): void;
  flushRuleset(): void;
  /** Writes what each of these must write to be banned. */
  attack(addresses: readonly string[]): void;
  /** Addresses in the kernel's sets. */
  standing(): number;
  /** Calls back for each line that `nft monitor` tells. */
  monitor(tell: (line: string) => void): Promise<() => void>;
  costs(): Costs;
  close(): Promise<void>;
}

export async function openHost(): Promise<GuardedHost> {
  const namespace = `f2bbench${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), "f2b-bench-"));
  const log = join(folder, "auth.log");
  const state = join(folder, "state");
  execFileSync("ip", ["netns", "add", namespace]);
  const inside = ["netns", "exec", namespace];
  const bundle = await writeBundle(folder, policyOf(log));
  writeFileSync(log, "");
  let daemon: ChildProcess | null = null;

  async function end(signal: NodeJS.Signals): Promise<number> {
    const child = daemon;
    daemon = null;
    if (child === null) return 0;
    const since = performance.now();
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
    return performance.now() - since;
  }

  return {
    async start() {
      const since = performance.now();
      const argv = [process.execPath, bundle, "--log-level", "info"];
      const where = ["--state", state, "--socket", join(folder, "run", "f2b.sock")];
      const child = spawn("ip", [...inside, ...argv, ...where], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      daemon = child;
      await waitForText(child, "guarding with");
      return performance.now() - since;
    },
    end,
    clear() {
      rmSync(state, { recursive: true, force: true });
      writeFileSync(log, "");
    },
    flushRuleset: () => void execFileSync("ip", [...inside, "nft", "flush", "ruleset"]),
    attack: (addresses) => appendFileSync(log, addresses.map(linesOf).join("")),
    standing() {
      const options = { encoding: "utf8", maxBuffer: 1 << 28 } as const;
      const listing = execFileSync("ip", [...inside, "nft", "list", "ruleset"], options);
      return listing.match(/ timeout \d/g)?.length ?? 0;
    },
    async monitor(tell) {
      const child = spawn("ip", [...inside, "stdbuf", "-oL", "nft", "monitor"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      // nft writes a line in several pieces.
      createInterface({ input: child.stdout }).on("line", tell);
      // It says nothing when it has begun.
      await new Promise((done) => setTimeout(done, 1_000));
      return () => void child.kill();
    },
    costs: () => costsOf(daemon?.pid ?? 0),
    async close() {
      await end("SIGKILL");
      execFileSync("ip", ["netns", "del", namespace]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let connections = 0;

function linesOf(address: string): string {
  const stamp = new Date().toISOString();
  const pid = 1_000 + (connections++ % 30_000);
  let lines = "";
  for (let n = 0; n < failures; n++) {
    lines += `${stamp} host sshd[${pid}]: Failed password for invalid user u${n} from ${address} port ${40_000 + n} ssh2\n`;
  }
  return lines;
}

/** proc(5): nanoseconds of each thread that runs, hundredths of a second of programs that ended, and kibibytes. */
function costsOf(pid: number): Costs {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [ofUser = 0, ofSystem = 0] = fields.slice(13, 15).map(Number);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  const running = children.split(" ").filter(Boolean);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return {
    daemonMs: processorMs(pid),
    programsMs: running.reduce(
      (sum, one) => sum + processorMsOfProgram(one),
      (ofUser + ofSystem) * 10,
    ),
    residentMb: megabytes("VmRSS"),
    residentMbMax: megabytes("VmHWM"),
  };
}

function processorMs(pid: number | string): number {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  }
  return ns / 1e6;
}

function processorMsOfProgram(pid: string): number {
  try {
    return processorMs(pid);
  } catch {
    // It has ended meanwhile: the next look counts it among those.
    return 0;
  }
}

function waitForText(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      if (said.length < 65_536) said += chunk;
      if (said.includes(text)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the daemon ended with ${code}: ${said}`)));
  });
}
