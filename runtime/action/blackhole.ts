/**
 * Blackhole routes: what this host would answer goes nowhere, so that no connection comes about. For hosts without
 * a packet filter that f2b may use; it needs iproute2 and CAP_NET_ADMIN.
 *
 * In: bans. Out: routes in a table of our own, 9217, which a rule has looked up first. What must hold: many
 * changes are one `ip -batch`; only text that the strict parser made reaches it; nothing outside the table and
 * its rule is touched. Routes have no timeouts: bans that end are deleted by the daemon.
 */
import type { DriverContext, Firewall } from "../contract.ts";
import { formatPrefix, parsePrefix } from "../prefix.ts";
import { BannedAddresses } from "./banned-addresses.ts";
import { openFamilies } from "./families.ts";
import { runProcess } from "./process.ts";

const table = "9217";
const rulePriority = "90";
const timeoutMs = 30_000;
const options = { 4: "-4", 6: "-6" } as const;

export function blackhole(context: DriverContext): Firewall {
  const banned = new BannedAddresses();
  const host = openFamilies(context);
  const families = () => host.present.map((family) => options[family]);

  /** `ip` stops at the first mistake of a batch; a route that is gone already is none. */
  async function tell(lines: readonly string[]): Promise<void> {
    for (const family of families()) {
      const own = lines.filter((line) => line.includes(":") === (family === "-6"));
      if (own.length === 0) continue;
      await ip([family, "-force", "-batch", "-"], `${own.join("\n")}\n`);
    }
  }

  return {
    name: "blackhole",
    endsBans: false,
    async start(bans) {
      host.refresh();
      banned.fill(bans);
      const wanted = new Set(banned.all());
      const lines = [...wanted].map(routeLine);
      for (const family of families()) {
        const there = await routesOf(family);
        lines.push(...there.filter((one) => !wanted.has(one)).map(deleteLine));
        if (!(await hasRule(family))) {
          await ip([family, "rule", "add", "priority", rulePriority, "lookup", table]);
        }
      }
      await tell(lines);
    },
    async apply(changes) {
      const changed = [...banned.take(changes)];
      await tell(changed.map(([one, isBanned]) => (isBanned ? routeLine(one) : deleteLine(one))));
    },
    async check(sample) {
      if (host.refresh()) return false;
      for (const family of families()) {
        if (!(await hasRule(family))) return false;
        const there = new Set(await routesOf(family));
        const own = sample.filter((ban) => ban.address.includes(":") === (family === "-6"));
        if (own.some((ban) => banned.has(ban.address) && !there.has(ban.address))) return false;
      }
      return true;
    },
    async stop(flush) {
      if (!flush) return;
      for (const family of families()) {
        if ((await routesOf(family)).length > 0)
          await ip([family, "route", "flush", "table", table]);
        if (!(await hasRule(family))) continue;
        await ip([family, "rule", "del", "priority", rulePriority, "lookup", table]);
      }
    },
  };
}

const routeLine = (address: string) => `route replace blackhole ${address} table ${table}`;
const deleteLine = (address: string) => `route del blackhole ${address} table ${table}`;

async function ip(args: readonly string[], input = ""): Promise<void> {
  const result = await runProcess(["ip", ...args], { input, timeoutMs });
  const said = result.errors.split("\n").filter((line) => isFault(line));
  if (result.code === 0 || (result.fault === null && said.length === 0)) return;
  throw new Error(`ip: ${result.fault ?? said.slice(0, 3).join(" | ")}`);
}

/** What was to be deleted is gone; the other lines count the commands of a batch. */
function isFault(line: string): boolean {
  return line !== "" && !/No such process|^Command failed/.test(line);
}

async function hasRule(family: string): Promise<boolean> {
  const args = [family, "rule", "show", "priority", rulePriority];
  const result = await runProcess(["ip", ...args], { timeoutMs });
  return result.output.includes(`lookup ${table}`);
}

/**
 * The routes of our table as we write them: `ip` calls `/0` default, and ends some IPv6 addresses as IPv4 ones. A table
 * that was never used is no table yet.
 */
async function routesOf(family: (typeof options)[4 | 6]): Promise<string[]> {
  const args = ["ip", family, "route", "show", "table", table];
  const result = await runProcess(args, { timeoutMs, outputBytesMax: 64 * 1024 * 1024 });
  const everything = family === "-4" ? "0.0.0.0/0" : "::/0";
  return [...result.output.matchAll(/^blackhole (\S+)/gm)].flatMap(([, shown = ""]) => {
    const prefix = parsePrefix(shown === "default" ? everything : shown);
    return prefix === null ? [] : formatPrefix(prefix);
  });
}
