/**
 * Eight groups of texts that begin alike, for the search that looks at three bytes of sixteen places at once (runtime/find).
 *
 * In: texts. Out: the same in at most eight groups. A place is a candidate for a group when each of the first three bytes there has
 * the lower half of some text's byte and the upper half of some text's: the fewer such bytes logs are made of, the less is
 * looked at in vain. A text of one byte in the wrong company makes every tenth byte a candidate.
 */
import type { NeedlePlan } from "./plan-types.ts";
import { shareOf } from "./texts.ts";

const groupsMax = 8;
/** So many are told apart; of more, neighbours in the alphabet stay together. */
const toldApart = 96;
const bytesCompared = 3;
const shares = Array.from({ length: 128 }, (_, byte) => shareOf(byte));

interface Group {
  readonly needles: readonly NeedlePlan[];
  /** For each of the three places the lower and the upper halves that occur, a bit each. */
  readonly halves: readonly number[];
  /** The share of places in a log that are candidates. */
  readonly share: number;
}

export function groupNeedles(needles: readonly NeedlePlan[]): NeedlePlan[][] {
  const sorted = [...needles].sort((a, b) => (a.text < b.text ? -1 : 1));
  const size = Math.ceil(sorted.length / toldApart);
  let groups: Group[] = [];
  for (let at = 0; at < sorted.length; at += size) {
    groups.push(
      sorted
        .slice(at, at + size)
        .map(groupOf)
        .reduce(merge),
    );
  }
  let pairs = groups.flatMap((one, i) => groups.slice(i + 1).map((other) => pairOf(one, other)));
  while (groups.length > groupsMax) {
    const { one, other } = pairs.reduce((best, pair) => (pair.more < best.more ? pair : best));
    const merged = merge(one, other);
    const rest = groups.filter((group) => group !== one && group !== other);
    pairs = pairs.filter((pair) => !holds(pair, one) && !holds(pair, other));
    pairs.push(...rest.map((group) => pairOf(merged, group)));
    groups = [merged, ...rest];
  }
  return groups.map((group) => [...group.needles]);
}

/** Two groups, and the share of places that they let through more as one. */
interface Pair {
  readonly one: Group;
  readonly other: Group;
  readonly more: number;
}

function pairOf(one: Group, other: Group): Pair {
  const more = shareOfHalves(join(one.halves, other.halves)) - one.share - other.share;
  return { one, other, more };
}

function holds({ one, other }: Pair, group: Group): boolean {
  return one === group || other === group;
}

function merge(a: Group, b: Group): Group {
  const halves = join(a.halves, b.halves);
  return { needles: [...a.needles, ...b.needles], halves, share: shareOfHalves(halves) };
}

function join(a: readonly number[], b: readonly number[]): number[] {
  return a.map((bits, i) => bits | (b[i] ?? 0));
}

function groupOf(needle: NeedlePlan): Group {
  const halves: number[] = [];
  const bytes = Buffer.from(needle.text);
  for (let place = 0; place < bytesCompared; place++) {
    const byte = bytes[place];
    const letter = needle.fold && /[a-z]/.test(needle.text[place] ?? "") ? 0x20 : 0;
    const some = byte === undefined ? [] : [byte, byte & ~letter];
    // Behind its end anything may stand.
    halves.push(byte === undefined ? 0xffff : bitsOf(some.map((one) => one & 15)));
    halves.push(byte === undefined ? 0xffff : bitsOf(some.map((one) => one >> 4)));
  }
  return { needles: [needle], halves, share: shareOfHalves(halves) };
}

function bitsOf(numbers: readonly number[]): number {
  return numbers.reduce((bits, number) => bits | (1 << number), 0);
}

function shareOfHalves(halves: readonly number[]): number {
  let share = 1;
  for (let place = 0; place < bytesCompared; place++) {
    share *= shareOfPlace(halves[place * 2] ?? 0, halves[place * 2 + 1] ?? 0);
  }
  return share;
}

function shareOfPlace(lower: number, upper: number): number {
  if (lower === 0xffff && upper === 0xffff) return 1;
  let share = 0;
  for (let high = 0; high < 8; high++) {
    if (((upper >> high) & 1) === 0) continue;
    for (let low = 0; low < 16; low++) {
      if ((lower >> low) & 1) share += shares[(high << 4) | low] ?? 0;
    }
  }
  return share;
}
