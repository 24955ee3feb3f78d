/**
 * `node policy.mjs check`: can this host do what the policy asks?
 *
 * In: the manifest's needs. Out: one line an item, good or what is missing and what to do. Throws when something
 * is missing without which nothing is protected.
 */
import { accessSync, constants, statSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { hostHasIpv6, noIpv6Text } from "./action/families.ts";
import { runProcess } from "./action/process.ts";
import type { Program } from "./contract.ts";
import { jsonLine } from "./escape.ts";
import type { Output } from "./output.ts";
import { expandGlob } from "./source/glob.ts";

interface Item {
  readonly item: string;
  readonly ok: boolean;
  /** What is missing and what to do about it. */
  readonly detail: string;
}

export async function checkHost(
  { manifest }: Program,
  json: boolean,
  output: Output,
  hasIpv6 = hostHasIpv6(),
): Promise<void> {
  const { needs } = manifest;
  const programs = needs.programs.filter((one) => hasIpv6 || !one.startsWith("ip6tables"));
  const guards = needs.capabilities.includes("CAP_NET_ADMIN");
  const items: Item[] = [
    checkNode(),
    ...needs.files.map(checkLog),
    ...needs.lists.map((path) => checkReadable(`list ${path}`, path)),
    ...programs.map(checkProgram),
    ...(hasIpv6 || !guards ? [] : [{ item: noIpv6Text, ok: true, detail: "" }]),
    ...needs.writes.map((path) => checkWritable(path)),
    ...needs.environment.map((name) => ({
      item: `variable ${name}`,
      ok: process.env[name] !== undefined,
      detail: `set ${name} in the daemon's environment`,
    })),
  ];
  for (const server of needs.servers) {
    if (server.includes("://")) items.push(await checkServer(server));
  }
  if (needs.journal) items.push(await checkJournal());
  for (const dryRun of dryRuns) {
    if (needs.programs.includes(dryRun.argv[0])) items.push(await checkFirewall(dryRun));
  }
  for (const one of items) {
    if (json) output.print(jsonLine(one));
    else
      output.print(
        `${one.ok ? "ok      " : "MISSING "} ${one.item}${one.ok ? "" : `: ${one.detail}`}`,
      );
  }
  const missing = items.filter((one) => !one.ok).length;
  if (missing > 0) throw new Error(`${missing} of ${items.length} things are missing`);
}

function checkNode(): Item {
  const major = Number(process.versions.node.split(".")[0]);
  return { item: `Node ${process.versions.node}`, ok: major >= 18, detail: "Node 18 or later" };
}

function checkLog(pattern: string): Item {
  const { paths } = expandGlob(pattern);
  const item = `log ${pattern}`;
  const [first] = paths;
  if (first === undefined)
    return { item, ok: false, detail: "no file matches yet: it is waited for" };
  return checkReadable(item, first);
}

function checkReadable(item: string, path: string): Item {
  try {
    if (!statSync(path).isFile()) return { item, ok: false, detail: "is no regular file" };
    accessSync(path, constants.R_OK);
    return { item, ok: true, detail: "" };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { item, ok: false, detail: "is not there: it is waited for" };
    if (code === "EACCES") {
      return {
        item,
        ok: false,
        detail: "may not be read by this user: run as root, or join its group",
      };
    }
    return { item, ok: false, detail: message };
  }
}

function checkWritable(path: string): Item {
  const item = `file to write ${path}`;
  try {
    accessSync(dirname(path), constants.W_OK);
    return { item, ok: true, detail: "" };
  } catch (error) {
    return { item, ok: false, detail: (error as Error).message };
  }
}

function checkProgram(program: string): Item {
  const folders = (process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin").split(delimiter);
  const paths = program.includes("/") ? [program] : folders.map((folder) => join(folder, program));
  const ok = paths.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return { item: `program ${program}`, ok, detail: `install ${program}` };
}

/** That somebody listens there; whether they take what is sent, only sending tells. */
async function checkServer(origin: string): Promise<Item> {
  const item = `server ${origin}`;
  if (origin.startsWith("smtp:")) {
    const fault = await connectFault("127.0.0.1", 25);
    const has = fault === null || checkProgram("sendmail").ok;
    const detail = "install a mail server that listens on 127.0.0.1:25, or sendmail";
    return { item: "mail", ok: has, detail };
  }
  const { hostname, port, protocol } = new URL(origin);
  const fault = await connectFault(
    hostname.replace(/^\[|\]$/g, ""),
    Number(port) || (protocol === "https:" ? 443 : 80),
  );
  return { item, ok: fault === null, detail: fault ?? "" };
}

function connectFault(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (fault: string | null) => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(5_000, () => end("no answer within 5 s"));
    socket.on("connect", () => end(null));
    socket.on("error", (error) => end(error.message));
  });
}

async function checkJournal(): Promise<Item> {
  const result = await runProcess(["journalctl", "-n", "1", "-q", "--no-pager"], {
    timeoutMs: 10_000,
  });
  const said = result.errors.trim().split("\n")[0] ?? "";
  return {
    item: "journal",
    ok: result.code === 0 && result.output !== "",
    detail: result.fault ?? (said || noEntryText()),
  };
}

function noEntryText(): string {
  if (process.getuid?.() === 0) return "has no entry: does systemd-journald run here?";
  return "no entry can be read: run as root, or join systemd-journal";
}

interface DryRun {
  readonly item: string;
  readonly argv: readonly [program: string, ...args: string[]];
}

/** With these the kernel says whether we may, and nothing changes. */
const dryRuns: readonly DryRun[] = [
  { item: "nftables", argv: ["nft", "-c", "add table inet f2b"] },
  { item: "ipset", argv: ["ipset", "list", "-name"] },
];

async function checkFirewall({ item, argv }: DryRun): Promise<Item> {
  const result = await runProcess(argv, { timeoutMs: 10_000 });
  const said = result.errors.trim().split("\n")[0] ?? "";
  return {
    item,
    ok: result.code === 0,
    detail:
      result.fault ?? `${said} (CAP_NET_ADMIN is needed: run as root or as the service)`.trim(),
  };
}
