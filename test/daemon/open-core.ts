/**
 * A daemon's heart without a daemon: a program of the fake scanner, a clock that stands still until it is told,
 * a firewall that remembers. Not a test itself.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import type { Program } from "../../runtime/contract.ts";
import type { Clock } from "../../runtime/daemon/clock.ts";
import { type Core, openCore } from "../../runtime/daemon/core.ts";
import { openReader, type Reader } from "../../runtime/daemon/reader.ts";

export interface HandClock extends Clock {
  time: number;
}

/** Milliseconds since 1970; the fake scanner's stamps are seconds. */
export function makeHandClock(time = 1_000_000_000): HandClock {
  const clock: HandClock = {
    time,
    now: () => clock.time,
    wall: () => clock.time,
    fromWall: (at) => Math.min(at, clock.time),
  };
  return clock;
}

export function makeFolder(test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-core-"));
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface CoreSettings {
  readonly clock?: Clock;
  readonly stateFolder?: string | null;
  readonly dryRun?: boolean;
}

export async function openTestCore(program: Program, settings: CoreSettings = {}): Promise<Core> {
  const core = await openCore({
    program,
    clock: settings.clock ?? makeHandClock(),
    log: { level: "info", tells: () => true, say: () => {} },
    stateFolder: settings.stateFolder ?? null,
    report: () => {},
    dryRun: settings.dryRun ?? false,
  });
  for (const queue of core.firewalls) await queue.start();
  return core;
}

/** One log that all jails of the core read with the scanner of the first. */
export function openTestReader(core: Core, warned: string[] = []): Reader {
  const reader = openReader({
    program: core.options.program,
    name: "door.log",
    lanes: [{ scanner: 0, zone: null, jails: core.jails.all }],
    clock: core.options.clock,
    warn: (message) => warned.push(message),
    remembers: true,
  });
  core.ledger.join("file door.log", reader);
  core.evidence.texts.set("door.log", reader.textOf);
  return reader;
}

export function feed(reader: Reader, lines: readonly string[]): void {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
  reader.take(bytes, 0, bytes.length);
}
