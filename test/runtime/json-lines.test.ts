/**
 * Lines of JSON as bytes: the same as the texts would give, in blocks of whole lines.
 */
import fc from "fast-check";
import t from "tap";
import { decode } from "../../runtime/bytes.ts";
import { cutText, isoTime, jsonText } from "../../runtime/escape.ts";
import { JsonLines } from "../../runtime/json-lines.ts";

function collect(): { readonly lines: JsonLines; readonly blocks: string[] } {
  const blocks: string[] = [];
  const lines = new JsonLines((block) => blocks.push(block.toString()));
  return { lines, blocks };
}

/** What a client may write: plain, quoted, beyond ASCII, cut in the middle of a character, and long. */
const said = fc.oneof(
  fc.string().map((text) => Buffer.from(text)),
  fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '"',
      "\\",
      "a\\u0000",
      "\x7f",
      "\x1b[2J",
      "\u202e",
      "é",
      "x".repeat(255),
      "é".repeat(5000),
    )
    .map((text) => Buffer.from(text)),
  fc.constant(Buffer.from("x".repeat(300_000))),
);

t.test("bytes of a log stand there as their text would", async (t) => {
  const property = fc.property(said, fc.nat({ max: 5 }), (bytes, before) => {
    const { lines, blocks } = collect();
    const b = Buffer.concat([Buffer.alloc(before, 0x41), bytes, Buffer.from("B")]);
    lines.addTextOf(b, before, before + bytes.length);
    lines.endLine();
    lines.flush();
    return blocks.join("") === `${jsonText(cutText(decode(bytes, 0, bytes.length)))}\n`;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 400 }));
});

t.test("numbers and texts", async (t) => {
  const number = fc.oneof(
    fc.nat(),
    fc.maxSafeNat(),
    fc.constantFrom(0, 9, 10, 99, 100, 2 ** 31, 2 ** 32),
  );
  const property = fc.property(
    number,
    fc.option(fc.string({ unit: "grapheme" })),
    (number, text) => {
      const { lines, blocks } = collect();
      lines.addNumber(number);
      lines.addAscii(",");
      lines.addText(text);
      lines.addQuoted("192.0.2.1");
      lines.addBytes(Buffer.from("é"));
      lines.endLine();
      lines.flush();
      return blocks.join("") === `${number},${jsonText(text)}"192.0.2.1"é\n`;
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 400 }));
});

t.test("times stand there as `isoTime` tells them, whatever came before", async (t) => {
  const time = fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_200_000_000 }),
    fc.integer({ min: -100_000_000, max: 100_000_000 }),
    fc.constantFrom(Number.NaN, 0, -1, 0.5, 999, 86_399_999, 86_400_000, 253_402_300_800_000),
    fc.constantFrom(253_402_300_799_999, 8.64e15, 8.64e15 + 1, -62_167_219_200_001, Infinity),
  );
  const property = fc.property(fc.array(time, { maxLength: 12 }), (times) => {
    const { lines, blocks } = collect();
    for (const ms of times) {
      lines.addTime(ms);
      lines.endLine();
    }
    lines.flush();
    return blocks.join("") === times.map((ms) => `${jsonText(isoTime(ms))}\n`).join("");
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1_000 }));
});

t.test("blocks hold whole lines, and together all of them", async (t) => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 200_000 })), {
    maxLength: 12,
  });
  const property = fc.property(sizes, (sizes) => {
    const { lines, blocks } = collect();
    const other = new JsonLines();
    for (const size of sizes) {
      other.addAscii("[");
      other.addText("x".repeat(size));
      lines.move(other);
      if (!other.isEmpty) return false;
      lines.endLine();
    }
    lines.flush();
    lines.flush();
    const wanted = sizes.map((size) => `["${"x".repeat(size)}"\n`).join("");
    return blocks.join("") === wanted && blocks.every((block) => block.endsWith("\n"));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 60 }));
});
