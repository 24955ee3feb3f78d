/**
 * `npm run bench:host`: what a guarded host feels, in a network namespace of its own.
 *
 * In: `--quick`, or nothing. Out: a table: from a line to the kernel, floods, restarts after `kill -9`, cost at rest. Needs
 * root, `ip`, `nft` and `stdbuf`. Each figure stands with the machine's load when it was taken.
 */
import { loadavg } from "node:os";
import { formatTable } from "../runtime/table.ts";
import { type GuardedHost, openHost } from "./guarded-host.ts";

const quick = process.argv.includes("--quick");
const rounds = quick ? 1 : 3;
const singles = quick ? 20 : 60;
const restMs = quick ? 10_000 : 60_000;
const floodMsMax = 600_000;

const rows: string[][] = [];

function tell(what: string, figure: string): void {
  rows.push([what, figure, (loadavg()[0] ?? 0).toFixed(1)]);
  process.stderr.write(`${what}: ${figure}\n`);
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

const median = (values: readonly number[]) => quantile(values, 0.5);

const attackers = (first: number, count: number) =>
  Array.from({ length: count }, (_, n) => `10.${first}.${n >> 8}.${n & 255}`);

/** In the tens of thousands the second byte counts on. */
const flooders = (count: number) =>
  Array.from({ length: count }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);

/** Milliseconds from the fifth line to the kernel's set, ban by ban. */
async function latencies(host: GuardedHost, from: number): Promise<number[]> {
  const seen = new Map<string, () => void>();
  const stop = await host.monitor((line) => {
    const address = /\{ (\S+) timeout/.exec(line)?.[1];
    if (address !== undefined) seen.get(address)?.();
  });
  const times: number[] = [];
  for (const address of attackers(from, singles)) {
    const banned = new Promise<void>((done) => seen.set(address, done));
    host.attack([address]);
    const since = performance.now();
    await Promise.race([banned, pause(10_000)]);
    times.push(performance.now() - since);
    await pause(20 + Math.random() * 100);
  }
  stop();
  return times;
}

function tellLatencies(what: string, times: readonly number[]): void {
  const [half, most, worst] = [median(times), quantile(times, 0.95), Math.max(...times)];
  tell(
    what,
    `median ${half.toFixed(1)} ms, 95 % within ${most.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`,
  );
}

/** Writes all lines at once; resolves with the milliseconds until all are in the kernel. */
async function flood(host: GuardedHost, count: number): Promise<number> {
  const before = host.standing();
  host.attack(flooders(count));
  const since = performance.now();
  while (host.standing() - before < count) {
    if (performance.now() - since > floodMsMax) throw new Error("the flood does not end");
    await pause(count > 30_000 ? 1_000 : 250);
  }
  return performance.now() - since;
}

async function measureFlood(host: GuardedHost, count: number, times: number): Promise<void> {
  const floods: number[] = [];
  const restarts: number[] = [];
  for (let round = 0; round < times; round++) {
    host.clear();
    await host.start();
    floods.push(await flood(host, count));
    if (round === times - 1) {
      const { daemonMs, programsMs, residentMbMax } = host.costs();
      tell(
        `${count} attackers at once: processor time, memory`,
        `daemon ${daemonMs.toFixed(0)} ms, nft ${programsMs.toFixed(0)} ms; ${residentMbMax.toFixed(0)} MB at most`,
      );
    }
    await host.end("SIGKILL");
    host.flushRuleset();
    restarts.push(await host.start());
    const back = host.standing();
    if (back !== count) throw new Error(`${back} of ${count} bans came back`);
    if (round < times - 1) await host.end("SIGKILL");
  }
  const seconds = median(floods) / 1_000;
  tell(
    `${count} attackers with five lines each, at once`,
    `${seconds.toFixed(2)} s: ${Math.round(count / seconds)} bans a second`,
  );
  tell(
    `all ${count} back after kill -9 and nft flush ruleset`,
    `${(median(restarts) / 1_000).toFixed(2)} s after the start`,
  );
}

async function measureRest(host: GuardedHost): Promise<void> {
  // What a start leaves to be compiled and collected is no rest.
  await pause(10_000);
  const before = host.costs();
  await pause(restMs);
  const { daemonMs, programsMs, residentMb } = host.costs();
  const spent = daemonMs - before.daemonMs + programsMs - before.programsMs;
  tell(
    "at rest",
    `${((1_000 * spent) / restMs).toFixed(2)} ms of processor time a second, nft's too; ${residentMb.toFixed(0)} MB`,
  );
}

async function main(): Promise<void> {
  const host = await openHost();
  try {
    await host.start();
    await measureRest(host);
    tellLatencies("from the fifth line to the kernel", await latencies(host, 200));
    tell("SIGTERM", `${(await host.end("SIGTERM")).toFixed(0)} ms`);
    host.flushRuleset();
    await measureFlood(host, 20_000, rounds);
    await host.end("SIGTERM");
    host.flushRuleset();
    if (quick) return;
    await measureFlood(host, 100_000, 1);
    // What the start writes out anew is written by then.
    await pause(10_000);
    tellLatencies("the same with 100000 bans standing", await latencies(host, 201));
    await host.end("SIGKILL");
    host.flushRuleset();
    const back = await host.start();
    tell("all of them back, from a snapshot", `${(back / 1_000).toFixed(2)} s after the start`);
  } finally {
    await host.close();
  }
}

await main();
for (const line of formatTable(["what", "figure", "load"], rows)) console.log(line);
