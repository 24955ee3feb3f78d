/**
 * The nftables driver against the real nft, in a network namespace of its own.
 *
 * Needs root, ip and nft; says so loudly when it cannot run. The driver is run inside the namespace by a
 * child process, since a namespace belongs to a process.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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

  t.test("however long a ban is, nft takes it: added, prolonged, at a start", async (t) => {
    const now = 1_000_000;
    const day = 86_400_000;
    const firewall = driver(t, () => now);
    const lengths = [99_999_999, 100_000_000, day - 1, day, day + 1, 28 * day, 3_650 * day + 7];
    const bans = [...lengths, 1e6 * day].map((length, index) =>
      change("add", `192.0.2.${index + 1}`, now + length),
    );
    await firewall.start([]);
    await firewall.apply(bans);
    t.equal(await firewall.check(bans), true, "added");
    await firewall.apply(bans.map((ban) => ({ ...ban, op: "extend" as const })));
    await firewall.start(bans);
    t.equal(await firewall.check(bans), true, "all at once");
    const listing = nft("list", "set", "inet", "f2b", "j_ssh_d_4_32");
    t.match(listing, /192\.0\.2\.2 timeout 1d3h46m40s expires/);
    t.match(listing, /192\.0\.2\.6 timeout 28d expires/);
    t.match(listing, /192\.0\.2\.7 timeout 3650d/);
  });

  t.test("a ban by hand stands whatever its prefix is: added, at a start, lifted", async (t) => {
    const ports = [{ protocol: "tcp", from: 22, to: 22 }] as const;
    const firewall = driver(t, () => 0, [...ports]);
    const addresses = ["203.0.113.0/24", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/48", "::/0"];
    const bans = addresses.map((address) => change("add", address, 3_600_000));
    await firewall.start([]);
    await firewall.apply(bans);
    const listing = () => nft("list", "table", "inet", "f2b");
    const seen = (text: string) => {
      t.match(text, /set j_ssh_d_4_24 \{[^}]*elements = \{ 203\.0\.113\.0 timeout 1h/);
      t.match(text, /ip saddr & 255\.255\.255\.0 == @j_ssh_d_4_24 tcp dport 22 drop/);
      t.match(text, /set j_ssh_d_4_0 \{[^}]*elements = \{ 0\.0\.0\.0 timeout 1h/);
      t.match(text, /@j_ssh_d_4_0 tcp dport 22 drop/);
      t.match(text, /set j_ssh_d_6_48 \{[^}]*elements = \{ 2001:db8:: timeout 1h/);
      t.match(text, /@j_ssh_d_6_0 tcp dport 22 drop/);
      t.equal(text.match(/@j_ssh_d_4_8 /g)?.length, 1, "one rule, however often it is told");
    };
    await firewall.apply([change("extend", "10.0.0.0/8", 3_600_000)]);
    seen(listing());
    t.equal(await firewall.check(bans), true);
    await firewall.stop(true);
    const next = driver(t, () => 0, [...ports]);
    await next.start(bans);
    seen(listing());
    await next.apply(addresses.map((address) => change("delete", address, null)));
    t.notMatch(listing(), /elements/);
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

  t.test("one nft stays and is told change by change", async (t) => {
    const { firewall, calls, live } = await liveDriver(t);
    const before = calls().length;
    for (let n = 1; n <= 40; n++) await firewall.apply([change("add", `192.0.2.${n}`, 600_000)]);
    await firewall.apply([
      change("extend", "192.0.2.1", 3_600_000),
      change("delete", "192.0.2.2", null),
      change("delete", "192.0.2.99", null),
      change("add", "2001:db8:1:2::/64", null),
    ]);
    t.equal(calls().length, before, "no other was started");
    const listing = nft("list", "table", "inet", "f2b");
    t.equal(listing.match(/192\.0\.2\.\d+ timeout 10m/g)?.length, 38);
    t.match(listing, /192\.0\.2\.1 timeout 1h/);
    t.notMatch(listing, /192\.0\.2\.(2|99) /);
    t.match(listing, /2001:db8:1:2::/);
    await firewall.stop(false);
    await gone(live());
    t.pass("it ends with the firewall");
  });

  t.test("one that was told much is replaced", async (t) => {
    const { firewall, live } = await liveDriver(t);
    const first = live();
    for (let n = 0; n < 2_200; n++) {
      await firewall.apply([change("add", `10.0.${n >> 8}.${n & 255}`, 600_000)]);
    }
    t.not(live(), first);
    await gone(first);
    const listing = nft("list", "table", "inet", "f2b");
    t.equal(listing.match(/10\.0\.\d+\.\d+ timeout 10m/g)?.length, 2_200, "nothing is lost");
  });

  for (const [what, signal] of [
    ["dies", "SIGKILL"],
    ["hangs", "SIGSTOP"],
  ] as const) {
    t.test(`the nft that stays ${what}: a new one is told`, async (t) => {
      const { firewall, live } = await liveDriver(t);
      const pid = live();
      process.kill(pid, signal);
      await firewall.apply([change("add", "192.0.2.1", 600_000)]);
      t.match(nft("list", "table", "inet", "f2b"), /192\.0\.2\.1 timeout 10m/);
      await gone(pid);
      await firewall.apply([change("add", "192.0.2.2", 600_000)]);
      t.match(nft("list", "table", "inet", "f2b"), /192\.0\.2\.2 timeout 10m/);
    });
  }

  t.test("the nft that stays sees what others did", async (t) => {
    const { firewall, calls } = await liveDriver(t);
    const add = () => firewall.apply([change("add", "192.0.2.1", 600_000)]);
    await add();
    nft("flush", "ruleset");
    await t.rejects(add(), { message: /^nft: .*No such file/ });
    await firewall.start([]);
    const before = calls().length;
    await add();
    nft("flush", "set", "inet", "f2b", "j_ssh_d_4_32");
    await add();
    t.match(nft("list", "table", "inet", "f2b"), /192\.0\.2\.1 timeout 10m/);
    t.equal(calls().length, before + 2, "told to the one that stays: only ours here were started");
  });

  t.test("an nft that knows no -i, or says more than it should, is not relied on", async (t) => {
    for (const script of [
      "exit 1",
      "cat > /dev/null",
      'while read -r line; do echo "Warning: old" >&2; echo "Error: what" >&2; echo "$line" >&2; done',
    ]) {
      const { firewall } = useStandIn(t, script);
      await firewall.start([]);
      for (let n = 1; n <= 3; n++) await firewall.apply([change("add", `192.0.2.${n}`, 600_000)]);
      t.equal(nft("list", "ruleset").match(/192\.0\.2\.\d timeout 10m/g)?.length, 3, script);
      await firewall.stop(true);
    }
  });
}

/** A driver with an `nft` before the real one in PATH that notes how it is called, and does `script` for `-i`. */
function useStandIn(t: Test, script: string) {
  const folder = mkdtempSync(join(tmpdir(), "f2b-nft-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, "calls");
  writeFileSync(log, "");
  const real = execFileSync("sh", ["-c", "command -v nft"], { encoding: "utf8" }).trim();
  const path = join(folder, "nft");
  const text = `#!/bin/sh
echo "$$ $*" >> ${log}
[ "$1" = -i ] || exec ${real} "$@"
${script.replace("REAL", real)}
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  const before = process.env["PATH"] ?? "";
  process.env["PATH"] = `${folder}${delimiter}${before}`;
  t.teardown(() => {
    process.env["PATH"] = before;
  });
  const calls = () => readFileSync(log, "utf8").trim().split("\n");
  return { firewall: driver(t, () => 0), calls };
}

/** One whose `nft -i` has come to be used. */
async function liveDriver(t: Test) {
  const { firewall, calls } = useStandIn(t, "exec REAL -i");
  await firewall.start([]);
  for (let n = 0, before = -1; before !== calls().length; n++) {
    if (n === 200) throw new Error("the nft that stays does not answer");
    await new Promise((done) => setTimeout(done, 25));
    before = calls().length;
    await firewall.apply([change("delete", "192.0.2.1", null)]);
  }
  const live = () =>
    Number.parseInt(
      calls()
        .filter((call) => call.endsWith(" -i"))
        .at(-1) ?? "",
      10,
    );
  return { firewall, calls, live };
}

/** Waits until a process is no more, or is a zombie. */
async function gone(pid: number): Promise<void> {
  for (let n = 0; n < 400; n++) {
    try {
      if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return;
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`process ${pid} is still there`);
}
