/**
 * Which records matched which rules: `f2b match`.
 *
 * In: a log in chunks. Out: a line of JSON for each failure, with `all` for each event (charter section 4), and
 * the sums. Nothing is dropped for its age, nobody is resolved, no jail takes part.
 */
import { addressFromText } from "./address.ts";
import type { Program } from "./contract.ts";
import { cutCaptures, isoTime, jsonLine } from "./escape.ts";
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

export async function match(
  program: Program,
  options: MatchOptions,
  chunks: AsyncIterable<Buffer>,
  report: (line: string) => void,
): Promise<{ lines: number; failures: number }> {
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
      report(jsonLine(matchOf(program, event)));
    },
  );
  const cutter = cutRecords(intake);
  for await (const chunk of chunks) cutter.feed(chunk);
  cutter.end();
  return { lines: intake.records(), failures };
}

/** The capture `id`, else the address, else the host name. */
function identityOf({ captures, address, host }: SessionEvent): string | null {
  const id = captures["id"];
  return id === undefined ? (address ?? host) : (addressFromText(id) ?? id);
}

/** The match object of the charter; a host name gives `"address":null` and `id` the name. */
function matchOf(program: Program, event: SessionEvent): object {
  return {
    line: event.line,
    filter: program.filters[event.filter]?.name ?? "",
    rule: event.rule.name,
    kind: event.kind,
    address: event.address,
    id: identityOf(event),
    time: isoTime(event.time),
    captures: cutCaptures(event.captures),
  };
}
