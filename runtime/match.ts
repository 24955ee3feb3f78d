/**
 * Which records matched which rules: `f2b match`.
 *
 * In: a log in chunks. Out: a line of JSON for each failure, with `all` for each event (charter section 4), and
 * the sums. Nothing is dropped for its age, nobody is resolved, no jail takes part.
 */
import { addressFromText } from "./address.ts";
import { decode } from "./bytes.ts";
import type { CaptureTaker, Program, RuleSpec } from "./contract.ts";
import { cutText, jsonText } from "./escape.ts";
import { openIntake } from "./intake.ts";
import { JsonLines } from "./json-lines.ts";
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
  /** Failures that name nobody count for nobody: how many there are, and where the first one is. */
  readonly nobody: { readonly count: number; readonly line: number; readonly rule: string };
}

/** Gives lines of JSON in blocks of whole ones, each with its LF: what a chunk holds before the next one is asked for. */
export function match(
  program: Program,
  options: MatchOptions,
  chunks: AsyncIterable<Buffer>,
  give: (lines: Buffer) => void,
): Promise<MatchSums> {
  const lines = new JsonLines(give);
  const writer = new MatchWriter(program, lines);
  return eachEvent(
    program,
    options,
    chunks,
    (event) => writer.write(event),
    () => lines.flush(),
  );
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
  onPause: () => void = () => {},
): Promise<MatchSums> {
  let failures = 0;
  const nobody = { count: 0, line: 0, rule: "" };
  const lane = { scanner: options.scanner, zone: options.zone };
  const intake = openIntake(
    program,
    [lane],
    () => options.now,
    (event) => {
      if (event.kind === "nobody") {
        nobody.count += 1;
        if (nobody.count > 1) return;
        nobody.line = event.line;
        nobody.rule = event.rule.name;
        return;
      }
      if (event.kind === "failure") failures += 1;
      else if (!options.all) return;
      give(event);
    },
  );
  const cutter = cutRecords(intake);
  for await (const chunk of chunks) {
    cutter.feed(chunk);
    onPause();
  }
  cutter.end();
  onPause();
  return { lines: intake.records(), failures, nobody };
}

function matchOf(event: SessionEvent): Match {
  const texts = new Texts(event.address ?? event.host);
  event.eachCapture(texts);
  return { event, id: texts.id, captures: texts.captures };
}

class Texts implements CaptureTaker {
  readonly captures: (readonly [string, string])[] = [];

  constructor(public id: string | null) {}

  takeBytes(name: string, b: Buffer, start: number, end: number): void {
    this.takeText(name, decode(b, start, end));
  }

  takeText(name: string, text: string): void {
    this.captures.push([name, cutText(text)]);
    if (name === "id") this.id = addressFromText(text) ?? text;
  }
}

/**
 * The match object of the charter; a host name gives `"address":null` and `id` the name. Put together by
 * hand, for there are as many of them as a log has failures.
 */
class MatchWriter implements CaptureTaker {
  readonly #program: Program;
  readonly #lines: JsonLines;
  /** Of each filter what is the same whenever a rule matches. */
  readonly #heads: readonly Map<RuleSpec, Buffer>[];
  readonly #keys = new Map<string, Buffer>();
  /** Of the line at hand: its captures, which stand behind what one of them decides, and that. */
  readonly #captures = new JsonLines();
  #own: string | null = null;

  constructor(program: Program, lines: JsonLines) {
    this.#program = program;
    this.#lines = lines;
    this.#heads = program.filters.map(() => new Map());
  }

  write(event: SessionEvent): void {
    const { address, host } = event;
    this.#own = address ?? host;
    event.eachCapture(this);
    const lines = this.#lines;
    lines.addAscii('{"line":');
    lines.addNumber(event.line);
    lines.addBytes(this.#headOf(event));
    if (address === null) lines.addAscii("null");
    else lines.addQuoted(address);
    lines.addAscii(',"id":');
    // An address is written in digits, letters and colons: nothing of it is escaped.
    if (address !== null && this.#own === address) lines.addQuoted(address);
    else lines.addText(this.#own);
    lines.addAscii(',"time":');
    lines.addTime(event.time);
    lines.addAscii(',"captures":{');
    lines.move(this.#captures);
    lines.addAscii("}}");
    lines.endLine();
  }

  takeBytes(name: string, b: Buffer, start: number, end: number): void {
    if (name === "id") {
      // It may be who it is.
      this.takeText(name, decode(b, start, end));
      return;
    }
    this.#addKey(name);
    this.#captures.addTextOf(b, start, end);
  }

  takeText(name: string, text: string): void {
    this.#addKey(name);
    this.#captures.addText(cutText(text));
    if (name === "id") this.#own = addressFromText(text) ?? text;
  }

  #addKey(name: string): void {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = Buffer.from(`${jsonText(name)}:`);
      this.#keys.set(name, key);
    }
    if (!this.#captures.isEmpty) this.#captures.addAscii(",");
    this.#captures.addBytes(key);
  }

  #headOf({ filter, rule, kind }: SessionEvent): Buffer {
    const known = this.#heads[filter]?.get(rule);
    if (known !== undefined) return known;
    const name = jsonText(this.#program.filters[filter]?.name ?? "");
    const head = Buffer.from(
      `,"filter":${name},"rule":${jsonText(rule.name)},"kind":"${kind}","address":`,
    );
    this.#heads[filter]?.set(rule, head);
    return head;
  }
}
