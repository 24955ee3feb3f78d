/**
 * The nftables driver against the real nft, in a network namespace of its own.
 *
 * Needs root, ip and nft; says so loudly when it cannot run. The driver is run inside the namespace by a
 * child process, since a namespace belongs to a process.
 */
import { execFileSync, spawnSync } from "node:child_process";
import t, { type Test } from "tap";
import { nftables } from "../../runtime/action/nftables.ts";
import type { FirewallChange, PortSpec } from "../../runtime/contract.ts";

const inside = process.env["F2B_TEST_NETNS"];

function fault(): string | null {
  if (process.getuid?.() !== 0) return "needs root for a network namespace";
  for (const program of ["ip", "nft"]) {
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return `needs ${program}`;
  }
  const name = `f2bn${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return "may not make namespaces";
  spawnSync("ip", ["netns", "del", name]);
  return null;
}

if (inside === undefined) {
  const why = fault();
  t.test("in a namespace", { skip: why ?? false }, async (t) => {
    const name = `f2bn${process.pid}`;
    execFileSync("ip", ["netns", "add", name]);
    t.teardown(() => spawnSync("ip", ["netns", "del", name]));
    const result = spawnSync(
      "ip",
      ["netns", "exec", name, process.execPath, ...process.execArgv, process.argv[1] ?? ""],
      { encoding: "utf8", env: { ...process.env, F2B_TEST_NETNS: name }, timeout: 120_000 },
    );
    t.equal(result.status, 0, "all that ran inside passed");
    if (result.status !== 0) t.comment(result.stdout + result.stderr);
  });
} else {
  testDriver();
}

function nft(...args: string[]): string {
  return execFileSync("nft", args, { encoding: "utf8" });
}

function driver(t: Test, now: () => number, ports: PortSpec[] = []) {
  const firewall = nftables({
    now,
    jails: [
      {
        name: "ssh-d",
        ports,
        prefixes: [{ kind: "address", ipv4: 32, ipv6: 64 }],
      },
      { name: "ssh_d", ports: [], prefixes: [{ kind: "address", ipv4: 24, ipv6: 48 }] },
    ],
    log: () => {},
  });
  t.teardown(() => firewall.stop(true).catch(() => {}));
  return firewall;
}

function change(op: FirewallChange["op"], address: string, until: number | null, jail = "ssh-d") {
  return { op, address, until, jail };
}

function testDriver(): void {
  t.test("start, apply, extend, delete: what the kernel holds", async (t) => {
    const now = 1_000_000;
    const firewall = driver(t, () => now);
    await firewall.start([
      change("add", "192.0.2.1", now + 600_000),
      change("add", "2001:db8:1:2::/64", null),
      change("add", "198.51.100.0/24", now + 1000, "ssh_d"),
      change("add", "192.0.2.9", now - 1),
    ]);
    const sets = () => nft("list", "table", "inet", "f2b").replace(/ expires [\w]+/g, "");
    t.match(sets(), /set j_ssh_d_4_32 \{[^}]*elements = \{ 192\.0\.2\.1 timeout 10m \}/);
    t.match(sets(), /set j_ssh_d_6_64 \{[^}]*elements = \{ 2001:db8:1:2:: \}/);
    t.match(sets(), /set j_ssh_d_2_4_24 \{[^}]*198\.51\.100\.0 timeout 1s/);
    t.notMatch(sets(), /192\.0\.2\.9/);
    t.match(sets(), /ip6 saddr & ffff:ffff:ffff:ffff:: == @j_ssh_d_6_64 drop/);
    await firewall.apply([
      change("add", "192.0.2.2", now + 60_000),
      change("extend", "192.0.2.1", now + 3_600_000),
      change("delete", "2001:db8:1:2::/64", null),
      change("delete", "192.0.2.77", null),
    ]);
    t.match(sets(), /192\.0\.2\.1 timeout 1h/);
    t.match(sets(), /192\.0\.2\.2 timeout 1m/);
    t.notMatch(sets(), /2001:db8:1:2::/);
    await firewall.apply([change("extend", "192.0.2.2", null)]);
    t.match(sets(), /192\.0\.2\.2[,\s]/);
  });

  t.test("ports: by protocol, both, overlapping ranges", async (t) => {
    const firewall = driver(t, () => 0, [
      { protocol: "tcp", from: 80, to: 90 },
      { protocol: "tcp", from: 85, to: 100 },
      { protocol: null, from: 53, to: 53 },
      { protocol: "udp", from: 500, to: 500 },
    ]);
    await firewall.start([]);
    const rules = nft("list", "table", "inet", "f2b");
    t.match(rules, /ip saddr @j_ssh_d_4_32 tcp dport 80-100 drop/);
    t.match(rules, /meta l4proto \{ tcp, udp \} th dport 53 drop/);
    t.match(rules, /udp dport 500 drop/);
  });

  t.test("nothing but addresses reaches nft's grammar", async (t) => {
    const firewall = driver(t, () => 0);
    await firewall.start([change("add", "192.0.2.1 } ; flush ruleset; add x {", null)]);
    await firewall.apply([
      change("add", "192.0.2.1 }\nflush ruleset\n", null),
      change("add", "192.0.2.01", null),
      change("add", "192.0.2.1/33", null),
      change("add", "fe80::1%eth0", null),
      change("add", "192.0.2.5", null),
    ]);
    const listing = nft("list", "table", "inet", "f2b");
    t.match(listing, /elements = \{ 192\.0\.2\.5 \}/);
  });

  t.test("check sees a flushed ruleset and a flushed set; start repairs", async (t) => {
    const firewall = driver(t, () => 0);
    const bans = [change("add", "192.0.2.1", null), change("add", "2001:db8::/64", null)];
    await firewall.start(bans);
    t.equal(await firewall.check(bans), true);
    nft("flush", "ruleset");
    t.equal(await firewall.check(bans), false);
    await t.rejects(firewall.apply([change("add", "192.0.2.2", null)]), { message: /^nft: / });
    await firewall.start(bans);
    t.equal(await firewall.check(bans), true);
    nft("flush", "set", "inet", "f2b", "j_ssh_d_4_32");
    t.equal(await firewall.check(bans), false);
    await firewall.start(bans);
    nft("flush", "chain", "inet", "f2b", "guard");
    t.equal(await firewall.check(bans), false);
  });

  t.test("stop leaves the bans, stop with flush takes the table away", async (t) => {
    const firewall = driver(t, () => 0);
    await firewall.start([change("add", "192.0.2.1", 60_000)]);
    await firewall.stop(false);
    t.match(nft("list", "ruleset"), /192\.0\.2\.1/);
    await firewall.stop(true);
    t.equal(nft("list", "ruleset"), "");
    await firewall.stop(true);
  });

  t.test("a hundred thousand bans in one transaction", async (t) => {
    const firewall = driver(t, () => 0);
    const bans: FirewallChange[] = [];
    for (let n = 0; n < 100_000; n++) {
      bans.push(change("add", `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 3_600_000));
    }
    await firewall.start(bans);
    t.equal(await firewall.check(bans.slice(-3)), true);
    await firewall.apply([change("add", "192.0.2.1", 60_000)]);
    t.equal(await firewall.check([change("add", "192.0.2.1", 60_000)]), true);
    t.equal(await firewall.check([change("add", "192.0.2.2", 60_000)]), false);
  });
}
