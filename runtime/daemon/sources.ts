/**
 * Opens what the jails watch: one source a thing watched, however many jails watch it.
 *
 * In: the program's watches. Out: running sources, each with its readers. What must hold: each file has a
 * scanner and sessions of its own; a jail that finds a file by several patterns counts its lines once; what a
 * source reads is settled before its position is kept.
 */
import type { WatchSpec } from "../contract.ts";
import type { LaneSpec } from "../intake.ts";
import type { Jail } from "../jail.ts";
import { fileSource } from "../source/file.ts";
import type { FilePosition } from "../source/followed-path.ts";
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

/** A pattern of a path with the jails that watch it; what is no file has the one pattern "". */
interface Pattern {
  /** What the ledger calls it: positions stay with a pattern, whatever patterns a jail has besides. */
  readonly name: string;
  readonly pattern: string;
  readonly lanes: Lane[];
}

/** What one source reads: of files all patterns that some jail has together, so that it meets each file once. */
interface Watched {
  readonly spec: Readable;
  readonly patterns: Pattern[];
}

export function openSources(core: Core, options: { readonly once: boolean }): OpenSource[] {
  return collectWatched(core).map((watched) => {
    const opening: Opening = { core, watched, readers: [], jailsOf: new Map() };
    const lanes = watched.patterns.flatMap((one) => one.lanes);
    return {
      name: nameOf(
        watched.spec,
        watched.patterns.map(({ pattern }) => pattern),
      ),
      jails: jailNames(lanes),
      source: openOne(opening, options.once),
      readers: opening.readers,
    };
  });
}

function jailNames(lanes: readonly Lane[]): string[] {
  return [...new Set(lanes.flatMap(({ jails }) => jails.map((jail) => jail.spec.name)))];
}

function collectWatched(core: Core): Watched[] {
  const patterns = new Map<string, Pattern>();
  let found: Watched[] = [];
  for (const jail of core.jails.all) {
    for (const spec of jail.spec.watches) {
      if (spec.kind === "bans") continue;
      for (const pattern of spec.kind === "file" ? spec.paths : [""]) {
        const name = nameOf(spec, [pattern]);
        const known = patterns.get(name) ?? { name, pattern, lanes: [] };
        if (!patterns.has(name)) found.push({ spec, patterns: [known] });
        patterns.set(name, known);
        addJails(known.lanes, { scanner: spec.scanner, zone: spec.zone, jails: [jail] });
      }
    }
    for (const from of [null, "start", "end"] as const) found = joinFilesOf(jail, from, found);
  }
  return found;
}

/** Puts all patterns of a jail into one source. */
function joinFilesOf(jail: Jail, from: "start" | "end" | null, all: readonly Watched[]): Watched[] {
  const isOf = ({ spec, patterns }: Watched) =>
    spec.kind === "file" &&
    spec.from === from &&
    patterns.some(({ lanes }) => lanes.some(({ jails }) => jails.includes(jail)));
  const [first, ...others] = all.filter(isOf);
  for (const { patterns } of others) first?.patterns.push(...patterns);
  return all.filter((one) => !others.includes(one));
}

function addJails(lanes: Lane[], { scanner, zone, jails }: Lane): void {
  const lane = lanes.find((one) => one.scanner === scanner && one.zone === zone);
  if (lane === undefined) lanes.push({ scanner, zone, jails: [...jails] });
  else lane.jails.push(...jails.filter((jail) => !lane.jails.includes(jail)));
}

function nameOf(spec: Readable, patterns: readonly string[]): string {
  switch (spec.kind) {
    case "file": {
      const name = `file ${patterns.join(", ")}`;
      return spec.from === null ? name : `${name} from ${spec.from}`;
    }
    case "journal":
      return queryName(spec);
    case "input":
      return "standard input";
  }
}

/** A source that is being opened. */
interface Opening {
  readonly core: Core;
  readonly watched: Watched;
  readonly readers: Reader[];
  /** Path -> the jails that get its lines. */
  readonly jailsOf: Map<string, readonly string[]>;
}

function openOne(opening: Opening, once: boolean): Source {
  const { core, watched } = opening;
  const { spec, patterns } = watched;
  switch (spec.kind) {
    case "file":
      return openFiles(opening, spec.from);
    case "journal": {
      const name = nameOf(spec, []);
      const last = core.ledger.positionsOf(name).find((position) => position.kind === "journal");
      return journalSource({
        query: spec,
        from: spec.from,
        cursor: last?.cursor ?? null,
        consumer: makeConsumer(opening, name, patterns),
        follow: !once,
      });
    }
    case "input":
      return inputSource(process.stdin, makeConsumer(opening, nameOf(spec, []), patterns));
  }
}

function openFiles(opening: Opening, from: "start" | "end" | null): Source {
  const { core, watched, readers, jailsOf } = opening;
  const { patterns } = watched;
  const ledgerNames = new Map<string, string>();
  const positions = patterns.flatMap(({ name }) =>
    core.ledger.positionsOf(name).filter((position) => position.kind === "file"),
  );
  return fileSource({
    patterns: patterns.map(({ pattern }) => pattern),
    from,
    positions: furthest(positions),
    consumer(path, found) {
      const own = patterns.filter(({ pattern }) => found.includes(pattern));
      jailsOf.set(path, jailNames(own.flatMap(({ lanes }) => lanes)));
      ledgerNames.set(path, ledgerName(own, path));
      return makeConsumer(opening, path, own);
    },
    covers(other, path) {
      const jails = jailsOf.get(other);
      return jails === undefined || (jailsOf.get(path) ?? []).every((one) => jails.includes(one));
    },
    gone(path) {
      const at = readers.findIndex((reader) => reader.name === path);
      if (at >= 0) readers.splice(at, 1);
      jailsOf.delete(path);
      core.evidence.texts.delete(path);
      core.ledger.leave(ledgerNames.get(path) ?? "");
      ledgerNames.delete(path);
    },
    say: (message) => core.options.log.say("notice", message, { event: "source" }),
  });
}

/** One position a path and file: two patterns that were read apart had one each. */
function furthest(positions: readonly FilePosition[]): FilePosition[] {
  const found = new Map<string, FilePosition>();
  for (const position of positions) {
    const key = `${position.dev}:${position.ino} ${position.path}`;
    const known = found.get(key);
    if (known === undefined || known.offset < position.offset) found.set(key, position);
  }
  return [...found.values()];
}

/** `patterns` are those that found it; the first is the one under which its position is kept. */
function makeConsumer(
  { core, watched, readers }: Opening,
  name: string,
  patterns: readonly Pattern[],
): Consumer {
  const { log, clock, program, stateFolder } = core.options;
  const lanes: Lane[] = [];
  for (const lane of patterns.flatMap((one) => one.lanes)) addJails(lanes, lane);
  // Standard input has no way back: what is known of its connections would meet none of them.
  const keepsSessions = stateFolder !== null && watched.spec.kind !== "input";
  const reader = openReader({
    program,
    name,
    lanes,
    clock,
    warn: (message) => log.say("warning", message, { event: "source" }),
    remembers: keepsSessions,
  });
  if (keepsSessions) core.ledger.join(ledgerName(patterns, name), reader);
  readers.push(reader);
  core.evidence.texts.set(name, reader.textOf);
  const owner = patterns[0]?.name ?? name;
  const others = watched.patterns.filter((one) => one.name !== owner);
  const forgetOthers = (position: Position) => {
    for (const one of others) {
      if (core.ledger.has(one.name, position)) core.ledger.forget(one.name, position);
    }
  };
  return {
    take: reader.take,
    takeLast: reader.takeLast,
    moved(position: Position | null) {
      if (position !== null) {
        core.ledger.move(owner, position);
        forgetOthers(position);
      }
      void core.settle();
      return core.room()?.then(() => {});
    },
    forget(position) {
      core.ledger.forget(owner, position);
      forgetOthers(position);
    },
    caughtUp: reader.caughtUp,
    say: (level, message) => log.say(level, message, { event: "source" }),
  };
}

/** What the ledger calls the connections of a log: files that a pattern found each have their own. */
function ledgerName([first]: readonly Pattern[], name: string): string {
  if (first === undefined) return name;
  const isOnly = name === first.name || name === first.pattern;
  return isOnly ? first.name : `${first.name}\0${name}`;
}
