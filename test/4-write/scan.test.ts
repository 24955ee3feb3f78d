/*
 * What a bundle makes of lines: policies by hand, compiled, run. Each test is one sentence of
 * docs/matching.md; test/differential holds everything else against the oracle.
 */
import t from "tap";
import type { Hit } from "../../runtime/contract.ts";
import type { Expr, Filter, Pattern, Rule } from "../../schemas/policy.ts";
import {
  filter,
  format,
  hole,
  jail,
  optional,
  policy,
  regex,
  rule,
  template,
} from "../oracle/build-policy.ts";
import { loadPolicy, scan, testTime } from "./compile-plan.ts";

const run = async (filters: Filter[], log: string | Buffer): Promise<Hit[]> =>
  scan(await loadPolicy(policy(filters)), log);
const brief = (hits: readonly Hit[]) => hits.map((hit) => `${hit.record} ${hit.rule.name}`);
const who = (hits: readonly Hit[]) => hits.map((hit) => hit.address ?? hit.host);
const named = (name: string, pattern: Rule["pattern"], more: Partial<Rule> = {}) =>
  rule("fail", pattern, { name, ...more });
const fromAddress = template("from ", hole("address"));
const header = "Mar  1 10:00:00 host1 sshd[42]: ";

t.test("a hit has all that the contract says", async (t) => {
  const one = filter(
    [named("f#1", template(hole("user"), " from ", hole("address")), { weight: 3 })],
    {
      formats: [format("syslog", { programs: [template("sshd")] })],
      session: { by: "pid", withinMs: 300_000 },
    },
  );
  const line = `${header}message repeated 2 times: [ eve from ::ffff:192.0.2.7]`;
  const [hit] = await run([one], `\n${line} \r\n`);
  t.match(hit, {
    filter: 0,
    rule: { name: "f#1", kind: "fail", weight: 3, end: false, at: "test.f2b:1" },
    record: 2,
    start: 1,
    end: 1 + line.length,
    time: Date.UTC(2026, 2, 1, 10),
    address: "192.0.2.7",
    host: null,
    forwarded: null,
    session: "sshd\0host1\x0042",
    weight: 6,
  });
  t.same({ ...hit?.captures }, { user: "eve" });
  t.equal(Object.getPrototypeOf(hit?.captures), null);
});

t.test("records end at LF alone; what is over is brought again, and read at the end", async (t) => {
  const program = await loadPolicy(policy([filter([named("f#1", fromAddress)])]));
  const spec = program.scanners.at(-1);
  const bytes = Buffer.from("from 192.0.2.1\rx\u2028\n\n  \nfrom 192.0.2.2 \t\r\nfrom 192.0.2.3");
  const scanner = spec?.make(testTime);
  const seen: (string | null)[] = [];
  const read = scanner?.scan(bytes, 0, bytes.length, (hit) => seen.push(hit.address)) ?? 0;
  t.same(seen, ["192.0.2.2"]);
  t.equal(scanner?.records, 4);
  t.equal(bytes.toString("utf8", read), "from 192.0.2.3");
  scanner?.scanLast(bytes, read, bytes.length, (hit) => seen.push(`${hit.record} ${hit.address}`));
  t.same(seen, ["192.0.2.2", "5 192.0.2.3"]);
});

t.test("a scan stops where it is told to, whatever stands behind", async (t) => {
  const program = await loadPolicy(policy([filter([named("f#1", fromAddress)])]));
  const bytes = Buffer.from("from 192.0.2.1\nfrom 192.0.2.2\n");
  const seen: unknown[] = [];
  const read = program.scanners[0]
    ?.make(testTime)
    .scan(bytes, 0, 20, (hit) => seen.push(hit.start));
  t.same([read, seen], [15, [0]]);
});

t.test(
  "a record over the limit is counted and matches nothing; a long message no pattern",
  async (t) => {
    const rules = [named("f#1", template(hole("text"))), rule("note", null)];
    const program = await loadPolicy(policy([filter(rules)]));
    const scanner = program.scanners[0]?.make(testTime);
    const sizes = [65_536, 65_537, 2_097_152, 2_097_153];
    const bytes = Buffer.from(sizes.map((size) => `${"a".repeat(size)}\n`).join(""));
    const seen: unknown[] = [];
    scanner?.scan(bytes, 0, bytes.length, (hit) => seen.push([hit.record, hit.rule.kind]));
    t.same(seen, [
      [1, "fail"],
      [2, "note"],
      [3, "note"],
    ]);
    t.same([scanner?.records, scanner?.oversized], [4, 1]);
  },
);

t.test(
  "ignore rules first, then the first that matches, whatever the messages begin with",
  async (t) => {
    const rules = [
      named("f#text", template(hole("text"), " twice")),
      named("f#bad", template("bad ", hole("word", "w"))),
      named("f#ball", template("ball ", hole("word", "w"))),
      named("f#BAD", { ...template("BAD ", hole("word", "w")), ignoreCase: true }),
      rule("note", template("ba", hole("text")), { name: "f#note" }),
      rule("ignore", template("bad luck"), { name: "f#luck" }),
    ];
    const log = "bad luck\nbad x\nball x\nbAd x\nbad twice\nbaz\nb\n\nother\n";
    t.same(brief(await run([filter(rules)], log)), [
      "1 f#luck",
      "2 f#bad",
      "3 f#ball",
      "4 f#BAD",
      "5 f#text",
      "6 f#note",
    ]);
  },
);

t.test("filters are found by their program, and reported in their order", async (t) => {
  const of = (id: string, ...programs: Pattern[]) =>
    filter([named(id, fromAddress)], { id, name: id, formats: [format("syslog", { programs })] });
  const filters = [
    of("any"),
    of("sshd", template("sshd"), template("sshd-session")),
    of("some", template("ss", hole("word", null))),
    of("cron", template("CRON")),
    of("upper", { ...template("SSHD"), ignoreCase: true }),
    of("match", regex("^ss.d$")),
  ];
  const line = (program: string) => `Mar  1 10:00:00 h ${program}: from 192.0.2.1\n`;
  const log = ["sshd[1]", "sshd-session[2]", "CRON", "cron", "ssmtp"].map(line).join("");
  t.same(brief(await run(filters, log)), [
    "1 any",
    "1 sshd",
    "1 some",
    "1 upper",
    "1 match",
    "2 any",
    "2 sshd",
    "2 some",
    "3 any",
    "3 cron",
    "4 any",
    "5 any",
    "5 some",
  ]);
});

t.test("the first format that reads a record is used, by each filter for itself", async (t) => {
  const syslog = format("syslog", { programs: [template("sshd")] });
  const lines = format("lines");
  const bare = format("lines", { time: { kind: "none" } });
  const filters = [
    filter([named("a#1", fromAddress)], { id: "a", name: "a", formats: [syslog, lines] }),
    filter([named("b#1", template(hole("text")))], { id: "b", name: "b", formats: [bare] }),
    filter([named("c#1", fromAddress)], { id: "c", name: "c", formats: [lines, syslog] }),
  ];
  const log = `${header}from 192.0.2.1\n2026-03-01 10:00:00 from 192.0.2.2\nfrom 192.0.2.3\n`;
  t.same(brief(await run(filters, log)), ["1 a#1", "1 b#1", "2 a#1", "2 b#1", "2 c#1", "3 b#1"]);
});

t.test("a frame's captures are the record's, and the rule's come first", async (t) => {
  const frames = [
    template(hole("address"), " ", hole("word", "user"), ": ", hole("message")),
    template("[", hole("int", "pid"), "] ", hole("message")),
  ];
  const rules = [named("f#1", template("hi ", hole("word", "user"))), named("f#2", template("x"))];
  const log = "192.0.2.1 eve: hi bob\n[7] x\n192.0.2.1 eve: x\nx\nhi bob\n";
  const hits = await run([filter(rules, { frames })], log);
  t.same(
    hits.map((hit) => [hit.record, hit.address, { ...hit.captures }]),
    [
      [1, "192.0.2.1", { user: "bob" }],
      [2, null, { pid: "7" }],
      [3, "192.0.2.1", { user: "eve" }],
    ],
  );
});

t.test("a frame may be a regular expression, and gives the message back to others", async (t) => {
  const frames = [
    regex("^\u00fc(?<tag>.)(?<message>.*)$", [
      { name: "tag", group: "tag", of: "text" },
      { name: "message", group: "message", of: "text" },
    ]),
  ];
  const filters = [
    filter([named("a#1", fromAddress)], { id: "a", name: "a", frames }),
    filter([named("b#1", template(hole("text")))], { id: "b", name: "b" }),
  ];
  const hits = await run(
    filters,
    Buffer.concat([
      Buffer.from("\u00fc\u00e4from 192.0.2.1\n\u00fc"),
      Buffer.from([0xff]),
      Buffer.from("from 192.0.2.2\n"),
    ]),
  );
  t.same(brief(hits), ["1 a#1", "1 b#1", "2 a#1", "2 b#1"]);
  t.same(
    hits.map((hit) => hit.captures["tag"] ?? hit.captures["text"]),
    ["\u00e4", "\u00fc\u00e4from 192.0.2.1", "\ufffd", "\u00fc\ufffdfrom 192.0.2.2"],
  );
});

t.test("a capture of an alternative that failed is forgotten", async (t) => {
  const pattern = template(
    "a",
    optional(" by ", hole("word", "w"), optional(" on ", hole("port"))),
    " to ",
    hole("user"),
    optional(" via ", hole("host")),
    ".",
  );
  const log =
    "a by x on 22 to y via z.\na by x on 99999 to y.\na by x to y.\na to y.\na by  to y.\n";
  const hits = await run([filter([named("f#1", pattern)])], log);
  t.same(
    hits.map((hit) => [hit.record, { ...hit.captures }]),
    [
      [1, { w: "x", port: "22", user: "y", host: "z" }],
      [3, { w: "x", user: "y" }],
      [4, { user: "y" }],
    ],
  );
});

t.test("what a tag took must be valid, and a name is a host", async (t) => {
  const tag = (of: "address" | "ip4" | "ip6" | "cidr" | "host", name: string) =>
    named(`f#${of}`, regex(`^${of} (?<${name}>\\S+)$`, [{ name, group: name, of }]));
  const rules = [
    tag("address", "address"),
    tag("ip4", "address"),
    tag("ip6", "address"),
    tag("cidr", "address"),
    tag("host", "host"),
  ];
  const log = [
    "address 192.0.2.1",
    "address [2001:DB8::1]",
    "address 192.0.2.01",
    "ip4 192.0.2.1",
    "ip4 2001:db8::1",
    "ip6 2001:db8::1",
    "ip6 192.0.2.1",
    "cidr 192.0.2.1/24",
    "cidr 192.0.2.1/33",
    "host a.example",
    "host 192.0.2.1",
  ].join("\n");
  const hits = await run([filter(rules)], log);
  t.same(
    hits.map((hit) => [hit.record, hit.address, hit.host]),
    [
      [1, "192.0.2.1", null],
      [2, "2001:db8::1", null],
      [4, "192.0.2.1", null],
      [6, "2001:db8::1", null],
      [8, "192.0.2.1", null],
      [10, null, "a.example"],
      [11, "192.0.2.1", null],
    ],
  );
});

t.test("where: fields of combined, by name", async (t) => {
  const field = (name: string) => ({ name });
  const prefix = (text: string) => ({ type: "prefix" as const, prefix: text });
  const where: [string, Expr][] = [
    ["status", { op: ">=", field: field("status"), to: { type: "int", value: 500 } }],
    ["path", { op: "matches", field: field("path"), pattern: regex("^/wp-") }],
    ["site", { op: "matches", field: field("path"), pattern: template("/a/", hole("text")) }],
    ["net", { op: "in", field: field("address"), list: [prefix("198.51.100.0/25")] }],
    [
      "user",
      {
        op: "and",
        of: [
          { op: "has", field: field("user") },
          { op: "not", of: { op: "==", field: field("user"), to: { type: "text", value: "bob" } } },
        ],
      },
    ],
    ["absent", { op: "!=", field: field("user"), to: { type: "text", value: "x" } }],
  ];
  const rules = where.map(([name, expr]) => named(name, null, { where: expr }));
  const one = filter(rules, { formats: [format("combined", { extras: ["forwarded"] })] });
  const line = (peer: string, user: string, path: string, status: number) =>
    `${peer} - ${user} [01/Mar/2026:10:00:00 +0000] "GET ${path} HTTP/1.1" ${status} 5 "-" "ua" "192.0.2.8, 192.0.2.9"`;
  const log = [
    line("192.0.2.1", "-", "/", 500),
    line("192.0.2.1", "-", "/wp-login.php?x=1", 404),
    line("192.0.2.1", "-", "/a/b", 404),
    line("198.51.100.127", "-", "/", 200),
    line("198.51.100.128", "-", "/", 200),
    line("h.example", "eve", "/", 200),
    line("192.0.2.1", "bob", "/", 200),
  ].join("\n");
  const hits = await run([one], log);
  t.same(brief(hits), ["1 status", "2 path", "3 site", "4 net", "6 user", "7 absent"]);
  t.same(who(hits).slice(0, 5), [
    "192.0.2.1",
    "192.0.2.1",
    "192.0.2.1",
    "198.51.100.127",
    "h.example",
  ]);
  t.same(hits[0]?.forwarded, ["192.0.2.8", "192.0.2.9"]);
  t.match(
    { ...hits[1]?.captures },
    { path: "/wp-login.php", query: "x=1", status: "404", agent: "ua" },
  );
  t.notOk("address" in (hits[1]?.captures ?? {}), "it has a place of its own");
});

t.test("where: fields of json, by name and by path", async (t) => {
  const fields = [
    { name: "address", path: ["peer"] as [string], kind: null },
    { name: "time", path: ["ts"] as [string], kind: null },
    { name: "user", path: ["who", "name"] as [string, string], kind: null },
    { name: "__proto__", path: ["p"] as [string], kind: null },
  ];
  const where: Expr = { op: "==", field: { path: ["st", 1] }, to: { type: "int", value: 401 } };
  const one = filter([named("f#1", null, { where })], { formats: [format("json", { fields })] });
  const record = (more: object) =>
    JSON.stringify({
      ts: "2026-03-01T10:00:00Z",
      peer: "192.0.2.1",
      p: "q",
      st: [0, 401],
      ...more,
    });
  const log = [
    record({ who: { name: "eve" } }),
    record({ st: [0, "401"] }),
    record({ st: [401] }),
    record({ who: null }),
    '{"st":[0,401],"st":[0,401]}',
    "no json",
  ].join("\n");
  const hits = await run([one], log);
  t.same(
    hits.map((hit) => [hit.record, hit.address, hit.time, hit.captures["user"]]),
    [
      [1, "192.0.2.1", Date.UTC(2026, 2, 1, 10), "eve"],
      [2, "192.0.2.1", Date.UTC(2026, 2, 1, 10), undefined],
      [4, "192.0.2.1", Date.UTC(2026, 2, 1, 10), undefined],
    ],
  );
  t.equal(
    Object.entries(hits[0]?.captures ?? {}).find(([name]) => name === "__proto__")?.[1],
    "q",
    "a name like any other",
  );
});

t.test("envelopes: their message is read, their host and program are the record's", async (t) => {
  const one = filter([named("f#1", fromAddress)], {
    formats: [format("syslog", { programs: [template("sshd")] })],
    session: { by: "pid", withinMs: 1000 },
  });
  const at = { file: "x", line: 1, column: 1, start: 0, end: 0 };
  const watches = (["syslog", "docker", "cri"] as const).map((envelope) => ({
    kind: "input" as const,
    envelope,
    zone: null,
    at,
  }));
  const program = await loadPolicy(policy([one], [jail("j", { watches })]));
  const line = `${header}from 192.0.2.1`;
  t.same(who(scan(program, `${line}\n`, 0)), ["192.0.2.1"]);
  const docker = JSON.stringify({ log: `${line}\n`, time: "2026-03-01T10:00:00Z" });
  t.same(who(scan(program, `${docker}\n`, 1)), ["192.0.2.1"]);
  const forged = `${header}from 198.51.100.1`;
  const parts = [
    { log: "x".repeat(16_384), stream: "stdout", time: "2026-03-01T10:00:00Z" },
    { log: `${line}\n`, stream: "stderr", time: "2026-03-01T10:00:00Z" },
    { log: `${forged}\n`, stream: "stdout", time: "2026-03-01T10:00:00Z" },
    { log: line.slice(0, 40), stream: "stdout", time: "2026-03-01T10:00:00Z" },
    { log: `${line.slice(40)}\n`, stream: "stdout", time: "2026-03-01T10:00:01Z" },
  ].map((part) => `${JSON.stringify(part)}\n`);
  t.same(
    scan(program, parts.join(""), 1).map(({ record, address }) => [record, address]),
    [
      [2, "192.0.2.1"],
      [5, "192.0.2.1"],
    ],
    "what Docker cut is one record, and a part of it none",
  );
  const cri = `2026-03-01T10:00:00Z stdout P ${line.slice(0, 40)}\n2026-03-01T10:00:01Z stdout F ${line.slice(40)}\n`;
  const hits = scan(program, cri, 2);
  t.same(who(hits), ["192.0.2.1"]);
  t.equal(hits[0]?.start, cri.indexOf("\n") + 1, "where the record stands that completed it");
});

t.test("no bytes throw, and none cost more than their length", async (t) => {
  const free = (...more: Parameters<typeof template>) =>
    template(hole("text"), ...more, hole("rest"));
  const rules = [
    free(":", hole("address")),
    free(hole("word", "w"), " ", hole("int"), "!"),
    free(hole("not", "n", { chars: "]" }), "]"),
    free("a", hole("host"), "!"),
    free("1", hole("number"), "!"),
    free(hole("word", "w"), hole("word", "w2"), "!"),
  ].map((pattern, i) => named(`f#${i}`, pattern));
  const program = await loadPolicy(policy([filter(rules)]));
  // Were one of them quadratic, this would take minutes, and the runner's limit would end it.
  for (const text of ["a", ":", "1", "a ", "1.", "\xff", "\0", "f:", "a:1 "]) {
    const record = Buffer.from(text.repeat(65_536 / text.length), "latin1");
    t.doesNotThrow(() => scan(program, Buffer.concat([record, Buffer.from("\n")])));
  }
});
