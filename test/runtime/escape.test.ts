/** Times as reports write them, held against `Date`. */
import fc from "fast-check";
import t from "tap";
import { isoTime, jsonLine } from "../../runtime/escape.ts";

t.test("every time is written as Date writes it, whatever was written before", async (t) => {
  const bound = 8.64e15;
  const times = fc.oneof(
    fc.double({ min: -bound, max: bound, noNaN: true }),
    fc.integer({ min: -1e6, max: 1e6 }).map((at) => at / 4),
    fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
  );
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), (row) => {
      for (const ms of row) t.equal(isoTime(ms), new Date(ms).toISOString());
    }),
  );
});

t.test("what is shown moves nothing, hides nothing and stays the same JSON", async (t) => {
  const hidden = ["\x1b[2J", "\x9b2J", "\r", "\u202e", "\u2066", "\u200b", "\u2028", "\ufeff"];
  // Letters, marks and signs by their category, and yet nothing is seen of them.
  hidden.push("\u034f", "\u115f", "\u3164", "\uffa0", "\ufe0f", "\u2800", "\u{e0041}", "\u{e0100}");
  for (const text of hidden) {
    const line = jsonLine({ user: `a${text}b` });
    t.match(line, /^[ -~]+$/, JSON.stringify(line));
    t.same(JSON.parse(line), { user: `a${text}b` });
  }
  t.equal(jsonLine({ user: "Ünal 李 \u{1f600}" }), '{"user":"Ünal 李 \u{1f600}"}');
});

t.test("what is no time is not written", async (t) => {
  for (const none of [null, Number.NaN, 8.64e15 + 1, Number.POSITIVE_INFINITY]) {
    t.equal(isoTime(none), null);
  }
});
