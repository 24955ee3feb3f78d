/*
 * The oracle's formats, stamps, `where`, order and sessions: each expectation is derived by hand
 * from docs/matching.md.
 */

import t from "tap";
import type { Expr, Filter, Format, Scalar } from "../../schemas/policy.ts";
import { filter, format, hole, policy, regex, rule, template } from "./build-policy.ts";
import { interpret, toMatchJson } from "./interpret.ts";
import { readStamp } from "./stamp.ts";
import { readPattern } from "./strptime.ts";

const now = Date.UTC(2026, 2, 1, 12);
const clock = { now, zone: "UTC" };

function hits(of: Filter, ...lines: (string | Buffer)[]) {
  const log = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]));
  return interpret(policy([of]), ["f"], log, { now, zone: "UTC" });
}

/** What one record gives under a format, all of its fields as captures. */
function read(of: Format, line: string | Buffer) {
  const [hit] = hits(filter([rule("fail", null)], { formats: [of] }), line);
  return hit === undefined
    ? null
    : { ...toMatchJson(hit), captures: hit.captures, message: messageOf(of, line) };
}

function messageOf(of: Format, line: string | Buffer): string | undefined {
  const any = rule("fail", template(hole("text")));
  return hits(filter([any], { formats: [of] }), line)[0]?.captures["text"];
}

const iso = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString();

t.test("automatic stamps", async (t) => {
  const good: [string, string][] = [
    ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01 10:00:00,1239", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00:00+02:30", "2026-03-01T07:30:00.000Z"],
    ["2026/03/01 10:00:00 +0200", "2026-03-01T08:00:00.000Z"],
    ["2026-03-01 10:00:60 Zebra", "2026-03-01T10:00:59.000Z"],
    ["Sat, Oct 11 2025 14:32:52.5", "2025-10-11T14:32:52.000Z"],
    ["Sat Oct 11 14:32:52 2000", "2000-10-11T14:32:52.000Z"],
    ["Mar  2 11:00:00", "2026-03-02T11:00:00.000Z"],
    ["Mar  2 13:00:00", "2025-03-02T13:00:00.000Z"],
    ["Feb 29 10:00:00", "2024-02-29T10:00:00.000Z"],
    ["17/May/2015:10:05:03 +0200", "2015-05-17T08:05:03.000Z"],
    ["17-May-2015 10:05:03.25 GMT", "2015-05-17T10:05:03.000Z"],
    ["1700000000.25", "2023-11-14T22:13:20.250Z"],
    ["1700000000250", "2023-11-14T22:13:20.250Z"],
    ["@400000006553f100075bcd15", "2023-11-14T22:13:20.000Z"],
  ];
  for (const [text, time] of good) t.equal(iso(readStamp(text, 0, clock)?.time), time, text);
  const bad = ["2026-03-01T24:00:00", "2026-04-31 10:00:00", "2026-03-01T10:00:00x"];
  bad.push("170000000", "17000000001", "1700000000a", "@4000000065", "2026-03/01 10:00:00");
  for (const text of bad) t.equal(readStamp(text, 0, clock), null, text);
});

t.test("local hours that do not exist or exist twice", async (t) => {
  const zone = "Europe/Berlin";
  const at = (text: string) => iso(readStamp(text, 0, { now, zone })?.time);
  t.equal(at("2025-03-30 02:30:00"), "2025-03-30T01:30:00.000Z", "read with the offset before");
  t.equal(at("2025-10-26 02:30:00"), "2025-10-26T00:30:00.000Z", "the first of the two");
  t.equal(at("2025-07-01 12:00:00"), "2025-07-01T10:00:00.000Z");
});

t.test("stamps by a pattern", async (t) => {
  const at = (pattern: string, text: string) =>
    iso(readPattern(pattern, text, 0, clock)?.time ?? undefined);
  t.equal(at("%d.%m.%Y %H:%M:%S", "1.3.2026  9:05:07"), "2026-03-01T09:05:07.000Z");
  t.equal(at("%b %e %T", "MAR  1 10:00:00"), "2026-03-01T10:00:00.000Z");
  t.equal(at("%H:%M:%S", "11:00:00"), "2026-03-01T11:00:00.000Z");
  t.equal(at("%H:%M:%S", "13:00:00"), "2026-02-28T13:00:00.000Z", "yesterday, when it lies ahead");
  t.equal(at("%y%m%d %I:%M %p", "991231 12:30 am"), "1999-12-31T00:30:00.000Z");
  t.equal(at("%s.%f", "1700000000.25"), "2023-11-14T22:13:20.250Z");
  t.equal(at("%Y-%jT%T%z", "2026-060T10:00:00+01"), "2026-03-01T09:00:00.000Z");
  t.equal(at("%F %T", "2026-03-01 10:00:00x"), null);
});

t.test("syslog", async (t) => {
  const syslog = format("syslog");
  const old = "Mar  1 10:00:00 host sshd[42]: hello ";
  t.match(read(syslog, old), { time: "2026-03-01T10:00:00.000Z", message: "hello", captures: {} });
  t.match(read(syslog, "<34>2026-03-01T10:00:00.5+01:00 host su: x"), { message: "x" });
  const version1 = '<34>1 2026-03-01T10:00:00Z h app 7 - [a b="]\\"" c="d"][e] \ufeffboo';
  t.match(read(syslog, version1), { message: "boo", time: "2026-03-01T10:00:00.000Z" });
  t.equal(read(syslog, "<34>1 - h app 7 - -  \ufeff boo")?.message, " boo");
  t.match(read(syslog, "<34>1 - h app 7 - -"), { message: "", time: null });
  t.equal(read(syslog, "Mar  1 10:00:00 host no tag"), null);
  t.equal(read(syslog, "mar  1 10:00:00 host sshd: x"), null);
  const named = format("syslog", { programs: [template("sshd"), regex("^sshd-")] });
  t.ok(read(named, "Mar  1 10:00:00 host sshd-session[1]: x"));
  t.equal(read(named, "Mar  1 10:00:00 host sshdx: x"), null);
  const [twice] = hits(
    filter([rule("fail", template("x"), { weight: 2 })], { formats: [syslog] }),
    "Mar  1 10:00:00 host sshd: message repeated 3 times: [ x]",
  );
  t.equal(twice?.weight, 6);
});

t.test("combined and common", async (t) => {
  const stamp = "[17/May/2015:10:05:03 +0000]";
  const line = `192.0.2.1 - a b ${stamp} "GET /a%20b%2541?x=%20 HTTP/1.1" 404 - "-" "cu\\"rl"`;
  t.match(read(format("combined"), line), {
    address: "192.0.2.1",
    time: "2015-05-17T10:05:03.000Z",
    message: line,
    captures: {
      user: "a b",
      method: "GET",
      path: "/a b%41",
      query: "x=%20",
      protocol: "HTTP/1.1",
      status: "404",
      agent: 'cu\\"rl',
    },
  });
  const got = read(format("combined"), line)?.captures ?? {};
  t.notOk("bytes" in got || "referer" in got, "a dash is absent");
  const escaped = read(format("common"), `h - - ${stamp} "\\x16\\x03\\"" 400 7`);
  t.match(escaped, { address: null, id: "h", captures: { request: '\x16\x03"', bytes: "7" } });
  const absolute = `192.0.2.1 - - ${stamp} "GET http://x/y HTTP/1.0" 200 1`;
  t.match(read(format("common"), absolute), { captures: { path: "/y" } });
  t.equal(read(format("combined"), absolute), null, "referer and agent are missing");
  const extras = format("common", { extras: ["forwarded", "rt", "up"] });
  t.match(read(extras, `${absolute} "10.0.0.1,  192.0.2.9" 0.5`), { captures: { rt: "0.5" } });
});

t.test("json", async (t) => {
  const fields = [
    { name: "time", path: ["ts"], kind: null },
    { name: "address", path: ["peer", "ip"], kind: null },
    { name: "message", path: ["msg"], kind: null },
    { name: "tag", path: ["tags", 1], kind: null },
  ] as Format["fields"];
  const json = format("json", { fields });
  t.match(
    read(
      json,
      '{"ts":1700000000.5,"peer":{"ip":"::ffff:192.0.2.1"},"msg":"a\\u00fc","tags":[1,2]}',
    ),
    {
      address: "192.0.2.1",
      time: "2023-11-14T22:13:20.500Z",
      message: "aü",
      captures: { tag: "2" },
    },
  );
  t.match(read(json, '{"ts":"never","peer":"192.0.2.1"}'), {
    address: null,
    time: null,
    message: "",
  });
  t.equal(read(json, '{"msg":"a","msg":"b"}'), null, "a key twice on a used path");
  t.ok(read(json, '{"other":1,"other":2}'), "a key twice elsewhere");
  for (const bad of ["[1]", '{"a":01}', '{"a":1} x', "{'a':1}", '{"a":"\t"}', '{"a":tru}']) {
    t.equal(read(json, bad), null, bad);
  }
  t.ok(read(json, `${'{"a":'.repeat(64)}1${"}".repeat(64)}`));
  t.equal(read(json, `${'{"a":'.repeat(65)}1${"}".repeat(65)}`), null, "65 levels");
});

t.test("logfmt and audit", async (t) => {
  const fields = [
    { name: "user", path: ["user"], kind: null },
    { name: "address", path: ["addr"], kind: null },
    { name: "ok", path: ["ok"], kind: null },
  ] as Format["fields"];
  const logfmt = format("logfmt", { fields });
  t.match(read(logfmt, 'user="a \\"b\\n" addr=192.0.2.1 ok'), {
    address: "192.0.2.1",
    captures: { user: 'a "b\n', ok: "true" },
  });
  t.equal(read(logfmt, "no sign here"), null);
  t.equal(read(logfmt, "user=a user=b"), null);
  const audit = format("audit", {
    fields: [...fields, { name: "type", path: ["type"], kind: null }],
  });
  const line =
    "type=USER_LOGIN msg=audit(1700000000.250:7): pid=1 msg='op=login user=\"eve\" addr=192.0.2.1 ok=?'";
  t.match(read(audit, line), {
    address: "192.0.2.1",
    time: "2023-11-14T22:13:20.250Z",
    captures: { user: "eve", type: "USER_LOGIN" },
  });
  const hex = format("audit", { fields: [{ name: "user", path: ["acct"], kind: null }] });
  t.match(read(hex, "type=X msg=audit(1700000000.250:7): acct=726F6F74"), {
    captures: { user: "root" },
  });
  t.match(read(hex, 'type=X msg=audit(1700000000.250:7): acct="726F"'), {
    captures: { user: "726F" },
  });
});

t.test("lines", async (t) => {
  const lines = format("lines");
  t.match(read(lines, "[2026-03-01 10:00:00] x"), {
    message: "x",
    time: "2026-03-01T10:00:00.000Z",
  });
  t.match(read(lines, "[2026-03-01 10:00:00 error] x"), { message: "error] x" });
  t.equal(read(lines, "x 2026-03-01 10:00:00"), null);
  const last = filter([rule("fail", null)], {
    formats: [format("lines", { time: { kind: "last" } })],
  });
  const times = hits(last, "a", "2026-03-01 10:00:00 b", "c").map(({ time }) => time);
  t.same(times, [null, Date.UTC(2026, 2, 1, 10), Date.UTC(2026, 2, 1, 10)]);
});

t.test("envelopes", async (t) => {
  const any = policy([filter([rule("fail", template(hole("text")))])]);
  const texts = (envelope: "docker" | "cri" | "syslog", ...lines: string[]) =>
    interpret(any, ["f"], Buffer.from(lines.join("\n")), { now, zone: "UTC", envelope }).map(
      ({ line, time, captures }) => [line, captures["text"], iso(time ?? undefined)],
    );
  const at = "2026-03-01T10:00:00.5Z";
  const time = "2026-03-01T10:00:00.000Z";
  t.same(texts("docker", `{"log":"x\\n","time":"${at}"}`), [[1, "x", time]]);
  t.same(texts("docker", `{"log":"x\\ny\\n","time":"${at}"}`, "x"), []);
  const cut = ["stdout", "stderr", "stdout"].map(
    (stream, i) => `{"log":"${"abc"[i]}${i > 0 ? "\\n" : ""}","stream":"${stream}","time":"${at}"}`,
  );
  t.same(texts("docker", ...cut), [
    [2, "b", time],
    [3, "ac", time],
  ]);
  const parts = [`${at} stdout P a`, `${at} stderr F b`, `${at} stdout F c`];
  t.same(texts("cri", ...parts), [
    [2, "b", time],
    [3, "ac", time],
  ]);
  t.same(texts("syslog", "Mar  1 10:00:00 h p: x")[0], [1, "x", "2026-03-01T10:00:00.000Z"]);
});

t.test("records", async (t) => {
  const any = filter([rule("fail", template(hole("text"))), rule("note", null)]);
  t.same(
    hits(any, "", "a\r", "b\u2028c", "d\re").map(({ line, captures }) => [line, captures["text"]]),
    [
      [2, "a"],
      [3, "b\u2028c"],
      [4, "d\re"],
    ],
  );
  t.equal(hits(any, "x".repeat(65_536)).length, 1);
  t.same(
    hits(any, "x".repeat(65_537)).map(({ kind }) => kind),
    ["note"],
  );
  t.equal(hits(any, "x".repeat(2_097_153)).length, 0);
  t.equal(hits(any, Buffer.from([0x61, 0xff, 0x00]))[0]?.captures["text"], "a\ufffd\0");
});

t.test("where", async (t) => {
  const json = '{"n":5,"s":"abc","d":"42","a":"192.0.2.77","b":true,"z":null,"l":[1]}';
  const holds = (where: Expr): boolean =>
    hits(filter([rule("fail", null, { where })], { formats: [format("json")] }), json).length === 1;
  const field = (key: string) => ({ path: [key] as [string] });
  const compare = (key: string, op: "==" | "!=" | "<" | ">=", to: Scalar): boolean =>
    holds({ op, field: field(key), to });
  t.ok(compare("n", "==", { type: "int", value: 5 }));
  t.ok(compare("d", ">=", { type: "int", value: 42 }), "decimal digits count as a number");
  t.notOk(compare("s", "!=", { type: "int", value: 5 }), "ill-typed");
  t.notOk(compare("z", "!=", { type: "text", value: "x" }), "null is absent");
  t.notOk(compare("n", "!=", { type: "text", value: "x" }));
  t.ok(compare("s", "!=", { type: "text", value: "x" }));
  t.ok(compare("a", "==", { type: "prefix", prefix: "192.0.2.0/24" }));
  t.ok(compare("b", "==", { type: "bool", value: true }));
  t.ok(holds({ op: "has", field: field("b") }));
  t.notOk(holds({ op: "has", field: field("z") }));
  t.ok(holds({ op: "not", of: { op: "has", field: field("z") } }));
  t.ok(holds({ op: "matches", field: field("n"), pattern: regex("^5$") }));
  t.notOk(holds({ op: "matches", field: field("s"), pattern: template("ab") }), "the whole text");
  const list: Scalar[] = [{ type: "text", value: "abc" }];
  t.ok(holds({ op: "in", field: field("s"), list }));
});

t.test("ignore first, then the first that fits; frames; captures; tags", async (t) => {
  const of = filter(
    [
      rule("note", template("seen ", hole("address")), { name: "f#1" }),
      rule("fail", template(hole("text")), { name: "f#2" }),
      rule("ignore", null, {
        name: "f#3",
        where: { op: "==", field: { name: "level" }, to: { type: "text", value: "debug" } },
      }),
    ],
    { frames: [template(hole("word", "level"), ": ", hole("message"))] },
  );
  const got = hits(of, "debug: seen 192.0.2.1", "info: seen 192.0.2.1", "info: else", "no frame");
  t.same(
    got.map(({ kind, rule, captures }) => [kind, rule, { ...captures }]),
    [
      ["ignored", "f#3", { level: "debug" }],
      ["note", "f#1", { level: "info" }],
      ["failure", "f#2", { level: "info", text: "else" }],
    ],
  );
  const tagged = regex("from (?<address>[0-9.]+)", [
    { name: "address", group: "address", of: "address" },
  ]);
  t.equal(hits(filter([rule("fail", tagged)]), "x from 192.0.2.1 y")[0]?.address, "192.0.2.1");
  t.same(
    hits(filter([rule("fail", tagged)]), "from 192.0.2.256"),
    [],
    "valid by section 6, or no match",
  );
  const host = filter([rule("fail", template("from ", hole("host")))]);
  t.match(hits(host, "from evil.example.net")[0], { address: null, id: "evil.example.net" });
  t.match(hits(host, "from ::ffff:192.0.2.1")[0], { address: "192.0.2.1", id: "192.0.2.1" });
});

t.test("sessions", async (t) => {
  const stamped = format("syslog");
  const of = filter(
    [
      rule("fail", template("bad ", hole("user"), " from ", hole("address")), { name: "f#known" }),
      rule("fail", template("bad ", hole("user")), { name: "f#held" }),
      rule("note", template("from ", hole("address"))),
      rule("clear", template("good ", hole("user"))),
      rule("clear", template("bye"), { end: true }),
    ],
    { formats: [stamped], session: { by: "pid", withinMs: 300_000 } },
  );
  const line = (minute: number, message: string, pid = 1): string =>
    `Mar  1 10:${String(minute).padStart(2, "0")}:00 h sshd[${pid}]: ${message}`;
  const failures = (...lines: string[]) =>
    hits(of, ...lines)
      .filter(({ kind }) => kind === "failure")
      .map(({ line, address, time, captures }) => [
        line,
        address,
        new Date(time ?? 0).getUTCMinutes(),
        captures["user"],
      ]);
  t.same(
    failures(line(0, "bad a"), line(1, "bad b"), line(2, "from 192.0.2.1"), line(3, "bad c")),
    [
      [3, "192.0.2.1", 2, "a"],
      [3, "192.0.2.1", 2, "b"],
      [4, "192.0.2.1", 3, "c"],
    ],
    "held until known, with the settling record's time and line",
  );
  t.same(failures(line(0, "bad a"), line(6, "from 192.0.2.1")), [], "over after five minutes");
  t.same(failures(line(0, "bad a"), line(1, "from 192.0.2.1", 2)), [], "another session");
  t.same(
    failures(line(0, "bad a"), line(0, "bad b"), line(0, "good a"), line(1, "from 192.0.2.1")),
    [[4, "192.0.2.1", 1, "b"]],
    "clear takes back what is held of the same user",
  );
  t.same(failures(line(0, "bad a"), line(0, "bye"), line(1, "from 192.0.2.1")), []);
  t.same(
    failures(line(0, "from 192.0.2.1"), line(1, "from 192.0.2.2"), line(2, "bad a")),
    [[3, "192.0.2.2", 2, "a"]],
    "another address begins another session",
  );
  t.same(
    failures(line(0, "bad a"), line(1, "bad b from 192.0.2.1")),
    [
      [2, "192.0.2.1", 1, "a"],
      [2, "192.0.2.1", 1, "b"],
    ],
    "what is held counts before the record itself",
  );
  t.equal(
    failures(...Array.from({ length: 30 }, () => line(0, "bad a")), line(1, "from ::1")).length,
    20,
  );
});
