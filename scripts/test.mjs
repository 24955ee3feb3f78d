/**
 * `npm test`: sets up what is missing, runs the tests with tap, two files at a time, and closes with
 * one line `N passed, N failed, N skipped`, alone on its line. What is counted are assertions; a file
 * that died without failing one counts as one failed. What was skipped is named with its reason.
 *
 * `npm test -- test/cli` runs one folder or file. The exit code is 0 only when nothing failed.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root, setUp } from "./setup.mjs";

setUp();

const tap = join(root, "node_modules/tap/dist/esm/run.mjs");
const args = [tap, "run", "--reporter=tap", "--jobs=2", "--disable-coverage"];
// A folder stands for the tests in it: what lies beside them are helpers.
const chosen = process.argv
  .slice(2)
  .map((word) => (/^-|\.ts$/.test(word) ? word : `${word.replace(/\/$/, "")}/**/*.test.ts`));
const child = spawn(process.execPath, [...args, ...chosen], {
  cwd: root,
  // Tests of the command line run what was just built.
  env: { ...process.env, F2B_CLI: join(root, "dist/f2b.js") },
  stdio: ["ignore", "pipe", "inherit"],
});

const skips = [];
const failures = [];
const totals = { total: 0, pass: 0, fail: 0, skip: 0, todo: 0 };
let held = [];
let file = "";

for await (const line of createInterface({ input: child.stdout })) {
  const subtest = /^# Subtest: (.*)$/.exec(line);
  if (subtest) file = subtest[1];
  const skip = /^\s+ok \d+ ?-? ?(.*?) # SKIP ?(.*)$/i.exec(line);
  if (skip) skips.push({ file, name: skip[1], why: skip[2] });
  readTotals(line);
  const end = /^(not )?ok \d+ - (.*)$/.exec(line);
  if (end === null) held.push(line);
  else {
    if (end[1] === undefined) console.log(`ok      ${end[2].replace(" # time=", "  ")}`);
    else {
      failures.push(file);
      console.log(`FAILED  ${end[2]}\n${held.join("\n")}`);
    }
    held = [];
  }
}
const code = await new Promise((resolve) => {
  if (child.exitCode !== null) resolve(child.exitCode);
  else child.on("exit", (status) => resolve(status ?? 1));
});
// What came behind the last file: tap's own complaints.
const rest = held.filter((line) => !/^(#|1\.\.|\s*$|Bail|---)/.test(line));
if (code !== 0 && rest.length > 0) console.log(rest.join("\n"));

if (skips.length > 0) {
  console.log("\nSKIPPED, and so not known to work:");
  for (const { file, name, why } of skips) {
    console.log(`  ${file}: ${name || "(all of it)"}\n      because: ${why || "no reason given"}`);
  }
}
if (failures.length > 0) console.log(`\nFAILED: ${[...new Set(failures)].join(", ")}`);
const failed = code !== 0 ? Math.max(totals.fail, 1) : totals.fail;
console.log(`\n${totals.pass} passed, ${failed} failed, ${totals.skip + totals.todo} skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** tap's closing comment: `# { total: 12, pass: 11, skip: 1 }`. */
function readTotals(line) {
  const found = /^# \{ (.*) \}$/.exec(line);
  if (found === null) return;
  for (const [, name, count] of found[1].matchAll(/(\w+): (\d+)/g)) totals[name] = Number(count);
}
