/**
 * Logs in chunks, in order, in their own time.
 */
import fc from "fast-check";
import t from "tap";
import { match } from "../../runtime/match.ts";
import { replay } from "../../runtime/replay.ts";
import {
  chunksOf,
  decide,
  lookUpPrefixes,
  makeBan,
  makeFilter,
  makeProgram,
  tell,
} from "./fake-program.ts";

const options = { all: true, now: 0, zone: null };

async function matches(text: string, sizes: readonly number[], all = true) {
  const lines: string[] = [];
  const program = makeProgram([{}], [makeFilter("fake", 300_000)]);
  const chosen = { ...options, all, scanner: 0 };
  const sums = await match(program, chosen, chunksOf(text, sizes), (block) => {
    lines.push(...block.toString().trimEnd().split("\n"));
  });
  return { lines, sums };
}

const record = fc.oneof(
  fc.constantFrom(
    "1 fail 192.0.2.1 user=root",
    "2 fail - session=s",
    "3 note 192.0.2.2 session=s",
    "4 ignore -",
    "- fail 2001:db8::1 user=é",
    "",
    "rubbish\r",
  ),
  fc.nat({ max: 200 }).map((over) => "x".repeat(65_436 + over)),
);

t.test("any way of cutting a log into chunks gives the same", async (t) => {
  const log = fc.tuple(fc.array(record, { maxLength: 8 }), fc.boolean());
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(70_000)), {
    minLength: 1,
    maxLength: 5,
  });
  const property = fc.asyncProperty(log, sizes, async ([records, hasLastLf], cuts) => {
    const text = records.join("\n") + (hasLastLf ? "\n" : "");
    const wanted = await matches(text, []);
    const found = await matches(text, cuts);
    return JSON.stringify(found) === JSON.stringify(wanted);
  });
  await t.resolves(fc.assert(property, { numRuns: 60 }));
});

t.test("match objects", async (t) => {
  const text = "1 fail 192.0.2.1 user=root\n- fail gate.example.net\n2 note 192.0.2.1\n\n3 fail -";
  const { lines, sums } = await matches(text, [], false);
  t.same(sums, {
    lines: 5,
    failures: 2,
    nobody: { count: 1, line: 5, rule: "fake#fail" },
  });
  t.same(
    lines.map((line) => JSON.parse(line)),
    [
      {
        line: 1,
        filter: "fake",
        rule: "fake#fail",
        kind: "failure",
        address: "192.0.2.1",
        id: "192.0.2.1",
        time: "1970-01-01T00:00:01.000Z",
        captures: { user: "root" },
      },
      {
        line: 2,
        filter: "fake",
        rule: "fake#fail",
        kind: "failure",
        address: null,
        id: "gate.example.net",
        time: null,
        captures: {},
      },
    ],
  );
});

t.test("nothing of a log reaches a terminal as it stands", async (t) => {
  const { lines } = await matches("1 fail 192.0.2.1 user=\u001b[2J\u009b\u202e\u2028x\n", []);
  t.match(lines[0], /^[\x20-\x7e]*$/);
  t.equal(JSON.parse(lines[0] ?? "").captures.user, "\u001b[2J\u009b\u202e\u2028x");
});

t.test("time never runs backwards, within a log or from one to the next", async (t) => {
  const program = makeProgram([{ bans: [makeBan({ count: 1, times: [10_000] })] }]);
  const decisions = await decide(
    program,
    ["100 fail 192.0.2.1", "50 fail 192.0.2.2"],
    ["20 fail 192.0.2.3", "- fail 192.0.2.4", "110 note -"],
  );
  t.same(tell(decisions), [
    "100 ban 192.0.2.1 until 110",
    "100 ban 192.0.2.2 until 110",
    "100 ban 192.0.2.3 until 110",
    "100 ban 192.0.2.4 until 110",
    "110 unban 192.0.2.1",
    "110 unban 192.0.2.2",
    "110 unban 192.0.2.3",
    "110 unban 192.0.2.4",
  ]);
});

t.test("logs are read in the order given, each by all jails or by its own", async (t) => {
  const bans = [makeBan({ count: 2 })];
  const program = makeProgram([
    { name: "a", bans },
    { name: "b", bans },
  ]);
  const decisions = await decide(
    program,
    ["1 fail 192.0.2.1"],
    { jail: "b", lines: ["2 fail 192.0.2.1"] },
    ["3 fail 192.0.2.1"],
  );
  const bansTold = decisions.filter((one) => one.type === "ban");
  t.match(bansTold, [
    { jail: "b", time: 2000, file: "log2", line: 1 },
    { jail: "a", time: 3000, file: "log3", line: 1 },
  ]);
  t.equal(bansTold.length, 2);
});

t.test("jails decide record by record, however many scanners read a chunk", async (t) => {
  const bans = [makeBan({ count: 1 })];
  const program = makeProgram([
    { name: "a", bans },
    { name: "b", bans },
  ]);
  const decisions = await decide(program, ["1 fail 192.0.2.1", "2 fail 192.0.2.2"]);
  const order = decisions.filter((one) => one.type === "ban").map((one) => `${one.jail} ${one.id}`);
  t.same(order, ["a 192.0.2.1", "b 192.0.2.1", "a 192.0.2.2", "b 192.0.2.2"]);
});

t.test("the summary comes last and counts what was told", async (t) => {
  const lines: string[] = [];
  const text = "1 fail 192.0.2.1\n2 fail 192.0.2.1\n3 fail 192.0.2.1\n4 fail 192.0.2.1\n\nrubbish";
  const logs = [{ name: "log", chunks: chunksOf(text) }];
  const lookUp = lookUpPrefixes;
  await replay(makeProgram([{}]), logs, { ...options, lookUp }, (line) => lines.push(line));
  const told = lines.map((line) => JSON.parse(line));
  t.same(told.at(-1), { type: "summary", lines: 6, failures: 4, bans: 1, seconds: 3 });
  t.match(told[3], {
    type: "ban",
    jail: "jail",
    address: "192.0.2.1",
    id: "192.0.2.1",
    time: "1970-01-01T00:00:03.000Z",
    until: "1970-01-01T01:00:03.000Z",
    failures: 3,
    line: 3,
    file: "log",
    observed: false,
  });
});
