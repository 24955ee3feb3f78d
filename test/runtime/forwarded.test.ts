/**
 * Forwarded lists as a client may write them: who is named, and that none of them costs more than reading it.
 */
import t from "tap";
import { checkText, compile, replayInBundle } from "../differential/both.ts";

const policy = () =>
  checkText(`
filter web { format json { time .time  address .peer  forwarded .xff } fail where .status == 401 }
jail web { watch input filter web behind [192.0.2.0/24] ban after 1 failure for 1h observe }
`);

async function banned(...lists: unknown[]): Promise<string[]> {
  const lines = lists.map((xff) =>
    JSON.stringify({ time: "2026-03-01T10:00:00Z", peer: "192.0.2.1", xff, status: 401 }),
  );
  const replayed = await replayInBundle(await compile(policy()), Buffer.from(lines.join("\n")));
  const decisions = replayed.map((line) => JSON.parse(line));
  return decisions.filter(({ type }) => type === "ban").map(({ id }) => id);
}

t.test("blanks around members are cut, and members of a list are lists", async (t) => {
  t.same(await banned(" \t203.0.113.1 ,\t 192.0.2.7\t "), ["203.0.113.1"]);
  t.same(await banned(["198.51.100.9,203.0.113.2", "192.0.2.8"]), ["203.0.113.2"]);
});

// With a step for each two of them this does not end within the test's time.
t.test("blanks within a member cost one step each", async (t) => {
  const blanks = " ".repeat(1_900_000);
  t.same(await banned(`a${blanks}b`, `a${blanks}b,203.0.113.3`, ["203.0.113.4", `x${blanks}y`]), [
    "203.0.113.3",
  ]);
});
