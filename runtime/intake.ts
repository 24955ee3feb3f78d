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
  type SessionRow,
  type Sessions,
  trackSessions,
} from "./session.ts";

export interface Intake extends RecordTaker {
  /** Records read so far. */
  records(): number;
  oversized(): number;
  /** Summed over all filters. */
  sessions(): SessionCounters;
  /** Sessions that changed since the last call, or all of them. */
  sessionRows(all: boolean): LaneSessions[];
  /** Takes in what `sessionRows` told, before the first record. */
  restore(sessions: LaneSessions): void;
}

/** Sessions of one filter on one lane. */
export interface LaneSessions {
  readonly lane: number;
  /** `FilterSpec.id`. */
  readonly filter: string;
  readonly rows: readonly SessionRow[];
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
  readonly scanner: Scanner;
  /** By filter, once it had a hit. */
  readonly sessions: (Sessions | undefined)[];
  readonly give: (event: SessionEvent) => void;
}

export function openIntake(
  program: Program,
  lanesWanted: readonly LaneSpec[],
  now: () => number,
  give: GiveEvent,
  see?: SeeHit,
  remembers = false,
): Intake {
  const lanes: Lane[] = lanesWanted.map(({ scanner, zone }, index) => {
    const spec = program.scanners[scanner];
    if (spec === undefined) throw new Error(`the program has no scanner ${scanner}`);
    const toLane = (event: SessionEvent) => give(event, index);
    return { scanner: spec.make({ now, zone }), sessions: [], give: toLane };
  });

  /** Ordinals go on behind those of restored failures, so that no record has the number of another. */
  let before = 0;

  function sessionsOf(lane: Lane, at: number): Sessions | null {
    const found = lane.sessions[at];
    if (found !== undefined) return found;
    const filter = program.filters[at];
    if (filter === undefined) return null;
    const made = trackSessions(filter, remembers);
    lane.sessions[at] = made;
    return made;
  }

  function settle(lane: Lane, hit: Hit): void {
    sessionsOf(lane, hit.filter)?.take(hit, lane.give);
  }

  function restore({ lane: index, filter, rows }: LaneSessions): void {
    const lane = lanes[index];
    const at = program.filters.findIndex((one) => one.id === filter);
    if (lane === undefined || at < 0) return;
    const sessions = sessionsOf(lane, at);
    for (const row of rows) {
      sessions?.restore(row);
      before = Math.max(before, ...row.held.map((held) => held.record));
    }
    for (const { scanner } of lanes) scanner.records = before;
  }

  function* sessionRows(all: boolean): Iterable<LaneSessions> {
    for (const [lane, { sessions }] of lanes.entries()) {
      for (const [at, one] of sessions.entries()) {
        const rows = all ? one?.rows() : one?.changes();
        const filter = program.filters[at]?.id ?? "";
        if (rows !== undefined && rows.length > 0) yield { lane, filter, rows };
      }
    }
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
    records: () => (lanes[0]?.scanner.records ?? 0) - before,
    oversized: () => lanes[0]?.scanner.oversized ?? 0,
    sessions: () => {
      const sum: SessionCounters = { sessionsShed: 0, heldShed: 0, nobody: 0 };
      for (const one of lanes.flatMap((lane) => lane.sessions)) {
        if (one === undefined) continue;
        sum.sessionsShed += one.counters.sessionsShed;
        sum.heldShed += one.counters.heldShed;
        sum.nobody += one.counters.nobody;
      }
      return sum;
    },
    sessionRows: (all) => [...sessionRows(all)],
    restore,
  };
}
