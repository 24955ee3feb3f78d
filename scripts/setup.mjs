/**
 * Makes a fresh clone ready: dependencies as the lockfile says, then the build. Each is skipped when
 * it is as it should be, so that every script can begin with this one.
 *
 * Plain JavaScript with Node's own modules only: it runs before anything is installed. It says nothing
 * when there is nothing to do, and on a fault what failed and with which words.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const nodeMin = [20, 19];

/** Installs and builds what is missing or stale. Ends the process with code 3 when that fails. */
export function setUp() {
  checkNode();
  if (!isInstalled()) {
    console.error("Installing dependencies (npm ci) ...");
    run([...npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], "npm ci");
  }
  if (!isBuilt()) {
    console.error("Building dist/f2b.js ...");
    run([process.execPath, join(root, "scripts/build.mjs")], "npm run build");
  }
}

/** One digest of everything the build reads; dist/ carries that of its own making. */
export function digestInputs() {
  const hash = createHash("sha256");
  const inputs = ["package.json", "package-lock.json", "scripts/build.mjs"];
  for (const folder of ["compiler", "grammar", "runtime", "schemas"]) inputs.push(...list(folder));
  for (const file of inputs.sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

export const digestFile = join(root, "dist/built-from.txt");

function isBuilt() {
  return (
    existsSync(join(root, "dist/f2b.js")) &&
    existsSync(digestFile) &&
    readFileSync(digestFile, "utf8") === digestInputs()
  );
}

/** npm writes what it installed into node_modules/.package-lock.json: that must be the lockfile. */
function isInstalled() {
  const installedFile = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, one]) =>
      path === "" || one.optional === true || installed[path]?.version === one.version,
  );
}

function list(folder) {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return files
    .filter((one) => one.isFile() && !one.name.startsWith("."))
    .map((one) => relative(root, join(one.parentPath ?? one.path, one.name)));
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  console.error(`f2b needs Node ${nodeMin.join(".")} or later; this is ${process.versions.node}.`);
  process.exit(3);
}

/** The npm that runs this script, else the first on the path. */
function npm() {
  const own = process.env.npm_execpath;
  return own?.endsWith(".js") ? [process.execPath, own] : ["npm"];
}

function run(command, name) {
  const [program, ...args] = command;
  const result = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  console.error(`\n${name} failed: ${result.error?.message ?? `exit code ${result.status}`}`);
  process.exit(3);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
