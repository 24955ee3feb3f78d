/**
 * `npm run bench`: what f2b costs, beside what people would use instead, or beside another commit of itself.
 *
 * In: words (`arguments.ts`). Out: tables, and JSON when asked for. Figures are medians of runs that took turns; a run counts
 * only when it found what the naive interpreter of test/oracle finds.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { formatTable } from "../runtime/table.ts";
import { checkText } from "../test/differential/both.ts";
import { readSettings, type Settings } from "./arguments.ts";
import { writePolicy } from "./fifty.ts";
import { wantedLiterals } from "./literals.ts";
import { type Log, makeFolder, makeLog } from "./logs.ts";
import { alternate, type Subject, type Times } from "./runs.ts";
import {
  type Case,
  compileBundle,
  fail2ban,
  naive,
  now,
  oursOnLog,
  readPolicy,
  ripgrep,
  scanOnly,
  sshguard,
} from "./subjects.ts";
import { openCommit, openHere, type Tree } from "./trees.ts";
import { expect, type Verdicts } from "./verdicts.ts";

interface Figure {
  readonly name: string;
  /** Of the whole command. */
  readonly whole: Times;
  /** Without what it costs to start. */
  readonly reading: Times;
  readonly bytes: number;
  readonly runs: number;
}

interface Table {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Stock filters of the peer for web logs, each of which is a run of its own. */
const webFilters = [
  ...["apache-auth", "apache-badbots", "apache-botsearch", "apache-fakegooglebot", "apache-nohome"],
  ...[
    "apache-noscript",
    "apache-overflows",
    "nginx-bad-request",
    "nginx-botsearch",
    "php-url-fopen",
  ],
];

function measure(title: string, cases: readonly Case[], settings: Settings): Table {
  process.stderr.write(`${title} ...\n`);
  const judges = new Map<Subject, Case>(cases.map((one) => [one.full, one]));
  const subjects = cases.flatMap(({ full, empty }) => (empty === null ? [full] : [full, empty]));
  const measured = alternate(subjects, settings.rounds, (subject) => {
    judges.get(subject)?.judge?.(subject.output);
  });
  const figures = cases.map(({ name, bytes, full, empty }): Figure => {
    const { clock, processor, runs } = measured.get(full) ?? none;
    const start = (empty && measured.get(empty)) ?? { clock: 0, processor: 0 };
    // A scan shorter than the noise of starting has no speed worth telling.
    const reading = {
      clock: Math.max(1, clock - start.clock),
      processor: Math.max(1, processor - start.processor),
    };
    return { name, whole: { clock, processor }, reading, bytes, runs };
  });
  return { title, figures };
}

const none = { clock: Number.NaN, processor: Number.NaN, runs: 0 };

const ofReading = [
  "",
  "whole command",
  "processor",
  "reading",
  "the first is x times faster",
  "processor",
];
const ofAll = ["", "whole command", "processor"];

function show({ title, figures }: Table): void {
  const [first] = figures;
  if (first === undefined) return;
  const speedOf = ({ bytes, reading }: Figure, times: keyof Times) => bytes / reading[times] / 1000;
  const ms = (time: number) => `${time.toFixed(0)} ms`;
  const rows = figures.map((one) => {
    const whole = [one.name, ms(one.whole.clock), ms(one.whole.processor)];
    if (one.bytes === 0) return whole;
    const speed = speedOf(one, "clock");
    return [
      ...whole,
      `${speed.toFixed(speed < 10 ? 1 : 0)} MB/s`,
      (speedOf(first, "clock") / speed).toFixed(2),
      (speedOf(first, "processor") / speedOf(one, "processor")).toFixed(2),
    ];
  });
  console.log(`\n${title}`);
  for (const line of formatTable(first.bytes === 0 ? ofAll : ofReading, rows)) console.log(line);
}

function describe(log: Log): string {
  const megabytes = (log.bytes.length * log.copies) / 1e6;
  return `${log.name}, ${log.origin}, ${log.copies} copies, ${megabytes.toFixed(0)} MB`;
}

function sshdVerdicts(log: Log): Verdicts {
  const policy = checkText(readPolicy("sshd.f2b"));
  return expect(policy, policy.jails[0]?.filters ?? [], log.bytes, log.copies, now);
}

function sshdTable(
  trees: readonly Tree[],
  log: Log,
  verdicts: Verdicts,
  folder: string,
  settings: Settings,
): Table {
  const text = readPolicy("sshd.f2b");
  const policy = checkText(text);
  const ours = trees.flatMap((tree) => {
    const bundle = compileBundle(tree, folder, "sshd", text);
    return [
      ...oursOnLog(tree, log, "sshd.f2b", bundle, verdicts),
      scanOnly(`${tree.name} scanner alone`, log, bundle, verdicts),
    ];
  });
  const peers =
    trees.length > 1
      ? []
      : [
          ...ripgrep(log, wantedLiterals(policy)),
          ...sshguard(log),
          ...fail2ban(log, "sshd"),
          ...naive(log),
        ];
  const found = `${verdicts.failures} failures, ${verdicts.bans} bans`;
  return measure(`std/sshd on ${describe(log)}: ${found}`, [...ours, ...peers], settings);
}

function webTable(trees: readonly Tree[], log: Log, folder: string, settings: Settings): Table {
  const text = readPolicy("web.f2b");
  const policy = checkText(text);
  const verdicts = expect(policy, policy.jails[0]?.filters ?? [], log.bytes, log.copies, now);
  const ours = trees.flatMap((tree) => {
    const bundle = compileBundle(tree, folder, "web", text);
    return [
      ...oursOnLog(tree, log, "web.f2b", bundle, verdicts).slice(0, 1),
      scanOnly(`${tree.name} scanner alone`, log, bundle, verdicts),
    ];
  });
  const peers = trees.length > 1 ? [] : ripgrep(log, wantedLiterals(policy));
  const tens = trees.length > 1 ? [] : webFilters.flatMap((filter) => fail2ban(log, filter));
  const title = `ten web filters on ${describe(log)}: ${verdicts.failures} failures`;
  const table = measure(title, [...ours, ...peers, ...tens], settings);
  return { ...table, figures: addTens(table.figures) };
}

/** The peer runs once a filter: ten runs are one figure. */
function addTens(figures: readonly Figure[]): Figure[] {
  const tens = figures.filter(({ name }) => name.startsWith("fail2ban-regex"));
  const [one] = tens;
  if (one === undefined) return [...figures];
  const add = (times: "whole" | "reading"): Times => ({
    clock: tens.reduce((ms, figure) => ms + figure[times].clock, 0),
    processor: tens.reduce((ms, figure) => ms + figure[times].processor, 0),
  });
  const name = `fail2ban-regex, ${tens.length} filters one after the other`;
  const sum = { ...one, name, whole: add("whole"), reading: add("reading") };
  return [...figures.filter((figure) => !tens.includes(figure)), sum];
}

function fiftyTable(
  trees: readonly Tree[],
  log: Log,
  verdicts: Verdicts,
  folder: string,
  settings: Settings,
): Table {
  const cases = trees.flatMap((tree) =>
    [50, 1].map((count) => {
      const bundle = compileBundle(tree, folder, `filters-${count}`, writePolicy(count));
      const name = `${tree.name}, ${count === 1 ? "std/sshd alone" : "with 49 others"}`;
      return scanOnly(name, log, bundle, verdicts);
    }),
  );
  return measure(`fifty filters, the scanner alone, on ${describe(log)}`, cases, settings);
}

function compileTable(trees: readonly Tree[], folder: string, settings: Settings): Table {
  const none = { bytes: 0, empty: null, judge: null };
  const path = `${folder}/filters-50.f2b`;
  const cases = trees.map((tree): Case => {
    const argv = [
      process.execPath,
      `${tree.root}/dist/f2b.js`,
      "compile",
      path,
      "-o",
      `${path}.mjs`,
    ];
    const name = `${tree.name} compile, fifty filters`;
    return { ...none, name, full: { name, argv, input: null, output: `${path}.out`, own: null } };
  });
  const name = "node, an empty program";
  const argv = [process.execPath, "-e", "0"];
  const node: Case = {
    ...none,
    name,
    full: { name, argv, input: null, output: `${path}.out`, own: null },
  };
  return measure("compiling", [...cases, node], settings);
}

function main(): void {
  const settings = readSettings(process.argv.slice(2));
  const folder = makeFolder();
  const trees = [
    openHere(),
    ...(settings.against === null ? [] : [openCommit(settings.against, folder)]),
  ];
  const auth = makeLog(folder, "auth.log", settings.logBytes);
  const access = makeLog(folder, "access.log", settings.logBytes);
  const verdicts = sshdVerdicts(auth);
  const tables = [
    sshdTable(trees, auth, verdicts, folder, settings),
    webTable(trees, access, folder, settings),
    fiftyTable(trees, auth, verdicts, folder, settings),
    compileTable(trees, folder, settings),
  ];
  for (const table of tables) show(table);
  const load = loadavg().map((some) => some.toFixed(1));
  console.log(`\nload at the end: ${load.join(" ")} on ${cpus().length} cores`);
  if (settings.file === null) return;
  const machine = {
    cpu: cpus()[0]?.model ?? "",
    cores: cpus().length,
    node: process.version,
    load: loadavg(),
  };
  writeFileSync(settings.file, `${JSON.stringify({ machine, tables }, null, 2)}\n`);
}

main();
