/**
 * What `check` looks at on the host follows from what the policy needs. Whether it is there is the host's affair: only
 * the names of the items are compared.
 */
import { readFileSync } from "node:fs";
import t from "tap";
import { compile } from "../../compiler/compile.ts";
import { checkHost } from "../../runtime/check-host.ts";
import type { Program } from "../../runtime/contract.ts";

async function itemsFor(action: string, hasIpv6 = true): Promise<string[]> {
  const text = `use std/${action}
filter f { fail "no {user} from {address}" }
jail web { watch input  filter f  ban after 1 failure for 1h  never ban self  do ${action} }`;
  const read = (name: string) =>
    name === "p.f2b"
      ? Buffer.from(text)
      : readFileSync(new URL(`../../library/${name.slice(4)}.f2b`, import.meta.url));
  const { bundle } = await compile("p.f2b", { read }, { kind: "program", version: "0.1.0" });
  const code = Buffer.from(bundle?.code ?? "").toString("base64");
  const { program } = (await import(`data:text/javascript;base64,${code}`)) as { program: Program };
  const items: string[] = [];
  const print = (line: string) => items.push(JSON.parse(line).item);
  const output = { print, say() {}, flush() {}, waitForNobody() {}, fault: null };
  // What is missing here is told by an error behind the items.
  await checkHost(program, true, output, hasIpv6).catch(() => {});
  return items;
}

t.test("the kernel is asked by the program that the policy's firewall runs", async (t) => {
  const nft = await itemsFor("nftables");
  t.ok(nft.includes("program nft") && nft.includes("nftables"), nft.join());
  t.notOk(nft.includes("ipset"));
  const iptables = await itemsFor("iptables");
  t.ok(iptables.includes("program ipset") && iptables.includes("ipset"), iptables.join());
  t.notOk(iptables.some((item) => /nft/.test(item)));
  const routes = await itemsFor("blackhole");
  t.same(routes.slice(1), ["program ip"]);
});

t.test("a host without IPv6 is told of it, and needs no program for it", async (t) => {
  for (const action of ["iptables", "blackhole", "nftables"]) {
    const items = await itemsFor(action, false);
    t.ok(items.includes("this host has no IPv6: only IPv4 addresses are kept out"), action);
    t.notOk(items.some((item) => item.includes("ip6tables")));
    t.notOk((await itemsFor(action)).some((item) => item.includes("IPv6")));
  }
  t.notOk(
    (await itemsFor("memory", false)).some((item) => item.includes("IPv6")),
    "no firewall",
  );
});
