/**
 * `npm run bench`: what f2b costs, beside what people would use instead, or beside another commit of itself.
 *
 * In: words (`arguments.ts`). Out: tables, and JSON when asked for. Figures are medians of runs that took turns; a run counts
 * only when it found what the naive interpreter of test/oracle finds.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { formatTable } from "../runtime/table.ts";
import { checkText } from "../test/differential/both.ts";
import { readSettings, type Settings } from "./arguments.ts";
import { writePolicy } from "./fifty.ts";
import { wantedLiterals } from "./literals.ts";
import { type Log, makeFolder, makeLog } from "./logs.ts";
import { alternate, type Subject } from "./runs.ts";
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
import { expect } from "./verdicts.ts";

interface Figure {
  readonly name: string;
  /** Of the whole command. */
  readonly ms: number;
  /** Without what it costs to start. */
  readonly megabytesASecond: number;
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
  const measured = alternate(subjects, settings.rounds, (subject, ms) => {
    judges.get(subject)?.judge?.(subject.output);
    return subject.ownMs?.(subject.output) ?? ms;
  });
  const figures = cases.map(({ name, bytes, full, empty }): Figure => {
    const { medianMs, runs } = measured.get(full) ?? { medianMs: Number.NaN, runs: 0 };
    const startMs = (empty && measured.get(empty)?.medianMs) ?? 0;
    // A scan shorter than the noise of starting has no speed worth telling.
    const readMs = Math.max(1, medianMs - startMs);
    return { name, ms: medianMs, megabytesASecond: bytes / readMs / 1000, runs };
  });
  return { title, figures };
}

function show({ title, figures }: Table): void {
  const first = figures[0]?.megabytesASecond ?? Number.NaN;
  const rows = figures.map(({ name, ms, megabytesASecond }) => [
    name,
    `${ms.toFixed(0)} ms`,
    `${megabytesASecond.toFixed(megabytesASecond < 10 ? 1 : 0)} MB/s`,
    `${(first / megabytesASecond).toFixed(2)}`,
  ]);
  console.log(`\n${title}`);
  const head = ["", "whole command", "reading", "the first is so many times faster"];
  for (const line of formatTable(head, rows)) console.log(line);
}

function describe(log: Log): string {
  const megabytes = (log.bytes.length * log.copies) / 1e6;
  return `${log.name}, ${log.origin}, ${log.copies} copies, ${megabytes.toFixed(0)} MB`;
}

function sshdTable(trees: readonly Tree[], log: Log, folder: string, settings: Settings): Table {
  const text = readPolicy("sshd.f2b");
  const policy = checkText(text);
  const verdicts = expect(policy, policy.jails[0]?.filters ?? [], log.bytes, log.copies, now);
  const ours = trees.flatMap((tree) => {
    const bundle = compileBundle(tree, folder, "sshd", text);
    return [
      ...oursOnLog(tree, log, "sshd.f2b", bundle, verdicts),
      scanOnly(`${tree.name} scanner alone`, log, bundle),
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
      scanOnly(`${tree.name} scanner alone`, log, bundle),
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
  if (tens.length === 0) return [...figures];
  const sum: Figure = {
    name: `fail2ban-regex, ${tens.length} filters one after the other`,
    ms: tens.reduce((ms, one) => ms + one.ms, 0),
    megabytesASecond: 1 / tens.reduce((s, one) => s + 1 / one.megabytesASecond, 0),
    runs: tens[0]?.runs ?? 0,
  };
  return [...figures.filter((one) => !tens.includes(one)), sum];
}

function fiftyTable(trees: readonly Tree[], log: Log, folder: string, settings: Settings): Table {
  const cases = trees.flatMap((tree) =>
    [50, 1].map((count) => {
      const bundle = compileBundle(tree, folder, `filters-${count}`, writePolicy(count));
      return scanOnly(
        `${tree.name}, ${count === 1 ? "std/sshd alone" : "with 49 others"}`,
        log,
        bundle,
      );
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
    return { ...none, name, full: { name, argv, input: null, output: `${path}.out`, ownMs: null } };
  });
  const name = "node, an empty program";
  const argv = [process.execPath, "-e", "0"];
  const node: Case = {
    ...none,
    name,
    full: { name, argv, input: null, output: `${path}.out`, ownMs: null },
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
  const tables = [
    sshdTable(trees, auth, folder, settings),
    webTable(trees, access, folder, settings),
    fiftyTable(trees, auth, folder, settings),
    compileTable(trees, folder, settings),
  ];
  for (const table of tables) show(table);
  if (settings.file === null) return;
  const machine = { cpu: cpus()[0]?.model ?? "", cores: cpus().length, node: process.version };
  writeFileSync(settings.file, `${JSON.stringify({ machine, tables }, null, 2)}\n`);
}

main();
