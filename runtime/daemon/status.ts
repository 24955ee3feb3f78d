/**
 * What `status` and `bans` tell: plain data for the control socket, described by schemas.
 */

import type { QueueCounters } from "../action/queue.ts";
import type { Ban } from "../decision.ts";
import { isoTime } from "../escape.ts";
import { plural } from "../plural.ts";
import { PrefixSet, parsePrefix } from "../prefix.ts";
import type { SourceStatus } from "../source/source.ts";
import type { Core } from "./core.ts";
import type { FirewallStatus } from "./firewall-queue.ts";
import type { OpenSource } from "./sources.ts";

export interface JailStatus {
  readonly name: string;
  readonly at: string;
  readonly observe: boolean;
  readonly failures: number;
  readonly bans: number;
  readonly standing: number;
  readonly spared: number;
  /** Lines of hosts that were banned already. */
  readonly evidence: number;
  readonly tracked: number;
  readonly shed: number;
}

export interface Status {
  readonly f2b: string;
  readonly policy: string;
  readonly bundle: string;
  readonly pid: number;
  readonly since: string | null;
  /** The answer to "is it protecting me?". */
  readonly protecting: boolean;
  readonly verdict: string;
  readonly jails: readonly JailStatus[];
  readonly sources: readonly (SourceStatus & {
    readonly jails: readonly string[];
    readonly records: number;
    readonly tooOld: number;
  })[];
  readonly firewalls: readonly FirewallStatus[];
  readonly actions: readonly (QueueCounters & { readonly id: string })[];
  readonly state: {
    readonly folder: string | null;
    readonly fault: string | null;
    readonly lost: number;
  };
}

export interface BanRow {
  readonly jail: string;
  readonly address: string | null;
  readonly id: string;
  readonly since: string | null;
  readonly until: string | null;
  readonly failures: number;
  readonly reason: string;
  readonly bundle: string;
  /** The jail only observes: nobody is kept out. */
  readonly observed?: true;
}

export function statusOf(core: Core, sources: readonly OpenSource[], since: number): Status {
  const { program, stateFolder } = core.options;
  const jails = core.jails.all.map((jail): JailStatus => {
    const { identities, shed } = jail.tracked();
    return {
      name: jail.spec.name,
      at: jail.spec.at,
      observe: jail.observed,
      failures: jail.counters.failures,
      bans: jail.counters.bans,
      standing: jail.standing.size,
      spared: jail.counters.spared,
      evidence: jail.counters.evidence,
      tracked: identities,
      shed,
    };
  });
  const read = sources.flatMap((one) =>
    one.source.status().map((status) => {
      const reader = one.readers.find(({ name }) => name === status.name);
      return {
        ...status,
        // What did not even fit into the source's buffer, and what the scanner was given and left.
        oversized: status.oversized + (reader?.oversized() ?? 0),
        jails: one.jails,
        records: reader?.records() ?? 0,
        tooOld: reader?.counters.tooOld ?? 0,
      };
    }),
  );
  const firewalls = core.firewalls.map((queue) => queue.status());
  const counters = core.ledger.counters;
  const state = {
    folder: stateFolder,
    fault: counters?.fault ?? null,
    lost: counters?.lost ?? 0,
  };
  const parts = { jails, sources: read, firewalls, state };
  const idle = new Set(
    program.jails.filter((jail) => jail.actions.length === 0).map(({ name }) => name),
  );
  return {
    f2b: program.manifest.f2b,
    policy: program.manifest.policy,
    bundle: program.manifest.hash,
    pid: process.pid,
    since: isoTime(since),
    ...judge(parts, core.options.dryRun, idle),
    ...parts,
    actions: [...core.actions].map(([id, queue]) => ({ id, ...queue.counters })),
  };
}

/** One sentence: what protects, or the first thing that does not. `idle`: jails that do nothing, on purpose. */
function judge(
  { jails, sources, firewalls, state }: Pick<Status, "jails" | "sources" | "firewalls" | "state">,
  dryRun: boolean,
  idle: ReadonlySet<string>,
): { protecting: boolean; verdict: string } {
  const no = (why: string) => ({ protecting: false, verdict: `NOT PROTECTING: ${why}` });
  if (dryRun) return no("this is a dry run, nobody is banned");
  const out = firewalls.find((firewall) => !firewall.inStep);
  if (out !== undefined) return no(`${out.name} is out of step: ${out.detail}`);
  if (jails.length === 0) return no("the policy has no jail");
  const guarding = jails.filter((jail) => !jail.observe && !idle.has(jail.name));
  if (jails.every((jail) => jail.observe)) return no("all jails only observe");
  if (guarding.length === 0)
    return no("no jail does anything: they say `do none`, or only observe");
  const works = sources.filter(({ state }) => state === "following" || state === "polling");
  const first = sources.find((source) => !works.includes(source));
  const trouble = first === undefined ? "" : `${first.name} ${first.detail || first.state}`;
  if (sources.length > 0 && works.length === 0) return no(trouble);
  const standing = guarding.reduce((sum, jail) => sum + jail.standing, 0);
  const others = jails.length - guarding.length;
  const rest = others === 0 ? "" : ` (${others} more ban${others === 1 ? "s" : ""} nobody)`;
  const told = `${plural(guarding.length, "jail")}${rest}, ${plural(works.length, "source")} followed, ${plural(standing, "ban")} standing`;
  const but = [
    ...(trouble === "" ? [] : [trouble]),
    ...(state.fault === null ? [] : [`state cannot be saved: ${state.fault}`]),
  ];
  return {
    protecting: true,
    verdict: `Protecting: ${told}${but.length === 0 ? "" : `. But ${but.join("; ")}`}`,
  };
}

export function banRow(core: Core, ban: Ban): BanRow {
  return {
    jail: ban.jail,
    address: ban.address,
    id: ban.id,
    since: isoTime(ban.since),
    until: isoTime(ban.until),
    failures: ban.failures,
    reason: ban.rule === "" ? "by hand" : `${ban.rule} ${ban.file}:${ban.line}`,
    bundle: core.options.program.manifest.hash,
    ...(isObserved(core, ban) ? { observed: true } : {}),
  };
}

export function isObserved(core: Core, ban: Ban): boolean {
  return core.jails.get(ban.jail)?.observed === true;
}

/** Standing bans, of one jail or all, each jail and identity once. */
export function listBans(core: Core, jail?: string): Ban[] {
  return core.jails.all
    .filter((one) => jail === undefined || one.spec.name === jail)
    .flatMap((one) => [...one.standing.values()]);
}

/** The bans that hold an address: its own, and those of prefixes around it. */
export function bansHolding(core: Core, who: string, jail?: string): Ban[] {
  const asked = parsePrefix(who);
  return listBans(core, jail).filter((ban) => {
    if (ban.id === who) return true;
    const prefix = ban.address === null ? null : parsePrefix(ban.address);
    return asked !== null && prefix !== null && new PrefixSet([prefix]).meets(asked);
  });
}
