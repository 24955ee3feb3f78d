/** The driver of blackhole routes against the real `ip`, in a network namespace of its own. */
import { execFileSync } from "node:child_process";
import t, { type Test } from "tap";
import { blackhole } from "../../runtime/action/blackhole.ts";
import type { DriverContext, FirewallChange } from "../../runtime/contract.ts";
import { inNamespace } from "./in-namespace.ts";

const change = (op: FirewallChange["op"], address: string, jail = "ssh"): FirewallChange => ({
  op,
  address,
  jail,
  until: null,
});
const shown = (...args: string[]) => execFileSync("ip", args, { encoding: "utf8" });
const routes = () =>
  ["-4", "-6"].flatMap((family) => {
    const all = shown(family, "route", "show", "table", "all");
    return [...all.matchAll(/^blackhole (\S+)(?: dev lo)? table 9217/gm)].map(([, one]) => one);
  });
const open = (t: Test, host: Partial<DriverContext> = {}) => {
  const firewall = blackhole({ now: () => 0, jails: [], log: () => {}, ...host });
  t.teardown(() => firewall.stop(true).catch(() => {}));
  return firewall;
};

inNamespace([], () => {
  t.test("routes stand while a jail wants them", async (t) => {
    const firewall = open(t);
    await firewall.start([
      change("add", "192.0.2.1"),
      change("add", "192.0.2.1", "web"),
      change("add", "2001:db8:1:2::/64"),
    ]);
    t.same(routes(), ["192.0.2.1", "2001:db8:1:2::/64"]);
    await firewall.apply([
      change("delete", "192.0.2.1"),
      change("add", "198.51.100.0/24"),
      change("add", "x table main"),
      change("delete", "2001:db8:1:2::/64"),
      change("delete", "203.0.113.7"),
    ]);
    t.same(routes(), ["192.0.2.1", "198.51.100.0/24"]);
    await firewall.apply([change("delete", "192.0.2.1", "web")]);
    t.same(routes(), ["198.51.100.0/24"]);
    await firewall.start([change("add", "192.0.2.9")]);
    t.same(routes(), ["192.0.2.9"], "brought to what stands");
    t.match(shown("rule"), /^90:\s+from all lookup 9217 ?$/m);
    t.equal(shown("rule").match(/lookup 9217/g)?.length, 1);
  });

  t.test("the kernel answers nobody who is banned", async (t) => {
    shown("link", "set", "lo", "up");
    shown("route", "add", "192.0.2.0/24", "dev", "lo");
    const firewall = open(t);
    await firewall.start([change("add", "192.0.2.1")]);
    t.match(shown("route", "get", "192.0.2.2"), /dev lo/);
    t.throws(() => execFileSync("ip", ["route", "get", "192.0.2.1"], { stdio: "pipe" }));
  });

  t.test("what was flushed is noticed; flush takes all of it away", async (t) => {
    const firewall = open(t);
    const ban = change("add", "192.0.2.1");
    await firewall.start([ban]);
    t.ok(await firewall.check([ban]));
    shown("route", "flush", "table", "9217");
    t.notOk(await firewall.check([ban]));
    await firewall.start([ban]);
    shown("rule", "del", "lookup", "9217");
    t.notOk(await firewall.check([ban]));
    await firewall.start([ban]);
    await firewall.stop(false);
    t.same(routes(), ["192.0.2.1"], "a stop leaves them");
    await firewall.stop(true);
    t.same(routes(), []);
    t.notMatch(shown("rule") + shown("-6", "rule"), /9217/);
  });

  t.test("routes that ip shows otherwise than we write them are ours, too", async (t) => {
    const bans = ["0.0.0.0/0", "::/0", "::c000:201"].map((address) => change("add", address));
    const firewall = open(t);
    await firewall.start(bans);
    t.ok(await firewall.check(bans));
    await firewall.start(bans);
    t.same(routes().sort(), ["::192.0.2.1", "default", "default"]);
    await firewall.start([]);
    t.same(routes(), []);
  });

  t.test("a host without IPv6: IPv4 is kept out, and nothing is asked of IPv6", async (t) => {
    let hasIpv6 = false;
    const told: string[] = [];
    const firewall = open(t, { hasIpv6: () => hasIpv6, log: (_, text) => told.push(text) });
    const bans = [change("add", "192.0.2.1"), change("add", "2001:db8::1")];
    await firewall.start(bans.slice(0, 1));
    await firewall.apply(bans.slice(1));
    t.same(routes(), ["192.0.2.1"]);
    t.notMatch(shown("-6", "rule"), /9217/);
    t.ok(await firewall.check(bans));
    t.same(told, ["this host has no IPv6: only IPv4 addresses are kept out"]);
    hasIpv6 = true;
    t.notOk(await firewall.check(bans), "IPv6 came");
    await firewall.start(bans);
    t.same(routes(), ["192.0.2.1", "2001:db8::1"]);
    t.ok(await firewall.check(bans));
  });

  t.test("20,000 bans in one go", async (t) => {
    const firewall = open(t);
    const bans = Array.from({ length: 20_000 }, (_, i) =>
      change("add", `198.18.${i >> 8}.${i & 255}`),
    );
    await firewall.start(bans);
    t.equal(routes().length, 20_000);
  });
});
