/** Policies written to crash or stall the compiler: each ends in findings or in a policy. */
import fc from "fast-check";
import t from "tap";
import { checkText } from "./compile-text.ts";

const oddNames = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"];

t.test("names that objects already have", async (t) => {
  for (const name of oddNames) {
    const { policy, codes } = checkText(`let ${name}x = 192.0.2.1
filter ${name}(${name}: ${name} | b = ${name}) {
  format json { address .peer  ${name} .${name} }
  frame "{?${name} }{message}"
  let y = "{?: {${name}:word}}"
  fail as ${name} "x {address}{y}"
  when ${name} == ${name} { ignore where ${name} == "a" }
  test { fails \`{}\` as { ${name}: "a" } }
}
action ${name}(${name}: string = "a") { on ban { run ["x", ${name}] keep kept } }
jail ${name} { watch input filter ${name} ban after 5 distinct ${name} by ${name} for 1h never ban ${name}x do ${name}(${name}: "b") }`);
    t.same(codes, [], name);
    const printed = JSON.parse(JSON.stringify(policy));
    t.equal(printed.jails[0].name, name);
    t.equal(Object.getOwnPropertyDescriptor(printed.filters[0].arguments, name)?.value, name);
    t.equal(Object.getOwnPropertyDescriptor(printed.tests[0].lines[0].as, name)?.value, "a");
  }
});

t.test("names that nothing declares, and that objects have", async (t) => {
  for (const name of oddNames) {
    const { policy } = checkText(`filter f { fail "{${name}} {address}" where ${name} == 1 }
jail j { watch input filter ${name} ban after 5 distinct ${name} for 1h never ban ${name} do ${name} }`);
    t.equal(policy, null, name);
  }
});

/** `levels` declarations, each of which names the one before many times over. */
function tower(levels: number, one: (before: string) => string, ground: string): string {
  const rows = Array.from({ length: levels }, (_, i) => `let a${i + 1} = ${one(`a${i}`)}\n`);
  return `let a0 = ${ground}\n${rows.join("")}`;
}

const filter = 'filter f { fail "x {address}" }\n';
const jail = (more: string) =>
  `jail j { watch input filter f ban after 5 failures for 1h do none ${more} }\n`;
const many = (word: string) => Array.from({ length: 50 }, () => word);

t.test("towers of names end", async (t) => {
  const list = tower(12, (a) => `[${many(a).join(", ")}]`, "[192.0.2.1]");
  t.same(checkText(`${list}${filter}${jail("never ban a12")}`).codes, ["F2B2022"]);
  const empty = tower(12, (a) => `[${many(a).join(", ")}]`, "[]");
  t.same(checkText(`${empty}${filter}${jail("never ban a12")}`).codes, ["F2B2022"]);
  for (const ground of ['"x"', '""']) {
    const text = tower(12, (a) => `"${many(`{${a}}`).join("")}"`, ground);
    t.same(checkText(`${text}filter f { fail "{a12} {address}" }`).codes, ["F2B2112"]);
    const action = `action tell { on ban { log "{a12}" } }\n`;
    t.same(checkText(`${text}${action}`).codes, ["F2B2409"]);
  }
  const regex = tower(12, (a) => `/${many(`<${a}>`).join("")}/`, "/x?/");
  t.same(checkText(`${regex}filter f { fail /^<a12> <address>$/ }`).codes, ["F2B2121"]);
});

t.test("lists that hold themselves", async (t) => {
  t.same(checkText(`let a = [a]\n${filter}${jail("never ban a")}`).codes, ["F2B2021"]);
  t.same(
    checkText('let a = [b]\nlet b = [a]\nfilter f { fail "x {address}" where address in a }').codes,
    ["F2B2021"],
  );
  t.same(checkText('let a = [a]\naction x { on ban { run ["x", a] } }').codes, ["F2B2409"]);
  t.same(
    checkText(
      'let a = { b: a }\naction x { on ban { http post "https://a.example/" json { c: a } } }',
    ).codes,
    ["F2B2409"],
  );
});

t.test("deep nesting", async (t) => {
  const deep = `"${"{?x".repeat(2000)}${"}".repeat(2000)} {address}"`;
  t.same(checkText(`filter f { fail ${deep} }`).codes, ["F2B2114"]);
  const groups = `/^${"(".repeat(3000)}x${")".repeat(3000)} <address>$/`;
  t.same(checkText(`filter f { fail ${groups} }`).codes, ["F2B2120"]);
  const classes = `/^${"[".repeat(4000)}] <address>$/`;
  t.type(checkText(`filter f { fail ${classes} }`).codes.length, "number");
});

t.test("a thousand mistakes are a hundred findings", async (t) => {
  const rules = Array.from({ length: 1000 }, (_, i) => `fail "x {adress${i}}"`).join("\n");
  const { codes } = checkText(`filter f {\n${rules}\n}`);
  t.equal(codes.length, 101);
  t.ok(codes.includes("F2B2024"));
});

t.test("a filter is not lowered once for each of a thousand jails", async (t) => {
  const rules = Array.from({ length: 2000 }, (_, i) => `fail "${i} {address}"`).join("\n");
  const jails = Array.from({ length: 999 }, (_, i) => jail("").replace("jail j", `jail j${i}`));
  const plain = checkText(`filter f {\n${rules}\n}\n${jails.join("")}`);
  t.same(plain.codes, []);
  const own = jails.map((one) => one.replace("do none", 'do none ignore "x"'));
  t.same(checkText(`filter f {\n${rules}\n}\n${own.join("")}`).codes, ["F2B2023"]);
});

const words = fc.constantFrom(
  ..."use let defaults jail filter action serve fleet watch file journal input bans of fail note clear ignore as where weight end when else not and or in has true false test fails passes format syslog json combined lines program with time frame session by within ban each address after failures distinct for doubling to then ever never self behind observe remember across jails ports tcp all do none on start run script log write call keep timeout body expect a b f j x std/sshd std/memory".split(
    " ",
  ),
  ..."{ } ( ) [ ] , : = == != < <= =~ | ..".split(" "),
  ...[
    '"{address}"',
    '"{a}"',
    '"{?{x:word}} {user}"',
    "`x`",
    '"{"',
    "/^<address>$/",
    "/(a+)+/",
    "/<a>/",
  ],
  ...["192.0.2.1", "2001:db8::/32", "10m", "1h", "5", "0", ".a.b", "ipv4/24", "ipv6/64"],
);

t.test("any row of words ends in findings or a policy", async (t) => {
  const heads = fc.constantFrom(
    "",
    "filter f { fail ",
    "jail j { watch input ",
    "action a { on ban { ",
    "let a = ",
  );
  let policies = 0;
  fc.assert(
    fc.property(heads, fc.array(words, { maxLength: 25 }), (head, row) => {
      const closed = `${head}${row.join(" ")}${head.split("{").length > 2 ? " } }" : head.includes("{") ? " }" : ""}`;
      const { policy, codes } = checkText(closed, { wanted: { all: true } });
      if (policy !== null) policies++;
      return policy !== null || codes.length > 0;
    }),
    { numRuns: 1500 },
  );
  t.pass(`${policies} policies`);
});

t.test("a good policy with one word changed ends so too", async () => {
  const good = `use std/sshd, std/memory
let office = [192.0.2.0/24]
defaults { ban after 5 failures within 10m for 1h doubling to 4w by ipv4/32 never ban self, office do memory }
jail sshd { watch file "/var/log/auth.log" filter sshd ( mode : aggressive ) ports tcp 22 }
jail again { watch bans of sshd ban after 5 distinct address by ipv4/24 within 1d for 1w then ever }
filter shop ( mode : a | b = a ) { format json { time .ts address .peer user .user } fail where .path == "/login" and .status == 401
fail as x where user =~ /^(a|b)$/ weight 3 when mode == b { ignore where user == "h" } test { passes \`{}\` } }
action tell ( to : string , url : secret = env "URL" ) { on ban { run [ "logger" , "{to} {address}" ] timeout 5s input url } }`.split(
    " ",
  );
  fc.assert(
    fc.property(fc.nat(good.length - 1), words, fc.boolean(), (at, word, replaces) => {
      const text = good.toSpliced(at, replaces ? 1 : 0, word).join(" ");
      const { policy, codes } = checkText(text, { lints: true });
      return policy !== null || codes.length > 0;
    }),
    { numRuns: 400 },
  );
});
