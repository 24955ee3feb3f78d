/** Jails: defaults merged, sentences and identities checked, bans of other jails. */
import t from "tap";
import { checkText } from "./compile-text.ts";

const filter = 'filter f { fail "x {user:word} {address}" }\n';
const jail = (body: string) => `${filter}jail j { watch input filter f ${body} }`;
const ban = "ban after 5 failures for 1h";

t.test("what a jail leaves out", async (t) => {
  const { policy, codes } = checkText(jail(`${ban} do none`));
  t.same(codes, []);
  t.match(policy?.jails[0], {
    neverBan: [],
    behind: [],
    observe: false,
    rememberMs: 90 * 86_400_000,
    acrossJails: false,
    ports: [],
    actions: [],
    resolveHosts: false,
    bans: [
      {
        eachAddress: false,
        count: 5,
        what: "failures",
        capture: null,
        by: { kind: "address", ipv4: 32, ipv6: 64 },
        withinMs: 600_000,
        times: [3_600_000],
        doublingToMs: null,
        jitterMs: 0,
      },
    ],
  });
});

t.test("defaults: replaced, or added to", async (t) => {
  const { policy, codes } = checkText(`use std/memory
defaults {
  ban after 3 failures within 1m for 2m doubling to 1h jitter 10s
  by ipv4/24
  never ban self, 192.0.2.1
  ports tcp 22
  remember 1d across jails
  do memory
}
${filter}
jail plain { watch input filter f }
jail own { watch input filter f ${ban} by ipv6/56 never ban 192.0.2.2, 192.0.2.1 ports all remember 2d do none }`);
  t.same(codes, []);
  const [plain, own] = policy?.jails ?? [];
  t.match(plain, {
    bans: [{ count: 3, doublingToMs: 3_600_000, jitterMs: 10_000, by: { ipv4: 24, ipv6: 64 } }],
    ports: [{ protocol: "tcp", from: 22, to: 22 }],
    rememberMs: 86_400_000,
    acrossJails: true,
    actions: ["memory"],
  });
  t.match(own, { rememberMs: 2 * 86_400_000, acrossJails: false });
  t.match(own?.bans, [{ count: 5, by: { ipv4: 32, ipv6: 56 } }]);
  t.same(own?.ports, []);
  t.same(own?.actions, []);
  t.same(own?.neverBan, [
    { kind: "self" },
    { kind: "prefix", prefix: "192.0.2.1/32" },
    { kind: "prefix", prefix: "192.0.2.2/32" },
  ]);
});

t.test("sentences", async (t) => {
  const bans = (text: string) => checkText(jail(`${text} do none`));
  t.match(bans("ban after 1 failure for 10m then 1h then ever").policy?.jails[0]?.bans, [
    { times: [600_000, 3_600_000, null] },
  ]);
  t.match(
    bans("ban after 8 distinct user by ipv4/24, ipv6/48 within 1h for 1d").policy?.jails[0]?.bans,
    [{ what: "distinct", capture: "user", by: { ipv4: 24, ipv6: 48 } }],
  );
  t.match(bans("ban each address after 30 failures by user for 6h").policy?.jails[0]?.bans, [
    { eachAddress: true, by: { kind: "captures", names: ["user"] } },
  ]);
  t.same(bans("ban after 5 distinct address for 1h").codes, []);
  t.same(bans("ban after 5 failures by user and address for 1h").codes, []);
  t.same(bans("ban after 5 failures by shop for 1h").codes, ["F2B2311"]);
  t.same(bans("ban each address after 5 failures for 1h").codes, ["F2B2314"]);
  t.same(bans("ban after 5 failures by ipv4/0 for 1h").codes, ["F2B1015"]);
});

t.test("who is protected", async (t) => {
  const who = (text: string, before = "") => {
    const { policy, codes } = checkText(before + jail(`${ban} do none never ban ${text}`));
    return codes.length > 0 ? codes : policy?.jails[0]?.neverBan;
  };
  t.same(who('file "/etc/f2b/allow.txt", host "Admin.Example.NET"'), [
    { kind: "file", path: "/etc/f2b/allow.txt" },
    { kind: "host", name: "admin.example.net" },
  ]);
  t.same(who("a", 'let a = [b, 2001:DB8::1]\nlet b = file "/x"\n'), [
    { kind: "file", path: "/x" },
    { kind: "prefix", prefix: "2001:db8::1/128" },
  ]);
  t.same(who("192.0.2.0/25, 192.0.2.999"), ["F2B2207"]);
  t.same(who("192.0.2.1/25"), ["F2B2208"]);
  t.same(who('host "a..b"'), ["F2B2318"]);
  t.same(who("office"), ["F2B2008"]);
});

t.test("a name that failed is told once", async (t) => {
  const { codes } = checkText(`${filter}
jail a { watch input filter nosuch ban after 5 distinct user for 1h never ban office do nowhere }
jail b { watch input filter nosuch ${ban} never ban office do nowhere }`);
  t.same([...codes].sort(), ["F2B2006", "F2B2007", "F2B2008"]);
});

t.test("bans of other jails", async (t) => {
  const again = (body: string) =>
    checkText(`${jail(`${ban} do none`)}\njail again { ${body} do none }\n`);
  const { policy, codes } = again(
    "watch bans ban after 5 distinct address by ipv4/24 for 1w then ever",
  );
  t.same(codes, []);
  t.match(policy?.jails[1]?.watches, [{ kind: "bans", of: ["j"] }]);
  t.same(
    again("watch bans of j ban after 3 distinct user for 1h").codes,
    [],
    "captures of the watched",
  );
  t.same(again("watch bans of j ban after 3 failures for 1h").codes, ["F2B2315"]);
  t.same(again("watch bans of jj ban after 3 bans for 1h").codes, ["F2B2324"]);
});

t.test("rings of jails", async (t) => {
  const watching = (name: string, of: string) =>
    `jail ${name} { watch bans of ${of} ban after 2 bans for 1h do none }\n`;
  const { findings } = checkText(watching("a", "b") + watching("b", "c") + watching("c", "a"));
  t.match(findings, [{ code: "F2B2327", message: /a watches b watches c watches a/ }]);
});

t.test("sources", async (t) => {
  const watch = (text: string) => {
    const { policy, codes } = checkText(
      `${filter}jail j { watch ${text} filter f ${ban} do none }`,
    );
    return codes.length > 0 ? codes : policy?.jails[0]?.watches[0];
  };
  t.match(watch('file "/a", "/b/*.log" as docker zone "Europe/Berlin" from start'), {
    kind: "file",
    paths: ["/a", "/b/*.log"],
    envelope: "docker",
    zone: "Europe/Berlin",
    from: "start",
  });
  t.match(watch('journal unit "a.service", "b.service"'), {
    kind: "journal",
    by: "unit",
    values: ["a.service", "b.service"],
    envelope: "syslog",
  });
  t.match(watch("journal"), { by: null, values: [] });
  t.match(watch("journal as lines"), { by: null, envelope: null });
  t.same(watch("journal as syslog"), ["F2B2320"]);
  t.same(watch('file "/a" as lines'), ["F2B2321"]);
  t.match(watch('input zone "+05:30"'), { kind: "input", zone: "+05:30" });
  t.same(watch('input zone "Mars/Base"'), ["F2B2322"]);
  t.same(watch('syslog on "127.0.0.1:514"'), ["F2B2903"]);
  t.same(watch('command ["tail", "-F", "/x"]'), ["F2B2903"]);
  t.same(watch("input from start"), ["F2B2320"]);
});

t.test("tests of jails", async (t) => {
  const { policy, codes } = checkText(
    jail(
      `${ban} do none test { given \`a\`, \`b\` bans 192.0.2.1 for 1h bans ::1 for ever spares ::ffff:192.0.2.2 }`,
    ),
  );
  t.same(codes, []);
  t.match(policy?.jails[0]?.tests[0]?.steps, [
    { kind: "given", lines: ["a", "b"] },
    { kind: "bans", address: "192.0.2.1", forMs: 3_600_000 },
    { kind: "bans", address: "::1", forMs: 0 },
    { kind: "spares", address: "192.0.2.2" },
  ]);
});
