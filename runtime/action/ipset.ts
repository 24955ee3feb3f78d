/**
 * iptables with ipset: for hosts whose firewall is iptables.
 *
 * In: bans as canonical addresses or prefixes with their end. Out: hash sets with kernel-side timeouts, one a jail
 * and family, and one chain `f2b` that drops what they hold. What must hold: many changes are one `ipset
 * restore`; only text that the strict parser made reaches it; what stands is replaced by swapping sets, so
 * that nobody is let through in between; everything of ours is called f2b and nothing else is touched.
 *
 * The chain hangs in mangle PREROUTING, before destination NAT: it sees local and forwarded traffic alike, with the
 * port that the client used, and established connections too (ipset(8), iptables-extensions(8)).
 */
import { formatAddress } from "../address.ts";
import type {
  DriverContext,
  Firewall,
  FirewallChange,
  PortSpec,
  StandingAddress,
} from "../contract.ts";
import { parsePrefix } from "../prefix.ts";
import { type Family, openFamilies } from "./families.ts";
import { runProcess } from "./process.ts";

const chain = "f2b";
const timeoutMs = 30_000;
/** ipset's longest timeout; a longer ban is renewed before it runs out. */
const secondsMax = 2_147_483;
const renewMs = 86_400_000;
const membersMax = 1_048_576;
/** A name of a set has at most 31 characters, `_new` behind it included. */
const slugMax = 14;
const portsMax = 15;

const tools = { 4: "iptables", 6: "ip6tables" } as const;

export function ipset(context: DriverContext): Firewall {
  const { now } = context;
  const sets = nameSets(context);
  /** Sets are made for both: only ip6tables wants an IPv6 of the kernel. */
  const families = openFamilies(context);
  /** Bans longer than ipset can count, by jail and address, with the time at which to tell it again. */
  const long = new Map<string, { readonly change: FirewallChange; readonly renewAt: number }>();

  function linesOf(change: FirewallChange, suffix = ""): string {
    const members = membersOf(sets, change, suffix);
    const key = `${change.jail} ${change.address}`;
    const seconds = change.until === null ? 0 : Math.ceil((change.until - now()) / 1000);
    long.delete(key);
    // A timeout of 0 is for ever: one that ended on the way here must not become that.
    if (change.op === "delete" || (change.until !== null && seconds <= 0)) {
      return members.map((member) => `del ${member} -exist\n`).join("");
    }
    if (seconds > secondsMax) {
      long.set(key, { change, renewAt: now() + secondsMax * 1000 - renewMs });
    }
    const timeout = Math.min(seconds, secondsMax);
    return members.map((member) => `add ${member} timeout ${timeout} -exist\n`).join("");
  }

  async function fill(bans: readonly StandingAddress[]): Promise<void> {
    const names = [...sets.values()].flatMap((base) => [`${base}_4`, `${base}_6`]);
    const make = (name: string, family: string) =>
      `create ${name} hash:net family ${family} timeout 0 maxelem ${membersMax} -exist\n`;
    long.clear();
    const text = [
      ...names.flatMap((name) => {
        const family = name.endsWith("_6") ? "inet6" : "inet";
        return [make(name, family), make(`${name}_new`, family), `flush ${name}_new\n`];
      }),
      ...bans.map((ban) => linesOf({ ...ban, op: "add" }, "_new")),
      ...names.map((name) => `swap ${name} ${name}_new\ndestroy ${name}_new\n`),
    ];
    await tell("ipset", ["restore"], text.join(""));
  }

  return {
    name: "ipset",
    endsBans: true,
    async start(bans) {
      families.refresh();
      await fill(bans);
      for (const family of families.present) {
        await tell(
          `${tools[family]}-restore`,
          ["-w", "--noflush"],
          rulesText(context, sets, family),
        );
        if (!(await holds(tools[family], hook("-C")))) await tell(tools[family], hook("-I"));
      }
      await destroyOthers(new Set(sets.values()));
    },
    async apply(changes) {
      const text = changes.map((change) => linesOf(change)).join("");
      if (text !== "") await tell("ipset", ["restore"], text);
    },
    async check(sample) {
      const due = [...long.values()].filter((one) => one.renewAt <= now());
      if (due.length > 0) await this.apply(due.map((one) => one.change));
      if (families.refresh()) return false;
      for (const family of families.present) {
        if (!(await holds(tools[family], hook("-C")))) return false;
        for (const rule of rulesOf(context, sets, family)) {
          if (!(await holds(tools[family], ["-w", "-t", "mangle", "-C", chain, ...rule])))
            return false;
        }
      }
      for (const member of sample.flatMap((ban) => membersOf(sets, ban))) {
        if (!(await holds("ipset", ["test", ...member.split(" ")]))) return false;
      }
      return true;
    },
    async stop(flush) {
      if (!flush) return;
      for (const tool of families.present.map((family) => tools[family])) {
        if (await holds(tool, hook("-C"))) await tell(tool, hook("-D"));
        if (!(await holds(tool, ["-w", "-t", "mangle", "-S", chain]))) continue;
        await tell(tool, ["-w", "-t", "mangle", "-F", chain]);
        await tell(tool, ["-w", "-t", "mangle", "-X", chain]);
      }
      await destroyOthers(new Set());
    },
  };
}

const hook = (command: string) => ["-w", "-t", "mangle", command, "PREROUTING", "-j", chain];

async function tell(program: string, args: readonly string[], input = ""): Promise<string> {
  const result = await runProcess([program, ...args], { input, timeoutMs });
  if (result.code === 0) return result.output;
  const said = result.errors.trim().split("\n").slice(0, 3).join(" | ");
  throw new Error(`${program}: ${result.fault ?? said}`);
}

async function holds(program: string, args: readonly string[]): Promise<boolean> {
  return (await runProcess([program, ...args], { timeoutMs })).code === 0;
}

/** Jail names in letters that ipset takes; clashes are numbered. */
function nameSets(context: DriverContext): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name } of context.jails) {
    const slug = `f2b_${name.replace(/[^A-Za-z0-9-]/g, "-").slice(0, slugMax)}`;
    const taken = new Set(names.values());
    let base = slug;
    for (let n = 2; taken.has(base); n++) base = `${slug}-${n}`;
    names.set(name, base);
  }
  return names;
}

/** Where a ban stands: a set and a member of it. ipset takes no `/0`: its two halves stand for it. */
function membersOf(
  sets: ReadonlyMap<string, string>,
  ban: { readonly jail: string; readonly address: string },
  suffix = "",
): string[] {
  const prefix = parsePrefix(ban.address);
  const base = sets.get(ban.jail);
  if (prefix === null || base === undefined) return [];
  const { family } = prefix.address;
  const set = `${base}_${family}${suffix}`;
  if (prefix.length > 0) return [`${set} ${formatAddress(prefix.address)}/${prefix.length}`];
  const halves = family === 4 ? ["0.0.0.0/1", "128.0.0.0/1"] : ["::/1", "8000::/1"];
  return halves.map((half) => `${set} ${half}`);
}

/** Naming the chain empties it; all of this is in force at once. */
function rulesText(
  context: DriverContext,
  sets: ReadonlyMap<string, string>,
  family: Family,
): string {
  const rules = rulesOf(context, sets, family).map((rule) => `-A ${chain} ${rule.join(" ")}`);
  return ["*mangle", `:${chain} - [0:0]`, ...rules, "COMMIT", ""].join("\n");
}

function rulesOf(
  context: DriverContext,
  sets: ReadonlyMap<string, string>,
  family: Family,
): string[][] {
  return context.jails.flatMap(({ name, ports }) => {
    const match = ["-m", "set", "--match-set", `${sets.get(name)}_${family}`, "src", "-j", "DROP"];
    return portMatches(ports).map((ports) => [...ports, ...match]);
  });
}

/** multiport takes fifteen ports at a time, a range counts as two, and wants one protocol. */
function portMatches(ports: readonly PortSpec[]): string[][] {
  if (ports.length === 0) return [[]];
  const matches: string[][] = [];
  for (const protocol of ["tcp", "udp"] as const) {
    const own = ports.filter((port) => port.protocol === null || port.protocol === protocol);
    for (let at = 0; at < own.length; at += Math.floor(portsMax / 2)) {
      const some = own.slice(at, at + Math.floor(portsMax / 2));
      const list = some.map(({ from, to }) => (from === to ? `${from}` : `${from}:${to}`));
      matches.push(["-p", protocol, "-m", "multiport", "--dports", list.join(",")]);
    }
  }
  return matches;
}

/** Sets of jails that the policy has no more; one that something still uses stays. */
async function destroyOthers(own: ReadonlySet<string>): Promise<void> {
  const names = (await tell("ipset", ["list", "-n"])).split("\n");
  for (const name of names) {
    const base = /^(f2b_.*)_[46](?:_new)?$/.exec(name)?.[1];
    if (base !== undefined && !own.has(base)) await holds("ipset", ["destroy", name]);
  }
}
