/**
 * One `test` block of a jail, run: who is banned by the lines given so far, and who is spared?
 *
 * In: the compiled policy, the jail, the block. Out: a verdict for each `bans` and `spares`. The other
 * jails read the lines only where this one watches their bans.
 */
import type { Program } from "../../runtime/contract.ts";
import { PrefixSet, parsePrefix } from "../../runtime/prefix.ts";
import { replay } from "../../runtime/replay.ts";
import type { Jail, JailTest } from "../../schemas/policy.ts";
import type { ReplayBan, ReplayLine } from "../../schemas/replay.ts";
import type { TestLine } from "../../schemas/test.ts";
import { formatDuration } from "../4-write/duration.ts";
import { linesToChunks } from "./check-filter-test.ts";
import { testNow } from "./test-now.ts";

type Verdict = Exclude<JailTest["steps"][number], { kind: "given" }>;

export async function checkJailTest(
  program: Program,
  jail: Jail,
  test: JailTest,
): Promise<TestLine[]> {
  const given: { text: string }[] = [];
  const verdicts: TestLine[] = [];
  let bans: ReplayBan[] | null = null;
  for (const step of test.steps) {
    if (step.kind === "given") {
      given.push(...step.lines.map((text) => ({ text })));
      bans = null;
      continue;
    }
    bans ??= await findBans(program, jail, given);
    verdicts.push(judge(jail, step, bans));
  }
  return verdicts;
}

async function findBans(
  program: Program,
  jail: Jail,
  given: readonly { text: string }[],
): Promise<ReplayBan[]> {
  const bans: ReplayBan[] = [];
  const isAlone = jail.watches.every((watch) => watch.kind !== "bans");
  const log = { name: `test of ${jail.name}`, chunks: linesToChunks(given) };
  await replay(
    program,
    [isAlone ? { ...log, jail: jail.name } : log],
    { all: false, now: testNow, zone: "UTC" },
    (text) => {
      const line: ReplayLine = JSON.parse(text);
      if ((line.type === "ban" || line.type === "prolong") && line.jail === jail.name) {
        bans.push(line);
      }
    },
  );
  return bans;
}

function judge(jail: Jail, step: Verdict, bans: readonly ReplayBan[]): TestLine {
  const mine = bans.filter((ban) => covers(ban.id, step.address));
  const jitterMs = Math.max(0, ...jail.bans.map((ban) => ban.jitterMs));
  const isAsLong = (ban: ReplayBan) => {
    if (step.kind === "spares" || step.forMs === null) return true;
    const overMs = lengthMs(ban) - step.forMs;
    return step.forMs === 0 ? ban.until === null : overMs >= 0 && overMs <= jitterMs;
  };
  const found = mine.length === 0 ? "not banned" : mine.map(describeBan).join("; ");
  return {
    type: "line",
    of: `jail ${jail.name}`,
    file: step.at.file,
    line: step.at.line,
    text: "",
    ok: step.kind === "spares" ? mine.length === 0 : mine.some(isAsLong),
    expected: `${step.kind} ${step.address}${describeWanted(step)}`,
    found,
  };
}

/** An identity that is no address covers nobody. */
function covers(id: string, address: string): boolean {
  const prefix = parsePrefix(id);
  return prefix !== null && new PrefixSet([prefix]).covers(address);
}

function lengthMs({ time, until }: ReplayBan): number {
  return until === null ? Number.POSITIVE_INFINITY : Date.parse(until) - Date.parse(time);
}

function describeBan(ban: ReplayBan): string {
  const length = ban.until === null ? "ever" : formatDuration(lengthMs(ban));
  return `${ban.id} is banned for ${length} at ${ban.time}`;
}

function describeWanted(step: Verdict): string {
  if (step.kind === "spares" || step.forMs === null) return "";
  return step.forMs === 0 ? " for ever" : ` for ${formatDuration(step.forMs)}`;
}
