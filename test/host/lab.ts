/**
 * Two hosts in network namespaces of our own: a real sshd behind a real log, and a client.
 *
 * In: which log (rsyslog's file or a hand-started journald). Out: ways to run programs on either host. What must
 * hold: nothing outside of the namespaces changes, and everything is taken away at the end of the test.
 * Why a mount namespace too: sshd writes to /dev/log and journald to /run, of which the machine has one each.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";

export const server4 = "192.0.2.1";
export const server6 = "2001:db8::1";
export const attacker4 = "192.0.2.10";
export const honest4 = "192.0.2.11";
/** In a network of its own: a prefix that held the server too would be spared. */
export const attacker6 = "2001:db8:1::10";
export const neighbour6 = "2001:db8:1::11";

/** Why the lab cannot be built here; null: it can. Tests that skip say it. */
export function labFault(log: "rsyslog" | "journald", hasSshd = true): string | null {
  if (process.getuid?.() !== 0) return "needs root for network namespaces";
  const programs = ["ip", "nft", "nsenter", "unshare"];
  const files: string[] = [];
  if (hasSshd) {
    programs.push("sshpass", "ssh", "ssh-keygen");
    files.push("/usr/sbin/sshd");
  }
  if (log === "rsyslog") files.push("/usr/sbin/rsyslogd");
  else {
    programs.push("journalctl");
    files.push("/lib/systemd/systemd-journald");
  }
  for (const program of programs) {
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return `needs ${program}`;
  }
  for (const file of files) if (!existsSync(file)) return `needs ${file}`;
  const probe = `f2bp${process.pid}`;
  if (spawnSync("ip", ["netns", "add", probe]).status !== 0) return "may not make namespaces";
  spawnSync("ip", ["netns", "del", probe]);
  return null;
}

export interface Lab {
  readonly folder: string;
  /** Where rsyslog writes; with journald, the journal is read inside the server. */
  readonly log: string;
  /** Starts a program on the server; it is ended with the lab. */
  start(argv: readonly string[]): ChildProcess;
  /** Runs a program on the server and gives its output; throws when it fails. */
  onServer(argv: readonly string[]): string;
  onClient(argv: readonly string[]): { status: number | null; output: string };
  /** One login with a wrong password: `denied` by sshd, or `dropped` by the firewall. */
  tryLogin(from: string, to: string, user?: string): Promise<"denied" | "dropped">;
  /** An open TCP connection from the client to sshd, to see an established one die. */
  connect(from: string, to: string): ChildProcess;
  /** New connections without pause until the lab ends; a line each that sshd answers: `open`, else `no`. */
  knock(from: string, to: string): ChildProcess;
  /** The running rsyslog or journald. */
  logging: ChildProcess;
  /** Starts it again, after it was ended. */
  startLogging(): Promise<void>;
}

let made = 0;

export async function openLab(
  test: Test,
  log: "rsyslog" | "journald",
  hasSshd = true,
): Promise<Lab> {
  const id = `${process.pid % 100_000}${made++}`;
  const folder = mkdtempSync(join(tmpdir(), "f2b-lab-"));
  const server = `f2bs${id}`;
  const client = `f2bc${id}`;
  const children: ChildProcess[] = [];
  test.teardown(async () => {
    for (const child of children.reverse()) await endProcess(child);
    for (const name of [server, client]) spawnSync("ip", ["netns", "del", name]);
    rmSync(folder, { recursive: true, force: true });
  });
  makeNetwork(id, server, client);
  const anchor = spawn(
    "ip",
    [
      "netns",
      "exec",
      server,
      "unshare",
      "-m",
      "--propagation",
      "private",
      "sh",
      "-c",
      hostScript(folder, log),
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  children.push(anchor);
  await firstOutput(anchor);
  const enter = ["-t", String(anchor.pid), "-m", "-n", "--"];
  const onClient = (script: string, ...words: string[]) => {
    const argv = ["netns", "exec", client, process.execPath, "-e", script, ...words];
    const child = spawn("ip", argv, { stdio: ["pipe", "pipe", "pipe"] });
    children.push(child);
    return child;
  };
  const lab: Lab = {
    folder,
    log: join(folder, "auth.log"),
    start(argv) {
      const child = spawn("nsenter", [...enter, ...argv], { stdio: ["pipe", "pipe", "pipe"] });
      children.push(child);
      return child;
    },
    onServer: (argv) => execFileSync("nsenter", [...enter, ...argv], { encoding: "utf8" }),
    onClient(argv) {
      const result = spawnSync("ip", ["netns", "exec", client, ...argv], { encoding: "utf8" });
      return { status: result.status, output: result.stdout + result.stderr };
    },
    tryLogin: (from, to, user = "root") => tryLogin(client, from, to, user),
    connect: (from, to) => onClient(holdScript, from, to),
    knock: (from, to) => onClient(knockScript, from, to),
    logging: anchor,
    async startLogging() {
      lab.logging = await startLogging(lab, log, folder);
    },
  };
  await lab.startLogging();
  if (hasSshd) await startSshd(lab, folder);
  return lab;
}

function makeNetwork(id: string, server: string, client: string): void {
  const ip = (...args: string[]) => execFileSync("ip", args);
  const left = `vs${id}`;
  const right = `vc${id}`;
  ip("netns", "add", server);
  ip("netns", "add", client);
  ip("link", "add", left, "type", "veth", "peer", "name", right);
  for (const [name, link, addresses] of [
    [server, left, [`${server4}/24`, `${server6}/64`]],
    [client, right, [`${attacker4}/24`, `${honest4}/24`, `${attacker6}/64`, `${neighbour6}/64`]],
  ] as const) {
    ip("link", "set", link, "netns", name);
    ip("-n", name, "link", "set", link, "up");
    ip("-n", name, "link", "set", "lo", "up");
    for (const address of addresses) {
      ip(
        "-n",
        name,
        "address",
        "add",
        address,
        "dev",
        link,
        ...(address.includes(":") ? ["nodad"] : []),
      );
    }
  }
  ip("-n", server, "route", "add", "2001:db8:1::/64", "dev", left);
  ip("-n", client, "route", "add", "2001:db8::/64", "dev", right);
}

/** A /dev with a log of its own and an empty /run; then it waits for its standard input to close. */
function hostScript(folder: string, log: "rsyslog" | "journald"): string {
  const dev = join(folder, "dev");
  const run = join(folder, "run");
  const target = log === "rsyslog" ? join(folder, "log.sock") : "/run/systemd/journal/dev-log";
  return `set -e
mkdir -p ${dev} ${run}
mount -t tmpfs tmpfs ${run}
mkdir -p ${run}/sshd ${run}/systemd/journal ${run}/log/journal ${run}/netns
mount --rbind ${run} /run
mount -t tmpfs tmpfs ${dev}
for n in null zero urandom random tty ptmx; do touch ${dev}/$n; mount --bind /dev/$n ${dev}/$n; done
mkdir ${dev}/pts ${dev}/shm
mount --rbind /dev/pts ${dev}/pts
ln -s ${target} ${dev}/log
mount --rbind ${dev} /dev
# journald asks for the cgroup tree, which \`ip netns exec\` hid with its own /sys.
mount -t cgroup2 cgroup2 /sys/fs/cgroup || true
echo ready
read wait || true`;
}

async function startLogging(
  lab: Lab,
  log: "rsyslog" | "journald",
  folder: string,
): Promise<ChildProcess> {
  if (log === "journald") {
    // A killed one leaves its socket behind.
    lab.onServer(["rm", "-f", "/run/systemd/journal/dev-log"]);
    const journald = lab.start(["/lib/systemd/systemd-journald"]);
    await waitFor("journald", () => {
      lab.onServer(["test", "-S", "/run/systemd/journal/dev-log"]);
      return true;
    });
    return journald;
  }
  writeFileSync(
    join(folder, "rsyslog.conf"),
    `module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${folder}/log.sock")
template(name="f" type="string" string="%timestamp% %hostname% %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\\n")
*.* action(type="omfile" file="${folder}/auth.log" template="f" fileCreateMode="0640")
`,
  );
  const rsyslog = lab.start([
    "/usr/sbin/rsyslogd",
    "-n",
    "-f",
    join(folder, "rsyslog.conf"),
    "-i",
    join(folder, "rsyslog.pid"),
  ]);
  await waitFor("rsyslog", () => existsSync(join(folder, "log.sock")));
  return rsyslog;
}

async function startSshd(lab: Lab, folder: string): Promise<void> {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "hostkey")]);
  writeFileSync(
    join(folder, "sshd_config"),
    `HostKey ${folder}/hostkey
PidFile none
UsePAM no
PasswordAuthentication yes
PermitRootLogin yes
MaxStartups 200
LoginGraceTime 60
`,
  );
  lab.start(["/usr/sbin/sshd", "-D", "-f", join(folder, "sshd_config")]);
  await waitFor("sshd", () => lab.onServer(["ss", "-Hltn", "sport = :22"]).includes(":22"));
}

function tryLogin(
  client: string,
  from: string,
  to: string,
  user: string,
): Promise<"denied" | "dropped"> {
  const argv = [
    ...["netns", "exec", client, "sshpass", "-p", "wrong", "ssh", "-b", from],
    ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
    ...["-o", "ConnectTimeout=2", "-o", "PubkeyAuthentication=no"],
    // A ban may come between the failure and sshd's answer: ssh must notice by itself.
    ...["-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=2"],
    ...["-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=ERROR", `${user}@${to}`, "true"],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn("ip", argv, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("close", () => {
      // Nothing at all: a connection that fell silent, which ssh tells at a lower level only.
      if (/Permission denied/.test(said)) resolve("denied");
      else if (said === "" || /timed out|Connection closed|No route|not responding/i.test(said))
        resolve("dropped");
      else reject(new Error(`ssh said: ${said}`));
    });
  });
}

/** Reads sshd's banner, then writes a byte a second and prints what happens to the connection. */
const holdScript = `
const socket = require("node:net").connect({ host: process.argv[2], port: 22, localAddress: process.argv[1] });
socket.on("data", () => console.log("open"));
socket.on("close", () => { console.log("closed"); process.exit(); });
socket.on("error", () => {});
process.stdin.on("data", (text) => socket.write(text));
`;

/** A connection every 20 ms, each given up after 300 ms. */
const knockScript = `
const knock = () => {
  const socket = require("node:net").connect({ host: process.argv[2], port: 22, localAddress: process.argv[1] });
  const end = (how) => { if (!socket.destroyed) console.log(how); socket.destroy(); };
  socket.on("connect", () => end("open"));
  socket.on("error", () => end("no"));
  setTimeout(() => end("no"), 300);
};
setInterval(knock, 20);
`;

export async function waitFor(what: string, condition: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      if (condition()) return;
    } catch {
      // Not yet.
    }
    if (performance.now() > end) throw new Error(`${what} did not come within ${ms} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

function firstOutput(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the lab's host ended with code ${code}`)));
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin?.end();
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  await ended;
  clearTimeout(timer);
}
