/*
 * Dates in every form that Fail2ban finds by itself, read by Fail2ban's own detector (Debian's package,
 * where it lies) and by `time anywhere`: what is cut out and what time it is must be the same. Without
 * the package this says so and skips.
 */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { makeCut, readCut } from "../../runtime/format/cut.ts";
import { Registers } from "../../runtime/registers.ts";
import { Clock } from "../../runtime/time/clock.ts";
import { StampReader } from "../../runtime/time/stamp.ts";

const now = Date.UTC(2026, 2, 1, 12);
const python = "/usr/bin/python3";
/** Reads lines as JSON; writes for each what is left of it and the time, by a detector without a past. */
const script = `
import sys, json, time, os
os.environ['TZ'] = 'UTC'; time.tzset()
from fail2ban.server.datedetector import DateDetector
from fail2ban.server.mytime import MyTime
MyTime.setTime(${now / 1000})
detectors = {}
for line in sys.stdin:
    text = json.loads(line)
    detector = DateDetector(); detector.addDefaultTemplate()
    found = detector.getTime(text)
    if found is None: print(json.dumps(None)); continue
    match = found[1][0] if isinstance(found[1], tuple) else found[1]
    print(json.dumps([text[:match.start(1)] + text[match.end(1):], int(found[0])]))
`;

const probe = spawnSync(python, ["-c", "import fail2ban"]);
const skip = probe.status === 0 ? false : "NOT COMPARED: there is no Fail2ban for Python here";

function askFail2ban(lines: readonly string[]): ([string, number] | null)[] {
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const { stdout, stderr, status } = spawnSync(python, ["-c", script], { input });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as [string, number] | null);
}

const stamps = new StampReader(new Clock({ now: () => now, zone: "UTC" }));

function ask(text: string): [string, number] | null {
  const r = new Registers();
  const bytes = Buffer.from(text);
  r.begin(bytes, 0, bytes.length);
  if (!readCut(r, makeCut("anywhere"))) return null;
  const message = r.messageBytes.toString("utf8", r.messageStart, r.messageEnd);
  return [message, Math.floor(stamps.readTimeMs(r) / 1000)];
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = (n: number): string => String(n).padStart(2, "0");

/** A date in each form that the package's version has; later ones know more dividers. */
const forms: ((d: Date, zone: string, fraction: string) => string)[] = [
  (d, zone, f) => `${ymd(d, "-")}T${hms(d)}${f}${zone}`,
  (d, zone, f) => `${ymd(d, "/")} ${hms(d)}${f.replace(".", ",")}${zone === "" ? "" : ` ${zone}`}`,
  (d) => `${ymd(d, ".")} ${hms(d)}`,
  (d, _, f) =>
    `${days[d.getUTCDay()]} ${mon(d)} ${two(d.getUTCDate())} ${hms(d)}${f} ${d.getUTCFullYear()}`,
  (d) => `${mon(d)} ${String(d.getUTCDate()).padStart(2)} ${hms(d)}`,
  (d) => `${mon(d).toLowerCase()} ${d.getUTCDate()} ${d.getUTCFullYear()} ${hms(d)}`,
  (d) => `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()} ${hms(d)}`,
  (d) =>
    `${two(d.getUTCDate())}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCFullYear() % 100)} ${hms(d)}`,
  (d, zone, f) =>
    `${two(d.getUTCDate())}/${mon(d)}/${d.getUTCFullYear()}:${hms(d)}${f}${zone === "" ? "" : ` ${zone}`}`,
  (d) => `${two(d.getUTCDate())}-${mon(d)}-${d.getUTCFullYear()} ${hms(d)}`,
  (d) => `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()}:${hms(d)}`,
  (d) =>
    `${two(d.getUTCFullYear() % 100)}${two(d.getUTCMonth() + 1)}${two(d.getUTCDate())}  ${hms(d)}`,
  (d) => `${mon(d)} ${two(d.getUTCDate())}, ${d.getUTCFullYear()} ${twelve(d)}`,
  (d, zone, f) => `${ymd(d, "")}T${hms(d).replaceAll(":", "")}${f}${zone}`,
  (d) => `PDT ${mon(d)} ${two(d.getUTCDate())} ${hms(d)} ${d.getUTCFullYear()}`,
  (d) =>
    `@4${Math.floor(d.getTime() / 1000)
      .toString(16)
      .padStart(15, "0")}2dbdf024`,
];

function ymd(d: Date, between: string): string {
  return [d.getUTCFullYear(), two(d.getUTCMonth() + 1), two(d.getUTCDate())].join(between);
}

function hms(d: Date): string {
  return d.toISOString().slice(11, 19);
}

function mon(d: Date): string {
  return months[d.getUTCMonth()] ?? "";
}

function twelve(d: Date): string {
  const hour = d.getUTCHours() % 12 || 12;
  return `${two(hour)}:${hms(d).slice(3)} ${d.getUTCHours() < 12 ? "AM" : "PM"}`;
}

const line = fc
  .record({
    form: fc.constantFrom(...forms),
    time: fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2025, 11, 31) }),
    zone: fc.constantFrom("", "Z", "+0200", "-05:30", "+01"),
    fraction: fc.constantFrom("", "", ".5", ".123456"),
    before: fc.constantFrom("", "", "[", "- ", "([", "x ", "192.0.2.1 - - [", 'x="', "a: b, "),
    behind: fc.constantFrom("", " x", "] x", ": 192.0.2.1", '"}', " [1]"),
  })
  .map(({ form, time, zone, fraction, before, behind }) => {
    return before + form(new Date(time - (time % 1000)), zone, fraction) + behind;
  });

t.test("samples", { skip }, async (t) => {
  const samples = [
    "[2024-01-02 03:04:05,123 +0200] x",
    "03/04/24 05:06:07",
    "7/5/2024:01:02:03",
    "20240102T030405Z",
    '{"ts":"2024-01-02T03:04:05Z"}',
    "type=X msg=audit(1700000000.123:45): x",
    "[1700000000] x",
    "1700000000.250 x",
    "x 1700000000",
    "2024-01-02T24:00:00",
    "@4000000050d506482dbdf024",
    "10:05:03 x",
    "x 10:05:03",
    "<01/02/24@10:05:03> x",
    "Jan-02-24 10:05:03 x",
    "Feb 29 10:00:00 2023",
    "nothing at all",
  ];
  const theirs = askFail2ban(samples);
  for (const [i, text] of samples.entries()) t.same(ask(text), theirs[i], text);
});

t.test("generated dates", { skip }, async (t) => {
  const lines = fc.sample(line, Number(process.env["F2B_RUNS"] ?? 60) * 20);
  const theirs = askFail2ban(lines);
  const differing = lines.flatMap((text, i) => {
    const [mine, other] = [JSON.stringify(ask(text)), JSON.stringify(theirs[i])];
    return mine === other ? [] : [`${text}: ${mine}, Fail2ban ${other}`];
  });
  t.same(differing.slice(0, 10), []);
  t.ok(theirs.filter((one) => one !== null).length > lines.length / 2, "most of them are dates");
});
