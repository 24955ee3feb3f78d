/**
 * A scanner: which formats a record is tried with, and which filters then see it.
 *
 * In: a `ScannerPlan` and the filters' functions. Out: its entry in `Program.scanners`. Filters of
 * `format syslog` are found by the program's name: length first, then the name, so that a filter for
 * another program costs nothing.
 */
import type { FilterPlan, Plan, ReaderPlan, ScannerPlan } from "../3-plan/plan-types.ts";
import { aside, type Code, comment, join, js, quote } from "./code.ts";
import type { WrittenFilter } from "./filter.ts";
import { writeReader } from "./format.ts";
import type { Module } from "./module.ts";
import { writeLiteral, writePattern } from "./pattern.ts";

interface Entry {
  readonly programs: readonly string[];
  /** Null: any program, or none. */
  readonly test: Code | null;
  readonly any: boolean;
  readonly call: Code;
}

export function writeScanner(
  module: Module,
  plan: Plan,
  scanner: ScannerPlan,
  filters: readonly WrittenFilter[],
): Code {
  const name = module.names.make("scanner");
  const state: Code[] = [];
  const steps = scanner.readers.map((reader, i) => {
    const first = plan.filters[reader.uses[0]?.filter ?? -1];
    const written = writeReader(module, reader.format, first?.fields ?? []);
    const kept = module.names.make(`${reader.format.name} reader`);
    if (written.make !== null) state.push(js`const ${kept} = ${written.make};`);
    const test = join([...stillWanted(module, reader, i), written.read(kept)], js` && `);
    const entries = reader.uses.map((use) => writeEntry(module, plan, scanner, use, filters));
    const dispatch = module.names.make(`${reader.format.name} filters`);
    module.add(js`function ${dispatch}(c) {
${writeEntries(module, entries)}
}`);
    return js`if (${test}) ${dispatch}(c);`;
  });
  const open = writeEnvelope(module, scanner.envelope);
  const unordered = scanner.readers.length > 1 && scanner.filters.length > 1;
  const find = writeNeedles(module, scanner);
  const ids = scanner.filters.map((number) => plan.filters[number]?.id ?? "").join(", ");
  module.add(
    join([
      comment(`reads ${scanner.envelope ?? "plain"} records for ${ids}`),
      js`function ${name}(time) {
${join([
  ...state,
  js`function read(c) {
${join(steps)}
}`,
])}
return ${module.use("makeScanner")}(time, { open: ${open}, read, unordered: ${unordered}, find: ${find} });
}`,
    ]),
  );
  return js`{ filters: [${scanner.filters.map((number) => js`${number}`)}], make: ${name} }`;
}

/** A second format is only tried while a filter that has it still waits for its first. */
function stillWanted(module: Module, reader: ReaderPlan, index: number): Code[] {
  if (index === 0 || reader.uses.some((use) => use.format === 0)) return [];
  const seen = reader.uses.map((use) => js`${module.use("isSeen")}(c, ${use.filter})`);
  return [js`!(${join(seen, js` && `)})`];
}

function writeEntry(
  module: Module,
  plan: Plan,
  scanner: ScannerPlan,
  use: ReaderPlan["uses"][number],
  filters: readonly WrittenFilter[],
): Entry {
  const filter = plan.filters[use.filter] as FilterPlan;
  const format = filter.formats[use.format];
  const run = js`${(filters[use.filter] as WrittenFilter).run}(c);`;
  const ask =
    filter.formats.length > 1
      ? js`if (${module.use("firstFormat")}(c, ${use.filter}, ${use.format})) ${run}`
      : js`c.format = 0; ${run}`;
  const bit = scanner.wants.get(use.filter) ?? 0;
  const isSure = scanner.filters.length === 1 || (scanner.always & bit) !== 0;
  const call = isSure ? ask : js`if (c.wants & ${bit}) { ${ask} }`;
  const patterns = format?.patterns ?? [];
  const tests = patterns.map((pattern) => writePattern(module, pattern, "program"));
  const programs = format?.programs ?? [];
  return {
    programs,
    test: tests.length === 0 ? null : join(tests, js` || `),
    any: programs.length === 0 && tests.length === 0,
    call,
  };
}

/** The filters for each program that is named, in their order, and for all the others. */
function writeEntries(module: Module, entries: readonly Entry[]): Code {
  const names = [...new Set(entries.flatMap((entry) => entry.programs))];
  if (names.length === 0) return writeCalls(entries, null);
  const byLength = new Map<number, string[]>();
  for (const name of names) {
    const length = Buffer.byteLength(name);
    byLength.set(length, [...(byLength.get(length) ?? []), name]);
  }
  const cases = [...byLength]
    .sort(([a], [b]) => a - b)
    .map(([length, some]) => {
      const tests = some.map((name) => {
        const literal = writeLiteral(module, name, false);
        return js`if (${module.use("isProgram")}(c, ${literal})) {
${writeCalls(entries, name)}
return;
}`;
      });
      return js`case ${aside(js`${length}`, some.join(", "))}:
${join(tests)}
break;`;
    });
  return js`switch (${module.use("programLength")}(c)) {
${join(cases)}
}
${writeCalls(entries, null)}`;
}

/** The calls of those filters that see records of this program; null: of one that nobody names. */
function writeCalls(entries: readonly Entry[], program: string | null): Code {
  const calls = entries.flatMap((entry) => {
    if (entry.any || (program !== null && entry.programs.includes(program))) return [entry.call];
    return entry.test === null ? [] : [js`if (${entry.test}) { ${entry.call} }`];
  });
  return join(calls);
}

/** What a record must hold to be read at all. */
function writeNeedles(module: Module, { needles, always }: ScannerPlan): Code {
  const groups = needles.map((group) => {
    const rows = group.map(({ text, wants, fold }) =>
      fold ? js`[${quote(text)}, ${wants}, true]` : js`[${quote(text)}, ${wants}]`,
    );
    return js`[${rows}]`;
  });
  return module.constant("find", js`${module.use("needles")}(${[js`${always}`, ...groups]})`);
}

/** What takes the envelope off, and what it keeps between records, if anything. */
function writeEnvelope(module: Module, envelope: ScannerPlan["envelope"]): Code {
  switch (envelope) {
    case null:
      return module.use("openPlain");
    case "syslog":
      return module.use("openSyslog");
    case "docker":
      return js`${module.use("openWith")}(new ${module.use("DockerEnvelope")}())`;
    case "cri":
      return js`${module.use("openWith")}(new ${module.use("CriEnvelope")}())`;
    default:
      return envelope satisfies never;
  }
}
