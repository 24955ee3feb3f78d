/** Files that list who is banned, and who is told of them. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type ListFileSettings, listFile } from "../../runtime/action/list-file.ts";
import type { FirewallChange } from "../../runtime/contract.ts";

const change = (op: FirewallChange["op"], address: string, jail = "web"): FirewallChange => ({
  op,
  address,
  jail,
  until: null,
});

function open(t: Test, settings: Partial<ListFileSettings> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "f2b-list-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "banned");
  const told = join(folder, "told");
  const firewall = listFile(
    { now: () => 0, jails: [], log: () => {} },
    {
      path,
      line: "deny {address};",
      line6: "",
      head: "# by f2b",
      reload: ["/bin/sh", "-c", `cat '${path}' >>'${told}'`],
      ...settings,
    },
  );
  const read = (name = path) => readFileSync(name, "utf8");
  return { folder, path, told, firewall, read };
}

t.test("the list is what stands, and is told when it changed", async (t) => {
  const { firewall, read, told, folder } = open(t);
  await firewall.start([change("add", "192.0.2.1"), change("add", "2001:db8::/64", "ssh")]);
  const first = "# by f2b\ndeny 192.0.2.1;\ndeny 2001:db8::/64;\n";
  t.equal(read(), first);
  await firewall.apply([change("add", "192.0.2.1", "ssh"), change("delete", "192.0.2.1")]);
  t.equal(read(told), first, "nothing changed, nobody is told");
  await firewall.apply([change("delete", "192.0.2.1", "ssh"), change("add", "x;\nallow all")]);
  t.equal(read(), "# by f2b\ndeny 2001:db8::/64;\n");
  t.equal(read(told), first + read());
  await firewall.stop(false);
  t.match(read(), /2001:db8/, "a stop leaves it");
  await firewall.stop(true);
  t.equal(read(), "# by f2b\n");
  t.same(readdirSync(folder).sort(), ["banned", "told"], "nothing else is left");
});

t.test("IPv6 may look otherwise", async (t) => {
  const { firewall, read } = open(t, {
    line: "{address}",
    line6: "[{network}]{length}",
    head: "",
    reload: [],
  });
  await firewall.start(
    ["2001:db8::1", "192.0.2.0/24", "2001:db8:1::/64"].map((one) => change("add", one)),
  );
  t.equal(read(), "192.0.2.0/24\n[2001:db8:1::]/64\n[2001:db8::1]\n");
});

t.test("a link in its place is replaced, not followed; who edits it is noticed", async (t) => {
  const { firewall, folder, path, read } = open(t, { reload: [] });
  const other = join(folder, "other");
  writeFileSync(other, "precious");
  symlinkSync(other, path);
  const ban = change("add", "192.0.2.1");
  await firewall.start([ban]);
  t.equal(read(other), "precious");
  t.ok(await firewall.check([ban]));
  writeFileSync(path, "");
  t.notOk(await firewall.check([ban]));
});

t.test("a reload that fails is an error, and is tried again", async (t) => {
  const { firewall, folder, told } = open(t);
  const failing = listFile(
    { now: () => 0, jails: [], log: () => {} },
    {
      path: join(folder, "banned"),
      line: "{address}",
      line6: "",
      head: "",
      reload: ["/bin/sh", "-c", `test -e '${told}' || { echo 'no such server' >&2; exit 1; }`],
    },
  );
  await t.rejects(failing.start([change("add", "192.0.2.1")]), /no such server/);
  writeFileSync(told, "");
  await failing.start([change("add", "192.0.2.1")]);
  await firewall.stop(false);
});

t.test("a list that stands already is told again: its reload may never have come", async (t) => {
  const { firewall, path, told, read } = open(t);
  const list = "# by f2b\ndeny 192.0.2.1;\n";
  writeFileSync(path, list);
  await firewall.start([change("add", "192.0.2.1")]);
  t.equal(read(told), list);
});
