/**
 * A policy of fifty filters for one log, of which that of sshd alone finds much.
 *
 * In: how many. Out: the policy's text. The others are written like filters of real daemons: five rules each, every one with
 * words of its own.
 */

const daemons = [
  "imapd",
  "ftpd",
  "smtpd",
  "vpnd",
  "proxyd",
  "webmaild",
  "sipd",
  "ldapd",
  "dnsd",
  "cupsd",
];

function filterOf(index: number): string {
  const name = `${daemons[index % daemons.length] ?? ""}${Math.floor(index / daemons.length)}`;
  return `filter ${name} {
  format syslog
  format lines
  fail "${name}: login refused for {user} from {address}"
  fail "${name}: too many bad commands from [{address}]"
  fail "${name}[{int}]: user {user:word!} unknown, client {address}"
  session by pid
  fail /^${name} \\w+: auth (?:failed|error) .*rhost=<address>$/
  note "${name}: session of {user} begins at {address}"
}`;
}

export function writePolicy(filters: number): string {
  const others = Array.from({ length: filters - 1 }, (_, index) => filterOf(index));
  const names = others.map((text) => text.split(" ")[1] ?? "");
  return `use std/sshd
${others.join("\n")}
jail all {
  watch file "/var/log/auth.log" from start
  filter ${["sshd", ...names].join(", ")}
  ban after 5 failures within 10m for 1h
  never ban 192.0.2.1
  do none
}
`;
}
