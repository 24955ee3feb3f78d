/**
 * One run of samples: import, compile, match all lines in order, compare. All in this process.
 *
 * In: a run and the configuration's files. Out: for each annotated line whether it agrees, and why not. A line agrees when it gives a
 * failure exactly if it should, for the right host and at the right time; captures are counted besides.
 */
import { check, type Wanted } from "../../../compiler/2-check/check.ts";
import { type Files, load } from "../../../compiler/2-check/load.ts";
import { plan } from "../../../compiler/3-plan/plan.ts";
import { bundle } from "../../../compiler/4-write/bundle.ts";
import { emit } from "../../../compiler/4-write/emit.ts";
import { Diagnostics } from "../../../compiler/diagnostics/diagnostic.ts";
import { renderDiagnostic } from "../../../compiler/diagnostics/render.ts";
import type { ConfigFiles } from "../../../compiler/import/config/layers.ts";
import { type Imported, importFilter } from "../../../compiler/import/import-filter.ts";
import { costOf } from "../../../compiler/lint/costly-regexes.ts";
import { addressFromText } from "../../../runtime/address.ts";
import type { Program } from "../../../runtime/contract.ts";
import type { match } from "../../../runtime/match.ts";
import type { Policy } from "../../../schemas/policy.ts";
import { bothWays } from "../../differential/both.ts";
import type { Expectation, SampleLine, SampleRun } from "./samples.ts";

export interface Verdict {
  readonly line: SampleLine;
  /** Null: it agrees. */
  readonly wrong: string | null;
  readonly captures: number;
  readonly capturesRight: number;
}

export interface RunResult {
  readonly run: SampleRun;
  readonly imported: Imported;
  readonly verdicts: readonly Verdict[];
}

interface Hit {
  readonly line: number;
  readonly address: string | null;
  readonly id: string | null;
  readonly time: string | null;
  readonly rule: string;
  readonly captures: Readonly<Record<string, unknown>>;
}

const zone = "Europe/Zurich";
const now = Date.parse("2005-08-14T12:00:00+02:00");

export async function runSamples(run: SampleRun, files: ConfigFiles): Promise<RunResult> {
  const args = new Map(Object.entries(run.options));
  const imported = importFilter(run.filter, args, files, automatonCost);
  const problem =
    imported.text === null
      ? imported.diagnostics
          .sorted()
          .map((one) => one.message)
          .join("; ")
      : null;
  const compiled = problem === null ? await compileText(imported.text ?? "") : problem;
  return { run, imported, verdicts: await judgeLines(compiled, run) };
}

const costs = new Map<string, ReturnType<typeof costOf>>();

/** What a pattern costs by its automaton alone: recheck would be asked for minutes. Runs share their patterns. */
export function automatonCost(source: string, flags: string, linesOnly: boolean) {
  const key = `${linesOnly}${flags}/${source}`;
  const cost = costs.get(key) ?? costOf(source, flags, { endsAt: 0, linesOnly });
  costs.set(key, cost);
  return cost;
}

/** Holds what matches against the annotations; `tools` is a text where nothing could be compiled. */
export async function judgeLines(tools: Tools | string, run: SampleRun): Promise<Verdict[]> {
  const hits = typeof tools === "string" ? tools : await matchLines(tools, run);
  return run.lines.flatMap((line, index): Verdict[] => {
    if (line.expect === null) return [];
    if (typeof hits === "string") return [{ line, wrong: hits, captures: 0, capturesRight: 0 }];
    return [judge(line, line.expect, hits.get(index + 1) ?? [], run.options["logtype"])];
  });
}

interface Tools {
  readonly program: Program;
  readonly match: typeof match;
}

/** The program of a policy of filters and what matches with it, or why there is none. */
async function compileText(text: string): Promise<Tools | string> {
  const bytes = Buffer.from(text);
  const read = (name: string) => (name === "filter.f2b" ? bytes : null);
  const pick = (policy: Policy) => policy.filters.map((filter) => filter.id);
  return compileFilters("filter.f2b", { read }, {}, pick);
}

/** As `f2b match` compiles, without what lint has to say. `pick` names the filters to match with. */
export async function compileFilters(
  entry: string,
  files: Files,
  wanted: Wanted,
  pick: (policy: Policy) => string[],
): Promise<Tools | string> {
  const diagnostics = new Diagnostics();
  const loaded = load(entry, files, diagnostics);
  const policy = check(loaded, diagnostics, wanted);
  const scanners = policy === null ? [] : [pick(policy)];
  const planned = policy === null ? null : plan(policy, { diagnostics, scanners });
  const [error] = diagnostics.sorted().filter((one) => one.severity === "error");
  if (error !== undefined) return renderDiagnostic(error, loaded.sources);
  if (planned === null || policy === null) return "no policy, and no error that says why";
  const emitted = emit(planned, "test");
  const banner = { version: "test", policy: entry, files: policy.files, hash: emitted.hash };
  const { code } = await bundle(emitted.text, { kind: "tools", banner });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

function matchLines(tools: Tools, run: SampleRun): Promise<Map<number, Hit[]>> {
  const scanner = tools.program.scanners.length - 1;
  const log = Buffer.from(run.lines.map((line) => `${run.prefix}${line.text}\n`).join(""));
  async function* chunks() {
    yield log;
  }
  return bothWays(async () => {
    const hits = new Map<number, Hit[]>();
    await tools.match(tools.program, { scanner, all: false, now, zone }, chunks(), (lines) => {
      for (const text of lines.toString().trimEnd().split("\n")) {
        const hit: Hit = JSON.parse(text);
        hits.set(hit.line, [...(hits.get(hit.line) ?? []), hit]);
      }
    });
    return hits;
  });
}

function judge(
  line: SampleLine,
  expect: Expectation,
  hits: readonly Hit[],
  logtype: string | undefined,
): Verdict {
  const [hit] = hits;
  const captures = hit === undefined ? [] : annotated(expect);
  const right = captures.filter(([name, value]) =>
    hits.some((one) => same(one.captures[name], value)),
  );
  const counts = { captures: captures.length, capturesRight: right.length };
  return { line, wrong: differenceOf(expect, hits, logtype), ...counts };
}

function differenceOf(
  expect: Expectation,
  hits: readonly Hit[],
  logtype: string | undefined,
): string | null {
  const [hit] = hits;
  if (hit === undefined) return expect.match === true ? "missed" : null;
  if (expect.match !== true) return `${hit.rule} counts it`;
  const { host, time } = expect;
  const who = hits.flatMap((one) => [one.address, one.id]).map(canonical);
  if (host !== undefined && !who.includes(canonical(host))) {
    return `for ${hit.address ?? hit.id}, not ${host}`;
  }
  if (time === undefined || time === null || logtype === "journal") return null;
  const at = hit.time === null ? Number.NaN : Date.parse(hit.time);
  return Math.abs(at - zurich(time)) <= 2 ? null : `at ${hit.time}, not ${time}`;
}

const noCaptures = new Set(["time", "match", "desc", "constraint", "host", "attempts"]);

function annotated(expect: Expectation): [string, unknown][] {
  return Object.entries(expect).filter(([name]) => !noCaptures.has(name));
}

function same(capture: unknown, value: unknown): boolean {
  return JSON.stringify(capture ?? null) === JSON.stringify(value);
}

function canonical(who: string | null): string | null {
  return who === null ? null : (addressFromText(who) ?? who);
}

/** A local time of the samples in milliseconds: their zone has an hour more from spring to autumn. */
function zurich(local: string): number {
  const [year = 0, month = 1, ...rest] = local.split(/[-T:.]/).map(Number);
  const [day, hour, minute, second] = rest;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const hourMs = 3_600_000;
  const offset = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const isSummer = offset.format(utc - 2 * hourMs).includes("+02:00");
  return utc - (isSummer ? 2 : 1) * hourMs;
}
