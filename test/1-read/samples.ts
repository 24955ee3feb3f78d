/**
 * A policy that uses every part of the language: parsed, printed, broken and mutated by the tests.
 */
export const languagePolicy = `use std/sshd, std/nginx                      # library modules; "./shop.f2b" is a file
let office = [192.0.2.0/24, 2001:db8:7::/48]

defaults {
  ban after 5 failures within 10m for 1h doubling to 4w
  by ipv4/32, ipv6/64                        # who is counted and banned
  never ban self, office, host "admin.dyn.example.net", file "/etc/f2b/allow.txt"
  do nftables
}

jail sshd   { watch journal unit "ssh.service"  watch file "/var/log/auth.log"  filter sshd(mode: aggressive) }
jail spray  {                                # one host, many users; and many hosts, one user
  watch file "/var/log/auth.log"  filter sshd
  ban after 8 distinct user within 1h for 1d
  ban each address after 30 failures by user within 1h for 6h
}
jail again  { watch bans of sshd, spray  ban after 5 distinct address by ipv4/24, ipv6/48 within 1d for 1w then ever }
jail shop   { watch file "/var/log/shop/*.json"  filter shop  ports tcp 80, tcp 443  behind cloudflare  do edge(zone: "0123456789abcdef"), tell(to: "ops") }
jail trial  { watch file "/var/log/nginx/access.log"  filter nginx-forbidden  observe }

let cloudflare = file "/etc/f2b/cloudflare.txt"

filter shop {
  describe "The shop's login page, JSON log of version 3"
  format json { time .ts  address .peer  forwarded .xff  user .user }
  fail where .path == "/login" and .status == 401
  fail as scanner where .path =~ /^\\/wp-(login|admin)/ weight 3
  ignore where user == "healthcheck"
  test {
    fails  \`{"ts":"2026-03-01T10:00:00Z","peer":"203.0.113.9","user":"eve","status":401,"path":"/login"}\` as { address: 203.0.113.9, user: "eve" }
    passes \`{"ts":"2026-03-01T10:00:00Z","peer":"203.0.113.9","user":"eve","status":200,"path":"/login"}\`
  }
}

filter mydaemon(mode: normal | aggressive = normal) {
  format syslog program "mydaemon"
  frame "{?{error|fatal}: }{message}"        # what every line wraps its message in
  session by pid                             # lines of one connection belong together
  let at = "{? port {port}}"
  fail  "login failed for {user} from {address}{at}"
  fail  "too many errors"                    # no address: held until the session knows one
  note  "connection from {address}{at}"      # learns, never counts
  clear "login accepted for {user:word!} from {address}{at}" end
  when mode == aggressive { fail "probe from {address} [{reason:not ]}]" }
}

action edge(zone: string, token: secret = env "CF_TOKEN") {
  let api = "https://api.example.net/zones/{zone}/rules"
  on ban   { http post api bearer token json { mode: "block", value: address } keep rule .result.id }
  on unban { http delete "{api}/{rule}" bearer token timeout 10s }
}
action tell(to: string, url: secret = env "HOOK_URL") {
  on ban, report { http post url json { to: to, text: "{jail}: {address} for {duration} after {failures} failures" } }
  on unban       { run ["logger", "-t", "f2b", "unbanned {address}"] timeout 5s }
}
serve metrics on "127.0.0.1:9217"
fleet redis "rediss://fleet.example.net" { share bans  count failures }
`;
