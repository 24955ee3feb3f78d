/**
 * Opens what the jails watch: one source a thing watched, however many jails watch it.
 *
 * In: the program's watches. Out: running sources, each with its readers. What must hold: each file has a
 * scanner and sessions of its own; what a source reads is settled before its position is kept.
 */
import type { WatchSpec } from "../contract.ts";
import type { LaneSpec } from "../intake.ts";
import type { Jail } from "../jail.ts";
import { fileSource } from "../source/file.ts";
import { inputSource } from "../source/input.ts";
import { journalSource, queryName } from "../source/journal.ts";
import type { Consumer, Position, Source } from "../source/source.ts";
import type { Core } from "./core.ts";
import { openReader, type Reader } from "./reader.ts";

export interface OpenSource {
  /** `file /var/log/auth.log`, `journal unit ssh.service`, `standard input`. */
  readonly name: string;
  readonly jails: readonly string[];
  readonly source: Source;
  readonly readers: readonly Reader[];
}

type Lane = LaneSpec & { readonly jails: Jail[] };
type Readable = Exclude<WatchSpec, { kind: "bans" }>;

interface Watched {
  readonly name: string;
  readonly spec: Readable;
  readonly pattern: string;
  readonly lanes: Lane[];
}

export function openSources(core: Core, options: { readonly once: boolean }): OpenSource[] {
  return [...collectWatched(core).values()].map((watched) => {
    const readers: Reader[] = [];
    const consumer = (name: string) => {
      const { opened, reader } = makeConsumer(core, watched, name);
      readers.push(reader);
      return opened;
    };
    const gone = (name: string) => {
      const at = readers.findIndex((reader) => reader.name === name);
      if (at >= 0) readers.splice(at, 1);
      core.evidence.texts.delete(name);
      core.ledger.leave(ledgerName(watched, name));
    };
    return {
      name: watched.name,
      jails: [
        ...new Set(watched.lanes.flatMap(({ jails }) => jails.map((jail) => jail.spec.name))),
      ],
      source: openOne(core, watched, { consumer, gone }, options.once),
      readers,
    };
  });
}

function collectWatched(core: Core): Map<string, Watched> {
  const found = new Map<string, Watched>();
  for (const jail of core.jails.all) {
    for (const spec of jail.spec.watches) {
      if (spec.kind === "bans") continue;
      for (const pattern of spec.kind === "file" ? spec.paths : [""]) {
        const name = nameOf(spec, pattern);
        const watched = found.get(name) ?? { name, spec, pattern, lanes: [] };
        found.set(name, watched);
        const { scanner, zone } = spec;
        const lane = watched.lanes.find((one) => one.scanner === scanner && one.zone === zone);
        if (lane === undefined) watched.lanes.push({ scanner, zone, jails: [jail] });
        else if (!lane.jails.includes(jail)) lane.jails.push(jail);
      }
    }
  }
  return found;
}

function nameOf(spec: Readable, pattern: string): string {
  switch (spec.kind) {
    case "file":
      return spec.from === null ? `file ${pattern}` : `file ${pattern} from ${spec.from}`;
    case "journal":
      return queryName(spec);
    case "input":
      return "standard input";
  }
}

function openOne(
  core: Core,
  { name, spec, pattern }: Watched,
  { consumer, gone }: { consumer: (name: string) => Consumer; gone: (name: string) => void },
  once: boolean,
): Source {
  const positions = core.ledger.positionsOf(name);
  switch (spec.kind) {
    case "file":
      return fileSource({
        patterns: [pattern],
        from: spec.from,
        positions: positions.filter((position) => position.kind === "file"),
        consumer,
        gone,
        say: (message) => core.options.log.say("notice", message, { event: "source" }),
      });
    case "journal": {
      const last = positions.find((position) => position.kind === "journal");
      return journalSource({
        query: spec,
        from: spec.from,
        cursor: last?.cursor ?? null,
        consumer: consumer(name),
        follow: !once,
      });
    }
    case "input":
      return inputSource(process.stdin, consumer(name));
  }
}

function makeConsumer(core: Core, watched: Watched, name: string) {
  const { log, clock, program, stateFolder } = core.options;
  // Standard input has no way back: what is known of its connections would meet none of them.
  const keepsSessions = stateFolder !== null && watched.spec.kind !== "input";
  const reader = openReader({
    program,
    name,
    lanes: watched.lanes,
    clock,
    warn: (message) => log.say("warning", message, { event: "source" }),
    remembers: keepsSessions,
  });
  if (keepsSessions) {
    core.ledger.join(ledgerName(watched, name), reader);
  }
  core.evidence.texts.set(name, reader.textOf);
  const opened: Consumer = {
    take: reader.take,
    takeLast: reader.takeLast,
    moved(position: Position | null) {
      if (position !== null) core.ledger.move(watched.name, position);
      void core.settle();
      return core.room()?.then(() => {});
    },
    forget: (position) => core.ledger.forget(watched.name, position),
    caughtUp: reader.caughtUp,
    say: (level, message) => log.say(level, message, { event: "source" }),
  };
  return { opened, reader };
}

/** What the ledger calls the connections of a log: files that a pattern found each have their own. */
function ledgerName(watched: Watched, name: string): string {
  const isOnly = name === watched.name || name === watched.pattern;
  return isOnly ? watched.name : `${watched.name}\0${name}`;
}
