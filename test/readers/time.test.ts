/**
 * Stamps: every automatic form, what is none, zones with their gaps and folds, and what fills a
 * missing year or date.
 */
import fc from "fast-check";
import t from "tap";
import { Registers } from "../../runtime/registers.ts";
import { Clock } from "../../runtime/time/clock.ts";
import { parseAutomatic, stampEndOf, stampFormOf, stampForms } from "../../runtime/time/forms.ts";
import { daysFromCivil, StampParts } from "../../runtime/time/parts.ts";
import type { TimePattern } from "../../runtime/time/pattern.ts";
import { StampReader } from "../../runtime/time/stamp.ts";
import { timePattern } from "./time-pattern.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

function clockAt(nowMs: number, zone: string | null): Clock {
  return new Clock({ now: () => nowMs, zone });
}

/** The stamp at the start of `text`: what it is as text, and when; null: none. */
function read(text: string, zone: string | null = "UTC", nowMs = now) {
  const b = Buffer.from(text, "utf8");
  const parts = new StampParts();
  const found = parseAutomatic(b, 0, b.length, b.length, parts);
  if (found < 0) return null;
  const time = new Date(clockAt(nowMs, zone).findTimeMs(parts)).toISOString();
  return { stamp: b.toString("utf8", 0, stampEndOf(found)), time, form: stampFormOf(found) };
}

function readPattern(pattern: string, text: string, zone = "UTC", nowMs = now): string | null {
  const b = Buffer.from(text, "utf8");
  const parts = new StampParts();
  if (timePattern(pattern).parse(b, 0, b.length, parts) < 0) return null;
  return new Date(clockAt(nowMs, zone).findTimeMs(parts)).toISOString();
}

t.test("automatic forms", async (t) => {
  // The text, how many of its bytes are the stamp (0: all), and the time.
  const facts: [string, number, string][] = [
    ["2024-02-29T10:05:03Z", 0, "2024-02-29T10:05:03.000Z"],
    ["2024-02-29 10:05:03", 0, "2024-02-29T10:05:03.000Z"],
    ["2024-02-29T10:05:03.1Z", 0, "2024-02-29T10:05:03.000Z"],
    ["2024-02-29T10:05:03.123456789Z", 0, "2024-02-29T10:05:03.000Z"],
    ["2024-02-29 10:05:03,999999", 0, "2024-02-29T10:05:03.000Z"],
    ["2024-02-29T10:05:03+02:00", 0, "2024-02-29T08:05:03.000Z"],
    ["2024-02-29T10:05:03-0930", 0, "2024-02-29T19:35:03.000Z"],
    ["2024-02-29T10:05:03+02", 0, "2024-02-29T08:05:03.000Z"],
    ["2024-12-31T23:59:60Z", 0, "2024-12-31T23:59:59.000Z"],
    ["2015/05/17 10:05:03", 0, "2015-05-17T10:05:03.000Z"],
    ["2015/05/17 10:05:03 +0200", 0, "2015-05-17T08:05:03.000Z"],
    ["2015-05-17 10:05:03 UTC x", 23, "2015-05-17T10:05:03.000Z"],
    ["2015-05-17 10:05:03 GMT", 0, "2015-05-17T10:05:03.000Z"],
    ["2015-05-17 10:05:03 UTCx", 19, "2015-05-17T10:05:03.000Z"],
    ["2015-05-17 10:05:03 [error]", 19, "2015-05-17T10:05:03.000Z"],
    ["1970-01-01T00:00:00+01", 0, "1969-12-31T23:00:00.000Z"],
    ["9998-12-31T23:59:59-01", 0, "9999-01-01T00:59:59.000Z"],
    ["Mar  1 10:05:03", 0, "2026-03-01T10:05:03.000Z"],
    ["Mar 01 10:05:03", 0, "2026-03-01T10:05:03.000Z"],
    ["Mar 1 10:05:03", 0, "2026-03-01T10:05:03.000Z"],
    ["Mar  3 10:05:03", 0, "2025-03-03T10:05:03.000Z"],
    ["Mar  2 11:59:59 x", 15, "2026-03-02T11:59:59.000Z"],
    ["Mar  2 12:00:01", 0, "2025-03-02T12:00:01.000Z"],
    ["Feb 29 10:05:03", 0, "2024-02-29T10:05:03.000Z"],
    ["Jun 21 2005 16:47:48", 0, "2005-06-21T16:47:48.000Z"],
    ["Jun 21 16:47:48 2005", 0, "2005-06-21T16:47:48.000Z"],
    ["Jun 21 16:47:48.123456 2005", 0, "2005-06-21T16:47:48.000Z"],
    ["Sat Jun 01 02:17:42 2013", 0, "2013-06-01T02:17:42.000Z"],
    ["Sat, Jun  1 02:17:42.5 2013", 0, "2013-06-01T02:17:42.000Z"],
    ["Jun 21 16:47:48 2005x", 15, "2025-06-21T16:47:48.000Z"],
    ["17/May/2015:10:05:03 +0200", 0, "2015-05-17T08:05:03.000Z"],
    ["17/May/2015:10:05:03 -0000", 0, "2015-05-17T10:05:03.000Z"],
    ["17/May/2015:10:05:03", 0, "2015-05-17T10:05:03.000Z"],
    ["17-May-2015 10:05:03.250", 0, "2015-05-17T10:05:03.000Z"],
    ["17 May 2015 10:05:03", 0, "2015-05-17T10:05:03.000Z"],
    ["1700000000", 0, "2023-11-14T22:13:20.000Z"],
    ["1700000000.987654 x", 17, "2023-11-14T22:13:20.987Z"],
    ["1700000000123", 0, "2023-11-14T22:13:20.123Z"],
    ["1700000000123456", 0, "2023-11-14T22:13:20.123Z"],
    ["1700000000.", 10, "2023-11-14T22:13:20.000Z"],
    ["@4000000037c219bf2ef02e94", 0, "1999-08-24T04:04:15.000Z"],
    ["2024-1-1T10:00:00", 0, "2024-01-01T10:00:00.000Z"],
    ["2024.01.02  3:4:5 +02", 0, "2024-01-02T01:04:05.000Z"],
    ["2024-01-0203:04:05UTC", 0, "2024-01-02T03:04:05.000Z"],
    ["mar  1 10:05:03", 0, "2026-03-01T10:05:03.000Z"],
    ["Mar  1  1:05:03", 0, "2026-03-01T01:05:03.000Z"],
    ["PDT Apr 16 21:05:29 2025", 0, "2025-04-17T04:05:29.000Z"],
    ["+0200 Wed Apr 16 21:05:29 2025", 0, "2025-04-16T19:05:29.000Z"],
    ["Jan 02, 2024 12:04:05 am", 0, "2024-01-02T00:04:05.000Z"],
    ["Jan 2, 2024 1:04:05 PM x", 22, "2024-01-02T13:04:05.000Z"],
    ["Jan-02-24 03:04:05", 0, "2024-01-02T03:04:05.000Z"],
    ["7/May/2015:10:05:03 +0200", 0, "2015-05-07T08:05:03.000Z"],
    ["17/May/2015 10:05:03", 0, "2015-05-17T10:05:03.000Z"],
    ["17-may-201510:05:03.5", 0, "2015-05-17T10:05:03.000Z"],
    ["03/04/24 05:06:07", 0, "2024-04-03T05:06:07.000Z"],
    ["3-4-2024  5:06:07", 0, "2024-04-03T05:06:07.000Z"],
    ["03-14-2024 05:06:07", 0, "2024-03-14T05:06:07.000Z"],
    ["7/5/2024:01:02:03", 0, "2024-07-05T01:02:03.000Z"],
    ["<7/5/24@01:02:03>x", 17, "2024-07-05T01:02:03.000Z"],
    ["20240102T030405Z", 0, "2024-01-02T03:04:05.000Z"],
    ["20240102  03:04:05,5", 0, "2024-01-02T03:04:05.000Z"],
    ["20240102030405", 0, "2024-01-02T03:04:05.000Z"],
    ["240102  3:04:05", 0, "2024-01-02T03:04:05.000Z"],
  ];
  for (const [text, size, time] of facts) {
    const found = read(text);
    t.match(found, { time, stamp: text.slice(0, size === 0 ? undefined : size) }, text);
  }
  t.equal(read("2024-02-29 10:05:03")?.form, stampForms.iso);
  t.equal(read("17 May 2015 10:05:03")?.form, stampForms.dayFirst);
});

t.test("what is no stamp", async (t) => {
  const none = [
    "",
    "x",
    "2024-02-30T10:05:03Z",
    "2023-02-29T10:05:03Z",
    "1900-02-29T10:05:03Z",
    "2024-04-31T10:05:03Z",
    "2024-00-10T10:05:03Z",
    "2024-13-10T10:05:03Z",
    "2024-01-00T10:05:03Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T10:60:00Z",
    "2024-01-01T10:00:61Z",
    "1969-12-31T23:59:59Z",
    "9999-01-01T00:00:00Z",
    "2024-01-01t10:00:00",
    "2024-01-01T10:00:00z",
    "2024-01-01T10:00",
    "2024-01/01 10:00:00",
    "2024-01-01T10:00:00x",
    "2024-01-01T10:00:00.1234567890",
    "2024-01-01T10:00:00Zx",
    "２024-01-01T10:00:00",
    "Mrz  1 10:05:03",
    "Mar   1 10:05:03",
    "Mar  17 10:05:03",
    "Mar 32 10:05:03",
    "Apr 31 10:05:03",
    "Mar  0 10:05:03",
    "Feb 29 10:05:03 2023",
    "Mar  1 24:05:03",
    "Mar  1\t10:05:03",
    "Sam Jun 01 02:17:42 2013",
    "Sat  Jun 01 02:17:42 2013",
    "31/Jun/2015:10:05:03 +0200",
    "17-May/2015 10:05:03",
    "170000000",
    "17000000001",
    "1700000000a",
    "17000000001234567",
    "@4000000037c219bf2ef02e9",
    "@4000000037C219BF2EF02E94",
    "@3000000037c219bf2ef02e94",
    "@7fffffffffffffff00000000",
    "@4000000037c219bfffffffff",
    "@4000000037c219bf2ef02e94a",
  ];
  for (const text of none) t.equal(read(text), null, JSON.stringify(text));
});

t.test("zones: what does not exist, and what exists twice", async (t) => {
  const facts: [string, string, string][] = [
    ["Europe/Zurich", "2024-01-15 12:00:00", "2024-01-15T11:00:00.000Z"],
    ["Europe/Zurich", "2024-07-15 12:00:00", "2024-07-15T10:00:00.000Z"],
    // 02:00 becomes 03:00 on 31 March 2024.
    ["Europe/Zurich", "2024-03-31 01:59:59", "2024-03-31T00:59:59.000Z"],
    ["Europe/Zurich", "2024-03-31 02:30:00", "2024-03-31T01:30:00.000Z"],
    ["Europe/Zurich", "2024-03-31 03:00:00", "2024-03-31T01:00:00.000Z"],
    // 03:00 becomes 02:00 on 27 October 2024.
    ["Europe/Zurich", "2024-10-27 01:59:59", "2024-10-26T23:59:59.000Z"],
    ["Europe/Zurich", "2024-10-27 02:30:00", "2024-10-27T00:30:00.000Z"],
    ["Europe/Zurich", "2024-10-27 03:00:00", "2024-10-27T02:00:00.000Z"],
    ["America/New_York", "2024-03-10 02:30:00", "2024-03-10T07:30:00.000Z"],
    ["America/New_York", "2024-03-10 03:00:00", "2024-03-10T07:00:00.000Z"],
    ["America/New_York", "2024-11-03 01:30:00", "2024-11-03T05:30:00.000Z"],
    ["America/New_York", "2024-11-03 02:00:00", "2024-11-03T07:00:00.000Z"],
    ["Asia/Kathmandu", "2024-11-03 02:00:00", "2024-11-02T20:15:00.000Z"],
    ["Pacific/Kiritimati", "2024-11-03 02:00:00", "2024-11-02T12:00:00.000Z"],
    ["Australia/Lord_Howe", "2024-10-06 02:15:00", "2024-10-05T15:45:00.000Z"],
    ["+02:00", "2024-03-31 02:30:00", "2024-03-31T00:30:00.000Z"],
    ["-0330", "2024-03-31 02:30:00", "2024-03-31T06:00:00.000Z"],
    ["UTC", "2024-03-31 02:30:00", "2024-03-31T02:30:00.000Z"],
    // A zone in the stamp wins.
    ["Europe/Zurich", "2024-03-31 02:30:00 +0000", "2024-03-31T02:30:00.000Z"],
  ];
  for (const [zone, text, time] of facts) t.equal(read(text, zone)?.time, time, `${zone} ${text}`);
  t.throws(() => clockAt(now, "Europe/Zürich"), RangeError);
});

t.test("the host's zone reads as the IANA zone of that name", async () => {
  const host = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date("2037-01-01"), noInvalidDate: true }),
      (date) => {
        const text = date.toISOString().slice(0, 19);
        return read(text, null)?.time === read(text, host)?.time;
      },
    ),
    { numRuns: 300 },
  );
});

t.test("a local time made from an instant reads as that instant, folds apart", async () => {
  const zone = "America/New_York";
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  fc.assert(
    fc.property(fc.integer({ min: 86_400, max: 2_000_000_000 }), (seconds) => {
      const text = format.format(seconds * 1000);
      const back = Date.parse(read(text, zone)?.time ?? "") / 1000;
      // An hour that exists twice is read as the first.
      return back === seconds || (back === seconds - 3600 && format.format(back * 1000) === text);
    }),
    { numRuns: 500 },
  );
});

t.test("what a clock remembers of a zone changes no answer", async () => {
  const stamp = fc
    .date({ min: new Date("2024-03-08"), max: new Date("2024-04-08"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 19));
  const zone = fc.constantFrom("Europe/Zurich", "America/New_York", "Australia/Lord_Howe");
  fc.assert(
    fc.property(zone, fc.array(stamp, { minLength: 2, maxLength: 20 }), (name, stamps) => {
      const clock = clockAt(now, name);
      return stamps.every((text) => {
        const parts = new StampParts();
        parseAutomatic(Buffer.from(text), 0, text.length, text.length, parts);
        return new Date(clock.findTimeMs(parts)).toISOString() === read(text, name)?.time;
      });
    }),
  );
});

t.test("days are counted as Date counts them", async () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
      (date) => {
        const days = daysFromCivil(
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        );
        return days === Math.floor(date.getTime() / 86_400_000);
      },
    ),
    { numRuns: 500 },
  );
});

t.test("no year: the latest that is not over a day ahead", async (t) => {
  const facts: [string, string, string][] = [
    ["2026-01-01T00:00:30Z", "Dec 31 23:59:59", "2025-12-31T23:59:59.000Z"],
    ["2025-12-31T23:59:30Z", "Jan  1 00:00:01", "2026-01-01T00:00:01.000Z"],
    ["2025-12-30T23:59:30Z", "Jan  1 00:00:01", "2025-01-01T00:00:01.000Z"],
    ["2026-02-28T12:00:00Z", "Feb 29 12:00:00", "2024-02-29T12:00:00.000Z"],
    ["2028-02-28T12:00:00Z", "Feb 29 12:00:00", "2028-02-29T12:00:00.000Z"],
    ["2028-02-28T11:59:59Z", "Feb 29 12:00:00", "2024-02-29T12:00:00.000Z"],
    ["2103-01-01T00:00:00Z", "Feb 29 12:00:00", "2096-02-29T12:00:00.000Z"],
  ];
  for (const [at, text, time] of facts) {
    t.equal(read(text, "UTC", Date.parse(at))?.time, time, `${text} at ${at}`);
  }
});

t.test("patterns", async (t) => {
  const facts: [string, string, string | null][] = [
    ["%Y-%m-%d %H:%M:%S", "2024-02-29 10:05:03", "2024-02-29T10:05:03.000Z"],
    ["%Y-%m-%d %H:%M:%S", "2024-2-9  1:5:3", "2024-02-09T01:05:03.000Z"],
    ["%F %T.%f", "2024-02-29 10:05:03.25", "2024-02-29T10:05:03.000Z"],
    ["%D %T", "02/29/24 10:05:03", "2024-02-29T10:05:03.000Z"],
    ["%y%m%d %T", "700101 10:05:03", "1970-01-01T10:05:03.000Z"],
    ["%y%m%d %T", "680101 10:05:03", "2068-01-01T10:05:03.000Z"],
    ["%d/%b/%Y:%T %z", "17/MAY/2015:10:05:03 +0200", "2015-05-17T08:05:03.000Z"],
    ["%A, %d %B %Y %T", "Sunday, 17 May 2015 10:05:03", "2015-05-17T10:05:03.000Z"],
    ["%a %b %e %T %Y", "Sun May  7 10:05:03 2015", "2015-05-07T10:05:03.000Z"],
    ["%Y.%j %T", "2024.366 00:00:00", "2024-12-31T00:00:00.000Z"],
    ["%Y.%j %T", "2023.366 00:00:00", null],
    ["%Y.%j", "2023.1", null],
    ["%I:%M:%S %p", "12:00:01 am", "2026-03-01T00:00:01.000Z"],
    ["%I:%M:%S %p", "11:00:01 AM", "2026-03-01T11:00:01.000Z"],
    ["%I:%M:%S %p", "12:00:01 PM", "2026-02-28T12:00:01.000Z"],
    ["%I:%M", "13:00", null],
    ["%l:%M %p", " 9:30 AM", "2026-03-01T09:30:00.000Z"],
    ["%s", "1700000000", "2023-11-14T22:13:20.000Z"],
    ["%s.%f", "1700000000.5", "2023-11-14T22:13:20.500Z"],
    ["%T", "11:59:59", "2026-03-01T11:59:59.000Z"],
    ["%T", "12:00:01", "2026-02-28T12:00:01.000Z"],
    ["%T %Z", "10:00:00 GMT", "2026-03-01T10:00:00.000Z"],
    ["%T %Z", "10:00:00 Z", "2026-03-01T10:00:00.000Z"],
    ["%T %Z", "10:00:00 CET", "2026-03-01T09:00:00.000Z"],
    ["%T %Z", "10:00:00 XYZ", null],
    ["%%%Y", "%2024", "2024-01-01T00:00:00.000Z"],
    ["%b %d %T", "May 17 10:05:03", "2025-05-17T10:05:03.000Z"],
    ["%d.%m.%Y %H:%M", "31.04.2024 10:00", null],
    ["%H:%M:%S", "24:00:00", null],
    ["%H:%M:%S", "10:00:60", "2026-03-01T10:00:59.000Z"],
    ["%H:%M:%S", "10:00:00x", null],
    ["%Y", "20245", null],
    ["ü%Y", "ü2024", "2024-01-01T00:00:00.000Z"],
    ["%Y", "", null],
  ];
  for (const [pattern, text, time] of facts) {
    t.equal(readPattern(pattern, text), time, `${pattern} of ${JSON.stringify(text)}`);
  }
  t.throws(() => timePattern("%Q"), RangeError);
  t.throws(() => timePattern("x%"), RangeError);
});

function recordWith(text: string, pattern: TimePattern | null = null): Registers {
  const r = new Registers();
  const b = Buffer.from(text);
  r.begin(b, 0, b.length);
  const form =
    pattern === null
      ? stampFormOf(parseAutomatic(b, 0, b.length, b.length, r.parts))
      : stampForms.pattern;
  Object.assign(r.header, {
    stampStart: 0,
    stampEnd: b.length,
    stampForm: form,
    stampPattern: pattern,
  });
  r.header.stampBytes = b;
  return r;
}

t.test("the last stamp is kept, but not beyond what it is true for", async (t) => {
  const time = { now: Date.parse("2025-06-01T04:00:00Z") };
  const reader = new StampReader(new Clock({ now: () => time.now, zone: "UTC" }));
  const daily = recordWith("03:00:00", timePattern("%T"));
  const iso = (r: Registers) => new Date(reader.readTimeMs(r)).toISOString();
  t.equal(iso(daily), "2025-06-01T03:00:00.000Z");
  t.equal(iso(daily), "2025-06-01T03:00:00.000Z");
  time.now += 86_400_000;
  t.equal(iso(daily), "2025-06-02T03:00:00.000Z");
  const yearly = recordWith("May 31 03:00:00");
  t.equal(iso(yearly), "2025-05-31T03:00:00.000Z");
  time.now += 365 * 86_400_000;
  t.equal(iso(yearly), "2026-05-31T03:00:00.000Z");
  t.equal(iso(recordWith("2024-01-01 00:00:00")), "2024-01-01T00:00:00.000Z");
  t.equal(iso(recordWith("2024-01-01 00:00:01")), "2024-01-01T00:00:01.000Z");
});

t.test("fields that are times", async (t) => {
  const reader = new StampReader(clockAt(now, "UTC"));
  const read = (field: string | undefined) => {
    const r = new Registers();
    r.header.stampField = field;
    return reader.readTimeMs(r);
  };
  t.equal(read("1700000000"), 1_700_000_000_000);
  t.equal(read("1700000000.25"), 1_700_000_000_250);
  t.equal(read("1700000000123"), 1_700_000_000_123);
  t.equal(read("2024-02-29T10:05:03Z"), Date.parse("2024-02-29T10:05:03Z"));
  for (const none of ["", "1.7e9", "-1700000000", "2024-02-29T10:05:03Z ", "soon", undefined]) {
    t.ok(Number.isNaN(read(none)), String(none));
  }
});

t.test("no bytes throw, and what is recognised is a time", async () => {
  const digit = fc.constantFrom(..."0123456789:-/T. +ZJanFebMarSat@".split(""));
  const text = fc.oneof(
    fc.array(digit, { maxLength: 30 }).map((chars) => chars.join("")),
    fc.string(),
  );
  const pattern = timePattern("%a %b %d %H:%M:%S %Y");
  fc.assert(
    fc.property(text, (sample) => {
      const b = Buffer.from(sample);
      const parts = new StampParts();
      pattern.parse(b, 0, b.length, parts);
      const found = parseAutomatic(b, 0, b.length, b.length, parts);
      return found < 0 || !Number.isNaN(clockAt(now, "Europe/Zurich").findTimeMs(parts));
    }),
    { numRuns: 3000 },
  );
});
