/**
 * `maxretry`, `findtime`, `bantime` and `bantime.*` -> a ban sentence, and how long offences are remembered.
 *
 * Both count alike: the ban comes with the `maxretry`-th failure. A ban for the n-th time is as long as Fail2ban makes it: its length is worked out for each n, and
 * written as `doubling to` where that says the same, else as a ladder.
 */
import { importingJails as catalogue } from "../../diagnostics/catalogue/importing-jails.ts";
import { printDuration } from "../../duration.ts";
import { evaluate } from "./expression.ts";
import { type BanSentence, ban, remember, type Statement } from "./nodes.ts";
import type { JailOptions } from "./options.ts";
import { readSeconds } from "./seconds.ts";

const countMax = 1_000_000;
const usualCount = 5;
const usualMs = 600_000;
const secondsMax = 100 * 365 * 86_400;
/** Fail2ban's own formula doubles no further. */
const growthMax = 20;
/** The longest ban where none is named: whom it holds has been out for as long before. */
const longestSeconds = 52 * 604_800;

/** `purgeSeconds` is how long Fail2ban's data base keeps what is over. */
export function banStatements(
  options: JailOptions,
  what: BanSentence["what"],
  purgeSeconds: number,
): Statement[] {
  const count = readCount(options);
  const withinMs = (readTime(options, "findtime") ?? usualMs / 1_000) * 1_000;
  const seconds = readTime(options, "bantime", true) ?? usualMs / 1_000;
  const first = seconds < 0 || seconds > secondsMax ? null : seconds;
  const isGrowing = first !== null && options.isTrue("bantime.increment");
  if (!isGrowing) {
    const timesMs = [first === null ? null : toMs(first)];
    return [ban({ count, what, withinMs, timesMs, doublingToMs: null, jitterMs: 0 })];
  }
  const { lengths, longest } = growth(options, first);
  const isDoubling = lengths.every((one, n) => one === Math.min(first * 2 ** n, longest));
  const doubles = isDoubling && lengths.length > 1 && lengths.at(-1) === longest;
  const jitter = options.text("bantime.rndtime") === "" ? 0 : readTime(options, "bantime.rndtime");
  options.report(catalogue.growthDiffers, options.value("bantime.increment"), {});
  const sentence = ban({
    count,
    what,
    withinMs,
    timesMs: (doubles ? [first] : lengths).map(toMs),
    doublingToMs: doubles ? toMs(longest) : null,
    jitterMs: (jitter ?? 0) * 1_000,
  });
  const kept = Math.min(secondsMax, purgeSeconds + 3 * Math.max(...lengths));
  return [sentence, remember(toMs(kept), options.isTrue("bantime.overalljails"))];
}

const toMs = (seconds: number): number => Math.max(1_000, Math.round(seconds) * 1_000);

function readCount(options: JailOptions): number {
  const text = options.text("maxretry");
  if (text === "") return usualCount;
  if (/^[+-]?\d{1,9}$/.test(text)) return Math.min(countMax, Math.max(1, Number(text)));
  options.lose(catalogue.badCount, "maxretry", {
    name: "maxretry",
    found: text,
    instead: usualCount,
  });
  return usualCount;
}

/** Seconds; null after reporting, or where the jail does not say it. Below 0 is for ever, where that can be meant. */
function readTime(options: JailOptions, name: string, mayBeEver = false): number | null {
  const text = options.text(name);
  if (text === "") return null;
  const seconds = readSeconds(text);
  if (seconds !== null && seconds < 0 && mayBeEver) return seconds;
  if (seconds !== null && seconds >= 0.5 && (mayBeEver || seconds <= secondsMax)) {
    return Math.round(seconds);
  }
  const instead = name === "findtime" || name === "bantime" ? printDuration(usualMs) : "nothing";
  options.lose(catalogue.badTime, name, { name, found: text, instead });
  return null;
}

interface Growth {
  /** Seconds of the first ban, the second ...; the last one holds for all later. */
  readonly lengths: readonly number[];
  readonly longest: number;
}

function growth(options: JailOptions, first: number): Growth {
  const named = readTime(options, "bantime.maxtime");
  const longest = named ?? Math.max(first, longestSeconds);
  const later = laterBans(options, first);
  const lengths = [first];
  for (let count = 1; count <= growthMax; count++) {
    const length = later(count);
    if (length === null) break;
    // Fail2ban takes the longest time for a bound of the later bans alone.
    lengths.push(Math.min(longest, Math.max(1, Math.round(length))));
    if (named === null && length > longest) {
      options.report(catalogue.noLongestBan, options.value("bantime.increment"), {
        longest: printDuration(toMs(longest)),
      });
    }
    if (length >= longest) break;
  }
  while (lengths.length > 1 && lengths.at(-1) === lengths.at(-2)) lengths.pop();
  return { lengths, longest };
}

/** How long the next ban is of who had `count`, in seconds; null: as the one before. */
function laterBans(options: JailOptions, first: number): (count: number) => number | null {
  const doubled = (factor: number) => (count: number) => first * 2 ** count * factor;
  const lost = (name: string) => {
    const found = options.text(name);
    options.lose(catalogue.badGrowth, name, { name, found });
    return doubled(1);
  };
  const written = options.text("bantime.factor");
  const factor = written === "" ? 1 : evaluate(written);
  if (factor === null) return lost("bantime.factor");
  const multipliers = options.text("bantime.multipliers");
  if (multipliers !== "") {
    const numbers = multipliers.split(/\s+/).map((one) => evaluate(one));
    if (numbers.includes(null)) return lost("bantime.multipliers");
    const last = numbers.length - 1;
    return (count) => {
      const number = numbers[Math.min(count, last)] ?? 1;
      return count > Math.max(1, last) ? null : first * factor * number;
    };
  }
  const formula = options.text("bantime.formula");
  if (formula === "") return (count) => Math.max(first, doubled(factor)(count));
  const of = (count: number) =>
    evaluate(formula, { "ban.Time": first, "ban.Count": count, banFactor: factor });
  if (of(1) === null || of(2) === null) return lost("bantime.formula");
  return (count) => {
    const length = of(count);
    return length === null ? null : Math.max(first, length);
  };
}
