/**
 * One log on its way into the jails that watch it, live or catching up.
 *
 * In: bytes of one file, input or journal. Out: events to the jails, at times by the daemon's clock. What must hold:
 * what is older than the longest window while catching up is dropped, and counted; the text of a record
 * is kept only while its batch is dealt with.
 */
import { judgeArrivals } from "../arrival.ts";
import type { Hit, Program } from "../contract.ts";
import { type Intake, type LaneSpec, openIntake } from "../intake.ts";
import type { Jail } from "../jail.ts";
import { type JailInput, joinJail } from "../jails.ts";
import { recentLineCharsMax } from "../limits.ts";
import type { SessionEvent } from "../session.ts";
import type { Clock } from "./clock.ts";

export interface ReaderCounters {
  /** Failures found, for however many jails. */
  failures: number;
  /** Failures older than the longest window while catching up. */
  tooOld: number;
}

export interface ReaderOptions {
  readonly program: Program;
  /** The file's path, or the source's name. */
  readonly name: string;
  readonly lanes: readonly (LaneSpec & { readonly jails: readonly Jail[] })[];
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Sessions go into the journal: somebody asks for their changes. */
  readonly remembers: boolean;
}

export interface Reader extends Pick<Intake, "records" | "oversized" | "sessionRows" | "restore"> {
  readonly name: string;
  readonly counters: ReaderCounters;
  /** Takes the whole records of `bytes[start, end)`; returns the offset behind the last LF. */
  take(bytes: Buffer, start: number, end: number): number;
  takeLast(bytes: Buffer, start: number, end: number): void;
  /** The source has been read to its present end: from now on records are live. */
  caughtUp(): void;
  /** The text of a record of the present batch, for people; empty: it is not known any more. */
  textOf(line: number): string;
}

const lf = 0x0a;

export function openReader(options: ReaderOptions): Reader {
  const { clock, program } = options;
  const inputs: readonly (readonly JailInput[])[] = options.lanes.map(({ jails }) =>
    jails.map((jail) => joinJail(jail, program, options.name)),
  );
  const windows = options.lanes.flatMap(({ jails }) =>
    jails.flatMap((jail) => jail.spec.bans.map((ban) => ban.withinMs)),
  );
  const arrivals = (catchesUp: boolean) =>
    judgeArrivals({
      catchesUp,
      longestMs: Math.max(0, ...windows),
      warn: (message) => options.warn(`${options.name}: ${message}`),
    });
  const counters: ReaderCounters = { failures: 0, tooOld: 0 };
  const texts = new Map<number, string>();
  let arrival = arrivals(true);
  let isLive = false;

  function give(event: SessionEvent, lane: number): void {
    if (event.kind !== "failure" && event.kind !== "nobody") return;
    const time = arrival.timeOf(event.time, clock.wall());
    if (time === null) {
      counters.tooOld++;
      return;
    }
    counters.failures++;
    for (const input of inputs[lane] ?? []) input.take(event, clock.fromWall(time));
  }

  const see = (hit: Hit, bytes: Buffer) => {
    // Four bytes a character at most.
    const end = Math.min(hit.end, hit.start + 4 * recentLineCharsMax);
    texts.set(hit.record, bytes.toString("utf8", hit.start, end).slice(0, recentLineCharsMax));
  };
  const intake = openIntake(program, options.lanes, clock.wall, give, see, options.remembers);

  return {
    name: options.name,
    counters,
    records: intake.records,
    oversized: intake.oversized,
    sessionRows: intake.sessionRows,
    restore: intake.restore,
    take(bytes, start, end) {
      texts.clear();
      const last = bytes.subarray(start, end).lastIndexOf(lf);
      if (last < 0) return start;
      intake.take(bytes, start, start + last + 1);
      return start + last + 1;
    },
    takeLast(bytes, start, end) {
      texts.clear();
      intake.takeLast(bytes, start, end);
    },
    caughtUp() {
      if (!isLive) arrival = arrivals(false);
      isLive = true;
    },
    textOf: (line) => texts.get(line) ?? "",
  };
}
