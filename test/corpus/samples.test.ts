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
import { root } from "../library/f2b.ts";

const { F2B_SHARED } = process.env;
const tools = join(F2B_SHARED ?? join(root, "..", "shared"), "tools");
const samples = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs";
const filters = [
  "3proxy",
  "apache-auth",
  "apache-badbots",
  "apache-botsearch",
  "apache-fakegooglebot",
  "apache-modsecurity",
  "apache-nohome",
  "apache-noscript",
  "apache-overflows",
  "apache-pass",
  "apache-shellshock",
  "assp",
  "asterisk",
  "bitwarden",
  "centreon",
  "counter-strike",
  "courier-auth",
  "courier-smtp",
  "cyrus-imap",
  "directadmin",
  "domino-smtp",
  "dovecot",
  "dropbear",
  "drupal-auth",
  "ejabberd-auth",
  "exim",
  "exim-spam",
  "freeswitch",
  "froxlor-auth",
  "gitlab",
  "grafana",
  "groupoffice",
  "gssftpd",
  "guacamole",
  "haproxy-http-auth",
  "horde",
  "kerio",
  "lighttpd-auth",
  "mongodb-auth",
  "monit",
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
  "openwebmail",
  "oracleims",
  "pam-generic",
  "perdition",
  "php-url-fopen",
  "phpmyadmin-syslog",
  "portsentry",
  "postfix",
  "proftpd",
  "pure-ftpd",
  "qmail",
  "recidive",
  "roundcube-auth",
  "scanlogd",
  "screensharingd",
  "selinux-ssh",
  "sendmail-auth",
  "sendmail-reject",
  "sieve",
  "slapd",
  "softethervpn",
  "sogo-auth",
  "solid-pop3d",
  "squid",
  "squirrelmail",
  "sshd",
  "stunnel",
  "suhosin",
  "tine20",
  "traefik-auth",
  "uwimap-auth",
  "vaultwarden",
  "vsftpd",
  "webmin-auth",
  "wuftpd",
  "xinetd-fail",
  "znc-adminlog",
  "zoneminder",
];

/** Each with its reason in docs/agreement.md. */
const differing = [
  "3proxy:2",
  "3proxy:4",
  "3proxy:6",
  "apache-fakegooglebot:3",
  "apache-pass:2",
  "domino-smtp:4",
  "dovecot:10",
  "dovecot:2",
  "dovecot:5",
  "dovecot:8",
  "ejabberd-auth:9",
  "guacamole:12",
  "guacamole:4",
  "guacamole:8",
  "monit:24",
  "monit:3",
  "monit:5",
  "nginx-http-auth:14",
  "openhab:3",
  "openhab:5",
  "oracleims:15",
  "oracleims:17",
  "oracleims:19",
  "proftpd:20",
  "sogo-auth:33",
  "sshd:144",
  "sshd:221",
  "tine20:3",
  "tine20:7",
];

const missing = [tools, samples].filter((path) => !existsSync(path));
if (missing.length > 0) {
  t.pass("SKIPPED", { skip: `SAMPLES NOT COMPARED, for want of ${missing.join(", ")}` });
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "f2b-samples-"));
t.teardown(() => rmSync(folder, { recursive: true }));

/** The script wants one JavaScript file to run. */
function writeCommand(): string {
  const tsx = import.meta.resolve("tsx");
  const main = join(root, "compiler", "cli", "main.ts");
  const args = JSON.stringify(["--import", tsx, main]);
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

/**
 * Samples are written down to the second, and f2b keeps what a stamp says to the millisecond: that is
 * no difference. The script's zone is ahead of UTC by whole hours.
 */
function isWithinTheSecond(why: string): boolean {
  const [, ours, theirs] = /^time (\S+)\.\d{3}Z != (\S+?)(?:\.\d+)? /.exec(why) ?? [];
  if (ours === undefined || theirs === undefined) return false;
  const hours = (Date.parse(`${theirs}Z`) - Date.parse(`${ours}Z`)) / 3_600_000;
  return hours === 1 || hours === 2;
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
  t.match(held.stdout, /^filters whole .*; lines \d+\/\d{3,4}$/m, held.stderr);
  const found = [...held.stdout.matchAll(/^[\w-]+ \{.*?\} ([\w-]+:\d+) (.*)$/gm)]
    .filter(([, , why = ""]) => !isWithinTheSecond(why))
    .map(([, line]) => line);
  t.same([...new Set(found)].sort(), differing);
});
