/**
 * The sets of a jail in table `inet f2b`, and the rules that look them up.
 *
 * In: jails with their ports and prefix lengths. Out: names of sets, and rules as nft's text. What must hold: no two
 * jails share a set; every length that a ban has gets a set of its own, since a set is looked up by one mask.
 */
import { formatAddress } from "../address.ts";
import type { DriverContext, PortSpec } from "../contract.ts";
import { parsePrefix } from "../prefix.ts";

export interface JailSets {
  readonly base: string;
  /** The set of single IPv4 addresses. */
  readonly ipv4: string;
  readonly ports: readonly PortSpec[];
  /** `4_32`: family and length of each set; a ban by hand may bring another one. */
  readonly prefixes: Set<string>;
}

/** Set names from jail names: nft's identifiers begin with a letter; clashes are numbered. */
export function nameSets(context: DriverContext): Map<string, JailSets> {
  const jails = new Map<string, JailSets>();
  const taken = new Set<string>();
  for (const jail of context.jails) {
    const slug = `j_${jail.name.replace(/[^A-Za-z0-9]/g, "_").slice(0, 40)}`;
    let base = slug;
    for (let n = 2; taken.has(base); n++) base = `${slug}_${n}`;
    taken.add(base);
    // Single addresses always have a set: bans by hand, guilty hosts of a spared prefix.
    const prefixes = new Set(["4_32", "6_128"]);
    for (const by of jail.prefixes) {
      if (by.kind !== "address") continue;
      prefixes.add(`4_${by.ipv4}`);
      prefixes.add(`6_${by.ipv6}`);
    }
    jails.set(jail.name, { base, ipv4: `${base}_4_32`, ports: jail.ports, prefixes });
  }
  return jails;
}

/** `ip saddr @j_ssh_4_32 tcp dport { 22 } drop`, one a protocol. */
export function rulesOf(jail: JailSets, key: string): string[] {
  const [family = "", prefix = ""] = key.split("_");
  const lookup = `${saddr(family, Number(prefix))} @${jail.base}_${key}`;
  return portMatches(jail.ports).map((ports) => `${lookup}${ports} drop`);
}

/** What a set is, in its braces. */
export function setText(key: string): string {
  return `type ipv${key.slice(0, 1)}_addr; flags timeout;`;
}

function saddr(family: string, prefix: number): string {
  const bits = family === "4" ? 32 : 128;
  const field = family === "4" ? "ip saddr" : "ip6 saddr";
  if (prefix === bits) return field;
  const ones = family === "4" ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  const mask = parsePrefix(`${ones}/${prefix}`);
  return mask === null ? field : `${field} & ${formatAddress(mask.address)}`;
}

/** One match a protocol: TCP and UDP ports are told apart, ports of both stand together. */
function portMatches(ports: readonly PortSpec[]): string[] {
  if (ports.length === 0) return [""];
  const matches: string[] = [];
  for (const [protocol, match] of [
    ["tcp", " tcp dport"],
    ["udp", " udp dport"],
    [null, " meta l4proto { tcp, udp } th dport"],
  ] as const) {
    const own = ports.filter((port) => port.protocol === protocol);
    if (own.length === 0) continue;
    matches.push(`${match} { ${mergePorts(own).join(", ")} }`);
  }
  return matches;
}

/** nft refuses overlapping ranges in one set: join them. */
function mergePorts(ports: readonly PortSpec[]): string[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...ports].sort((a, b) => a.from - b.from)) {
    const last = merged[merged.length - 1];
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}
