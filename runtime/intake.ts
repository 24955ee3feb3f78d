/**
 * One source on its way to the jails: records to scanners, hits to sessions, events to whoever wants them.
 *
 * In: whole records. Out: events in the order of the records that settled them, whatever scanner found
 * them. What must hold: how the bytes were cut into regions changes nothing.
 */
import type { Hit, Program, Scanner } from "./contract.ts";
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

/** One scanner over the source. */
export interface LaneSpec {
  /** Index into `Program.scanners`. */
  readonly scanner: number;
  /** Of stamps without one; null: the host's. */
  readonly zone: string | null;
}

/** Sees each hit while its bytes are there: `bytes[hit.start, hit.end)` is the record. */
export type SeeHit = (hit: Hit, bytes: Buffer) => void;

/** `lane` is an index into the lanes that the source was opened with. */
export type GiveEvent = (event: SessionEvent, lane: number) => void;

interface Lane {
  readonly index: number;
  readonly scanner: Scanner;
  readonly sessions: Map<number, Sessions>;
}

export function openIntake(
  program: Program,
  lanesWanted: readonly LaneSpec[],
  now: () => number,
  give: GiveEvent,
  see?: SeeHit,
): Intake {
  const lanes: Lane[] = lanesWanted.map(({ scanner, zone }, index) => {
    const spec = program.scanners[scanner];
    if (spec === undefined) throw new Error(`the program has no scanner ${scanner}`);
    return { index, scanner: spec.make({ now, zone }), sessions: new Map() };
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
  function read(bytes: Buffer, scan: (scanner: Scanner, report: (hit: Hit) => void) => void): void {
    const only = lanes.length === 1 ? lanes[0] : undefined;
    if (only !== undefined) {
      only.scanner.lazy = true;
      scan(only.scanner, (hit) => {
        see?.(hit, bytes);
        settle(only, hit);
      });
      return;
    }
    const found: { lane: Lane; hit: Hit }[] = [];
    for (const lane of lanes) {
      scan(lane.scanner, (hit) => {
        see?.(hit, bytes);
        found.push({ lane, hit });
      });
    }
    found.sort((a, b) => a.hit.record - b.hit.record);
    for (const { lane, hit } of found) settle(lane, hit);
  }

  return {
    take: (bytes, start, end) => {
      read(bytes, (scanner, report) => scanner.scan(bytes, start, end, report));
    },
    takeLast: (bytes, start, end) => {
      read(bytes, (scanner, report) => scanner.scanLast(bytes, start, end, report));
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
