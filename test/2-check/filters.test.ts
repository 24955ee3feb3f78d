/** Filters with their arguments: `when` decided, instances shared, rules named by where they stand. */
import t from "tap";
import type { Wanted } from "../../compiler/2-check/check.ts";
import type { Policy } from "../../schemas/policy.ts";
import { checkText } from "./compile-text.ts";

const moded = `filter f(mode: normal | strict | all = normal, n: int = 3, on: bool = true) {
  fail "one {address}"
  when mode == strict or mode == all { fail as two "two {address}" } else { fail "three {address}" }
  when not (mode in [strict]) and n >= 3 { fail "four {address}" }
  when on == false { fail "five {address}" }
  fail "six {address}"
}
`;

function rulesOf(policy: Policy | null): Record<string, string[]> {
  return Object.fromEntries(
    (policy?.filters ?? []).map((one) => [one.id, one.rules.map((rule) => rule.name)]),
  );
}

function wanted(...filters: NonNullable<Wanted["filters"]>): Record<string, string[]> {
  return rulesOf(checkText(moded, { wanted: { filters } }).policy);
}

t.test("`when` is decided, ordinals stay those of the text", async (t) => {
  t.same(rulesOf(checkText(moded).policy), { f: ["f#1", "f#3", "f#4", "f#6"] });
  const strict = wanted({ name: "f", args: { mode: "strict", on: "false" } });
  t.same(strict["f(mode: strict, on: false)"], ["f#1", "f#two", "f#5", "f#6"]);
  t.same(wanted({ name: "f", args: { mode: "all", n: "2" } })["f(mode: all, n: 2)"], [
    "f#1",
    "f#two",
    "f#6",
  ]);
});

t.test("`when has` asks whether a list or a text is empty", async (t) => {
  const zoned = `let usual = ["a"]
filter f(zones: list = [], root: string = "", names: list = usual) {
  when has zones { fail /^zone <zones> from <address>$/ } else { fail "zone {z:word} from {address}" }
  when has root and not has names { fail "{root}: {address}" }
}
`;
  const rules = (args: Record<string, string>) =>
    rulesOf(checkText(zoned, { wanted: { filters: [{ name: "f", args }] } }).policy);
  t.same(rules({}), { f: ["f#2"] }, "a default has no place in the name, whatever it is");
  t.same(rules({ zones: "a,b" })['f(zones: ["a", "b"])'], ["f#1"]);
  t.same(rules({ root: "/srv" })['f(root: "/srv")'], ["f#2"]);
  const mode = 'filter f(on: bool = true) { when has on { } fail "x {address}" }';
  t.same(checkText(mode).codes, ["F2B2219"]);
});

t.test("an empty list in a regular expression stands for nothing", async (t) => {
  const { policy, codes } = checkText(
    "let none = []\nfilter f { fail /^<none> from <ip4>$/ fail /^x from <ip4>$/ }\n",
  );
  t.same(codes, []);
  const [first] = policy?.filters[0]?.rules ?? [];
  t.match(first?.pattern, { expanded: /^\^\(\?!\) from / });
});

t.test("arguments of the command line are held to their types", async (t) => {
  const codes = (args: Record<string, string>) =>
    checkText(moded, { wanted: { filters: [{ name: "f", args }] } }).codes;
  t.same(codes({ mode: "strikt" }), ["F2B2015"]);
  t.same(codes({ n: "three" }), ["F2B2016"]);
  t.same(codes({ nn: "3" }), ["F2B2010"]);
  t.same(codes({ mode: "normal" }), []);
  t.same(checkText(moded, { wanted: { filters: [{ name: "g", args: {} }] } }).codes, ["F2B2006"]);
});

t.test("a choice may list numbers", async (t) => {
  const numbered = `filter f(type: 1 | 2 | all = 1) {
  when type == 1 or type == all { fail as one "one {address}" }
  when type in [2, all] { fail as two "two {address}" }
}
jail a { watch input  filter f(type: 2)  ban after 1 failures for 1h  do none }
`;
  const args = (type: string) => ({ wanted: { filters: [{ name: "f", args: { type } }] } });
  const rules = (type: string) => rulesOf(checkText(numbered, args(type)).policy);
  t.same(rules("2"), { "f(type: 2)": ["f#two"] }, "said twice, it is one instance");
  t.same(rules("1"), { "f(type: 2)": ["f#two"], f: ["f#one"] });
  t.same(rules("all")["f(type: all)"], ["f#one", "f#two"]);
  t.same(checkText(numbered, args("3")).codes, ["F2B2015"]);
  t.same(checkText(numbered.replace("type == 1", "type == 3")).codes, ["F2B2217"]);
  t.same(checkText(numbered.replace("type: 2)", "type: 4)")).codes, ["F2B2015"]);
});

t.test("calls that mean the same share an instance, others do not", async (t) => {
  const jail = (name: string, filter: string, more = "") =>
    `jail ${name} { watch input filter ${filter} ${more} ban after 1 failures for 1h do none }\n`;
  const { policy, codes } = checkText(
    moded +
      jail("a", "f") +
      jail("b", "f(mode: normal)") +
      jail("c", "f(mode: strict)") +
      jail("d", "f", 'ignore "one 192.0.2.1"'),
  );
  t.same(codes, []);
  t.same(
    policy?.filters.map((one) => one.id),
    ["f", "f(mode: strict)", "f of d"],
  );
  t.same(
    policy?.jails.map((one) => one.filters),
    [["f"], ["f"], ["f(mode: strict)"], ["f of d"]],
  );
  t.equal(policy?.filters[2]?.rules.at(-1)?.name, "d#1");
  t.same(policy?.filters[1]?.arguments, { mode: "strict", n: 3, on: true });
});

t.test("what no argument reaches is checked all the same", async (t) => {
  const { codes } = checkText(`filter f(mode: a | b = a) {
  fail "x {address}"
  when mode == b { fail "y {adress}" } else { when mode == b { fail "z {" } }
}`);
  t.same(codes, ["F2B2101", "F2B2104"]);
});

t.test("`let`s belong to their block", async (t) => {
  const { policy, codes } = checkText(`let at = " at top"
filter f(mode: a | b = a) {
  fail "one {address}{at}"
  when mode == a { let at = " in when"  fail "two {address}{at}" }
}`);
  t.same(codes, []);
  const texts = policy?.filters[0]?.rules.map((rule) =>
    rule.pattern?.kind === "template" ? rule.pattern.parts.at(-1) : null,
  );
  t.same(texts, [
    { kind: "text", text: " at top" },
    { kind: "text", text: " in when" },
  ]);
});

t.test("conditions: fields, types, lists and paths", async (t) => {
  const { policy, codes } = checkText(`let nets = [192.0.2.0/24, more]
let more = [2001:db8::/32]
filter f(limit: int = 400) {
  format json { address .peer  status .code : int  user .u }
  fail where status >= limit and .a."b c"[0] == "x"
  ignore where address in nets
  fail where has user and not (user =~ /^x+$/) and status in [401, 403]
}`);
  t.same(codes, []);
  const [first, second, third] = policy?.filters[0]?.rules ?? [];
  t.same(first?.where, {
    op: "and",
    of: [
      { op: ">=", field: { name: "status" }, to: { type: "int", value: 400 } },
      { op: "==", field: { path: ["a", "b c", 0] }, to: { type: "text", value: "x" } },
    ],
  });
  t.same(second?.where, {
    op: "in",
    field: { name: "address" },
    list: [
      { type: "prefix", prefix: "192.0.2.0/24" },
      { type: "prefix", prefix: "2001:db8::/32" },
    ],
  });
  t.equal(third?.where?.op, "and");
});

t.test("a rule's own captures hide fields of the same name", async (t) => {
  const rule = (where: string) =>
    checkText(`filter f { format combined  fail "x {status:word} {address}" where ${where} }`)
      .codes;
  t.same(rule('status == "up"'), []);
  t.same(rule("bytes > 3"), []);
  t.same(rule('bytes == "x"'), ["F2B2203"]);
  t.same(rule('address == "x"'), ["F2B2203"]);
  t.same(rule("nothing == 3"), ["F2B2201"]);
});

t.test("who it is: formats, frames, sessions and identities know", async (t) => {
  const jail = (filter: string, by = "") =>
    checkText(
      `filter f { ${filter} }\njail j { watch input filter f ban after 1 failures ${by} for 1h do none }`,
    ).codes;
  t.same(jail('fail "x"'), ["F2B2227"]);
  t.same(jail("format combined fail where status == 401"), []);
  t.same(jail('format json { user .u } fail where user == "x"'), ["F2B2227"]);
  t.same(jail('frame "{address}: {message}" fail "x"'), []);
  t.same(jail('session by pid fail "x" note "y {address}"'), []);
  t.same(jail('fail "x {user}"', "by user"), []);
});

t.test("tests of filters", async (t) => {
  const { policy, codes } = checkText(`filter f(mode: a | b = a) {
  fail "x {user} {address}"
  test { fails \`x u 192.0.2.1\` as { address: ::ffff:192.0.2.1, user: "u" }  passes \`y\` as { address: nobody } }
  test(mode: b) { passes \`y\` }
}`);
  t.same(codes, []);
  t.same(
    policy?.tests.map((one) => one.filter),
    ["f", "f(mode: b)"],
  );
  t.same(
    policy?.tests[0]?.lines.map((line) => line.as),
    [{ address: "192.0.2.1", user: "u" }, { address: "nobody" }],
  );
});

t.test("tests of the library are run only when it is asked for", async (t) => {
  const own = checkText("use std/nginx\n");
  t.same(own.policy?.tests, []);
  t.same(own.policy?.filters, []);
  const all = checkText("use std/nginx\n", { wanted: { all: true, libraryTests: true } });
  t.ok((all.policy?.tests.length ?? 0) > 0);
  t.ok((all.policy?.filters.length ?? 0) > 3);
});

t.test("stock: what the library's own lint has proved", async (t) => {
  const stock = (uses: string, own = "") =>
    checkText(`use std/sshd, std/nginx
jail j { watch input  filter ${uses}  ban after 3 failures for 1h  never ban self  do none }
${own}`).policy?.filters.map(({ id, isStock }) => [id, isStock]);
  t.same(stock("sshd(mode: aggressive), sshd(publickey: any), nginx-botsearch"), [
    ["sshd(mode: aggressive)", true],
    ["sshd(publickey: any)", true],
    ["nginx-botsearch", true],
  ]);
  t.same(stock('nginx-botsearch(block: ["/x"])'), [['nginx-botsearch(block: ["/x"])', false]]);
  const own = 'filter f(mode: a | b = a) { format lines  fail "no {address}" }';
  t.same(stock("f(mode: b)", own), [["f(mode: b)", false]]);
  const library = checkText("use std/sshd\n", { wanted: { library: true } }).policy;
  t.same(
    library?.filters.filter(({ name }) => name === "sshd").length,
    16,
    "four modes, each with four readings of public keys",
  );
});
