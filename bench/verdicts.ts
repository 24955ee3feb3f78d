/**
 * What the naive interpreter says of a log that repeats another: how many failures, how many bans.
 *
 * In: a checked policy, its filters, a log and how often it is repeated. Out: both numbers. Reading a hundred megabytes the
 * obvious way takes minutes, so three copies are read: the hits of the third must be those of the second, and so
 * are those of all behind it. Bans are judged over enough copies that one more adds as many as the one before.
 */
import type { Policy } from "../schemas/policy.ts";
import { judge } from "../test/oracle/count.ts";
import { interpret, type OracleHit } from "../test/oracle/interpret.ts";

export interface Verdicts {
  readonly failures: number;
  readonly bans: number;
}

/** Past so many copies every host that fails at all has reached its count: the log's clock stands still by then. */
const judgedCopies = 7;

export function expect(
  policy: Policy,
  filters: readonly string[],
  log: Buffer,
  copies: number,
  now: number,
): Verdicts {
  const lines = log.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
  const read = Math.min(copies, 3);
  const hits = interpret(policy, filters, Buffer.concat(Array(read).fill(log)), {
    now,
    zone: "UTC",
  });
  const ofCopy = (copy: number) =>
    hits.filter(({ line }) => line > copy * lines && line <= (copy + 1) * lines);
  const [first, second, third] = [ofCopy(0), ofCopy(1), ofCopy(2)];
  const shown = (some: readonly OracleHit[], copy: number) =>
    JSON.stringify(some.map((hit) => moved(hit, -copy * lines)));
  if (read === 3 && shown(second, 1) !== shown(third, 2)) {
    throw new Error("the log's second and third copy are not read alike: its verdicts are unknown");
  }
  const failuresOf = (some: readonly OracleHit[]) =>
    some.filter(({ kind, id }) => kind === "failure" && id !== null).length;
  const failures = failuresOf(first) + failuresOf(second) * Math.max(0, copies - 1);
  return { failures, bans: expectBans(policy, first, second, lines, copies, now) };
}

function expectBans(
  policy: Policy,
  first: readonly OracleHit[],
  second: readonly OracleHit[],
  lines: number,
  copies: number,
  now: number,
): number {
  const repeated = (count: number) => [
    ...first,
    ...Array.from({ length: Math.max(0, count - 1) }, (_, copy) =>
      second.map((hit) => moved(hit, copy * lines)),
    ).flat(),
  ];
  const bansOf = (count: number) =>
    judge(policy, repeated(count), now).filter(({ type }) => type === "ban").length;
  if (copies <= judgedCopies) return bansOf(copies);
  const [before, last] = [bansOf(judgedCopies), bansOf(judgedCopies + 1)];
  return last + (last - before) * (copies - judgedCopies - 1);
}

function moved(hit: OracleHit, lines: number): OracleHit {
  return { ...hit, line: hit.line + lines, recordLine: hit.recordLine + lines };
}
