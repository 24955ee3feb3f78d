/**
 * Bounded holes: runs, validity, borders and neighbours of docs/matching.md section 5, both ways.
 */
import fc from "fast-check";
import t from "tap";
import { decode, trimEnd } from "../../runtime/bytes.ts";
import * as holes from "../../runtime/holes.ts";
import { endsAt, findIn, lit, type Neighbour, standsAt } from "../../runtime/literal.ts";

type Digits = (
  b: Buffer,
  start: number,
  end: number,
  a: number,
  z: number,
  literal: Neighbour,
) => number;

function literalOf(text: string | null): Neighbour {
  return text === null ? null : lit(text);
}

/** What the hole takes from place `at` on. */
function forward(take: Digits, text: string, next: string | null, at = 0): string | null {
  const b = Buffer.from(text);
  const end = take(b, 0, b.length, at, b.length, literalOf(next));
  return end < 0 ? null : b.toString("utf8", at, end);
}

/** What the hole takes before place `to`. */
function backward(take: Digits, text: string, before: string | null, to = text.length) {
  const b = Buffer.from(text);
  const start = take(b, 0, b.length, 0, to, literalOf(before));
  return start < 0 ? null : b.toString("utf8", start, to);
}

t.test("int", async (t) => {
  t.equal(forward(holes.takeInt, "42 x", " "), "42");
  t.equal(forward(holes.takeInt, "-42", null), "-42");
  t.equal(forward(holes.takeInt, "--42", null), null);
  t.equal(forward(holes.takeInt, "-", null), null);
  t.equal(forward(holes.takeInt, "42x", " "), null);
  t.equal(forward(holes.takeInt, "142", null, 1), null, "a digit before");
  t.equal(forward(holes.takeInt, "1".repeat(18), null), "1".repeat(18));
  t.equal(forward(holes.takeInt, "1".repeat(19), null), null);
  t.equal(backward(holes.takeIntBack, "a-42", "a"), "-42");
  t.equal(backward(holes.takeIntBack, "a-42", "a-"), "42");
  t.equal(backward(holes.takeIntBack, "7-42", "7"), null, "a digit before the sign");
  t.equal(backward(holes.takeIntBack, "7-42", null), "42");
  t.equal(backward(holes.takeIntBack, "421", null, 2), null, "a digit behind");
});

t.test("number", async (t) => {
  t.equal(forward(holes.takeNumber, "1.5s", "s"), "1.5");
  t.equal(forward(holes.takeNumber, "1.5.2", null), "1.5");
  t.equal(forward(holes.takeNumber, "1.5", ".5"), "1");
  t.equal(forward(holes.takeNumber, "1.", "."), "1");
  t.equal(forward(holes.takeNumber, ".5", null), null);
  t.equal(backward(holes.takeNumberBack, "t=-1.5", "="), "-1.5");
  t.equal(backward(holes.takeNumberBack, "t=-1.5", "-"), "1.5");
  t.equal(backward(holes.takeNumberBack, "t=1.5", "1."), "5");
  t.equal(backward(holes.takeNumberBack, "t=1.", null), null);
});

t.test("hex and port", async (t) => {
  t.equal(forward(holes.takeHex, "beefX", "X"), "beef");
  t.equal(forward(holes.takeHex, "beefa", "a"), null, "a hex digit behind");
  t.equal(backward(holes.takeHexBack, "x=BEEF", "="), "BEEF");
  for (const port of ["0", "1", "22", "65535"]) {
    t.equal(forward(holes.takePort, `${port} `, " "), port);
    t.equal(backward(holes.takePortBack, `:${port}`, ":"), port);
  }
  for (const port of ["", "00", "022", "65536", "123456", "-1"]) {
    t.equal(forward(holes.takePort, `${port} `, " "), null, port);
    t.equal(backward(holes.takePortBack, `:${port}`, ":"), null, port);
  }
});

t.test("words and runs, backward", async (t) => {
  const word = (text: string, before: string | null) => {
    const b = Buffer.from(text);
    const start = holes.takeWordBack(b, 0, b.length, literalOf(before));
    return start < 0 ? null : b.toString("utf8", start);
  };
  t.equal(word("a b:c:d", "b:"), "c:d");
  t.equal(word("a b:c:d", ":"), "c:d");
  t.equal(word("a b\u0001c", null), "c");
  t.equal(word("a ", null), null);
  const table = holes.makeNotTable(" ü");
  const not = (text: string) => {
    const b = Buffer.from(text);
    const start = holes.takeNotBack(b, 0, b.length, table, null);
    return start < 0 ? null : b.toString("utf8", start);
  };
  t.equal(not("a\tb"), "a\tb");
  t.equal(not("a b"), "b");
  t.equal(not("aüb"), "b");
  t.equal(not("a\nb"), "b");
});

t.test("time", async (t) => {
  const time = (text: string, next: string | null) => {
    const b = Buffer.from(text);
    const end = holes.takeTime(b, b.length, 0, b.length, literalOf(next));
    return end < 0 ? null : b.toString("utf8", 0, end);
  };
  t.equal(time("2024-03-07 10:00:00 UTC x", " x"), "2024-03-07 10:00:00 UTC");
  t.equal(time("2024-03-07 10:00:00 UTC x", " UTC"), null, "a stamp is taken whole");
  t.equal(time("2024-03-07 10:00:00", " x"), null);
  const back = (text: string, before: string | null) => {
    const b = Buffer.from(text);
    const start = holes.takeTimeBack(b, b.length, 0, b.length, literalOf(before));
    return start < 0 ? null : b.toString("utf8", start);
  };
  t.equal(back("since Sat Jun 01 02:17:42 2013", " "), "Sat Jun 01 02:17:42 2013");
  t.equal(back("since Sat Jun 01 02:17:42 2013", "Sat "), "Jun 01 02:17:42 2013");
  t.equal(back("since Sat", null), null);
});

t.test("neighbours without case", async (t) => {
  const b = Buffer.from("42 PORT");
  t.equal(holes.takeInt(b, 0, b.length, 0, b.length, lit(" port", true)), 2);
  t.equal(holes.takeInt(b, 0, b.length, 0, b.length, lit(" port")), -1);
  t.ok(endsAt(b, 0, b.length, lit("port", true)));
  t.notOk(endsAt(b, 4, b.length, lit("port", true)), "outside the limit");
  t.notOk(standsAt(Buffer.from("{`"), 0, 2, lit("[@", true)), "only letters have case");
});

t.test(
  "a literal stands where its bytes do, in the middle of a buffer and at its end",
  async () => {
    const some = (maxLength: number) =>
      fc
        .array(fc.constantFrom("a", "B", "b", "\0", "ü", "x"), { maxLength })
        .map((all) => all.join(""));
    fc.assert(
      fc.property(
        some(14),
        some(9),
        fc.nat(12),
        fc.nat(4),
        fc.boolean(),
        (text, part, at, cut, fold) => {
          const b = Buffer.from(text);
          const end = Math.max(0, b.length - cut);
          const folded = (bytes: Buffer) =>
            fold
              ? Buffer.from(bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 32 : byte)))
              : bytes;
          const [whole, wanted] = [folded(b.subarray(0, end)), folded(Buffer.from(part))];
          const stands = at <= end && whole.subarray(at, at + wanted.length).equals(wanted);
          const literal = lit(part, fold);
          return (
            standsAt(b, at, end, literal) === (stands && at + wanted.length <= end) &&
            endsAt(b, 0, end, literal) === whole.subarray(-wanted.length || end).equals(wanted) &&
            findIn(b, 0, end, literal) === whole.indexOf(wanted)
          );
        },
      ),
      { numRuns: 3000 },
    );
  },
);

t.test("bytes", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
      const b = Buffer.from(noise);
      const cut = b.toString("latin1").replace(/[\r \t]+$/, "").length;
      return decode(b, 0, b.length) === b.toString("utf8") && trimEnd(b, 0, b.length) === cut;
    }),
    { numRuns: 1000 },
  );
});

t.test(
  "what a hole takes lies in its limits, and both ways agree on the whole of a text",
  async () => {
    const pairs: [Digits, Digits][] = [
      [holes.takeInt, holes.takeIntBack],
      [holes.takeNumber, holes.takeNumberBack],
      [holes.takeHex, holes.takeHexBack],
      [holes.takePort, holes.takePortBack],
    ];
    const text = fc
      .array(fc.constantFrom("-", ".", "0", "7", "12", "a", "f", "x", " "), { maxLength: 8 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.nat(8), (sample, at) => {
        const b = Buffer.from(sample);
        const from = Math.min(at, b.length);
        return pairs.every(([take, takeBack]) => {
          const end = take(b, 0, b.length, from, b.length, null);
          const start = takeBack(b, 0, b.length, 0, from, null);
          const inside = (end < 0 || end > from) && end <= b.length && start < Math.max(from, 1);
          const whole = take(b, 0, b.length, 0, b.length, null) === b.length;
          const wholeBack = takeBack(b, 0, b.length, 0, b.length, null) === 0;
          return inside && (b.length === 0 || whole === wholeBack);
        });
      }),
      { numRuns: 2000 },
    );
  },
);
