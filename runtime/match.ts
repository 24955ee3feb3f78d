/**
 * Which records matched which rules: `f2b match`.
 *
 * In: a log in chunks. Out: a line of JSON for each failure, with `all` for each event (charter section 4), and
 * the sums. Nothing is dropped for its age, nobody is resolved, no jail takes part.
 */
import { addressFromText } from "./address.ts";
import type { Program, RuleSpec } from "./contract.ts";
import { cutText, isoTime, jsonText } from "./escape.ts";
import { openIntake } from "./intake.ts";
import { cutRecords } from "./records.ts";
import type { SessionEvent } from "./session.ts";

export interface MatchOptions {
  /** Index into `Program.scanners`. */
  readonly scanner: number;
  /** Notes, clears and ignored records too. */
  readonly all: boolean;
  /** Milliseconds since 1970: fills missing years and dates. */
  readonly now: number;
  /** Of stamps without one; null: the host's. */
  readonly zone: string | null;
}

/** What a rule made of a record; valid only while it is given. */
export interface Match {
  readonly event: SessionEvent;
  /** The capture `id`, else the address, else the host name. */
  readonly id: string | null;
  /** Name and text, each cut to what a person would read. */
  readonly captures: readonly (readonly [name: string, text: string])[];
}

export interface MatchSums {
  readonly lines: number;
  readonly failures: number;
}

/** Reports lines of JSON. */
export function match(
  program: Program,
  options: MatchOptions,
  chunks: AsyncIterable<Buffer>,
  report: (line: string) => void,
): Promise<MatchSums> {
  const lineOf = makeLineWriter(program);
  return eachEvent(program, options, chunks, (event) => report(lineOf(event)));
}

/** The same as data. */
export function findMatches(
  program: Program,
  options: MatchOptions,
  chunks: AsyncIterable<Buffer>,
  give: (found: Match) => void,
): Promise<MatchSums> {
  return eachEvent(program, options, chunks, (event) => give(matchOf(event)));
}

async function eachEvent(
  program: Program,
  options: MatchOptions,
  chunks: AsyncIterable<Buffer>,
  give: (event: SessionEvent) => void,
): Promise<MatchSums> {
  let failures = 0;
  const lane = { scanner: options.scanner, zone: options.zone };
  const intake = openIntake(
    program,
    [lane],
    () => options.now,
    (event) => {
      if (event.kind === "nobody") return;
      if (event.kind === "failure") failures += 1;
      else if (!options.all) return;
      give(event);
    },
  );
  const cutter = cutRecords(intake);
  for await (const chunk of chunks) cutter.feed(chunk);
  cutter.end();
  return { lines: intake.records(), failures };
}

function matchOf(event: SessionEvent): Match {
  const captures: (readonly [string, string])[] = [];
  let id = event.address ?? event.host;
  event.eachCapture((name, text) => {
    captures.push([name, cutText(text)]);
    if (name === "id") id = addressFromText(text) ?? text;
  });
  return { event, id, captures };
}

/**
 * The match object of the charter as text; a host name gives `"address":null` and `id` the name. Put together by
 * hand, for there are as many of them as a log has failures.
 */
function makeLineWriter(program: Program): (event: SessionEvent) => string {
  /** Of each filter what is the same whenever a rule matches. */
  const heads = program.filters.map(() => new Map<RuleSpec, string>());
  const keys = new Map<string, string>();
  let texts = "";
  let own: string | null = null;

  function headOf({ filter, rule, kind }: SessionEvent): string {
    const known = heads[filter]?.get(rule);
    if (known !== undefined) return known;
    const name = jsonText(program.filters[filter]?.name ?? "");
    const head = `,"filter":${name},"rule":${jsonText(rule.name)},"kind":"${kind}","address":`;
    heads[filter]?.set(rule, head);
    return head;
  }

  function keyOf(name: string): string {
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = `${jsonText(name)}:`;
    keys.set(name, key);
    return key;
  }

  function addCapture(name: string, text: string): void {
    texts += (texts === "" ? "" : ",") + keyOf(name) + jsonText(cutText(text));
    if (name === "id") own = addressFromText(text) ?? text;
  }

  return (event) => {
    const { line, address, host } = event;
    texts = "";
    own = address ?? host;
    event.eachCapture(addCapture);
    // An address is written in digits, letters and colons: nothing of it is escaped.
    const who = address === null ? "null" : `"${address}"`;
    const id = own === address ? who : jsonText(own);
    const time = isoTime(event.time);
    const when = time === null ? "null" : `"${time}"`;
    return `{"line":${line}${headOf(event)}${who},"id":${id},"time":${when},"captures":{${texts}}}`;
  };
}
