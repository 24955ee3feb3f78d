/**
 * `time "PATTERN"` as code: one function for each way to read it, a call for each of its pieces.
 *
 * In: the pattern's text. Out: the name of a constant that reads it; equal patterns share one, because
 * a reader keeps nothing from one stamp to the next.
 */
import { parseTimePattern, type TimePiece, type TimeWay } from "../time-pattern.ts";
import { type Code, comment, join, js, quote } from "./code.ts";
import type { Module } from "./module.ts";
import { sortChoices, writeLiteral } from "./pattern.ts";

/** The runtime's reader of each letter. */
export const letterReaders: Readonly<Record<string, string>> = {
  Y: "timeYear",
  y: "timeYear2",
  m: "timeMonth",
  b: "timeMonthName",
  B: "timeMonthName",
  d: "timeDay",
  e: "timeDay",
  j: "timeYearDay",
  a: "timeWeekday",
  A: "timeWeekday",
  H: "timeHour",
  k: "timeHour",
  I: "timeHour12",
  l: "timeHour12",
  M: "timeMinute",
  S: "timeSecond",
  f: "timeFraction",
  p: "timeHalf",
  s: "timeSeconds",
  z: "timeZone",
  Z: "timeZoneName",
};
/** Letters before which one blank may stand. */
const padded = "ekl";

const holes = {
  time: "timeStamp",
  epoch: "timeEpoch",
  tai64n: "timeTai64n",
  int: "timeInt",
  word: "timeWord",
} as const;

export function writeTimePattern(module: Module, text: string): Code {
  const parsed = parseTimePattern(text);
  // 2-check refused what cannot be read.
  if ("wrong" in parsed) throw new RangeError(`a time pattern has no ${parsed.wrong}`);
  const ways = parsed.ways.map((way) => writeWay(module, way, text));
  const tells = parsed.tells ? [] : [js`false`];
  return js`new ${module.use("TimePattern")}(${[js`[${ways}]`, ...tells]})`;
}

function writeWay(module: Module, way: TimeWay, text: string): Code {
  const name = module.names.make("stamp");
  const lines = [
    ...way.before.flatMap((piece) => writePiece(module, piece)),
    ...(way.before.length > 0 ? [js`s.cutStart = at;`] : []),
    ...way.stamp.flatMap((piece) => writePiece(module, piece)),
    ...(way.behind.length > 0 ? [js`s.cutEnd = at;`] : []),
    ...way.behind.flatMap((piece) => writePiece(module, piece)),
  ];
  module.add(
    join([
      comment(`time ${JSON.stringify(text)}`),
      js`function ${name}(b, at, end, s) {
${join(lines)}
return at;
}`,
    ]),
  );
  return name;
}

function writePiece(module: Module, piece: TimePiece): Code[] {
  const step = (call: Code) => js`if ((at = ${call}) < 0) return -1;`;
  switch (piece.kind) {
    case "text":
      return [
        step(js`${module.use("timeText")}(b, at, end, ${writeLiteral(module, piece.text, false)})`),
      ];
    case "blanks":
      return [step(js`${module.use("timeBlanks")}(b, at, end)`)];
    case "letter": {
      const read = step(js`${module.use(letterReaders[piece.letter] ?? "")}(b, at, end, s)`);
      const pad = padded.includes(piece.letter);
      return pad ? [js`at = ${module.use("timePad")}(b, at, end);`, read] : [read];
    }
    case "hole":
      return [step(js`${module.use(holes[piece.of])}(b, at, end, s)`)];
    case "not": {
      const chars = quote(piece.chars);
      const table = module.constant("not", js`${module.use("makeNotTable")}(${chars})`);
      return [step(js`${module.use("timeNot")}(b, at, end, ${table})`)];
    }
    case "words": {
      const choices = sortChoices(piece.words).map(quote);
      const list = module.constant("words", js`${module.use("lits")}([${choices}])`);
      return [step(js`${module.use("timeWords")}(b, at, end, ${list})`)];
    }
    default:
      return piece satisfies never;
  }
}
