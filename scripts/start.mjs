/**
 * `npm start`: f2b at work, in about a quarter of a minute, without root and without a terminal.
 *
 * Compiles examples/quickstart.f2b, runs the bundle in a temporary folder, and writes an attack into the
 * log that it watches. What it decides is printed as it comes, then its own tables and what to type next.
 * All of it ends by itself; nothing is left behind.
 */
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { attack } from "./quickstart-attack.mjs";
import { root, setUp } from "./setup.mjs";

/** Everything together; a machine that is slower than this gets a message, not a hang. */
const limitMs = 50_000;

const wantsColors = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (code) => (text) => (wantsColors ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, dim, red, green, yellow] = ["1", "2", "31", "32", "33"].map(paint);

setUp();
const folder = mkdtempSync(join(tmpdir(), "f2b-start-"));
let daemon = null;
const exitCode = 0;
process.on("exit", () => {
  daemon?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));
setTimeout(() => giveUp(`this took longer than ${limitMs / 1000} s`), limitMs).unref();

try {
  compile();
  await guard();
} catch (error) {
  giveUp(error.message);
}
process.exit(exitCode);

function compile() {
  console.log(bold("\n$ f2b compile examples/quickstart.f2b -o policy.mjs"));
  const args = ["compile", "examples/quickstart.f2b", "-o", join(folder, "policy.mjs")];
  const ran = spawnSync(process.execPath, [join(root, "dist/f2b.js"), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  if (ran.status !== 0) throw new Error(`compile ended with ${ran.status}\n${ran.stderr}`);
  const [made = ""] = ran.stderr.split("\n").filter((line) => line.includes("policy.mjs "));
  console.log(`  ${made.replace(folder, "").replace("/policy", "policy")}`);
}

async function guard() {
  console.log(bold("$ node policy.mjs"));
  const log = join(folder, "auth.log");
  writeFileSync(log, "");
  const args = ["policy.mjs", "--state", "state", "--socket", "f2b.sock", "--json"];
  daemon = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => daemon.on("exit", resolve));
  let complaints = "";
  daemon.stderr.setEncoding("utf8").on("data", (text) => {
    complaints += text;
  });
  createInterface({ input: daemon.stdout }).on("line", (line) => tell(JSON.parse(line)));
  await untilReady(() => complaints);
  console.log(dim("  guarding auth.log, into which somebody is now writing:\n"));

  for (const { pauseMs, message, say } of attack()) {
    await sleep(pauseMs);
    if (say !== undefined) console.log(yellow(`  # ${say}`));
    appendFileSync(log, `${stamp()} web1 ${message}\n`);
    console.log(dim(`  auth.log  ${message}`));
  }
  await sleep(700);
  for (const words of [["bans"], ["status"]]) ask(words);
  daemon.kill("SIGTERM");
  const code = await Promise.race([ended, sleep(5_000, null, { ref: false })]);
  if (code !== 0) throw new Error(`the bundle ended with ${code}\n${complaints}`);
  console.log(next());
}

/** Ready is when the control socket is there: it appears once everything else stands. */
async function untilReady(complaints) {
  for (let tries = 0; tries < 200; tries++) {
    if (existsSync(join(folder, "f2b.sock"))) return;
    if (daemon.exitCode !== null) throw new Error(`the bundle did not start\n${complaints()}`);
    await sleep(50);
  }
  throw new Error(`the bundle was not ready in time\n${complaints()}`);
}

function tell({ type, jail, id, until, time, failures, rule }) {
  if (type === "failure") console.log(`    ${dim("failure")}  ${id}  ${dim(`rule ${rule}`)}`);
  if (type === "ban" || type === "prolong") {
    const minutes = Math.round((Date.parse(until) - Date.parse(time)) / 60_000);
    const what = `after ${failures} failures in jail ${jail}, for ${minutes} minutes`;
    console.log(`    ${bold(red("BANNED"))}   ${bold(id)}  ${what}`);
  }
  if (type === "spared")
    console.log(`    ${green("spared")}   ${id}  ${dim("`never ban` has it")}`);
}

/** What the running bundle answers, as it prints it. */
function ask(words) {
  console.log(bold(`\n$ node policy.mjs ${words.join(" ")}`));
  const args = ["policy.mjs", ...words, "--socket", "f2b.sock"];
  const ran = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  process.stdout.write(ran.stdout.replace(/^(?=.)/gm, "  "));
  if (ran.status !== 0)
    throw new Error(`${words.join(" ")} ended with ${ran.status}\n${ran.stderr}`);
}

/** RFC 3164, in UTC as the policy says. */
function stamp() {
  const [, day, month, , time] = new Date().toUTCString().split(/[ ,]+/);
  return `${month} ${day.replace(/^0/, " ")} ${time}`;
}

function next() {
  return `
${bold("That was examples/quickstart.f2b: no root, no firewall, nothing left behind.")} Type next:

  npm test                                                              the tests
  node dist/f2b.js library                                              what the library reads
  node dist/f2b.js match std/sshd /var/log/auth.log                     your own log, if you may read it
  node dist/f2b.js replay examples/quickstart.f2b /var/log/auth.log     who would have been banned
`;
}

function giveUp(message) {
  console.error(`\nnpm start: ${message}`);
  process.exit(3);
}
