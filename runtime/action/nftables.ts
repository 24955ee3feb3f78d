/**
 * The nftables firewall: table `inet f2b`, driven through the `nft` program.
 *
 * In: bans as canonical addresses or prefixes with their end. Out: plain hash sets with kernel-side
 * timeouts, one a jail, family and prefix length, and one chain that drops what they hold. What must
 * hold: every change is one transaction, only text that the strict parser made reaches nft's
 * grammar, and the table is ours alone: at start it is replaced whole, whatever was there.
 *
 * Why plain sets looked up by the masked address: nft reads a set with `interval` or `auto-merge` whole on
 * every call (1.8 s a ban with 100,000 members); a plain set takes 4 ms, most of it the process. An nft that stays
 * (live-nft.ts) saves that; where it does not answer, and for much at once, a new one is told.
 * Why the prerouting hook before destination NAT: it sees local and forwarded traffic alike, with the port
 * that the client used, and established connections too (netfilter hooks, nft(8)).
 */
import { formatAddress, ipv4Bits } from "../address.ts";
import type { DriverContext, Firewall, FirewallChange, StandingAddress } from "../contract.ts";
import { parsePrefix } from "../prefix.ts";
import { openLiveNft } from "./live-nft.ts";
import { type JailSets, nameSets, rulesOf, setText } from "./nftables-sets.ts";
import { runProcess } from "./process.ts";

const table = "inet f2b";

/** Loading 100,000 elements takes half a second; a busy machine may need far more. */
const nftTimeoutMs = 30_000;

const dayMs = 86_400_000;
/** The kernel's longest timeout is 584 years; a year more or less is no matter after ten of them. */
const timeoutMsMax = 10 * 366 * dayMs;

/** nft reads byte by byte what it gets as it goes: more than this is quicker told to a new one. */
const liveCharsMax = 4_000;
/** nft repeats the line in each complaint about it. */
const askedCharsMax = 30_000;

/** Members of a set told in one piece: about as much as a pipe holds. */
const pieceMembers = 1_500;

export function nftables(context: DriverContext): Firewall {
  const { now } = context;
  const jails = nameSets(context);
  const live = openLiveNft();
  const tell = (text: string | Iterable<string>, ...options: string[]) =>
    runProcess(["nft", ...options, "-f", "-"], { input: text, timeoutMs: nftTimeoutMs });

  async function nft(text: string | Iterable<string>): Promise<void> {
    const result = await tell(text);
    if (result.code === 0) return;
    const said = result.errors.trim().split("\n").slice(0, 3).join(" | ");
    throw new Error(`nft: ${result.fault ?? said}`);
  }

  return {
    name: "nftables",
    endsBans: true,
    async start(bans) {
      newSets(jails, bans);
      await nft(wholeTable(jails, bans, now()));
      live.start();
    },
    async apply(changes) {
      const sets = newSets(jails, changes);
      const line = [...sets, changesText(jails, changes, now())].filter(Boolean).join("; ");
      if (line === "") return;
      // Told twice, it stands as if told once.
      if (line.length > liveCharsMax || !(await live.tell(line))) await nft(`${line}\n`);
    },
    async check(sample) {
      // Listing anything makes nft read every member (1.5 s with 100,000). In a transaction that changes nothing the
      // kernel refuses to create what exists, and to delete a set that a rule looks up: both say that it stands.
      const wanted = [`create chain ${table} guard`];
      for (const ban of sample) {
        const element = elementOf(jails, ban);
        if (element === null || timeoutText(ban.until, now()) === null) continue;
        wanted.push(`create element ${table} ${element.set} { ${element.address} }`);
      }
      for (const jail of jails.values()) {
        for (const key of jail.prefixes) wanted.push(`delete set ${table} ${jail.base}_${key}`);
      }
      // The last command is always refused, and with it all of them.
      const line = [...wanted, `delete chain ${table} none`].join("; ");
      const asked = line.length * wanted.length > askedCharsMax ? null : await live.ask(line);
      const said = asked ?? (await tell(`${wanted.join("\n")}\n`, "-c")).errors.split("\n");
      const stands = said.filter((one) => /: (?:File exists|Device or resource busy)$/.test(one));
      return stands.length === wanted.length;
    },
    async stop(flush) {
      live.end();
      if (flush) await nft(`table ${table}\ndelete table ${table}\n`);
    },
  };
}

interface Element {
  readonly set: string;
  /** The first address of the prefix: the key that the chain's mask leaves. */
  readonly address: string;
}

/**
 * Commands for the sets that these bans need and the table has not: a jail that counts by `/32` holds `/24`, too, when
 * an administrator bans it.
 */
function newSets(
  jails: ReadonlyMap<string, JailSets>,
  bans: readonly { readonly jail: string; readonly address: string }[],
): string[] {
  const commands: string[] = [];
  for (const ban of bans) {
    const jail = jails.get(ban.jail);
    if (jail === undefined || ipv4Bits(ban.address) >= 0) continue;
    const prefix = parsePrefix(ban.address);
    if (prefix === null) continue;
    const key = `${prefix.address.family}_${prefix.length}`;
    if (jail.prefixes.has(key)) continue;
    jail.prefixes.add(key);
    commands.push(`add set ${table} ${jail.base}_${key} { ${setText(key)} }`);
    for (const rule of rulesOf(jail, key)) commands.push(`add rule ${table} guard ${rule}`);
  }
  return commands;
}

/**
 * Where a ban stands; null: no jail of ours, or no address. The address goes through the strict parser once more,
 * because what stands here becomes nft's text.
 */
function elementOf(
  jails: ReadonlyMap<string, JailSets>,
  ban: { readonly jail: string; readonly address: string },
): Element | null {
  const jail = jails.get(ban.jail);
  if (jail === undefined) return null;
  // Most are these: they have one text, and need no other made of it.
  if (ipv4Bits(ban.address) >= 0) return { set: jail.ipv4, address: ban.address };
  const prefix = parsePrefix(ban.address);
  if (prefix === null) return null;
  const key = `${prefix.address.family}_${prefix.length}`;
  return { set: `${jail.base}_${key}`, address: formatAddress(prefix.address) };
}

/**
 * ` timeout 3600000ms`, nothing for a ban without end, null when it is over. nft takes a number of at most eight digits
 * for a unit (99,999,999 ms are 27 hours), and one that it refuses costs the whole transaction: days stand apart.
 */
function timeoutText(until: number | null, now: number): string | null {
  if (until === null) return "";
  const left = Math.ceil(Math.min(until - now, timeoutMsMax));
  if (left <= 0) return null;
  if (left < dayMs) return ` timeout ${left}ms`;
  return ` timeout ${Math.floor(left / dayMs)}d${left % dayMs}ms`;
}

/**
 * Commands in one line: one transaction. Additions that stand together become one list a set: nft takes half the
 * time for it.
 */
function changesText(
  jails: ReadonlyMap<string, JailSets>,
  changes: readonly FirewallChange[],
  now: number,
): string {
  const commands: string[] = [];
  const added = new Map<string, string[]>();
  const flush = () => {
    for (const [set, members] of added) {
      commands.push(`add element ${table} ${set} { ${members.join(", ")} }`);
    }
    added.clear();
  };
  for (const change of changes) {
    const element = elementOf(jails, change);
    if (element === null) continue;
    const timeout = timeoutText(change.until, now);
    if (change.op === "add" && timeout !== null) {
      const members = added.get(element.set);
      if (members === undefined) added.set(element.set, [element.address + timeout]);
      else members.push(element.address + timeout);
      continue;
    }
    flush();
    const at = `element ${table} ${element.set} { ${element.address}`;
    // Deleting what is not there fails the whole transaction: add it first. Adding what is
    // there keeps its old timeout: delete it in between. The kernel sees all three at once.
    commands.push(`add ${at} }`, `delete ${at} }`);
    if (change.op === "extend" && timeout !== null) commands.push(`add ${at}${timeout} }`);
  }
  flush();
  return commands.join("; ");
}

interface Member {
  readonly address: string;
  readonly until: number | null;
}

/** What stands in each set. */
function membersOf(
  jails: ReadonlyMap<string, JailSets>,
  bans: readonly StandingAddress[],
  now: number,
): Map<string, Member[]> {
  const members = new Map<string, Member[]>();
  for (const ban of bans) {
    const { until } = ban;
    const element = until !== null && until <= now ? null : elementOf(jails, ban);
    if (element === null) continue;
    const { set, address } = element;
    const member = address === ban.address ? ban : { address, until };
    const list = members.get(set);
    if (list === undefined) members.set(set, [member]);
    else list.push(member);
  }
  return members;
}

/**
 * The table from nothing, in one transaction: created so that it can be deleted, deleted, made anew. In pieces, so that
 * nft reads one while the next is made; what is cut off in the middle is no table, and changes nothing.
 */
function* wholeTable(
  jails: ReadonlyMap<string, JailSets>,
  bans: readonly StandingAddress[],
  now: number,
): Iterable<string> {
  const members = membersOf(jails, bans, now);
  yield `table ${table}\ndelete table ${table}\ntable ${table} {\n`;
  const rules: string[] = [];
  for (const jail of jails.values()) {
    for (const key of [...jail.prefixes].sort()) {
      const set = `${jail.base}_${key}`;
      yield `  set ${set} {\n    ${setText(key)}\n`;
      yield* elementsText(members.get(set) ?? [], now);
      yield "  }\n";
      for (const rule of rulesOf(jail, key)) rules.push(`    ${rule}\n`);
    }
  }
  yield "  chain guard {\n    type filter hook prerouting priority mangle; policy accept;\n";
  yield* rules;
  yield "  }\n}\n";
}

function* elementsText(members: readonly Member[], now: number): Iterable<string> {
  if (members.length === 0) return;
  yield "    elements = { ";
  for (let from = 0; from < members.length; from += pieceMembers) {
    const piece = members.slice(from, from + pieceMembers);
    const texts = piece.map(({ address, until }) => `${address}${timeoutText(until, now) ?? ""}`);
    yield (from === 0 ? "" : ", ") + texts.join(", ");
  }
  yield " }\n";
}
