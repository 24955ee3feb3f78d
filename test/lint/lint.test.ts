/** Lint: what each rule says, and where it keeps quiet. The catalogue's cases are run elsewhere. */
import t from "tap";
import { checkText } from "../2-check/compile-text.ts";

function codesOf(text: string): string[] {
  return (
    checkText(text, { lints: true })
      // A missing test is not the point here; nor is it how fast this machine is.
      .codes.filter((code) => code !== "F2B4010" && code !== "F2B4003")
      .sort()
  );
}

const filter = (rules: string) => codesOf(`filter f {\n  ${rules}\n}\n`);

t.test("patterns that stall, wherever they stand", async (t) => {
  t.same(filter("fail /^(a+)+ <address>$/"), ["F2B4001"]);
  t.same(filter('fail "x {address}" where host =~ /^(a|a)*$/'), ["F2B4001"]);
  t.same(filter('format syslog program /^(a*)*$/  fail "x {address}"'), ["F2B4001"]);
  t.same(filter('frame /^(x+x+)+y(?<message>.*)$/  fail "x {address}"'), ["F2B4001"]);
  t.same(filter("fail /^<words> <address>$/\n  let words = /(?:a+)+/"), ["F2B4001"]);
});

t.test("ordinary patterns cost nothing to speak of", async (t) => {
  const ordinary = [
    "/^refused <address> port \\d+$/",
    "/^Failed (?:password|none) for (?<user>\\S+) from <address> port \\d+ ssh2$/",
    "/^.* from <host>$/",
    "/^\\[<ip6>\\]:\\d+ <cidr> x$/".replace(" <cidr>", ""),
    "/^(?:\\w+ )?<address>: [^:]*: end$/",
  ];
  for (const one of ordinary) t.same(filter(`fail ${one}`), [], one);
});

t.test("ties at both ends, in every branch", async (t) => {
  t.same(filter("fail /^a <address>$|^b <ip4>$/"), []);
  t.same(filter("fail /^(?:a|b) <address>(?: x$|$)/"), []);
  t.same(filter("fail /^a <address>$|b <ip4>$/"), ["F2B4004"]);
  t.same(filter("fail /a <address>$/"), ["F2B4004"]);
  t.same(filter('fail "x {address}"\n  ignore /healthcheck/'), [], "what is ignored bans nobody");
});

t.test("rules behind others", async (t) => {
  t.same(filter('fail "x {address}"\n  note "x {address}"\n  session by pid'), ["F2B4013"]);
  t.same(filter('fail "x {a:word} {address}"\n  fail "x {b:word} {address}"'), ["F2B4013"]);
  t.same(filter('fail "x {address}"\n  ignore "x {address}"'), ["F2B4013"], "ignored first");
  t.same(filter('fail "x {address}" where host == "a"\n  fail "x {address}"'), []);
  t.same(filter('fail "x {address}"\n  fail "x {address}" where host == "a"'), ["F2B4013"]);
});

t.test("jails", async (t) => {
  const jail = (body: string) =>
    codesOf(
      `use std/nftables\nfilter f { fail "x {address}" }\njail j { watch input filter f ${body} }`,
    );
  t.same(jail("ban after 5 failures for 1h do nftables never ban self"), []);
  t.same(jail("ban after 5 failures for 1h do nftables"), ["F2B4008"]);
  t.same(jail("ban after 5 failures within 1d for 1h do nftables never ban self"), ["F2B4009"]);
  t.same(jail("ban after 5 failures for 1h do nftables never ban self behind 192.0.2.1"), [
    "F2B4014",
  ]);
});

t.test("what nothing uses", async (t) => {
  t.same(codesOf('let a = "x"\nfilter f { fail "{a} {address}" }'), []);
  t.same(codesOf('let a = "x"\nfilter f { fail "{address}" }'), ["F2B4012"]);
  t.same(codesOf('filter f(a: int = 3) { fail "{address}" when a == 3 { ignore "x" } }'), []);
  t.same(
    codesOf('let words = [192.0.2.1]\nfilter f { fail "{address}" where address in words }'),
    [],
  );
  t.same(codesOf('let a = "x"\n'), [], "a file of names alone is there for others");
});

t.test("the library's own", async (t) => {
  for (const module of ["sshd", "nginx", "http", "nftables", "memory"]) {
    const { findings } = checkText(`use std/${module}\n`, { lints: true, wanted: { all: true } });
    const bad = findings.filter((one) => one.severity === "error");
    t.same(
      bad.map((one) => `${one.code} ${one.message}`),
      [],
      module,
    );
  }
});

t.test("paths that depend on where the bundle is started", async (t) => {
  const said = (clauses: string, items = "") => {
    const text = `${items}filter f { fail "x {address}" }\njail j { filter f ban after 5 failures for 1h ${clauses} }`;
    return checkText(text, { lints: true })
      .findings.filter(({ code }) => code === "F2B4019")
      .map(({ at, help }) => `${text.slice(at.start, at.end)} ${help}`);
  };
  const watch = 'watch file "/var/log/a.log"';
  t.match(said('watch file "/var/log/a.log", "b/*.log" never ban self do none'), [
    /^"b\/\*\.log" as a service it is "\/b\/\*\.log": .*"\/var\/log\/b\/\*\.log"$/,
  ]);
  t.match(said('watch file "../a.log" never ban self do none'), [/ it is "\/a\.log": /]);
  t.match(said(`${watch} never ban self, file "allow" do none`), [
    /^"allow" .*"\/etc\/f2b\/allow"$/,
  ]);
  t.match(said(`${watch} never ban self, office do none`, 'let office = [file "allow"]\n'), [
    /^"allow" /,
  ]);
  t.match(said(`${watch} never ban self behind file "proxies" do none`), [/^"proxies" /]);

  const doing = (step: string) =>
    said(
      `${watch} never ban self do a(to: "out")`,
      `action a(to: string) { on ban { ${step} } }\n`,
    );
  t.match(doing('write "{to}/{jail}" body "x"'), [/^write .* it is "\/out\/\{jail\}": /]);
  t.match(doing('run ["./tell.sh", "{to}"]'), [/^run .* it is "\/tell\.sh": /]);
  t.same(doing('write "/{to}" body "x"'), []);
  t.same(doing('run ["logger", "{to}"]'), [], "looked for in PATH");
  t.match(
    said(
      `${watch} never ban self do blocklist-file(path: "list.txt"), tell(key: file "key")`,
      'use std/lists\naction tell(key: secret) { on ban { http post "https://example.net/" bearer key } }\n',
    ).sort(),
    [/^"key" /, /it is "\/list\.txt"/],
  );
  t.same(said(`${watch} never ban self, file "/etc/allow" do none`), []);
});

t.test("filters and actions that stand twice, and what is left without the second", async (t) => {
  const mended = (clauses: string) => {
    const text = `use std/nftables, std/memory\nfilter f(n: int = 1) { fail "x {address}" }\njail j { watch input ban after 5 failures for 1h never ban self ${clauses} }`;
    const { findings } = checkText(text, { lints: true });
    const own = findings.filter(({ code }) => code === "F2B4020");
    const fixes = own.flatMap(({ fix }) => fix ?? []).sort((a, b) => b.at.start - a.at.start);
    const left = fixes.reduce(
      (now, { at, text: by }) => now.slice(0, at.start) + by + now.slice(at.end),
      text,
    );
    t.notOk(checkText(left, { lints: true }).codes.includes("F2B4020"), left);
    const rest = left.slice(left.indexOf("never ban self ") + 15, -2).trim();
    return `${own.length}: ${rest.replace(/ +/g, " ")}`;
  };
  t.equal(mended("filter f do nftables, nftables"), "1: filter f do nftables");
  t.equal(mended("filter f , f,f do none"), "2: filter f do none");
  t.equal(mended("filter f filter f do none"), "1: filter f do none");
  t.equal(
    mended("filter f do nftables do nftables, nftables, memory, nftables"),
    "3: filter f do nftables do memory",
  );
  t.equal(mended("filter f, f(n: 2) do none"), "0: filter f, f(n: 2) do none");
  t.equal(mended("filter f(n: 2), f(n:2) do none"), "1: filter f(n: 2) do none");
});
