/**
 * Fail2ban's annotated sample lines through the library's filters of the same names: verdict, host and
 * time of each. Those that differ stand, with the reason, in docs/agreement.md; a new one fails, and
 * so does one that no longer differs. The samples and the scripts are not part of the project.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { cli, root } from "../library/f2b.ts";

const { F2B_SHARED } = process.env;
const tools = join(F2B_SHARED ?? join(root, "..", "shared"), "tools");
const samples = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs";
const filters = [
  "3proxy",
  "asterisk",
  "centreon",
  "counter-strike",
  "directadmin",
  "dropbear",
  "ejabberd-auth",
  "freeswitch",
  "froxlor-auth",
  "mongodb-auth",
  "monitorix",
  "mssql-auth",
  "murmur",
  "mysqld-auth",
  "nagios",
  "named-refused",
  "nginx-bad-request",
  "nginx-botsearch",
  "nginx-forbidden",
  "nginx-http-auth",
  "nginx-limit-req",
  "nsd",
  "openhab",
  "pam-generic",
  "portsentry",
  "recidive",
  "scanlogd",
  "screensharingd",
  "selinux-ssh",
  "slapd",
  "softethervpn",
  "sshd",
  "stunnel",
  "suhosin",
  "webmin-auth",
  "xinetd-fail",
  "znc-adminlog",
];

const differing = [
  "3proxy:2",
  "3proxy:4",
  "3proxy:6",
  "ejabberd-auth:9",
  "nginx-http-auth:14",
  "openhab:3",
  "openhab:5",
  "sshd:144",
];

/** Fail2ban's samples have whole seconds where f2b keeps what the stamp says to the millisecond. */
const fraction = / time \S+T\d\d:(\d\d:\d\d)\.(?!000)\d+Z != \S+T\d\d:\1 /;

const missing = [tools, samples].filter((path) => !existsSync(path));
if (missing.length > 0) {
  t.pass("SKIPPED", { skip: `SAMPLES NOT COMPARED, for want of ${missing.join(", ")}` });
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "f2b-samples-"));
t.teardown(() => rmSync(folder, { recursive: true }));

/** The script wants one JavaScript file to run. */
function writeCommand(): string {
  const args = JSON.stringify(cli);
  const command = join(folder, "f2b.mjs");
  writeFileSync(
    command,
    `import { spawnSync } from "node:child_process";
const args = [...${args}, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
`,
  );
  return command;
}

t.test("annotated sample lines", async (t) => {
  const runs = join(folder, "samples.jsonl");
  const read = spawnSync("python3", [join(tools, "samples.py"), samples], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  writeFileSync(runs, read.stdout);
  const names = join(folder, "names");
  writeFileSync(names, `${filters.join("\n")}\n`);
  const script = join(tools, "conformance.py");
  const args = [script, writeCommand(), "/etc/fail2ban", runs, "--names", names];
  const held = spawnSync("python3", [...args, "--native", "x", "-v"], { encoding: "utf8" });
  t.match(held.stdout, /^filters whole .*; lines \d+\/\d\d\d$/m, held.stderr);
  const found = held.stdout
    .split("\n")
    .filter((line) => !fraction.test(line))
    .flatMap((line) => /^[\w-]+ \{.*?\} ([\w-]+:\d+) /.exec(line)?.[1] ?? []);
  t.same([...new Set(found)].sort(), differing);
});
