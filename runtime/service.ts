/**
 * The systemd unit of a bundle, derived from what its policy needs and nothing more.
 *
 * In: the manifest's needs. Out: unit text, or the unit installed. What must hold: the daemon runs as a user of its own with
 * the one capability its firewall needs, and can write to its state and to the files the policy names.
 * Directives: systemd.exec(5); the score is `systemd-analyze security --offline=true UNIT`.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Manifest, Program } from "./contract.ts";
import type { Output } from "./output.ts";
import { expandGlob } from "./source/glob.ts";

export interface ServiceOptions {
  /** Absolute paths. */
  readonly node: string;
  readonly bundle: string;
  /** Groups that may read the logs, found on this host. */
  readonly groups: readonly string[];
  /** Some log can be read by root alone: the unit then gets CAP_DAC_READ_SEARCH. */
  readonly readsAll: boolean;
}

const unitPath = "/etc/systemd/system/f2b.service";
const usersPath = "/etc/sysusers.d/f2b.conf";
const usersText = 'u f2b - "f2b log watcher"\n';

/** The unit's text: the same manifest and options give the same bytes. */
export function unitText(manifest: Manifest, options: ServiceOptions): string {
  const { needs } = manifest;
  const capabilities = [...needs.capabilities];
  if (options.readsAll) capabilities.push("CAP_DAC_READ_SEARCH");
  const names = capabilities.sort().join(" ");
  const network = needs.resolves || needs.servers.length > 0;
  const families = [
    "AF_UNIX",
    ...(needs.capabilities.includes("CAP_NET_ADMIN") ? ["AF_NETLINK"] : []),
    // iptables asks for an ipset's number through a raw socket of IPv4.
    ...(network || needs.capabilities.includes("CAP_NET_RAW") ? ["AF_INET"] : []),
    ...(network ? ["AF_INET6"] : []),
  ];
  const writes = [...new Set(needs.writes.map((path) => dirname(path)))].sort().map(quoteWord);
  // In a command `$` begins a variable; nowhere else.
  const command = [options.node, options.bundle].map((path) =>
    quoteWord(path.replace(/\$/g, "$$$$")),
  );
  const policy = manifest.policy.replace(/[^\w .-]/g, "_");
  return `# Made by f2b from ${policy} (${manifest.hash.slice(0, 12)}): make it anew when the policy changes.
[Unit]
Description=f2b guards this host (${policy})
Documentation=man:systemd.exec(5)
Wants=network-pre.target
After=network-pre.target nftables.service

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command.join(" ")} --state /var/lib/f2b --socket /run/f2b/f2b.sock
ExecReload=kill -HUP $MAINPID
Restart=always
RestartSec=1
TimeoutStopSec=10
WatchdogSec=0
User=f2b
Group=f2b
${lines("SupplementaryGroups", options.groups.join(" "))}StateDirectory=f2b
StateDirectoryMode=0700
RuntimeDirectory=f2b
RuntimeDirectoryMode=0700
UMask=0077
AmbientCapabilities=${names}
CapabilityBoundingSet=${names}
NoNewPrivileges=yes
ProtectSystem=strict
${lines("ReadWritePaths", writes.join(" "))}ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
RestrictAddressFamilies=${families.join(" ")}
${network ? "" : "IPAddressDeny=any\n"}SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources @obsolete @mount @debug @cpu-emulation @swap @reboot @raw-io @module @clock
SystemCallErrorNumber=EPERM
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`;
}

function lines(key: string, value: string): string {
  return value === "" ? "" : `${key}=${value}\n`;
}

/** systemd.syntax(7): blanks, quotes, backslashes, line ends and specifiers stand for themselves. */
function quoteWord(word: string): string {
  const text = word.replace(/%/g, "%%");
  if (/^[\w./@:+,$%-]+$/.test(text)) return text;
  return `"${text.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}

/** Who may read this policy's logs on this host: their groups, and whether only root may. */
export function readersOf(manifest: Manifest): { groups: string[]; readsAll: boolean } {
  const groups = new Set<string>();
  let readsAll = false;
  if (manifest.needs.journal) groups.add("systemd-journal");
  for (const pattern of [...manifest.needs.files, ...manifest.needs.lists]) {
    for (const path of expandGlob(pattern).paths) {
      try {
        const { mode, gid } = statSync(path);
        if (mode & 0o004) continue;
        const group = gid === 0 ? null : groupName(gid);
        if (group !== null && mode & 0o040) groups.add(group);
        else readsAll = true;
      } catch {
        // Not there yet: Debian and its kin give new logs to adm.
        if (groupExists("adm")) groups.add("adm");
      }
    }
  }
  return { groups: [...groups].sort(), readsAll };
}

function groupName(gid: number): string | null {
  return getent(["group", String(gid)])?.split(":")[0] ?? null;
}

function groupExists(name: string): boolean {
  return getent(["group", name]) !== null;
}

function getent(args: readonly string[]): string | null {
  try {
    return execFileSync("getent", [...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
}

/** Writes the unit and its user, and starts it. Throws with what a person can do. */
export function installService(text: string): string[] {
  requireSystemd();
  mkdirSync(dirname(usersPath), { recursive: true });
  writeNew(usersPath, usersText);
  execFileSync("systemd-sysusers", [usersPath], { stdio: "inherit" });
  writeNew(unitPath, text);
  execFileSync("systemctl", ["daemon-reload"], { stdio: "inherit" });
  execFileSync("systemctl", ["enable", "--now", "f2b.service"], { stdio: "inherit" });
  return [usersPath, unitPath];
}

/** Stops and removes the unit. State and user stay: bans are kept for the next installation. */
export function uninstallService(): string[] {
  requireSystemd();
  execFileSync("systemctl", ["disable", "--now", "f2b.service"], { stdio: "inherit" });
  const removed = [unitPath, usersPath].filter((path) => existsSync(path));
  for (const path of removed) rmSync(path);
  execFileSync("systemctl", ["daemon-reload"], { stdio: "inherit" });
  return removed;
}

function requireSystemd(): void {
  if (!existsSync("/run/systemd/system")) {
    throw new Error("systemd does not run here: use `service print` and install the unit yourself");
  }
  if (process.getuid?.() !== 0) throw new Error("installing a service needs root: try sudo");
}

function writeNew(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o644, flag: "w" });
  renameSync(`${path}.new`, path);
}

/** `service print|install|uninstall` of the bundle that runs. */
export function runService(
  { manifest }: Program,
  what: "print" | "install" | "uninstall",
  output: Output,
): void {
  if (what === "uninstall") {
    for (const path of uninstallService()) output.print(`removed ${path}`);
    return;
  }
  const text = unitText(manifest, {
    node: process.execPath,
    bundle: realpathSync(process.argv[1] ?? ""),
    ...readersOf(manifest),
  });
  if (what === "print") output.print(text.trimEnd());
  else for (const path of installService(text)) output.print(`wrote ${path}`);
}
