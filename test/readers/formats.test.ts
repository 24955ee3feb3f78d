/**
 * Formats and envelopes: what is read of a record, what is not, and that no bytes throw.
 */
import fc from "fast-check";
import t from "tap";
import { CriEnvelope } from "../../runtime/envelope/cri.ts";
import { DockerEnvelope } from "../../runtime/envelope/docker.ts";
import { openSyslog } from "../../runtime/envelope/syslog.ts";
import { accessField, readAccess } from "../../runtime/format/access.ts";
import { readAudit } from "../../runtime/format/audit.ts";
import { makeCut, readCut } from "../../runtime/format/cut.ts";
import { readJson } from "../../runtime/format/json.ts";
import { makeLines, readLines } from "../../runtime/format/lines.ts";
import { readLogfmt } from "../../runtime/format/logfmt.ts";
import { makeFields, makeFlatFields } from "../../runtime/format/paths.ts";
import { readSyslog } from "../../runtime/format/syslog.ts";
import { Registers } from "../../runtime/registers.ts";
import { Clock } from "../../runtime/time/clock.ts";
import { StampReader } from "../../runtime/time/stamp.ts";
import { timePattern } from "./time-pattern.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

function begin(text: string): Registers {
  const r = new Registers();
  const b = Buffer.from(text, "utf8");
  r.begin(b, 0, b.length);
  return r;
}

function message(r: Registers): string {
  return r.messageBytes.toString("utf8", r.messageStart, r.messageEnd);
}

function time(r: Registers): string | null {
  const ms = new StampReader(new Clock({ now: () => now, zone: "UTC" })).readTimeMs(r);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function span(r: Registers, start: number, end: number): string | null {
  return start < 0 ? null : r.header.bytes.toString("utf8", start, end);
}

/** Everything a syslog header tells. */
function seen(r: Registers) {
  const h = r.header;
  return [
    time(r),
    span(r, h.hostStart, h.hostEnd),
    span(r, h.programStart, h.programEnd),
    span(r, h.pidStart, h.pidEnd),
    message(r),
    r.repeated,
  ];
}

type Seen = [string | null, string | null, string | null, string | null, string, number];

t.test("syslog", async (t) => {
  const march = "2025-03-07T13:06:56.000Z";
  const facts: [string, Seen][] = [
    ["Mar  7 13:06:56 web sshd[42]: hello", [march, "web", "sshd", "42", "hello", 1]],
    ["Mar 7 13:06:56 web sshd[42]:hello", [march, "web", "sshd", "42", "hello", 1]],
    ["<38>Mar 07 13:06:56 web su: x: y", [march, "web", "su", null, "x: y", 1]],
    ["Mar  7 13:06:56 web sshd:  hello", [march, "web", "sshd", null, " hello", 1]],
    ["Mar  7 13:06:56 web sshd:", [march, "web", "sshd", null, "", 1]],
    ["Mar  7 13:06:56 web auth.info sshd[42]: hello", [march, "web", "sshd", "42", "hello", 1]],
    ["Mar  7 13:06:56 web local7.warn a.b: hello", [march, "web", "a.b", null, "hello", 1]],
    ["Mar  7 13:06:56 web auth.info: hello", [march, "web", "auth.info", null, "hello", 1]],
    ["Mar  7 13:06:56 web sshd:\thello", [march, "web", "sshd", null, "\thello", 1]],
    [
      "Mar  7 2024 13:06:56.25 web a/b-c.d[x1]: m",
      ["2024-03-07T13:06:56.000Z", "web", "a/b-c.d", "x1", "m", 1],
    ],
    ["Mar  7 13:06:56 2024 web p: m", ["2024-03-07T13:06:56.000Z", "web", "p", null, "m", 1]],
    [
      "2024-03-07T13:06:56.123456+01:00 web sshd[42]: hello",
      ["2024-03-07T12:06:56.000Z", "web", "sshd", "42", "hello", 1],
    ],
    ["2024-03-07 13:06:56 web p: m", ["2024-03-07T13:06:56.000Z", "web", "p", null, "m", 1]],
    [
      "<34>1 2003-10-11T22:14:15.003Z host su - ID47 - \ufeffm",
      ["2003-10-11T22:14:15.000Z", "host", "su", null, "m", 1],
    ],
    [
      '<165>1 2003-08-24T05:14:15-07:00 192.0.2.1 app 8710 - [a b="]\\""][c] m [d]',
      ["2003-08-24T12:14:15.000Z", "192.0.2.1", "app", "8710", "m [d]", 1],
    ],
    // RSYSLOG_SyslogProtocol23Format of rsyslogd 8.2302, which gave sshd's lines a second blank.
    [
      "<38>1 2026-11-26T16:07:59.412160+00:00 vm sshd 4712 - -  Invalid user",
      ["2026-11-26T16:07:59.000Z", "vm", "sshd", "4712", "Invalid user", 1],
    ],
    ["<34>1 - - - - - -   m", [null, null, null, null, " m", 1]],
    ["<34>1 - - - - - -  ", [null, null, null, null, "", 1]],
    ["<34>1 - - - - - -", [null, null, null, null, "", 1]],
    [
      "Mar  7 13:06:56 web sshd[42]: message repeated 3 times: [ a ] b]",
      [march, "web", "sshd", "42", "a ] b", 3],
    ],
    [
      "Mar  7 13:06:56 web sshd[42]: message repeated 1234567 times: [ a]",
      [march, "web", "sshd", "42", "message repeated 1234567 times: [ a]", 1],
    ],
  ];
  for (const [text, expected] of facts) {
    const r = begin(text);
    t.ok(readSyslog(r), text);
    t.strictSame(seen(r), expected, text);
  }
});

t.test("what is no syslog record", async (t) => {
  const none = [
    "",
    "hello",
    "<34>",
    "<1234>Mar  7 13:06:56 web p: m",
    "<>Mar  7 13:06:56 web p: m",
    "Mar  7 13:06:56",
    "Mar  7 13:06:56 web",
    "Mar  7 13:06:56 web no tag",
    "Mar  7 13:06:56  web p: m",
    "Mar  7 13:06:56 web  p: m",
    "Mar  7 13:06:56 web\tp: m",
    "Mar  7 13:06:56 web auth.none p: m",
    "Mar  7 13:06:56 web auth.info auth.info p: m",
    "Mar  7 13:06:56 web auth.info  p: m",
    "Mar  7 13:06:56\tweb p: m",
    "<34>1 2003-10-11T22:14:15.003Z host\tsu - ID47 - m",
    "Mar  7 13:06:56 web [sshd]: m",
    "Mar  7 13:06:56 web p[]: m",
    "Mar  7 13:06:56 web p[1 2]: m",
    "Mar  7 13:06:56 web p[1] m",
    `Mar  7 13:06:56 web ${"p".repeat(129)}: m`,
    "Mar  7 13:06:56 web last message repeated 3 times",
    "Apr 31 13:06:56 web p: m",
    "<34>1 2003-10-11T22:14:15.003 host su - ID47 - m",
    "<34>1 2003-10-11T22:14:15.003Z host su - ID47",
    '<34>1 2003-10-11T22:14:15.003Z host su - ID47 [a b="] m',
    "<34>1 2003-10-11T22:14:15.003Z host su - ID47 [a]m",
    "<34>1 2003-10-11T22:14:15.003Z  su - ID47 - m",
  ];
  for (const text of none) t.notOk(readSyslog(begin(text)), text);
});

t.test("lines", async (t) => {
  const may = "2015-05-17T10:05:03.000Z";
  const facts: [string, string, string | null][] = [
    ["2015-05-17 10:05:03 hello", "hello", may],
    ["[2015/05/17 10:05:03]  hello", "hello", may],
    ["<17 May 2015 10:05:03>hello", "hello", may],
    ["(17/May/2015:10:05:03 +0000) [hello]", "[hello]", may],
    ["[2015-05-17 10:05:03 hello]", "hello]", may],
    ["[2015-05-17 10:05:03) hello", ") hello", may],
  ];
  for (const [text, rest, at] of facts) {
    const r = begin(text);
    t.ok(readLines(r, makeLines("auto")), text);
    t.strictSame([message(r), time(r)], [rest, at], text);
  }
  for (const none of [
    "hello",
    "[[2015-05-17 10:05:03] x",
    "{2015-05-17 10:05:03}",
    " 2015-05-17 10:05:03",
    "",
  ]) {
    t.notOk(readLines(begin(none), makeLines("auto")), none);
  }
});

t.test("lines with other times", async (t) => {
  const plain = begin("2015-05-17 10:05:03 hello");
  t.ok(readLines(plain, makeLines("none")));
  t.strictSame([message(plain), time(plain)], ["2015-05-17 10:05:03 hello", null]);

  const last = makeLines("last");
  const texts = ["before", "2015-05-17 10:05:03 a", "b", "[17 May 2016 10:05:03] c", "d"];
  const found = texts.map((text) => {
    const r = begin(text);
    t.ok(readLines(r, last));
    return [message(r), time(r)];
  });
  t.strictSame(found, [
    ["before", null],
    ["a", "2015-05-17T10:05:03.000Z"],
    ["b", "2015-05-17T10:05:03.000Z"],
    ["c", "2016-05-17T10:05:03.000Z"],
    ["d", "2016-05-17T10:05:03.000Z"],
  ]);

  const pattern = makeLines("pattern", timePattern("%d.%m.%y %H:%M"));
  const own = begin("[17.5.15 10:05] hello");
  t.ok(readLines(own, pattern));
  t.strictSame([message(own), time(own)], ["hello", "2015-05-17T10:05:00.000Z"]);
  t.notOk(readLines(begin("2015-05-17 10:05:03 hello"), pattern));

  const bracketed = begin("<17.5.15 10:05> hello");
  t.ok(readLines(bracketed, makeLines("pattern", timePattern("<%d.%m.%y %H:%M>"))));
  t.equal(message(bracketed), "hello", "a pattern's own brackets belong to the stamp");
});

const combined =
  '192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a%20b?x=%31 HTTP/1.0" 200 2326 "http://x/" "Mozilla \\"5\\""';

function fields(r: Registers, names: readonly string[], extras: readonly string[] = []) {
  return names.map((name) => accessField(r, name, extras));
}

t.test("access logs", async (t) => {
  const r = begin(combined);
  t.ok(readAccess(r, true, 0));
  t.equal(time(r), "2000-10-10T20:55:36.000Z");
  t.equal(message(r), combined);
  const names = ["address", "host", "user", "status", "bytes", "referer", "agent", "nothing"];
  const values = [
    "192.0.2.1",
    undefined,
    "frank",
    200,
    2326,
    "http://x/",
    'Mozilla \\"5\\"',
    undefined,
  ];
  t.strictSame(fields(r, names), values);

  const host = begin(combined.replace("192.0.2.1", "www.example.net").replace("2326", "-"));
  t.ok(readAccess(host, true, 0));
  t.strictSame(fields(host, ["address", "host", "bytes"]), [
    undefined,
    "www.example.net",
    undefined,
  ]);

  const extras = ["forwarded", "took", "more", "none"];
  const long = begin(`${combined} "203.0.113.1, 203.0.113.2" 0.5 - `);
  t.ok(readAccess(long, true, 4));
  t.strictSame(fields(long, extras, extras), [
    "203.0.113.1, 203.0.113.2",
    "0.5",
    undefined,
    undefined,
  ]);
  const odd = begin(`${combined} "a"b c`);
  t.ok(readAccess(odd, true, 2));
  t.strictSame(fields(odd, ["forwarded", "took"], extras), [undefined, undefined]);
  const tabbed = begin(`${combined} 0.5 0.6\t0.7 0.8`);
  t.ok(readAccess(tabbed, true, 3));
  t.strictSame(fields(tabbed, extras.slice(0, 3), extras), ["0.5", undefined, undefined]);

  const short = begin(combined.slice(0, combined.indexOf(' "http')));
  t.ok(readAccess(short, false, 0));
  t.notOk(readAccess(short, true, 0));
});

t.test("a user cannot write fields of the log", async (t) => {
  const user = 'x [10/Oct/2000:13:55:36] "GET / HTTP/1.1" 200 1';
  const r = begin(combined.replace("frank", user));
  t.ok(readAccess(r, true, 0));
  t.strictSame(fields(r, ["user", "path"]), [user, "/a b"]);
  const quoted = begin(combined.replace("/a%20b", '/\\" 404 0 \\"'));
  t.ok(readAccess(quoted, true, 0));
  t.equal(accessField(quoted, "status", []), 200);
});

t.test("what is no access log", async (t) => {
  const none = [
    "",
    combined.replace("192.0.2.1 ", ""),
    combined.replace("-0700", ""),
    combined.replace("10/Oct", "31/Feb"),
    combined.replace("] ", "]  "),
    combined.replace(" 200 ", " 20 "),
    combined.replace(" 200 ", " 2000 "),
    combined.replace(" 2326 ", " 2326x "),
    combined.replace('HTTP/1.0"', "HTTP/1.0"),
    combined.slice(0, -1),
  ];
  for (const text of none) t.notOk(readAccess(begin(text), true, 0), text);
});

t.test("requests", async (t) => {
  const facts: [string, (string | undefined)[]][] = [
    ["GET /a?b=c?d HTTP/1.1", ["GET", "/a", "b=c?d", "HTTP/1.1"]],
    ["GET /a b HTTP/1.1", ["GET", "/a b", undefined, "HTTP/1.1"]],
    ["GET /%2561%e4%ZZ% HTTP/1.1", ["GET", "/%61\ufffd%ZZ%", undefined, "HTTP/1.1"]],
    ["GET /a", ["GET", "/a", undefined, undefined]],
    ["POST /a#/x?y HTTP/1.1", ["POST", "/a", undefined, "HTTP/1.1"]],
    ["POST /a%23?b#?c HTTP/1.1", ["POST", "/a#", "b", "HTTP/1.1"]],
    ["GET  HTTP/1.1", ["GET", "", undefined, "HTTP/1.1"]],
    ["GET http://example.net/x?y HTTP/1.1", ["GET", "/x", "y", "HTTP/1.1"]],
    ["GET http://example.net HTTP/1.1", ["GET", "/", undefined, "HTTP/1.1"]],
    [
      "GET /go?to=http://example.net/ HTTP/1.1",
      ["GET", "/go", "to=http://example.net/", "HTTP/1.1"],
    ],
    ["M-SEARCH * HTTP/1.1", ["M-SEARCH", "*", undefined, "HTTP/1.1"]],
    ["get / HTTP/1.1", [undefined, undefined, undefined, undefined]],
    ["\\x16\\x03\\x01", [undefined, undefined, undefined, undefined]],
    ["-", [undefined, undefined, undefined, undefined]],
    ["", [undefined, undefined, undefined, undefined]],
  ];
  for (const [request, pieces] of facts) {
    const r = begin(combined.replace("GET /a%20b?x=%31 HTTP/1.0", () => request));
    t.ok(readAccess(r, true, 0), request);
    t.strictSame(fields(r, ["method", "path", "query", "protocol"]), pieces, request);
  }
  const escaped = begin(
    combined.replace("GET /a%20b?x=%31 HTTP/1.0", () => '\\"\\\\\\n\\x41\\xc3\\xbc\\x4\\q'),
  );
  t.ok(readAccess(escaped, true, 0));
  t.equal(accessField(escaped, "request", []), '"\\\n\u0041\u00fc\\x4\\q');
});

t.test("logfmt", async (t) => {
  const spec = makeFlatFields([["user"], ["msg"], ["ok"], ["http", "status"], ["ts"]], 4, 1);
  const r = begin(
    'ts=2024-03-07T13:06:56Z user=eve msg="say \\"hi\\"\\t\\\\ \\x" ok http.status=401 empty=',
  );
  t.ok(readLogfmt(r, spec));
  t.strictSame(r.values.slice(0, 4), ["eve", 'say "hi"\t\\ \\x', true, "401"]);
  t.equal(message(r), 'say "hi"\t\\ \\x');
  t.equal(time(r), "2024-03-07T13:06:56.000Z");
  for (const none of [
    "",
    "user",
    "user=a user=b",
    "user user=b",
    '="x" a=b',
    'user="a',
    'user="a"b',
    'a="\\',
  ]) {
    t.notOk(readLogfmt(begin(none), spec), none);
  }
  t.ok(readLogfmt(begin("x=1 x=2"), spec), "a key nobody uses may stand twice");
});

t.test("audit", async (t) => {
  const spec = makeFlatFields([
    ["type"],
    ["serial"],
    ["acct"],
    ["addr"],
    ["res"],
    ["pid"],
    ["exe"],
    ["hostname"],
  ]);
  const head = "type=USER_LOGIN msg=audit(1364481363.243:24287): ";
  const r = begin(
    `node=web ${head}pid=5 uid=0 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.1 terminal=ssh res=failed'\x1dUID="root"`,
  );
  t.ok(readAudit(r, spec));
  t.strictSame(r.values.slice(0, 8), [
    "USER_LOGIN",
    "24287",
    "root",
    "192.0.2.1",
    "failed",
    "5",
    "/usr/sbin/sshd",
    undefined,
  ]);
  t.equal(time(r), "2013-03-28T14:36:03.243Z");

  const hex = begin(`${head}acct=28696E76616C69642075736572 exe=abc`);
  t.ok(readAudit(hex, spec));
  t.strictSame([hex.values[2], hex.values[6]], ["(invalid user", "abc"]);

  const forged = begin(
    `${head}msg='op=login acct="x' addr=203.0.113.9 y='" addr=192.0.2.1 res=failed'`,
  );
  t.ok(readAudit(forged, spec));
  t.equal(forged.values[3], "192.0.2.1", "a quoted value cannot end the message it stands in");

  const words = begin(`${head}avc:  denied  { read } for  pid=7`);
  t.ok(readAudit(words, spec));
  t.equal(words.values[5], "7");

  for (const none of [
    "",
    "type=X",
    "type=X msg=audit(1:2)",
    "type=X msg=audit(a:2): a=b",
    "type= msg=audit(1:2): a=b",
    "type=X msg=audit(1:): a=b",
    `${head}pid=1 pid=2`,
    `${head}pid=1 msg='pid=2'`,
    `${head}msg='pid=2`,
    `${head}acct="x`,
    `${head}type=Y`,
  ]) {
    t.notOk(readAudit(begin(none), spec), none);
  }
});

t.test("envelopes: syslog", async (t) => {
  const r = new Registers();
  const open = (text: string) => openSyslog(r, Buffer.from(text), 0, Buffer.byteLength(text));
  t.ok(open("Mar  7 13:06:56 web p[1]: message repeated 2 times: [ x]"));
  t.ok(readSyslog(r));
  t.strictSame(seen(r), ["2025-03-07T13:06:56.000Z", "web", "p", "1", "x", 2]);
  t.ok(open(`Mar  7 13:06:56 web nginx: ${combined}`));
  t.ok(readAccess(r, true, 0));
  t.strictSame([time(r), message(r)], ["2000-10-10T20:55:36.000Z", combined]);
  t.ok(open('Mar  7 13:06:56 web app: {"a":1,"time":"never"}'));
  t.ok(readJson(r, makeFields([["a"], ["time"]], 1)));
  t.equal(time(r), "2025-03-07T13:06:56.000Z", "a field that is no time leaves the envelope's");
  t.notOk(open("no header"));
});

t.test("envelopes: docker", async (t) => {
  const envelope = new DockerEnvelope();
  const r = new Registers();
  const open = (object: unknown) => {
    const b = Buffer.from(typeof object === "string" ? object : JSON.stringify(object));
    return envelope.open(r, b, 0, b.length);
  };
  t.ok(
    open({ log: "2015-05-17 10:05:03 ü\r\n", stream: "stdout", time: "2024-03-07T13:06:56.5Z" }),
  );
  t.ok(readLines(r, makeLines("none")));
  t.strictSame([message(r), time(r)], ["2015-05-17 10:05:03 ü", "2024-03-07T13:06:56.000Z"]);
  t.ok(readLines(r, makeLines("auto")));
  t.strictSame([message(r), time(r)], ["ü", "2015-05-17T10:05:03.000Z"]);
  t.ok(open({ log: "Mar  7 13:06:56 web p[1]: x\n", time: 5 }));
  t.ok(readSyslog(r));
  t.strictSame(seen(r), ["2025-03-07T13:06:56.000Z", "web", "p", "1", "x", 1]);
  t.ok(open({ log: "<34>1 - web p - - - x\n", time: "2024-03-07T13:06:56Z" }));
  t.ok(readSyslog(r));
  t.equal(time(r), "2024-03-07T13:06:56.000Z", "a header without a time leaves the envelope's");
  for (const none of [
    { log: "a\nb\n" },
    { log: "a\rb" },
    { log: "a\n\n" },
    { log: 1 },
    {},
    "x",
    '{"log":"a","log":"b"}',
  ]) {
    t.notOk(open(none), JSON.stringify(none));
  }
});

t.test("envelopes: cri", async (t) => {
  const envelope = new CriEnvelope();
  const r = new Registers();
  const open = (text: string) => envelope.open(r, Buffer.from(text), 0, Buffer.byteLength(text));
  const at = "2024-03-07T13:06:56.123456789Z";
  t.ok(open(`${at} stdout F hello  x`));
  t.strictSame([message(r), time(r)], ["hello  x", "2024-03-07T13:06:56.000Z"]);
  t.notOk(open(`${at} stdout P one`));
  t.notOk(open(`${at} stderr P other`));
  t.notOk(open(`${at} stdout P two`));
  t.ok(open("2024-03-07T13:06:57Z stdout F three"));
  t.strictSame([message(r), time(r)], ["onetwothree", "2024-03-07T13:06:57.000Z"]);
  t.ok(open(`${at} stdout F alone`));
  t.equal(message(r), "alone");
  t.ok(open(`${at} stderr F end`));
  t.equal(message(r), "otherend");
  t.ok(open(`${at} stdout F`));
  t.equal(message(r), "");
  for (let i = 0; i < 1050; i++) open(`${at} stdout P ${"x".repeat(2000)}`);
  t.notOk(open(`${at} stdout F over the limit`));
  t.ok(open(`${at} stdout F fits`));
  t.equal(message(r), "fits");
  for (const none of [
    "",
    at,
    `${at} stdin F x`,
    `${at} stdout Fx`,
    `${at} stdoutF x`,
    `${at}  stdout F x`,
    `${at} stdout X x`,
  ]) {
    t.notOk(open(none), none);
  }
});

const paths = makeFields([["a"], ["b", "c"], ["a", 0]], 0, 1);
const flat = makeFlatFields([["a"], ["b"], ["msg"], ["type"]], 0, 1);

t.test("no bytes throw, and offsets stay inside", async () => {
  const heads = [
    "Mar  7 13:06:56 web p[1]: ",
    "<34>1 2003-10-11T22:14:15.003Z host su - - [a",
    combined,
    '{"a":1,"b":{"c":"x"}}',
    '{"log":"x\\n","time":"2024-03-07T13:06:56Z"}',
    'a=1 b="x"',
    "type=X msg=audit(1:2): a=1 msg='b=2'",
    "2024-03-07T13:06:56Z stdout F x",
  ];
  const bytes = fc
    .tuple(fc.constantFrom("", ...heads), fc.nat(80), fc.uint8Array({ maxLength: 12 }), fc.nat(3))
    .map(([head, at, noise, cut]) => {
      const b = Buffer.from(head);
      return Buffer.concat([b.subarray(0, at), noise, b.subarray(Math.min(at + cut, b.length))]);
    });
  const docker = new DockerEnvelope();
  const cri = new CriEnvelope();
  const lines = makeLines("last");
  const pattern = makeLines("pattern", timePattern("%Y-%m-%dT%T"));
  const reader = new StampReader(new Clock({ now: () => now, zone: "Europe/Zurich" }));
  const formats: ((r: Registers) => boolean)[] = [
    readSyslog,
    (r) => readLines(r, lines),
    (r) => readLines(r, makeLines("auto")),
    (r) => readCut(r, makeCut("anywhere")),
    (r) => readCut(r, makeCut("leading", timePattern("{keep {word}}%Y"))),
    (r) => readLines(r, pattern),
    (r) => readAccess(r, true, 3),
    (r) => readAccess(r, false, 3),
    (r) => readJson(r, paths),
    (r) => readLogfmt(r, flat),
    (r) => readAudit(r, flat),
  ];
  const opens: ((r: Registers, b: Buffer) => boolean)[] = [
    (r, b) => {
      r.begin(b, 0, b.length);
      return true;
    },
    (r, b) => openSyslog(r, b, 0, b.length),
    (r, b) => docker.open(r, b, 0, b.length),
    (r, b) => cri.open(r, b, 0, b.length),
  ];
  const r = new Registers();
  fc.assert(
    fc.property(bytes, (b) => {
      for (const open of opens) {
        if (!open(r, b)) continue;
        for (const read of formats) {
          if (!read(r)) continue;
          reader.readTimeMs(r);
          for (const name of ["address", "request", "path", "status"]) accessField(r, name, []);
          if (r.messageStart < 0 || r.messageStart > r.messageEnd) return false;
          if (r.messageEnd > r.messageBytes.length) return false;
        }
      }
      return true;
    }),
    { numRuns: 1500 },
  );
});

t.test("what the headers before said changes nothing", async () => {
  const pick = (...some: string[]) => fc.constantFrom(...some);
  const stamp = pick("Mar  7 13:06:56", "Mar  7 13:06:57", "Mar 7 13:06:56", "2026-02-01 13:06:56");
  const place = pick(" web", " 2017", " 20", " 2017x", " +01", " Z", ".5 web", "+01:00 web", " ");
  const program = pick(" sshd", " 2017", " a:", " sshd[4", " ", " x x");
  const tag = pick("[42]: ", "[4]:", ": ", ":", "[]: ", "[42: ", "");
  const text = pick("hello", "message repeated 2 times: [ x]", "");
  const line = fc.tuple(pick("", "<3>"), stamp, place, program, tag, text);
  const header = (r: Registers, b: Buffer, enveloped: boolean) => {
    if (enveloped) return openSyslog(r, b, 0, b.length) && readSyslog(r);
    r.begin(b, 0, b.length);
    return readSyslog(r);
  };
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, enveloped) => {
      const r = new Registers();
      const reader = new StampReader(new Clock({ now: () => now, zone: "UTC" }));
      return lines.every((parts) => {
        const b = Buffer.from(parts.join(""));
        const [fresh, wanted] = [new Registers(), header(r, b, enveloped)];
        if (header(fresh, b, enveloped) !== wanted) return false;
        const ms = reader.readTimeMs(r);
        return (
          !wanted ||
          (JSON.stringify(seen(r)) === JSON.stringify(seen(fresh)) &&
            (Number.isNaN(ms) ? null : new Date(ms).toISOString()) === time(fresh))
        );
      });
    }),
    { numRuns: 4000 },
  );
});

t.test("stamps that are cut out", async (t) => {
  const facts: [ReturnType<typeof makeCut>, string, string | null][] = [
    [makeCut("start"), "2026-03-01 10:00:00 x", " x"],
    [makeCut("start"), " 2026-03-01 10:00:00 x", null],
    [makeCut("start"), "10:00:00 x", " x"],
    [makeCut("leading"), "[Mar  1 10:00:00] x", "[] x"],
    [makeCut("leading"), "- [Mar  1 10:00:00] x", null],
    [makeCut("leading"), "[1700000000] x", "[] x"],
    [makeCut("leading"), "(1700000000) x", null],
    [makeCut("anywhere"), "x [17/May/2015:10:05:03 +0000] y", "x [] y"],
    [makeCut("anywhere"), 'x="2026-03-01T10:00:00Z"', 'x=""'],
    [makeCut("anywhere"), "x 10:00:00 y", null],
    [makeCut("anywhere"), "x 1700000000 y", null],
    [makeCut("anywhere"), "type=A msg=audit(1700000000.5:7): x", "type=A msg=audit(:7): x"],
    [makeCut("anywhere"), "id2026-03-01 10:00:00 2026-03-02 10:00:00", "id2026-03-01 10:00:00 "],
    [makeCut("start", timePattern("<{int}>{int} {time}")), "<34>1 2026-03-01T10:00:00Z h", " h"],
    [makeCut("start", timePattern("{keep {?{not [}}[}{time}")), "[1/Mar/2026:1:0:0] x", "[] x"],
    [makeCut("start", timePattern("{keep {?{not [}}[}{time}")), "a b [x] [1/Mar/2026:1:0:0]", null],
    [
      makeCut("start", timePattern('<co ts="{time}" ')),
      '<co ts="2026-03-01T10:00:00Z"  u="x"',
      'u="x"',
    ],
    [makeCut("start", timePattern("{keep WARNING:}")), "WARNING: x", "WARNING: x"],
    [makeCut("anywhere", timePattern("%H:%M")), "a 10:00 b", "a  b"],
    [
      makeCut("anywhere", timePattern("{keep at=%H:%M}{?%z}{keep ;}")),
      "x at=10:00Z;",
      "x at=10:00;",
    ],
    [
      makeCut("anywhere", timePattern("{keep at=%H:%M}{?%z}{keep ;}")),
      "x at=10:00;",
      "x at=10:00;",
    ],
  ];
  for (const [spec, text, message] of facts) {
    const r = new Registers();
    r.begin(Buffer.from(text), 0, Buffer.byteLength(text));
    const read = readCut(r, spec);
    const found = r.messageBytes.toString("utf8", r.messageStart, r.messageEnd);
    t.equal(read ? found : null, message, text);
  }
});
