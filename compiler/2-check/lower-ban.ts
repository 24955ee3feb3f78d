/**
 * Ban sentences and identities: who is counted, how many, and for how long.
 *
 * In: a sentence, the jail's `by`, and what the jail's filters capture. Out: the checked sentence, all
 * defaults filled in, or null after reporting.
 */

import type { Ban, Identity } from "../../schemas/policy.ts";
import type { BanTime, By, Ban as Tree } from "../1-read/ast.ts";
import { checkJails as catalogue } from "../diagnostics/catalogue/check-jails.ts";
import { atOf, type Context, near } from "./context.ts";

/** When a sentence says no `within`. */
const withinMs = 10 * 60_000;
const countMax = 1_000_000;
/** A hundred years: beyond that one means `ever`. */
const timeMsMax = 100 * 365 * 86_400_000;

const everybody: Identity = { kind: "address", ipv4: 32, ipv6: 64 };

export interface BanSetting {
  readonly context: Context;
  /** The jail's own `by`, or that of the defaults. */
  readonly by: By | null;
  readonly captures: ReadonlySet<string>;
  readonly watchesBans: boolean;
  readonly watchesLogs: boolean;
}

export function lowerBan(tree: Tree, setting: BanSetting): Ban | null {
  const { context } = setting;
  const { diagnostics } = context;
  const by = lowerBy(tree.by ?? setting.by, setting);
  let isGood = by !== null;
  const bad = (report: () => void) => {
    report();
    isGood = false;
  };
  if (tree.count.value < 1 || tree.count.value > countMax) {
    const args = { what: "count", from: 1, to: countMax };
    bad(() => diagnostics.add(catalogue.banRange, tree.count.at, args));
  }
  if (tree.what.kind === "bans" && !setting.watchesBans) {
    bad(() => diagnostics.add(catalogue.countsWhatIsNotThere, tree.at, { what: "bans" }));
  }
  if (tree.what.kind === "failures" && !setting.watchesLogs && setting.watchesBans) {
    bad(() => diagnostics.add(catalogue.countsWhatIsNotThere, tree.at, { what: "failures" }));
  }
  if (tree.what.kind === "distinct") {
    const { name, at } = tree.what.capture;
    if (!checkCapture(name, at, setting)) isGood = false;
  }
  if (tree.eachAddress && by !== null && by.kind === "address") {
    bad(() => diagnostics.add(catalogue.eachByPrefix, tree.at, {}));
  }
  if (!checkTimes(tree, context)) isGood = false;
  const [first, ...rest] = tree.times.map((time) => (time.type === "ever" ? null : time.ms));
  if (!isGood || by === null || first === undefined) return null;
  return {
    eachAddress: tree.eachAddress,
    count: tree.count.value,
    what: tree.what.kind,
    capture: tree.what.kind === "distinct" ? tree.what.capture.name : null,
    by,
    withinMs: tree.within?.ms ?? withinMs,
    times: [first, ...rest],
    doublingToMs: tree.doublingTo?.ms ?? null,
    jitterMs: tree.jitter?.ms ?? 0,
    at: atOf(context, tree.at),
  };
}

function checkTimes(tree: Tree, context: Context): boolean {
  const { diagnostics } = context;
  const lengths: (BanTime | null)[] = [...tree.times, tree.within, tree.doublingTo, tree.jitter];
  for (const time of lengths) {
    if (time === null || time.type === "ever") continue;
    if (time.ms < 1 || time.ms > timeMsMax) {
      diagnostics.add(catalogue.timeRange, time.at, { text: time.text });
      return false;
    }
  }
  if (tree.doublingTo === null) return true;
  const [first] = tree.times;
  if (first?.type === "ever") {
    diagnostics.add(catalogue.doublingEver, tree.doublingTo.at, {});
    return false;
  }
  if (first !== undefined && tree.doublingTo.ms < first.ms) {
    diagnostics.add(
      catalogue.doublingBelow,
      tree.doublingTo.at,
      { to: tree.doublingTo.text, first: first.text },
      { labels: [{ at: first.at, text: "the first ban is longer" }] },
    );
    return false;
  }
  return true;
}

function lowerBy(tree: By | null, setting: BanSetting): Identity | null {
  if (tree === null) return everybody;
  const { diagnostics } = setting.context;
  const [first, ...rest] = tree.captures.map((name) => name.name);
  if (first === undefined) return lowerFamilies(tree, setting.context);
  if (first === "address" && rest.length === 0) {
    diagnostics.add(catalogue.byAddress, tree.at, {});
    return null;
  }
  const good = tree.captures.filter((name) => checkCapture(name.name, name.at, setting));
  return good.length === tree.captures.length
    ? { kind: "captures", names: [first, ...rest] }
    : null;
}

function lowerFamilies(tree: By, context: Context): Identity | null {
  const lengths = new Map<4 | 6, number>();
  for (const one of tree.families) {
    if (lengths.has(one.family)) {
      context.diagnostics.add(catalogue.familyTwice, one.at, { family: `ipv${one.family}` });
      return null;
    }
    lengths.set(one.family, one.prefix);
  }
  return { kind: "address", ipv4: lengths.get(4) ?? 32, ipv6: lengths.get(6) ?? 64 };
}

function checkCapture(name: string, at: By["at"], setting: BanSetting): boolean {
  if (name === "address" || setting.captures.has(name)) return true;
  const known = [...setting.captures].sort();
  setting.context.diagnostics.add(catalogue.unknownCapture, at, { ...near(name, known), known });
  return false;
}
