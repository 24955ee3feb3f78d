/**
 * Every command that the help texts, the README and the docs show is run, and does what it says there.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import t, { type Test } from "tap";
import { examples } from "../../compiler/cli/help.ts";
import { root } from "../library/f2b.ts";

/** The command line as it is shipped; scripts/test.mjs builds it before any test runs. */
const main = join(root, "dist/f2b.js");

/** A folder in which the names that the texts use stand for real files. */
function makeFolder(test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-words-"));
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(root, "examples/ssh/auth.log");
  for (const name of ["auth.log", "auth.log.1"]) copyFileSync(log, join(folder, name));
  writeFileSync(
    join(folder, "policy.f2b"),
    `use std/sshd
jail sshd { watch file "${join(folder, "auth.log")}"  filter sshd  ban after 5 failures for 1h  never ban self  do none
  test { given "Mar  1 10:00:00 h sshd[1]: Connection closed by 192.0.2.1 port 22"  spares 192.0.2.1 } }
`,
  );
  const access = readFileSync(join(root, "examples/web/access.log"));
  writeFileSync(join(folder, "access.log.gz"), gzipSync(access));
  return folder;
}

function runShown(shown: string, folder: string) {
  const line = shown
    .replaceAll("/var/log/", "")
    .replace(/\bLOG\b/, "auth.log")
    .replace(/\bCODE\b/, "F2B2001")
    .replace(/^f2b|(?<=\| )f2b/g, `"${process.execPath}" "${main}"`)
    .replace(/--dry-run$/, "--dry-run --once");
  return spawnSync("sh", ["-c", line], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      TZ: "UTC",
      NO_COLOR: "1",
    },
    timeout: 60_000,
  });
}

t.test("help: every example runs", async (t) => {
  const folder = makeFolder(t);
  const shown = new Set<string>();
  for (const [name, text] of Object.entries(examples)) {
    if (name === "control") continue;
    for (const [, command = ""] of text.matchAll(
      /^(?: {2}|Next: )((?:zcat \S+ \| )?f2b .*?)(?: {2,}|$)/gm,
    )) {
      shown.add(command);
    }
  }
  t.ok(shown.size >= 15, `${shown.size} commands shown`);
  for (const command of shown) {
    // Runs as root would keep its state on the machine: a trial keeps none.
    const safe = command.includes("--once") ? `${command} --dry-run` : command;
    const ran = runShown(safe, folder);
    t.equal(ran.status, 0, `${command}\n${ran.stderr}`);
    t.notMatch(ran.stderr, /mistake in f2b itself/);
  }
});

t.test("a question to no daemon says what to do", async (t) => {
  const folder = makeFolder(t);
  for (const command of ["status", "bans", "unban 203.0.113.9", "stop"]) {
    const ran = runShown(`f2b ${command} --socket ${join(folder, "none.sock")}`, folder);
    t.equal(ran.status, 3, command);
    t.match(ran.stderr, /is the daemon running/);
  }
});

t.test("README and docs: commands are run, and print what stands behind them", async (t) => {
  const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
  let checked = 0;
  for (const page of pages.filter((name) => name.endsWith(".md"))) {
    const text = readFileSync(join(root, page), "utf8");
    for (const [, block = ""] of text.matchAll(/^```\n\$ (f2b replay [\s\S]*?)^```$/gm)) {
      const [command = "", ...printed] = block.trimEnd().split("\n");
      const ran = runShown(`${command} --now 2026-03-02T00:00:00Z`, root);
      t.equal(ran.status, 0, `${page}: ${command}`);
      for (const line of printed) t.ok(ran.stdout.includes(line), `${page}: ${line}`);
      checked++;
    }
  }
  t.ok(checked > 0);
});

t.test("README and docs: every policy they show checks", async (t) => {
  const folder = makeFolder(t);
  let checked = 0;
  for (const page of ["README.md", "docs/language.md"]) {
    const text = readFileSync(join(root, page), "utf8");
    for (const [, policy = ""] of text.matchAll(/^```f2b\n([\s\S]*?)^```$/gm)) {
      const file = join(folder, "shown.f2b");
      writeFileSync(file, policy);
      const ran = spawnSync(process.execPath, [main, "lint", file], { encoding: "utf8" });
      t.equal(ran.status, 0, `${page}: ${policy.slice(0, 60)}`);
      checked++;
    }
  }
  t.ok(checked >= 4);
});
