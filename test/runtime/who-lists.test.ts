/**
 * What protected names stand for: files that change, names that fail, this host's own addresses.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { formatPrefix } from "../../runtime/prefix.ts";
import { openWhoLists } from "../../runtime/who-lists.ts";

t.test("a list is read at once, again when it changes, and kept when it vanishes", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-who-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "allow.txt");
  writeFileSync(path, "# office\n192.0.2.0/24  # all of it\n\nrubbish\n2001:db8::1\r\n");
  const warnings: string[] = [];
  const who = { kind: "file", path } as const;
  const warn = (message: string) => warnings.push(message);
  const lists = openWhoLists({ who: [who], warn, resolveNames: false });
  const told = () => lists.lookUp(who).map(formatPrefix);
  t.same(told(), ["192.0.2.0/24", "2001:db8::1"]);
  t.match(warnings, [/allow\.txt:4/]);
  t.notOk(await lists.refresh());
  writeFileSync(path, "198.51.100.1\n");
  t.ok(await lists.refresh());
  t.same(told(), ["198.51.100.1"]);
  rmSync(path);
  t.notOk(await lists.refresh());
  t.notOk(await lists.refresh());
  t.same(told(), ["198.51.100.1"]);
  t.equal(warnings.length, 2, "a fault that lasts is told of once");
});

t.test("a list that is something else is not told line by line", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-who-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "allow.txt");
  writeFileSync(path, `${"x\n".repeat(100_000)}192.0.2.1\n`);
  const warnings: string[] = [];
  const who = { kind: "file", path } as const;
  const warn = (message: string) => warnings.push(message);
  const lists = openWhoLists({ who: [who], warn, resolveNames: false });
  t.same(lists.lookUp(who).map(formatPrefix), ["192.0.2.1"]);
  t.equal(warnings.length, 21);
  t.match(warnings.at(-1), /99980 more lines left out/);
});

t.test("a name keeps its last good answer", async (t) => {
  const answers = [["192.0.2.1"], [], new Error("no such name"), ["192.0.2.2", "2001:db8::2"]];
  const resolve = async () => {
    const answer = answers.shift() ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const who = { kind: "host", name: "admin.example.net" } as const;
  const lists = openWhoLists({ who: [who], warn: () => {}, resolveNames: true, resolve });
  t.same(lists.lookUp(who), [], "nothing is known before the first look");
  const seen: string[][] = [];
  for (let look = 0; look < 4; look += 1) {
    await lists.refresh();
    seen.push(lists.lookUp(who).map(formatPrefix));
  }
  t.same(seen, [["192.0.2.1"], ["192.0.2.1"], ["192.0.2.1"], ["192.0.2.2", "2001:db8::2"]]);
});

t.test("self is at least the loopback", async (t) => {
  const who = { kind: "self" } as const;
  const lists = openWhoLists({ who: [who], warn: () => {}, resolveNames: false });
  const own = lists.lookUp(who).map(formatPrefix);
  t.ok(own.includes("127.0.0.0/8") && own.includes("::1"));
});
