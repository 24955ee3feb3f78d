/**
 * What stands behind `--help`: for each command two examples and what one does next. A test runs
 * every one of them.
 */

export const examples = {
  f2b: `
Begin with:
  f2b lint policy.f2b                          what is wrong with it
  f2b replay policy.f2b /var/log/auth.log      who would have been banned
  f2b compile policy.f2b -o policy.mjs         the one file that a host needs

Exit codes: 0 done; 1 the input has errors or tests failed; 2 wrong usage; 3 a fault of the host.`,
  control: `
Examples:
  f2b status                                   one line says whether it protects
  f2b bans --why 203.0.113.9                   the lines, the rule, what the actions answered

Next: f2b unban 203.0.113.9                    let them in again`,
  compile: `
Examples:
  f2b compile policy.f2b -o policy.mjs --minify
  f2b compile policy.f2b --policy-json         what f2b understood, as JSON

Next: node policy.mjs --dry-run                decides and reports, bans nobody`,
  lint: `
Examples:
  f2b lint policy.f2b
  f2b lint policy.f2b --format sarif --max-warnings 0

Next: f2b explain-code CODE                    what a finding means and how to mend it`,
  run: `
Examples:
  f2b run policy.f2b --dry-run                 decides and reports, bans nobody
  f2b run policy.f2b --once                    reads the logs that are there, then ends

Next: f2b compile policy.f2b -o policy.mjs     the same as one file for the host`,
  match: `
Examples:
  f2b match std /var/log/auth.log --filter sshd --set mode=aggressive
  zcat access.log.gz | f2b match std/nginx - --json

Next: f2b replay policy.f2b LOG                what the jails would have made of it`,
  replay: `
Examples:
  f2b replay policy.f2b /var/log/auth.log.1 /var/log/auth.log
  f2b replay policy.f2b --source sshd=/var/log/auth.log --json --all

Next: f2b compile policy.f2b -o policy.mjs     when the decisions are the right ones`,
  test: `
Examples:
  f2b test policy.f2b --coverage
  f2b test std                                 the whole library's own lines

Next: f2b match policy.f2b LOG                 the same filters over a real log`,
  import: `
Examples:
  f2b import /etc/fail2ban -o imported.f2b     the enabled jails, with filters and actions
  f2b import /etc/fail2ban --jail sshd -o jail.f2b
  f2b import /etc/fail2ban --filter sshd -o sshd.f2b
  f2b import /etc/fail2ban --filter postfix --set mode=aggressive --filter dovecot -o imported/

Next: f2b lint imported.f2b                    what is left to do
      f2b replay imported.f2b /var/log/auth.log  who would have been banned`,
  library: `
Examples:
  f2b library
  f2b library show std/sshd

Next: write \`use std/sshd\` into a policy; f2b test std/sshd shows what the module reads`,
  show: `
Examples:
  f2b library show std/sshd
  f2b library show nginx

Next: f2b test std/sshd                        the lines that prove it`,
  "explain-code": `
Examples:
  f2b explain-code F2B2001
  f2b explain-code F2B1001

Next: f2b lint policy.f2b                      what your policy raises`,
} as const;
