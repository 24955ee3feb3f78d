/**
 * One ban sentence: what it counts, and whom it bans when its count is reached.
 *
 * In: failures, and bans of jails that are watched. Out: who is to be banned, or who was spared because
 * `never ban` protects them. What must hold: a sentence that fires has used its failures up, whoever is
 * banned for them; a prefix that holds a protected address is never banned.
 */
import type { BanSpec } from "./contract.ts";
import { type Culprit, captureOf, eachAddress, identify, isWide } from "./identity.ts";
import { isHost, parsePrefix } from "./prefix.ts";
import type { Protection } from "./protect.ts";
import { type Counted, Window } from "./window.ts";

/** Somebody to ban. */
export interface Target {
  readonly id: string;
  /** Canonical address or prefix; null: the identity is no address. */
  readonly address: string | null;
  readonly failures: number;
  readonly insteadOf: string | null;
}

export interface Spared {
  readonly id: string;
  readonly address: string | null;
  /** Those of a spared prefix who were banned in its place. */
  readonly hosts: readonly string[];
}

export interface Verdict {
  readonly targets: readonly Target[];
  readonly spared: readonly Spared[];
}

export interface Sentence {
  readonly spec: BanSpec;
  /** What it counts, as text: the same in another policy counts the same. */
  readonly key: string;
  readonly window: Window;
}

export function makeSentence(spec: BanSpec, rowsMax: number): Sentence {
  const { count, what, capture, by, withinMs, eachAddress } = spec;
  return {
    spec,
    key: JSON.stringify([count, what, capture, by, withinMs, eachAddress]),
    window: new Window({ count, withinMs, distinct: what === "distinct", rowsMax }),
  };
}

/**
 * What the sentence would count of a failure (or of a ban, with `isBan`); null: nothing.
 */
export function countable(
  { spec }: Sentence,
  culprit: Culprit,
  time: number,
  weight: number,
  isBan: boolean,
): { readonly id: string; readonly counted: Counted } | null {
  if (spec.what !== "distinct" && (spec.what === "bans") !== isBan) return null;
  const id = identify(culprit, spec.by);
  if (id === null) return null;
  const value = spec.what === "distinct" ? captureOf(culprit, spec.capture ?? "") : null;
  if (spec.what === "distinct" && value === null) return null;
  const wanted = spec.eachAddress || isWide(spec.by);
  return { id, counted: { time, weight, address: wanted ? culprit.address : null, value } };
}

/** Whom to ban for failures that reached the count and are used up. */
export function judge(
  { spec }: Sentence,
  id: string,
  culprit: Culprit,
  used: readonly Counted[],
  protection: Protection,
): Verdict {
  const failures = used.reduce((sum, one) => sum + one.weight, 0);
  if (spec.eachAddress) return judgeHosts(hostsOf(used, culprit), failures, null, protection);
  const prefix = spec.by.kind === "address" && culprit.address !== null ? parsePrefix(id) : null;
  if (prefix === null) {
    const names = spec.by.kind === "captures" ? spec.by.names : [];
    const isProtected =
      names.includes("address") && culprit.address !== null && protection.covers(culprit.address);
    if (isProtected) return { targets: [], spared: [{ id, address: null, hosts: [] }] };
    return { targets: [{ id, address: null, failures, insteadOf: null }], spared: [] };
  }
  if (isHost(prefix)) return judgeHosts([id], failures, null, protection);
  if (!protection.meets(prefix)) {
    return { targets: [{ id, address: id, failures, insteadOf: null }], spared: [] };
  }
  const { targets } = judgeHosts(hostsOf(used, culprit), failures, id, protection);
  return { targets, spared: [{ id, address: id, hosts: targets.map((target) => target.id) }] };
}

function judgeHosts(
  hosts: readonly string[],
  failures: number,
  insteadOf: string | null,
  protection: Protection,
): Verdict {
  const targets: Target[] = [];
  const spared: Spared[] = [];
  for (const host of hosts) {
    if (protection.covers(host)) spared.push({ id: host, address: host, hosts: [] });
    else targets.push({ id: host, address: host, failures, insteadOf });
  }
  return { targets, spared };
}

/** The addresses of a window, each once; the one that completed it also when its cell was replaced. */
function hostsOf(used: readonly Counted[], culprit: Culprit): string[] {
  const hosts = new Set<string>();
  for (const { address } of used) if (address !== null) hosts.add(address);
  if (culprit.address !== null) hosts.add(culprit.address);
  return [...hosts].map(
    (host) => identify({ address: host, host: null, captures: {} }, eachAddress) ?? host,
  );
}
