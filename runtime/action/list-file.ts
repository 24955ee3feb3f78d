/**
 * A file that lists who is banned: for web servers, tcp wrappers and whatever else reads such lists.
 *
 * In: bans; how a line looks. Out: the file, always whole: written beside itself, synced, renamed. What must hold:
 * only text that the strict parser made stands in it; many changes are one writing; whoever reads it is told
 * after it changed and not before. Bans that end are taken out by the daemon.
 */
import { randomBytes } from "node:crypto";
import { open, readFile, rename, unlink } from "node:fs/promises";
import type { DriverContext, Firewall } from "../contract.ts";
import { BannedAddresses } from "./banned-addresses.ts";
import { runProcess } from "./process.ts";

export interface ListFileSettings {
  readonly path: string;
  /** `{address}` stands for the address or prefix; of a prefix `{network}` for what is before `/64`, `{length}` for that. */
  readonly line: string;
  /** For IPv6, where it looks otherwise; empty: as `line`. */
  readonly line6: string;
  /** Stands first. */
  readonly head: string;
  /** A program and its arguments that have the file read again; empty: nobody needs to be told. */
  readonly reload: readonly string[];
}

const reloadTimeoutMs = 30_000;

export function listFile(_: DriverContext, settings: ListFileSettings): Firewall {
  const banned = new BannedAddresses();
  let written: string | null = null;

  function text(): string {
    const lines = [...banned.all()].sort().map((address) => {
      const isIpv6 = address.includes(":") && settings.line6 !== "";
      return `${fill(isIpv6 ? settings.line6 : settings.line, address)}\n`;
    });
    return (settings.head === "" ? "" : `${settings.head}\n`) + lines.join("");
  }

  async function write(): Promise<void> {
    const wanted = text();
    if (wanted === written) return;
    await replaceFile(settings.path, wanted);
    await reload();
    written = wanted;
  }

  async function reload(): Promise<void> {
    if (settings.reload.length === 0) return;
    const result = await runProcess(settings.reload, { timeoutMs: reloadTimeoutMs });
    if (result.code === 0) return;
    const said = result.errors.trim().split("\n")[0] ?? "";
    throw new Error(`${settings.reload[0]}: ${result.fault ?? said}`);
  }

  return {
    name: `list ${settings.path}`,
    endsBans: false,
    async start(bans) {
      banned.fill(bans);
      // The same text may stand there from a time whose reload failed, or never came.
      written = null;
      await write();
    },
    async apply(changes) {
      if (banned.take(changes).size > 0) await write();
    },
    async check() {
      return (await readText(settings.path)) === text();
    },
    async stop(flush) {
      if (!flush) return;
      banned.clear();
      await write();
    },
  };
}

function fill(line: string, address: string): string {
  const [network = "", length] = address.split("/");
  return line
    .replace("{address}", address)
    .replace("{network}", network)
    .replace("{length}", length === undefined ? "" : `/${length}`);
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}

/** Whoever reads it sees the old list or the new one. A link in its place is replaced, not followed. */
async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(beside, "wx", 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw new Error(`list ${path}: ${(error as Error).message}`);
  }
}
