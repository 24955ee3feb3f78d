/**
 * `npm test`: sets up what is missing, runs the test files, and closes with one line `N passed, N failed, N skipped`,
 * alone on its line. What is counted are assertions; a file that died without failing one counts as one failed. What was
 * skipped is named with its reason.
 *
 * `npm test -- test/cli` runs one folder or file; `--jobs=N` so many at a time, `--timeout=SECONDS` gives each so long. `--both-ways` runs what
 * depends on how records are found twice more: every record read, and every region searched however short. The exit code is 0 only when
 * nothing failed.
 *
 * Each file is a program that node-tap makes and that prints TAP. They are made into JavaScript together, and started here
 * and not by `tap run`, which has every process that a test starts load tap's hooks: six times as long for each `f2b` that a test runs.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
// A package that may just have been installed.
const { buildTests } = await import("./build-tests.mjs");

const words = process.argv.slice(2);
const option = (name, otherwise) => {
  const word = words.find((one) => one.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};
const timeoutS = option("timeout", 600);
// One more than there are processors: some tests mostly wait.
const jobs = option("jobs", availableParallelism() + 1);

/** Tests that mostly wait, for daemons and firewalls: one after the other, beside those that compute. */
const isWaiting = (file) => /^test\/(host|faults|action)\/|^test\/library\/tools\./.test(file);
/** These compute longest: at the end others would wait for them. */
const longest = ["test/import/conformance.", "test/cli/", "test/differential/", "test/corpus/"];
const rank = (file) => {
  const index = longest.findIndex((start) => file.startsWith(start));
  return index < 0 ? longest.length : index;
};

const chosen = words
  .filter((word) => !word.startsWith("--"))
  .map((word) => word.replace(/\/$/, ""));
const files = listTests("test")
  .filter(
    (file) =>
      chosen.length === 0 || chosen.some((one) => file === one || file.startsWith(`${one}/`)),
  )
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

/**
 * What these say of a log must be the same however a scanner finds its records (`F2B_SCAN`, runtime/find). Short logs are read
 * without the search, so those that have long ones are run without it, and all with it.
 */
const ways = {
  plain: [
    "test/4-write/scan.",
    "test/corpus/",
    "test/differential/corpus.",
    "test/differential/hostile.",
  ],
  wasm: [
    ...["test/4-write/scan.", "test/corpus/", "test/differential/"],
    ...["test/library/library.", "test/library/cut-lines."],
  ],
};
const asked = words.includes("--both-ways") ? Object.entries(ways) : [];
const runs = [
  ...asked.flatMap(([scan, starts]) =>
    files
      .filter((file) => starts.some((start) => file.startsWith(start)))
      .map((file) => ({ file, scan, name: `${file} with F2B_SCAN=${scan}` })),
  ),
  ...files.map((file) => ({ file, scan: undefined, name: file })),
];

const skips = [];
const failures = [];
const totals = { total: 0, pass: 0, fail: 0, skip: 0, todo: 0 };
const running = new Set();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const child of running) child.kill("SIGKILL");
    process.exit(130);
  });
}
const builtOf = await buildTests(files);
const waiting = runs.filter(({ file }) => isWaiting(file));
const computing = runs.filter(({ file }) => !isWaiting(file));
await Promise.all(
  Array.from({ length: jobs }, (_, lane) =>
    lane === 0 ? work(waiting, computing) : work(computing, waiting),
  ),
);

async function work(queue, then) {
  const next = () => queue.shift() ?? then.shift();
  for (let run = next(); run !== undefined; run = next()) {
    const { name } = run;
    const since = performance.now();
    const { code, text } = await runFile(run);
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    const failed = readResults(name, text, code);
    if (failed) failures.push(name);
    console.log(
      failed ? `FAILED  ${name}  ${seconds} s\n${text}` : `ok      ${name}  ${seconds} s`,
    );
  }
}

function listTests(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listTests(path);
    return path.endsWith(".test.ts") ? [path] : [];
  });
}

function runFile({ file, scan }) {
  const way = scan === undefined ? {} : { F2B_SCAN: scan };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--enable-source-maps", builtOf(file)], {
      cwd: root,
      // Tests of the command line run what was just built.
      env: {
        ...process.env,
        ...way,
        TAP_TIMEOUT: String(timeoutS),
        F2B_CLI: join(root, "dist/f2b.js"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
    }
    // tap ends a file that takes too long, unless it is stuck altogether.
    const stuck = setTimeout(() => child.kill("SIGKILL"), (timeoutS + 30) * 1000);
    child.on("close", (code) => {
      clearTimeout(stuck);
      running.delete(child);
      resolve({ code, text });
    });
  });
}

/** Adds up what the file printed. True: something of it failed. */
function readResults(file, text, code) {
  for (const [, name, why] of text.matchAll(/^\s*ok \d+ ?-? ?(.*?) # SKIP ?(.*)$/gim)) {
    skips.push({ file, name, why });
  }
  const [, none] = /^1\.\.0 # ?(.*)$/m.exec(text) ?? [];
  if (none !== undefined) skips.push({ file, name: "", why: none });
  // tap's closing comment: `# { total: 12, pass: 11, skip: 1 }`.
  const [, counts] = /^# \{ (.*) \}$/m.exec(text) ?? [];
  const own = { total: 0, pass: 0, fail: 0, skip: 0, todo: 0 };
  for (const [, name, count] of (counts ?? "").matchAll(/(\w+): (\d+)/g)) own[name] = Number(count);
  const failed = code !== 0 || own.fail > 0 || (own.total === 0 && none === undefined);
  if (failed) own.fail = Math.max(own.fail, 1);
  for (const name of Object.keys(totals)) totals[name] += own[name];
  return failed;
}

if (skips.length > 0) {
  console.log("\nSKIPPED, and so not known to work:");
  for (const { file, name, why } of skips) {
    console.log(`  ${file}: ${name || "(all of it)"}\n      because: ${why || "no reason given"}`);
  }
}
if (failures.length > 0) console.log(`\nFAILED: ${failures.join(", ")}`);
if (files.length === 0) console.log(`no test file is ${chosen.join(" or ")}`);
const failed = files.length === 0 ? 1 : totals.fail;
console.log(`\n${totals.pass} passed, ${failed} failed, ${totals.skip + totals.todo} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
