/**
 * What the jails watch, opened: files, the journal, standard input.
 *
 * In: the program and its jails. Out: events to the jails at the time that counts. Jails that watch the same
 * thing share a source, and those that also share a scanner read each record once.
 */
import { createReadStream } from "node:fs";
import { judgeArrivals } from "./arrival.ts";
import type { Program, WatchSpec } from "./contract.ts";
import type { Say } from "./guard.ts";
import { type LaneSpec, openIntake } from "./intake.ts";
import type { Jail } from "./jail.ts";
import { type JailInput, type Jails, joinJail } from "./jails.ts";
import { cutRecords } from "./records.ts";
import { fileSource } from "./source/file.ts";
import { expandGlob } from "./source/glob.ts";
import { inputSource } from "./source/input.ts";
import { journalSource, queryName } from "./source/journal.ts";
import type { Consumer, Source } from "./source/source.ts";

export interface WatchesOptions {
  /** Reads what is there from its start, then ends. */
  readonly once: boolean;
  readonly now: () => number;
  readonly say: Say;
  /** Called after records were read: bans may have begun. */
  readonly onRead: () => void;
}

export interface Watches {
  start(): Promise<void>;
  /** Resolves when nothing is left to read: never, while a file or the journal is followed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

type SourceWatch = Exclude<WatchSpec, { kind: "bans" }>;

/** One thing that is watched, by all jails that watch it. */
interface Group {
  readonly watch: SourceWatch;
  readonly joined: { readonly jail: Jail; readonly lane: LaneSpec }[];
}

export function openWatches(program: Program, jails: Jails, options: WatchesOptions): Watches {
  const longestMs = Math.max(
    ...program.jails.flatMap((jail) => jail.bans.map((ban) => ban.withinMs)),
  );
  const groups = groupWatches(jails);
  const sources: Source[] = [];
  const endings: Promise<void>[] = [];

  /** A consumer for one log, with scanners and sessions of its own. */
  function consumerOf(group: Group, name: string, catchesUp: boolean): Consumer {
    const lanes: (LaneSpec & { inputs: JailInput[] })[] = [];
    for (const { jail, lane } of group.joined) {
      const same = (one: LaneSpec) => one.scanner === lane.scanner && one.zone === lane.zone;
      const shared = lanes.find(same);
      const input = joinJail(jail, program, name);
      if (shared === undefined) lanes.push({ ...lane, inputs: [input] });
      else shared.inputs.push(input);
    }
    const warn = (message: string) => options.say("warning", `${name}: ${message}`);
    const judge = (isPast: boolean) => judgeArrivals({ catchesUp: isPast, longestMs, warn });
    let arrival = judge(catchesUp);
    const intake = openIntake(program, lanes, options.now, (event, lane) => {
      const now = options.now();
      const time = arrival.timeOf(event.time, now);
      if (time === null) return;
      jails.expire(now);
      for (const input of lanes[lane]?.inputs ?? []) input.take(event, time);
    });
    return {
      take(bytes, start, end) {
        const after = bytes.subarray(start, end).lastIndexOf(0x0a) + 1 + start;
        if (after > start) intake.take(bytes, start, after);
        options.onRead();
        return after;
      },
      takeLast(bytes, start, end) {
        intake.takeLast(bytes, start, end);
        options.onRead();
      },
      moved() {},
      caughtUp() {
        arrival = judge(false);
      },
      forget() {},
      say: (level, message) => options.say(level, message),
    };
  }

  function open(group: Group): void {
    const { watch } = group;
    if (watch.kind === "input") {
      const consumer = consumerOf(group, "standard input", false);
      endings.push(
        new Promise((resolve) => {
          sources.push(inputSource(process.stdin, consumer, resolve));
        }),
      );
    } else if (options.once) {
      endings.push(readOnce(group));
    } else if (watch.kind === "file") {
      endings.push(new Promise(() => {}));
      const consumer = (path: string) => consumerOf(group, path, watch.from === "start");
      const { paths: patterns, from } = watch;
      sources.push(fileSource({ patterns, from, positions: [], consumer }));
    } else {
      endings.push(new Promise(() => {}));
      const consumer = consumerOf(group, queryName(watch), watch.from !== "end");
      sources.push(journalSource({ query: watch, from: watch.from, cursor: null, consumer }));
    }
  }

  async function readOnce(group: Group): Promise<void> {
    const { watch } = group;
    if (watch.kind === "journal") {
      options.say("warning", `${queryName(watch)} is followed, never read once; left out`);
      return;
    }
    const patterns = watch.kind === "file" ? watch.paths : [];
    for (const path of new Set(patterns.flatMap((pattern) => expandGlob(pattern).paths))) {
      const consumer = consumerOf(group, path, true);
      const cutter = cutRecords(consumer);
      try {
        for await (const chunk of createReadStream(path)) cutter.feed(chunk);
        cutter.end();
      } catch (error) {
        options.say("warning", (error as Error).message);
      }
    }
  }

  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    ended,
    async start() {
      for (const group of groups) open(group);
      await Promise.all(sources.map((source) => source.start()));
      void Promise.all(endings).then(end);
    },
    async stop() {
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}

function groupWatches(jails: Jails): Group[] {
  const groups = new Map<string, Group>();
  for (const jail of jails.all) {
    for (const watch of jail.spec.watches) {
      if (watch.kind === "bans") continue;
      const { scanner, zone, ...thing } = watch;
      const key = JSON.stringify(thing);
      const group = groups.get(key) ?? { watch, joined: [] };
      groups.set(key, group);
      group.joined.push({ jail, lane: { scanner, zone } });
    }
  }
  return [...groups.values()];
}
