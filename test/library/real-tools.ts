/**
 * What the library's actions are for, real: firewalls, servers that read a list, and those who are told.
 *
 * Each has a lab of its own (test/host/lab.ts), a host with a log, an attacker with an IPv4 address and an
 * IPv6 prefix, and an honest client. What must hold: the host's own firewall, folders and services are
 * not touched.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../host/bundle.ts";
import { attacker4, attacker6, honest4, type Lab, server4, server6 } from "../host/lab.ts";

interface Tool {
  readonly actions: readonly string[];
  readonly modules: readonly string[];
  /** What stands behind `do`; left out: the action's name. */
  readonly call?: (lab: Lab) => string;
  readonly programs: readonly string[];
  /** What it is, with versions. */
  readonly met: () => string;
  /** Brings it up, before the daemon starts. */
  readonly start?: (lab: Lab) => Promise<void> | void;
  readonly environment?: (lab: Lab) => readonly string[];
}

/** Keeps somebody out. */
export interface Guard extends Tool {
  /** Which of them it keeps out, as they or the tool see it. */
  readonly banned: (lab: Lab, from: readonly string[]) => string[];
  /** Shows what a flush leaves; empty: nothing to look at. */
  readonly shown: readonly string[];
  /** Has it forget what it holds, as a new start of the host would. */
  readonly forget?: readonly string[];
}

/** Tells somebody. */
export interface Teller extends Tool {
  /** What has arrived there. */
  readonly heard: (lab: Lab) => string;
  readonly wanted: readonly RegExp[];
}

const printed = (program: string, ...args: string[]) => {
  const ran = spawnSync(program, args, { encoding: "utf8" });
  return `${ran.stdout}${ran.stderr}`;
};
/** The first number with a point in it. */
const versionOf = (program: string, flag = "--version") =>
  `${program} ${/\d+\.\d[\w.]*/.exec(printed(program, flag))?.[0]}`;
const packageOf = (name: string) => {
  const version = printed("dpkg-query", "-W", "-f", ["$", "{Version}"].join(""), name);
  return `${name} ${/[\d.]+\d/.exec(version)?.[0]}`;
};

const port = 8080;
/** Who is served is so within a moment of the first who is; where nobody is, it takes a second. */
const visitScript = `
let open = 0;
const leave = () => process.exit();
setTimeout(leave, 1000);
for (const from of process.argv.slice(1)) {
  const isIpv6 = from.includes(":");
  const to = { host: isIpv6 ? "${server6}" : "${server4}", port: ${port}, localAddress: from, family: isIpv6 ? 6 : 4 };
  open++;
  const sent = require("node:http").get(to, (answer) => {
    console.log(from, answer.statusCode);
    setTimeout(leave, 250);
    end();
  });
  const end = () => {
    sent.destroy();
    if (--open === 0) leave();
  };
  sent.on("error", () => {});
}
`;

/** What clients see of the host's site: a status, or nothing where nobody answers. */
function visit(lab: Lab, from: readonly string[]): Map<string, string> {
  const { output } = lab.onClient([process.execPath, "-e", visitScript, ...from]);
  return new Map(
    [...output.matchAll(/^(\S+) (\d+)$/gm)].map(([, who = "", how = ""]) => [who, how]),
  );
}

function dropped(lab: Lab, from: readonly string[]): string[] {
  const seen = visit(lab, from);
  return from.filter((one) => !seen.has(one));
}

const isUp = (lab: Lab) => dropped(lab, [honest4]).length === 0;

async function startSite(lab: Lab): Promise<void> {
  const answer = `require("node:http").createServer((_, answer) => answer.end("ok")).listen(${port}, "::")`;
  lab.start([process.execPath, "-e", answer]);
  await until("the site", () => isUp(lab));
}

/** A folder of the host, copied: what is written to it is seen in the lab alone. */
function cover(lab: Lab, folder: string): string {
  const own = join(lab.folder, folder.replaceAll("/", "_"));
  execFileSync("cp", ["-a", folder, own]);
  lab.onServer(["mount", "--bind", own, folder]);
  return own;
}

const one = (name: string) => ({ actions: [name], modules: [name] });

export const guards: readonly Guard[] = [
  {
    ...one("nftables"),
    programs: ["nft"],
    met: () => versionOf("nft"),
    start: startSite,
    banned: dropped,
    shown: ["nft", "list", "ruleset"],
    forget: ["nft", "flush", "ruleset"],
  },
  {
    ...one("iptables"),
    programs: ["iptables", "ip6tables", "ipset"],
    met: () => `${versionOf("iptables")}, ${versionOf("ipset")}`,
    start: startSite,
    banned: dropped,
    shown: ["sh", "-c", "ipset list; iptables-save; ip6tables-save"],
  },
  {
    ...one("blackhole"),
    programs: ["ip"],
    met: () => packageOf("iproute2"),
    start: startSite,
    banned: dropped,
    shown: ["sh", "-c", "for f in -4 -6; do ip $f route show table all; ip $f rule; done"],
  },
  {
    ...one("ufw"),
    programs: ["ufw"],
    met: () => `${versionOf("ufw")}, ${versionOf("iptables")}`,
    async start(lab) {
      await startSite(lab);
      cover(lab, "/etc/ufw");
      lab.onServer(["ufw", "allow", `${port}/tcp`]);
      lab.onServer(["ufw", "--force", "enable"]);
    },
    banned: dropped,
    shown: ["ufw", "status"],
  },
  {
    ...one("firewalld"),
    programs: ["firewalld", "firewall-cmd", "dbus-daemon"],
    met: () => `${packageOf("firewalld")}, ${versionOf("nft")}`,
    async start(lab) {
      await startSite(lab);
      cover(lab, "/etc/firewalld");
      lab.onServer(["mkdir", "-p", "/run/dbus"]);
      lab.start(["dbus-daemon", "--system", "--nofork", "--nopidfile"]);
      await until("dbus", () => lab.onServer(["ls", "/run/dbus"]).includes("bus_socket"));
      lab.start(["firewalld", "--nofork", "--nopid"]);
      const state = () => lab.onServer(["firewall-cmd", "--state"]).trim();
      await until("firewalld", () => state() === "running", 60_000);
      lab.onServer(["firewall-cmd", "--permanent", `--add-port=${port}/tcp`]);
      lab.onServer(["firewall-cmd", "--reload"]);
    },
    banned: dropped,
    shown: ["firewall-cmd", "--list-all"],
    forget: ["firewall-cmd", "--reload"],
  },
  {
    actions: ["nginx-deny"],
    modules: ["lists"],
    programs: ["nginx"],
    met: () => versionOf("nginx", "-v"),
    async start(lab) {
      const folder = cover(lab, "/etc/nginx");
      mkdirSync(join(lab.folder, "www"));
      writeFileSync(join(lab.folder, "www/index.html"), "ok\n");
      writeFileSync(join(folder, "f2b-deny.conf"), "");
      const server = `listen ${port}; listen [::]:${port}; root ${lab.folder}/www;`;
      writeFileSync(
        join(folder, "nginx.conf"),
        `daemon off; user root; pid /run/nginx.pid; error_log ${lab.folder}/nginx.log;
events {}
http { access_log off; include /etc/nginx/f2b-deny.conf; server { ${server} } }
`,
      );
      lab.onServer(["nginx", "-t", "-q"]);
      lab.start(["nginx"]);
      await until("nginx", () => isUp(lab));
    },
    banned(lab, from) {
      const seen = visit(lab, from);
      return from.filter((one) => seen.get(one) === "403");
    },
    shown: [],
  },
  {
    actions: ["hosts-deny"],
    modules: ["lists"],
    programs: ["tcpdmatch"],
    met: () => packageOf("tcpd"),
    call: (lab) => `hosts-deny(path: "${lab.folder}/denied")`,
    start(lab) {
      writeFileSync(join(lab.folder, "hosts.allow"), "");
      writeFileSync(join(lab.folder, "hosts.deny"), `ALL: ${lab.folder}/denied\n`);
    },
    banned(lab, from) {
      const ask = (one: string) =>
        lab.onServer(["sh", "-c", `cd ${lab.folder} && tcpdmatch -d sshd ${one}`]);
      return from.filter((one) => /^access: +denied$/m.test(ask(one)));
    },
    shown: [],
  },
  {
    actions: ["blocklist-file"],
    modules: ["lists"],
    programs: ["cat"],
    met: () => "a file, and a program that is told of it",
    call: (lab) =>
      `blocklist-file(path: "${lab.folder}/list", reload: ["cp", "${lab.folder}/list", "${lab.folder}/copy"])`,
    banned(lab, from) {
      const lines = readFileSync(join(lab.folder, "copy"), "utf8").split("\n");
      return from.filter((one) => lines.includes(one === attacker6 ? "2001:db8:1::/64" : one));
    },
    shown: [],
  },
];

/** Answers everything as Cloudflare would, and writes down what it was asked. */
const listenScript = `
const [folder] = process.argv.slice(1);
const fs = require("node:fs");
const tls = { key: fs.readFileSync(folder + "/key.pem"), cert: fs.readFileSync(folder + "/cert.pem") };
require("node:https").createServer(tls, async (asked, answer) => {
  let body = "";
  for await (const part of asked) body += part;
  const { method, url, headers } = asked;
  fs.appendFileSync(folder + "/asked", [method, headers.host + url, JSON.stringify(headers), body].join(" ") + "\\n");
  answer.end(JSON.stringify({ result: [{ id: "r1" }] }));
}).listen(443, "127.0.0.1");
`;
const services = [
  "hook.example.net",
  "api.telegram.org",
  "api.abuseipdb.com",
  "api.cloudflare.com",
];
const hooks = ["WEBHOOK", "SLACK", "DISCORD", "NTFY"];

/** A server with a certificate for all services that actions ask, under their own names. */
async function startServices(lab: Lab): Promise<void> {
  const names = services.map((name) => `DNS:${name}`).join(",");
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=f2b test"],
      ...["-addext", `subjectAltName=${names}`],
      ...["-keyout", join(lab.folder, "key.pem"), "-out", join(lab.folder, "cert.pem")],
    ],
    { stdio: "ignore" },
  );
  writeFileSync(join(lab.folder, "hosts"), `127.0.0.1 localhost ${services.join(" ")}\n`);
  lab.onServer(["mount", "--bind", join(lab.folder, "hosts"), "/etc/hosts"]);
  lab.start([process.execPath, "-e", listenScript, lab.folder]);
  await until("the services", () => lab.onServer(["ss", "-Hltn", "sport = :443"]) !== "");
}

export const tellers: readonly Teller[] = [
  {
    actions: ["webhook", "slack", "discord", "ntfy", "telegram", "abuseipdb", "cloudflare"],
    modules: ["notify", "abuseipdb", "cloudflare"],
    programs: ["openssl", "ss"],
    met: () => "a server of the test under its name, HTTPS",
    call: () =>
      'webhook, slack, discord, ntfy, telegram(chat: "-100"), abuseipdb, cloudflare(zone: "0123456789abcdef")',
    start: startServices,
    environment: (lab) => [
      `NODE_EXTRA_CA_CERTS=${lab.folder}/cert.pem`,
      ...hooks.map((name) => `F2B_${name}_URL=https://hook.example.net/${name}`),
      ...["TELEGRAM_TOKEN", "ABUSEIPDB_KEY", "CLOUDFLARE_TOKEN"].map((name) => `F2B_${name}=T0KEN`),
    ],
    heard: (lab) => readFileSync(join(lab.folder, "asked"), "utf8"),
    wanted: [
      ...hooks.map((name) => new RegExp(`^POST hook.example.net/${name} .*${attacker4}`, "m")),
      /^POST api.telegram.org\/botT0KEN\/sendMessage .*"-100".*192\.0\.2\.10/m,
      /^POST api.abuseipdb.com\/api\/v2\/report .*"key":"T0KEN".*"ip":"192\.0\.2\.10"/m,
      /^POST api.abuseipdb.com\/api\/v2\/report .*"ip":"2001:db8:1::"/m,
      /^POST api.cloudflare.com\/\S*\/0123456789abcdef\/\S* .*"Bearer T0KEN".*"value":"2001:db8:1::\/64"/m,
      /^GET api.cloudflare.com\/\S*\?configuration\.value=2001%3Adb8%3A1%3A%3A%2F64&notes=f2b%20door /m,
      /^DELETE api.cloudflare.com\/\S*\/rules\/r1 /m,
    ],
  },
  {
    actions: ["mail"],
    modules: ["notify"],
    programs: ["exim4", "ss"],
    met: () => versionOf("exim4"),
    async start(lab) {
      const folder = cover(lab, "/etc/exim4");
      lab.onServer(["install", "-d", "-o", "Debian-exim", "/run/exim4", "/run/exim4/spool"]);
      writeFileSync(
        join(folder, "exim4.conf"),
        `primary_hostname = host.example
local_interfaces = 127.0.0.1
spool_directory = /run/exim4/spool
log_file_path = /run/exim4/%slog
keep_environment =
tls_advertise_hosts =
deliver_drop_privilege
acl_smtp_rcpt = acl_rcpt
begin acl
acl_rcpt:
  accept
begin routers
everybody:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  file = /run/exim4/box
  user = Debian-exim
`,
      );
      lab.start(["exim4", "-bdf"]);
      await until("exim", () => lab.onServer(["ss", "-Hltn", "sport = :25"]) !== "");
    },
    heard: (lab) =>
      lab
        .onServer(["cat", "/run/exim4/box"])
        .replace(
          /\n\n([A-Za-z0-9+/=\n]+)\n\n/g,
          (_, body) => `\n\n${Buffer.from(body, "base64")}\n`,
        ),
    wanted: [
      /^Envelope-to: root@|^To: root$/m,
      /^Subject: 192\.0\.2\.10 banned in door$/m,
      /was banned in door for 1h/,
    ],
  },
  {
    actions: ["syslog"],
    modules: ["notify"],
    programs: ["logger", "rsyslogd"],
    met: () => `${versionOf("logger")}, ${versionOf("rsyslogd", "-v")}`,
    heard: (lab) => readFileSync(lab.log, "utf8"),
    wanted: [
      / f2b: door: ban 192\.0\.2\.10 for 1h after 4 failures$/m,
      / f2b: door: unban 192\.0\.2\.10$/m,
    ],
  },
  {
    actions: ["command"],
    modules: ["notify"],
    programs: ["sh"],
    met: () => "a program of the test",
    call: (lab) => `command(program: "${lab.folder}/own")`,
    start(lab) {
      writeFileSync(join(lab.folder, "own"), `#!/bin/sh\necho "$#" "$@" >>${lab.folder}/heard\n`);
      chmodSync(join(lab.folder, "own"), 0o755);
    },
    heard: (lab) => readFileSync(join(lab.folder, "heard"), "utf8"),
    wanted: [/^5 ban 192\.0\.2\.10 door 3600 4$/m, /^3 unban 192\.0\.2\.10 door$/m],
  },
];
