/**
 * `f2b match`: what each rule made of each record, in the charter's shape, from files and standard input.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv } from "ajv";
import t from "tap";
import { cli, f2b, jsonLines, root } from "../library/f2b.ts";
import { log, makeFolder, policy } from "./folder.ts";

const schema = JSON.parse(readFileSync(join(root, "schemas/match.schema.json"), "utf8"));
const validate = new Ajv({ strict: false }).compile(schema);

t.test("failures, one object a line", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy, "door.log": log });
  const ran = f2b(["match", at("door.f2b"), at("door.log"), "--json"]);
  t.equal(ran.code, 0, ran.err);
  const found = jsonLines(ran.out);
  for (const one of found) t.ok(validate(one), JSON.stringify(validate.errors));
  t.same(
    found.map((one) => [one.line, one.address]),
    [
      [1, "192.0.2.1"],
      [4, "192.0.2.1"],
      [5, "198.51.100.7"],
      [7, "192.0.2.1"],
    ],
    "mapped addresses are IPv4; what `ignore` says is none",
  );
  t.same(found[0], {
    line: 1,
    filter: "door",
    rule: "door#1",
    kind: "failure",
    address: "192.0.2.1",
    id: "192.0.2.1",
    time: "2026-03-01T10:00:00.000Z",
    captures: { user: "eve" },
  });
});

t.test("--all, --filter and --set", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy, "door.log": log });
  const all = jsonLines(f2b(["match", at("door.f2b"), at("door.log"), "--json", "--all"]).out);
  for (const one of all) t.ok(validate(one), JSON.stringify(validate.errors));
  t.same(all.map((one) => one.kind).sort(), [...Array(4).fill("failure"), "ignored", "note"]);
  const args = ["match", at("door.f2b"), at("door.log"), "--filter", "door", "--json"];
  const strict = jsonLines(f2b([...args, "--set", "mode=strict"]).out);
  t.same(
    strict.map((one) => one.line),
    [1, 4, 5, 6, 7],
  );
  const unknown = f2b([...args.slice(0, -2), "dor"]);
  t.equal(unknown.code, 1);
  t.match(unknown.err, /did you mean `door`/);
  t.equal(f2b([...args, "--set", "mode=stirct"]).code, 1);
  t.equal(f2b([...args, "--set", "mood=strict"]).code, 1);
});

t.test("standard input, a log without a final LF, and none at all", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const ran = f2b(["match", at("door.f2b"), "-", "--json"], {}, log.trimEnd());
  t.same(
    jsonLines(ran.out).map((one) => one.line),
    [1, 4, 5, 7],
  );
  const empty = f2b(["match", at("door.f2b"), "-"], {}, "");
  t.equal(empty.code, 0, "finding nothing is no error");
  t.match(empty.out, /0 failures in 0 lines/);
});

t.test("a log larger than a chunk", async (t) => {
  const lines = 40_000;
  const line = "2026-03-01T10:00:00Z refused eve from 192.0.2.1\n";
  const at = makeFolder(t, { "door.f2b": policy, "big.log": line.repeat(lines) });
  const ran = f2b(["match", at("door.f2b"), at("big.log"), "--json"]);
  const found = ran.out.trimEnd().split("\n");
  t.equal(found.length, lines);
  t.equal(JSON.parse(found.at(-1) ?? "").line, lines);
});

t.test("for people: what matched, and how often each rule did", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy, "door.log": log });
  const ran = f2b(["match", at("door.f2b"), at("door.log")]);
  t.match(ran.out, /^ +1 {2}failure {2}192\.0\.2\.1 {2}door#1 .* user=eve$/m);
  t.match(ran.out, /^ +4 {2}door#1$/m);
  t.match(ran.out, /4 failures in 7 lines/);
});

t.test("for people: failures that name nobody are told of", async (t) => {
  const peers = `filter web {
  format json { time .t  address .peer }
  fail as refused where .refused == true
}`;
  const line = (peer: string) =>
    `${JSON.stringify({ t: "2026-03-01T10:00:00Z", peer, refused: true })}\n`;
  const at = makeFolder(t, { "web.f2b": peers });
  const one = f2b(["match", at("web.f2b"), "-"], {}, line("192.0.2.1") + line("192.0.2.1:80"));
  t.match(one.out, /^1 failure in 2 lines$/m);
  t.match(one.out, /^1 more failure names nobody, as line 2 \(web#refused\): /m);
  const two = f2b(["match", at("web.f2b"), "-"], {}, line("10") + line("host") + line("::1"));
  t.match(two.out, /^2 more failures name nobody, as line 1 \(web#refused\): /m);
  t.notMatch(f2b(["match", at("web.f2b"), "-"], {}, line("192.0.2.1")).out, /nobody/);
});

t.test("a log cannot write to the terminal", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const evil = "2026-03-01T10:00:00Z refused \u001b]0;x\u0007\u009b2J\u202e from 192.0.2.1\n";
  for (const flags of [[], ["--json"]]) {
    const ran = f2b(["match", at("door.f2b"), "-", ...flags], {}, evil);
    t.match(ran.out, /192\.0\.2\.1/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    t.notMatch(ran.out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
  const bytes = Buffer.concat([Buffer.from("\xff\xfe\0refused", "latin1"), Buffer.from(evil)]);
  t.equal(f2b(["match", at("door.f2b"), "-"], {}, bytes).code, 0);
});

t.test("logs that cannot be read", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const missing = f2b(["match", at("door.f2b"), at("none.log")]);
  t.equal(missing.code, 3);
  t.match(missing.err, /cannot read the log .*no such file/);
  t.equal(f2b(["match", at("door.f2b"), at(".")]).code, 3, "a folder");
});

t.test(
  "a compressed log is refused with the way out, not read as one without failures",
  async (t) => {
    const at = makeFolder(t, { "door.f2b": policy });
    writeFileSync(at("door.log.gz"), gzipSync(log));
    writeFileSync(at("door.log.xz"), Buffer.from("fd377a585a000004", "hex"));
    writeFileSync(at("door.log"), `\u001f\n${log}`);
    f2b(["compile", at("door.f2b"), "-o", at("door.mjs")]);
    for (const words of [
      [...cli, "match", at("door.f2b")],
      [...cli, "replay", at("door.f2b")],
      [at("door.mjs"), "replay"],
    ]) {
      for (const [name, program] of [
        ["door.log.gz", "zcat"],
        ["door.log.xz", "xzcat"],
      ] as const) {
        const ran = spawnSync(process.execPath, [...words, at(name)], { encoding: "utf8" });
        t.equal(ran.status, 3, words.join(" "));
        t.match(ran.stderr, `is compressed by ${name.endsWith("gz") ? "gzip" : "xz"}: ${program} `);
      }
      t.equal(spawnSync(process.execPath, [...words, at("door.log")]).status, 0);
    }
  },
);

t.test("a reader that goes away", async (t) => {
  const line = "2026-03-01T10:00:00Z refused eve from 192.0.2.1\n";
  const at = makeFolder(t, { "door.f2b": policy });
  writeFileSync(at("big.log"), line.repeat(60_000));
  const command = [process.execPath, ...cli, "match", at("door.f2b"), at("big.log"), "--json"];
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const script = `${quoted} | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const ran = spawnSync("bash", ["-c", script], { cwd: root, encoding: "utf8" });
  t.match(ran.stdout, /^\{"line":1,.*\}\n0\n$/);
  t.equal(ran.stderr.replace(/^npm warn.*\n/gm, ""), "");
});

t.test("--set takes lists, of texts and of addresses", async (t) => {
  const at = makeFolder(t, {
    "lists.f2b": `filter limits(zones: list = [])  { format lines  fail "over {zone:word!} by {address}" where zone in zones }
filter proxied(proxies: list = [127.0.0.0/8]) { format lines  fail "{address} through {proxy:address}" where proxy in proxies }
`,
    "a.log":
      "2026-03-01 10:00:00 over login by 203.0.113.9\n2026-03-01 10:00:00 over shop by 203.0.113.8\n2026-03-01 10:00:00 203.0.113.7 through 192.0.2.1\n",
  });
  const matched = (filter: string, set: string) => {
    const args = ["--filter", filter, "--set", set, "--json"];
    return jsonLines(f2b(["match", at("lists.f2b"), at("a.log"), ...args]).out).map(
      ({ address }) => address,
    );
  };
  for (const list of ["login", "a,login", '["login", "a"]']) {
    t.same(matched("limits", `zones=${list}`), ["203.0.113.9"], list);
  }
  for (const list of ["192.0.2.0/24", "[127.0.0.1, 192.0.2.1]"]) {
    t.same(matched("proxied", `proxies=${list}`), ["203.0.113.7"], list);
  }
  t.same(matched("proxied", "proxies=198.51.100.1"), []);
});
