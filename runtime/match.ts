/**
 * Which records matched which rules: `f2b match`.
 *
 * In: a log in chunks. Out: a line of JSON for each failure, with `all` for each event (charter section 4), and
 * the sums. Nothing is dropped for its age, nobody is resolved, no jail takes part.
 */
import { addressFromText } from "./address.ts";
import type { Program } from "./contract.ts";
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
      report(lineOf(program, event));
    },
  );
  const cutter = cutRecords(intake);
  for await (const chunk of chunks) cutter.feed(chunk);
  cutter.end();
  return { lines: intake.records(), failures };
}

/** The match object of the charter as text; a host name gives `"address":null` and `id` the name. */
function lineOf(program: Program, event: SessionEvent): string {
  const { line, rule, kind, address, host } = event;
  const filter = program.filters[event.filter]?.name ?? "";
  let id = address ?? host;
  let captures = "";
  event.eachCapture((name, text) => {
    if (name === "id") id = addressFromText(text) ?? text;
    const cut = jsonText(cutText(text));
    captures += `${captures === "" ? "" : ","}${jsonText(name)}:${cut}`;
  });
  // Put together by hand, for there are as many of these as a log has failures.
  const rest = `"address":${jsonText(address)},"id":${jsonText(id)},"time":${jsonText(isoTime(event.time))}`;
  return `{"line":${line},"filter":${jsonText(filter)},"rule":${jsonText(rule.name)},"kind":"${kind}",${rest},"captures":{${captures}}}`;
}
