/*
 * The text that is written for three small policies, kept in test/snapshots for review: UPDATE=1 writes
 * it anew. What it does is held by the other tests; this one is for the reader of a bundle.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { plan } from "../../compiler/3-plan/plan.ts";
import { emit } from "../../compiler/4-write/emit.ts";
import { checkText } from "../2-check/compile-text.ts";

const policies: Readonly<Record<string, string>> = {
  "emitted-syslog": `
jail ssh {
  watch journal unit "ssh.service"
  filter mini
  ban after 5 failures within 10m for 1h doubling to 4w
  never ban self, 192.0.2.0/24
  observe
  do none
}
filter mini {
  describe "A daemon's login messages"
  format syslog program "sshd", "sshd-session"
  session by pid
  let at = "{? port {port}}"
  fail  "Failed {method:word} for {?invalid user }{user} from {address}{at}"
  fail  "Invalid user {user} from {address}{at}"
  fail  /^Bad protocol version .* from <address> port \\d+$/
  note  "Connection from {address}{at}"
  clear "Accepted {method:word} for {user:word!} from {address}{at}" end
  ignore "Failed none for {rest}"
}
`,
  "emitted-web": `
jail web {
  watch file "/var/log/nginx/*.log"
  filter web, app
  ban after 3 failures by ipv4/24, ipv6/48 within 1m for 10m then 1d then ever jitter 1m
  do none
}
filter web {
  format combined with forwarded
  fail where status == 401 and not (path =~ /^\\/health/ or user == "probe")
  fail as scanner where path =~ "/wp-{text}" weight 3
}
filter app {
  format json { time .ts  address .peer  user .user }
  fail where .path == "/login" and .status >= 400
}
`,
  "emitted-action": `
jail all { watch input  filter any  ban after 1 failure within 1m for ever  do tell(to: "ops") }
filter any {
  format lines time none
  frame "{level:word}: {message}"
  fail "from {address}"
}
action tell(to: string, token: secret = env "TOKEN") {
  on ban   { run ["tell", "--to", to, "--address", "{address}"] input "{token}" timeout 5s keep ticket }
  on unban { log "{jail}: {address} after {duration}"  write "/run/f2b/last" body "{address}" }
}
`,
};

for (const [name, text] of Object.entries(policies)) {
  t.test(name, async (t) => {
    const { policy, codes } = checkText(text);
    t.same(codes, [], "the policy is sound");
    if (policy === null) return;
    const emitted = emit(plan(policy), "0.0.0").text;
    const file = new URL(`../snapshots/${name}.txt`, import.meta.url);
    if (process.env["UPDATE"] === "1" || !existsSync(file)) writeFileSync(file, emitted);
    t.equal(emitted, readFileSync(file, "utf8"), "as reviewed");
  });
}
