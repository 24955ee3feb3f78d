/**
 * Names by which a jail counts: a client may make them as long as a record, and as many as it likes.
 */
import fc from "fast-check";
import t from "tap";
import { keptText } from "../../runtime/kept-text.ts";
import { checkText, compile, now, replayInBundle } from "../differential/both.ts";
import { judge } from "../oracle/count.ts";
import { interpret } from "../oracle/interpret.ts";

t.test("two texts stay two, and none is long", async (t) => {
  const beginning = fc.constantFrom("", "x".repeat(255), "x".repeat(300), "ü".repeat(256));
  const text = fc
    .tuple(beginning, fc.string({ unit: "grapheme", maxLength: 4 }))
    .map(([head, tail]) => head + tail);
  const property = fc.property(text, text, (a, b) => {
    const again = keptText(keptText(a)) !== keptText(a);
    return (
      (keptText(a) === keptText(b)) === (a === b) &&
      keptText(a).length <= 289 &&
      (a.length <= 256 ? keptText(a) === a : again)
    );
  });
  fc.assert(property);
  const half = `${"x".repeat(255)}\u{1f600}`;
  t.equal(Buffer.from(keptText(half)).toString(), keptText(half), "no half of a character");
  t.equal(keptText("no part of it"), "no part of it");
});

t.test("long names are counted as what they are, and kept short", async (t) => {
  const policy = checkText(`
filter app { format syslog program "app" fail "login failed for {user} from {address}" }
jail users { watch input filter app ban after 2 failures by user within 1h for 1h observe }
jail many { watch input filter app ban after 3 distinct user within 1h for 1h observe }
`);
  const names = ["a", "b", "a", "c"].map((end) => "x".repeat(60_000) + end);
  const lines = names.map(
    (name, i) => `Mar  1 10:00:0${i} host app: login failed for ${name} from 203.0.113.9\n`,
  );
  const log = Buffer.from(lines.join(""));
  const replayed = await replayInBundle(await compile(policy), log);
  const bans = replayed.map((line) => JSON.parse(line)).filter(({ type }) => type === "ban");
  const wanted = judge(policy, interpret(policy, ["app"], log, { now, zone: "UTC" }), now);
  t.same(
    bans.map(({ id }) => id),
    wanted.filter(({ type }) => type === "ban").map(({ id }) => id),
  );
  t.same(
    bans.map(({ jail, line, id }) => [jail, line, id.length]),
    [
      ["users", 3, 289],
      ["many", 4, "203.0.113.9".length],
    ],
  );
});
