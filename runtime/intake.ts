/**
 * One source on its way to the jails: records to scanners, hits to sessions, events to whoever wants them.
 *
 * In: whole records. Out: events in the order of the records that settled them, whatever scanner found
 * them. What must hold: how the bytes were cut into regions changes nothing.
 */
import type { Hit, Program, Scanner, TimeContext } from "./contract.ts";
import type { RecordTaker } from "./records.ts";
import {
  type SessionCounters,
  type SessionEvent,
  type Sessions,
  trackSessions,
} from "./session.ts";

export interface Intake extends RecordTaker {
  /** Records read so far. */
  records(): number;
  oversized(): number;
  /** Summed over all filters. */
  sessions(): SessionCounters;
}

/** `scanner` says which of `Program.scanners` found it. */
export type GiveEvent = (event: SessionEvent, scanner: number) => void;

interface Lane {
  readonly index: number;
  readonly scanner: Scanner;
  readonly sessions: Map<number, Sessions>;
}

export function openIntake(
  program: Program,
  scanners: readonly number[],
  time: TimeContext,
  give: GiveEvent,
): Intake {
  const lanes: Lane[] = scanners.map((index) => {
    const spec = program.scanners[index];
    if (spec === undefined) throw new Error(`the program has no scanner ${index}`);
    return { index, scanner: spec.make(time), sessions: new Map() };
  });

  function settle(lane: Lane, hit: Hit): void {
    let sessions = lane.sessions.get(hit.filter);
    if (sessions === undefined) {
      const filter = program.filters[hit.filter];
      if (filter === undefined) return;
      sessions = trackSessions(filter);
      lane.sessions.set(hit.filter, sessions);
    }
    sessions.take(hit, (event) => give(event, lane.index));
  }

  /** Several scanners read the same bytes one after the other: their hits are put in order first. */
  function read(scan: (scanner: Scanner, report: (hit: Hit) => void) => void): void {
    const only = lanes.length === 1 ? lanes[0] : undefined;
    if (only !== undefined) {
      scan(only.scanner, (hit) => settle(only, hit));
      return;
    }
    const found: { lane: Lane; hit: Hit }[] = [];
    for (const lane of lanes) scan(lane.scanner, (hit) => found.push({ lane, hit }));
    found.sort((a, b) => a.hit.record - b.hit.record);
    for (const { lane, hit } of found) settle(lane, hit);
  }

  return {
    take: (bytes, start, end) => {
      read((scanner, report) => scanner.scan(bytes, start, end, report));
    },
    takeLast: (bytes, start, end) => {
      read((scanner, report) => scanner.scanLast(bytes, start, end, report));
    },
    records: () => lanes[0]?.scanner.records ?? 0,
    oversized: () => lanes[0]?.scanner.oversized ?? 0,
    sessions: () => {
      const sum: SessionCounters = { sessionsShed: 0, heldShed: 0, nobody: 0 };
      for (const { counters } of lanes.flatMap((lane) => [...lane.sessions.values()])) {
        sum.sessionsShed += counters.sessionsShed;
        sum.heldShed += counters.heldShed;
        sum.nobody += counters.nobody;
      }
      return sum;
    },
  };
}
