/**
 * The systemd unit: only what the policy needs, its words quoted, its score as promised.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import type { Manifest } from "../../runtime/contract.ts";
import { type ServiceOptions, unitText } from "../../runtime/service.ts";
import { makeProgram } from "../runtime/fake-program.ts";

function unit(needs: Partial<Manifest["needs"]> = {}, some: Partial<ServiceOptions> = {}): string {
  const { manifest } = makeProgram([{}]);
  return unitText(
    { ...manifest, policy: "host.f2b", needs: { ...manifest.needs, ...needs } },
    { node: "/usr/bin/node", bundle: "/etc/f2b/policy.mjs", groups: [], readsAll: false, ...some },
  );
}

const nftables = {
  capabilities: ["CAP_NET_ADMIN"],
  programs: ["nft"],
  files: ["/var/log/auth.log"],
};
const valuesOf = (text: string, key: string) =>
  text
    .split("\n")
    .flatMap((line) => (line.startsWith(`${key}=`) ? line.slice(key.length + 1) : []));

t.test("an nftables policy gets its one capability, and nothing else", async (t) => {
  const text = unit(nftables, { groups: ["adm", "systemd-journal"] });
  t.equal(text, unit(nftables, { groups: ["adm", "systemd-journal"] }), "same bytes");
  t.same(valuesOf(text, "AmbientCapabilities"), ["CAP_NET_ADMIN"]);
  t.same(valuesOf(text, "CapabilityBoundingSet"), ["CAP_NET_ADMIN"]);
  t.same(valuesOf(text, "SupplementaryGroups"), ["adm systemd-journal"]);
  t.same(valuesOf(text, "RestrictAddressFamilies"), ["AF_UNIX AF_NETLINK"]);
  t.same(valuesOf(text, "IPAddressDeny"), ["any"]);
  t.same(valuesOf(text, "ReadWritePaths"), []);
  t.same(valuesOf(text, "User"), ["f2b"]);
  t.same(valuesOf(text, "ExecStart"), [
    "/usr/bin/node /etc/f2b/policy.mjs --state /var/lib/f2b --socket /run/f2b/f2b.sock",
  ]);
});

t.test("iptables may open the socket that finds it a set, and nothing can be sent", async (t) => {
  const text = unit({ ...nftables, capabilities: ["CAP_NET_ADMIN", "CAP_NET_RAW"] });
  t.same(valuesOf(text, "RestrictAddressFamilies"), ["AF_UNIX AF_NETLINK AF_INET"]);
  t.same(valuesOf(text, "IPAddressDeny"), ["any"]);
});

t.test("a policy without a firewall gets no capability", async (t) => {
  const text = unit();
  t.same(valuesOf(text, "AmbientCapabilities"), [""]);
  t.same(valuesOf(text, "CapabilityBoundingSet"), [""]);
  t.same(valuesOf(text, "RestrictAddressFamilies"), ["AF_UNIX"]);
});

t.test("what a policy asks for more is given, each by itself", async (t) => {
  t.same(valuesOf(unit({ writes: ["/etc/b/one", "/etc/a/x", "/etc/b/two"] }), "ReadWritePaths"), [
    "/etc/a /etc/b",
  ]);
  const resolving = unit({ resolves: true });
  t.same(valuesOf(resolving, "IPAddressDeny"), []);
  t.same(valuesOf(resolving, "RestrictAddressFamilies"), ["AF_UNIX AF_INET AF_INET6"]);
  t.same(valuesOf(unit(nftables, { readsAll: true }), "CapabilityBoundingSet"), [
    "CAP_DAC_READ_SEARCH CAP_NET_ADMIN",
  ]);
});

t.test("paths stand for themselves: blanks, quotes, specifiers, variables", async (t) => {
  const bundle = '/srv/my "own" $HOME/100%n.mjs';
  const [start = ""] = valuesOf(unit({}, { bundle }), "ExecStart");
  t.ok(start.startsWith('/usr/bin/node "/srv/my \\"own\\" $$HOME/100%%n.mjs" --state'), start);
});

t.test(
  "folders to write, too: a blank makes no second one, a line end no second line",
  async (t) => {
    const text = unit({ writes: ["/srv/a b/out", "/srv/100%/out", "/srv/x\nUser=root/out"] });
    t.same(valuesOf(text, "ReadWritePaths"), ['/srv/100%% "/srv/a b" "/srv/x\\nUser=root"']);
  },
);

t.test("a policy's name makes no second line", async (t) => {
  const { manifest } = makeProgram([{}]);
  const options = { node: "/n", bundle: "/b", groups: [], readsAll: false };
  const text = unitText({ ...manifest, policy: "a\nUser=root\n[Service]" }, options);
  t.notMatch(text, /^User=root/m);
  t.equal(text.match(/^\[Service\]/gm)?.length, 1);
});

const analyze = spawnSync("systemd-analyze", ["security", "--help"], { encoding: "utf8" });
const offline = { skip: analyze.stdout?.includes("--offline") ? false : "NO systemd-analyze HERE" };

t.test("systemd-analyze security scores it below 2.0", offline, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-unit-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "f2b.service");
  writeFileSync(path, unit(nftables, { groups: ["adm"] }));
  const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--offline=true", path], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", SYSTEMD_PAGER: "" },
  });
  const score = Number(/exposure level for f2b\.service: ([\d.]+)/.exec(stdout)?.[1]);
  t.ok(score < 2, `${score} ${Number.isNaN(score) ? stderr : ""}`);
  t.notMatch(stderr, /Unknown|Failed to parse/, "systemd knows every line");
});
