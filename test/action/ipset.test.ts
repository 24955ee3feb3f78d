/** The iptables and ipset driver against the real programs, in a network namespace of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import t, { type Test } from "tap";
import { ipset } from "../../runtime/action/ipset.ts";
import type { DriverContext, FirewallChange } from "../../runtime/contract.ts";
import { inNamespace } from "./in-namespace.ts";

const programs = ["ipset", "iptables", "iptables-restore", "ip6tables", "ip6tables-restore"];
const shown = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: "utf8" });

const change = (
  op: FirewallChange["op"],
  address: string,
  until: number | null,
  jail = "ssh",
): FirewallChange => ({ op, address, until, jail });

const jails: DriverContext["jails"] = [
  {
    name: "ssh",
    ports: [
      { protocol: "tcp", from: 22, to: 22 },
      { protocol: null, from: 8000, to: 8010 },
    ],
    prefixes: [],
  },
  { name: "a jail with a name of 40 letters, or more", ports: [], prefixes: [] },
  { name: "6to4", ports: [], prefixes: [] },
];

function open(t: Test, now: () => number, host: Partial<DriverContext> = {}) {
  const firewall = ipset({ now, jails, log: () => {}, ...host });
  t.teardown(() => firewall.stop(true).catch(() => {}));
  return firewall;
}

/** Members of a set, without the seconds that pass. */
const members = (set: string) =>
  shown("ipset", "list", set)
    .split("Members:\n")[1]
    ?.trim()
    .split("\n")
    .map((line) => line.replace(/timeout (\d+)/, (_, s) => `timeout ${Math.ceil(Number(s) / 10)}0`))
    .sort();

inNamespace(programs, () => {
  t.test("start, apply, extend, delete: what the kernel holds", async (t) => {
    const firewall = open(t, () => 1_000_000);
    await firewall.start([
      change("add", "192.0.2.1", 1_600_000),
      change("add", "2001:db8:1:2::/64", null),
      change("add", "192.0.2.9", 1),
    ]);
    t.same(members("f2b_ssh_4"), ["192.0.2.1 timeout 600"]);
    t.same(members("f2b_ssh_6"), ["2001:db8:1:2::/64 timeout 00"]);
    await firewall.apply([
      change("add", "198.51.100.0/24", 1_300_000),
      change("extend", "192.0.2.1", 4_600_000),
      change("delete", "2001:db8:1:2::/64", null),
      change("delete", "203.0.113.1", null),
      change("add", "192.0.2.1; flush", 1_300_000),
      change("add", "192.0.2.77", 1_300_000, "nobody's"),
    ]);
    t.same(members("f2b_ssh_4"), ["192.0.2.1 timeout 3600", "198.51.100.0/24 timeout 300"]);
    t.same(members("f2b_ssh_6"), [""]);
    t.ok(await firewall.check([change("add", "192.0.2.1", null)]));
  });

  t.test("a ban that ended on the way here does not stand for ever", async (t) => {
    let now = 0;
    const firewall = open(t, () => now);
    const bans = [change("add", "192.0.2.1", 1_000), change("add", "192.0.2.2", 1_400)];
    now = 1_400;
    await firewall.start(bans);
    t.same(members("f2b_ssh_4"), [""]);
    await firewall.apply([...bans, change("extend", "192.0.2.1", 1_399)]);
    t.same(members("f2b_ssh_4"), [""]);
  });

  t.test("a jail's name says nothing of the family: 6to4", async (t) => {
    const firewall = open(t, () => 0);
    const bans = [
      change("add", "192.0.2.1", 600_000, "6to4"),
      change("add", "2001:db8::1", 600_000, "6to4"),
    ];
    await firewall.start(bans);
    t.same(members("f2b_6to4_4"), ["192.0.2.1 timeout 600"]);
    t.same(members("f2b_6to4_6"), ["2001:db8::1 timeout 600"]);
    t.ok(await firewall.check(bans));
  });

  t.test("everybody: ipset takes no /0", async (t) => {
    const firewall = open(t, () => 0);
    const bans = [change("add", "0.0.0.0/0", 600_000), change("add", "::/0", 600_000)];
    await firewall.start([]);
    await firewall.apply(bans);
    t.equal(members("f2b_ssh_4")?.length, 2);
    t.ok(await firewall.check(bans));
    await firewall.start(bans);
    t.ok(await firewall.check(bans));
    await firewall.apply(bans.map((ban) => ({ ...ban, op: "delete" as const })));
    t.same([...(members("f2b_ssh_4") ?? []), ...(members("f2b_ssh_6") ?? [])], ["", ""]);
  });

  t.test("rules drop what the sets hold, on the jail's ports", async (t) => {
    const firewall = open(t, () => 0);
    await firewall.start([]);
    await firewall.start([]);
    const rules = shown("iptables", "-t", "mangle", "-S");
    t.match(rules, /-A PREROUTING -j f2b\n/);
    t.equal(rules.match(/-A PREROUTING -j f2b/g)?.length, 1, "hung in once, however often");
    t.match(
      rules,
      /-A f2b -p tcp -m multiport --dports 22,8000:8010 -m set --match-set f2b_ssh_4 src -j DROP/,
    );
    t.match(rules, /-A f2b -p udp -m multiport --dports 8000:8010 -m set --match-set f2b_ssh_4/);
    t.match(rules, /-A f2b -m set --match-set f2b_a-jail-with-a-_4 src -j DROP/);
    t.match(shown("ip6tables", "-t", "mangle", "-S"), /--match-set f2b_ssh_6 src -j DROP/);
  });

  t.test("what an administrator flushed is noticed and put right", async (t) => {
    const firewall = open(t, () => 0);
    const ban = change("add", "192.0.2.1", 600_000);
    await firewall.start([ban]);
    for (const flush of [
      ["iptables", "-t", "mangle", "-F"],
      ["iptables", "-t", "mangle", "-F", "f2b"],
      ["ip6tables", "-t", "mangle", "-D", "PREROUTING", "-j", "f2b"],
      ["ipset", "flush", "f2b_ssh_4"],
    ]) {
      shown(flush[0] ?? "", ...flush.slice(1));
      t.notOk(await firewall.check([ban]), flush.join(" "));
      await firewall.start([ban]);
      t.ok(await firewall.check([ban]));
    }
  });

  t.test("a ban longer than ipset can count is renewed", async (t) => {
    let now = 0;
    const firewall = open(t, () => now);
    const days = (count: number) => count * 86_400_000;
    await firewall.start([change("add", "192.0.2.1", days(100))]);
    t.same(members("f2b_ssh_4"), ["192.0.2.1 timeout 2147490"]);
    now = days(24);
    shown("ipset", "add", "f2b_ssh_4", "192.0.2.1", "timeout", "1000", "-exist");
    await firewall.check([]);
    t.same(members("f2b_ssh_4"), ["192.0.2.1 timeout 2147490"]);
  });

  t.test("a host without IPv6: ip6tables is not run, and IPv4 is kept out", async (t) => {
    spawnSync("ip6tables", ["-t", "mangle", "-F"]);
    let hasIpv6 = false;
    const told: string[] = [];
    const firewall = open(t, () => 0, {
      hasIpv6: () => hasIpv6,
      log: (_, text) => told.push(text),
    });
    const bans = [change("add", "192.0.2.1", 600_000), change("add", "2001:db8::1", 600_000)];
    await firewall.start([]);
    await firewall.apply(bans);
    t.same(members("f2b_ssh_4"), ["192.0.2.1 timeout 600"]);
    t.match(shown("iptables", "-t", "mangle", "-S"), /--match-set f2b_ssh_4/);
    t.notMatch(shown("ip6tables", "-t", "mangle", "-S"), /f2b/);
    t.ok(await firewall.check(bans));
    await firewall.start(bans);
    t.same(told, ["this host has no IPv6: only IPv4 addresses are kept out"], "told once");
    hasIpv6 = true;
    t.notOk(await firewall.check(bans), "IPv6 came");
    await firewall.start(bans);
    t.match(shown("ip6tables", "-t", "mangle", "-S"), /--match-set f2b_ssh_6/);
    t.same(members("f2b_ssh_6"), ["2001:db8::1 timeout 600"]);
    t.ok(await firewall.check(bans));
    t.same(told.slice(1), ["this host has IPv6 now"]);
  });

  t.test("20,000 bans in one go; flush takes everything of ours away", async (t) => {
    shown("ipset", "create", "others", "hash:ip");
    const firewall = open(t, () => 0);
    const bans = Array.from({ length: 20_000 }, (_, i) =>
      change("add", `198.18.${i >> 8}.${i & 255}`, 600_000),
    );
    await firewall.start(bans);
    t.equal(members("f2b_ssh_4")?.length, 20_000);
    await firewall.stop(false);
    t.equal(members("f2b_ssh_4")?.length, 20_000, "a stop leaves them");
    await firewall.stop(true);
    t.notMatch(shown("ipset", "list", "-n"), /f2b/);
    t.match(shown("ipset", "list", "-n"), /others/, "what is not ours stays");
    t.notMatch(shown("iptables", "-t", "mangle", "-S"), /f2b/);
    t.equal(spawnSync("ip6tables", ["-t", "mangle", "-S", "f2b"]).status, 1);
  });
}, ["ipset", "create", "probe", "hash:net"]);
