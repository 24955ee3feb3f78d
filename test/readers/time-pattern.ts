/*
 * A pattern of `time "PATTERN"` as the runtime has it in a bundle, without writing one: what 4-write
 * emits as calls is called here.
 */
import { letterReaders } from "../../compiler/4-write/time.ts";
import { parseTimePattern, type TimePiece, type TimeWay } from "../../compiler/time-pattern.ts";
import * as runtime from "../../runtime/index.ts";
import type { PatternState, PatternWay } from "../../runtime/time/pattern.ts";

type Read = (b: Buffer, at: number, limit: number, s: PatternState) => number;

/** @throws {RangeError} for a pattern that 2-check refuses. */
export function timePattern(text: string): runtime.TimePattern {
  const parsed = parseTimePattern(text);
  if ("wrong" in parsed) throw new RangeError(parsed.wrong);
  return new runtime.TimePattern(parsed.ways.map(wayOf), parsed.tells);
}

function wayOf(way: TimeWay): PatternWay {
  const [before, stamp, behind] = [way.before, way.stamp, way.behind].map((row) => row.map(reader));
  return (b, at, limit, s) => {
    const cutStart = run(before ?? [], b, at, limit, s);
    if (cutStart < 0) return -1;
    s.cutStart = cutStart;
    const cutEnd = run(stamp ?? [], b, cutStart, limit, s);
    if (cutEnd < 0) return -1;
    s.cutEnd = cutEnd;
    return run(behind ?? [], b, cutEnd, limit, s);
  };
}

function run(row: readonly Read[], b: Buffer, at: number, limit: number, s: PatternState): number {
  let to = at;
  for (const read of row) {
    to = read(b, to, limit, s);
    if (to < 0) return -1;
  }
  return to;
}

function reader(piece: TimePiece): Read {
  switch (piece.kind) {
    case "text": {
      const text = runtime.lit(piece.text);
      return (b, at, limit) => runtime.timeText(b, at, limit, text);
    }
    case "blanks":
      return runtime.timeBlanks;
    case "letter": {
      const read = (runtime as unknown as Record<string, Read>)[letterReaders[piece.letter] ?? ""];
      if (read === undefined) throw new Error(`no reader of %${piece.letter}`);
      if (!"ekl".includes(piece.letter)) return read;
      return (b, at, limit, s) => read(b, runtime.timePad(b, at, limit), limit, s);
    }
    case "hole":
      return {
        time: runtime.timeStamp,
        epoch: runtime.timeEpoch,
        tai64n: runtime.timeTai64n,
        int: runtime.timeInt,
        word: runtime.timeWord,
      }[piece.of];
    case "not": {
      const table = runtime.makeNotTable(piece.chars);
      return (b, at, limit) => runtime.timeNot(b, at, limit, table);
    }
    case "words": {
      const words = runtime.lits([...piece.words].sort((a, b) => b.length - a.length));
      return (b, at, limit) => runtime.timeWords(b, at, limit, words);
    }
  }
}
