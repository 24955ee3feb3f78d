/**
 * From the checked policy to the plan: which scanners there are, and what each does with a record.
 *
 * In: a policy that 2-check made or that passed its schema. Out: a `Plan`; what this version cannot
 * carry out goes into `diagnostics`, and the plan is then not to be used. Pure: the same policy gives
 * the same plan, in the policy's own order.
 */
import type { JailSpec, WatchSpec } from "../../runtime/contract.ts";
import type { Filter, Jail, Policy, Watch } from "../../schemas/policy.ts";
import { Diagnostics } from "../diagnostics/diagnostic.ts";
import { planFilter } from "./filter.ts";
import { groupNeedles } from "./group-needles.ts";
import { filterNeedles } from "./needles.ts";
import { findNeeds } from "./needs.ts";
import type { FilterPlan, NeedlePlan, Plan, ReaderPlan, ScannerPlan } from "./plan-types.ts";

export interface PlanOptions {
  /**
   * Lists of filter ids that get a scanner of their own without an envelope, behind those of the
   * jails and in this order: for `f2b match` and `f2b test`.
   */
  readonly scanners?: readonly (readonly string[])[];
  /** Where findings go. Without it the first one is thrown. */
  readonly diagnostics?: Diagnostics;
}

export function plan(policy: Policy, options: PlanOptions = {}): Plan {
  const diagnostics = options.diagnostics ?? new Diagnostics();
  const extra = options.scanners ?? [];
  const used = usedFilters(policy, extra);
  const filters = used.map((filter) => planFilter(filter, diagnostics));
  const numbers = new Map(used.map((filter, number) => [filter.id, number]));
  const scanners = new Scanners(used, filters);
  const jails = policy.jails.map((jail) => planJail(jail, policy, numbers, scanners));
  for (const ids of extra) scanners.append(null, toNumbers(ids, numbers));
  if (options.diagnostics === undefined) throwFirst(diagnostics);
  return {
    manifest: {
      format: 1,
      policy: policy.name,
      files: policy.files,
      jails: policy.jails.map((jail) => jail.name),
      filters: filters.map((filter) => filter.id),
      actions: policy.actions.map((action) => action.id),
      needs: findNeeds(policy),
    },
    filters,
    scanners: scanners.all,
    jails,
    actions: policy.actions,
  };
}

/** Filters that only `test` blocks name are no part of a bundle. */
function usedFilters(policy: Policy, extra: readonly (readonly string[])[]): Filter[] {
  const ids = new Set([...policy.jails.flatMap((jail) => jail.filters), ...extra.flat()]);
  return policy.filters.filter((filter) => ids.has(filter.id));
}

function toNumbers(ids: readonly string[], numbers: ReadonlyMap<string, number>): number[] {
  const found = ids.map((id) => {
    const number = numbers.get(id);
    if (number === undefined)
      throw new RangeError(`the policy has no filter ${JSON.stringify(id)}`);
    return number;
  });
  // In the order of the program, which is the order in which hits are reported.
  return [...new Set(found)].sort((a, b) => a - b);
}

function throwFirst(diagnostics: Diagnostics): void {
  const first = diagnostics.sorted().find((one) => one.severity === "error");
  if (first !== undefined) throw new Error(`${first.code}: ${first.message}`);
}

function planJail(
  jail: Jail,
  policy: Policy,
  numbers: ReadonlyMap<string, number>,
  scanners: Scanners,
): JailSpec {
  const filters = toNumbers(jail.filters, numbers);
  const scannerFor = (envelope: ScannerPlan["envelope"]) => scanners.add(envelope, filters);
  return {
    name: jail.name,
    at: `${jail.at.file}:${jail.at.line}`,
    watches: jail.watches.map((watch) => planWatch(watch, scannerFor)),
    filters,
    replayScanner: filters.length === 0 ? -1 : scannerFor(replayEnvelope(jail)),
    bans: jail.bans.map(({ at: _, ...ban }) => ban),
    neverBan: jail.neverBan,
    behind: jail.behind,
    observe: jail.observe,
    rememberMs: jail.rememberMs,
    acrossJails: jail.acrossJails,
    ports: jail.ports,
    actions: jail.actions.map((id) => policy.actions.findIndex((action) => action.id === id)),
    resolveHosts: jail.resolveHosts,
  };
}

function planWatch(
  watch: Watch,
  scannerFor: (envelope: ScannerPlan["envelope"]) => number,
): WatchSpec {
  if (watch.kind === "bans") return { kind: "bans", of: watch.of };
  const { at: _, envelope, ...rest } = watch;
  return { ...rest, scanner: scannerFor(envelope) };
}

/**
 * A log on the command line stands for all sources of a jail: it is read as the jail's first file
 * is. A jail with a journal alone is given what `journalctl` prints, lines with a syslog header, and
 * that is what its envelope reads.
 */
function replayEnvelope(jail: Jail): ScannerPlan["envelope"] {
  const files = jail.watches.filter((watch) => watch.kind === "file" || watch.kind === "input");
  const first = files[0] ?? jail.watches.find((watch) => watch.kind === "journal");
  return first?.envelope ?? null;
}

/** The sign is one more, but a mask of positive numbers is easier to read. */
const bitsMax = 31;

/** One scanner for each set of filters and envelope: jails that watch the same share one. */
class Scanners {
  readonly all: ScannerPlan[] = [];
  readonly #checked: readonly Filter[];
  readonly #filters: readonly FilterPlan[];
  readonly #numbers = new Map<string, number>();
  readonly #planned = new Map<string, ScannerPlan>();

  constructor(checked: readonly Filter[], filters: readonly FilterPlan[]) {
    this.#checked = checked;
    this.#filters = filters;
  }

  add(envelope: ScannerPlan["envelope"], filters: readonly number[]): number {
    const key = JSON.stringify([envelope, filters]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.append(envelope, filters);
    this.#numbers.set(key, number);
    return number;
  }

  /** A scanner of its own, whatever there is already. */
  append(envelope: ScannerPlan["envelope"], filters: readonly number[]): number {
    const key = JSON.stringify([envelope, filters]);
    const planned = this.#planned.get(key) ?? this.#plan(envelope, filters);
    this.#planned.set(key, planned);
    return this.all.push(planned) - 1;
  }

  #plan(envelope: ScannerPlan["envelope"], filters: readonly number[]): ScannerPlan {
    const readers = this.#planReaders(filters);
    return { envelope, filters, readers, ...this.#planNeedles(envelope, filters) };
  }

  /** Filters beyond the number of bits share those of others, and are asked a little more often. */
  #planNeedles(
    envelope: ScannerPlan["envelope"],
    filters: readonly number[],
  ): Pick<ScannerPlan, "needles" | "always" | "wants"> {
    const needles = new Map<string, NeedlePlan>();
    const wants = new Map(filters.map((filter, i) => [filter, 1 << (i % bitsMax)]));
    let always = 0;
    for (const [number, bit] of wants) {
      const filter = this.#checked[number];
      const found = filter === undefined ? null : filterNeedles(filter, envelope);
      if (found === null) always |= bit;
      for (const { text, fold } of found ?? []) {
        const key = `${fold} ${text}`;
        needles.set(key, { text, fold, wants: (needles.get(key)?.wants ?? 0) | bit });
      }
    }
    return { needles: groupNeedles([...needles.values()]), always, wants };
  }

  /**
   * The filters' first formats, then their second ones, and so on, each distinct one read once for
   * all filters that want it at that point.
   */
  #planReaders(filters: readonly number[]): ReaderPlan[] {
    const readers: ReaderPlan[] = [];
    const rounds = Math.max(
      0,
      ...filters.map((filter) => this.#filters[filter]?.formats.length ?? 0),
    );
    for (let round = 0; round < rounds; round++) {
      const byKey = new Map<string, ReaderPlan["uses"][number][]>();
      for (const filter of filters) {
        const format = this.#filters[filter]?.formats[round];
        if (format === undefined) continue;
        const uses = byKey.get(format.key) ?? [];
        uses.push({ filter, format: round });
        byKey.set(format.key, uses);
      }
      for (const uses of byKey.values()) {
        const first = uses[0];
        const format = first && this.#filters[first.filter]?.formats[round];
        if (format === undefined) continue;
        readers.push({ format, uses });
      }
    }
    return readers;
  }
}
