/** Files of a policy: found, read once, never in a ring, named the same on every machine. */
import t from "tap";
import { load } from "../../compiler/2-check/load.ts";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import { checkText } from "./compile-text.ts";

t.test("files beside the policy, each read once", async (t) => {
  const reads: string[] = [];
  const texts = new Map([
    ["policy.f2b", 'use "./lib/a.f2b", "./lib/b.f2b"\n'],
    ["lib/a.f2b", 'use "./b.f2b", "../c.f2b"\n'],
    ["lib/b.f2b", "let b = 1\n"],
    ["c.f2b", 'use "./lib/../lib/b.f2b"\n'],
  ]);
  const diagnostics = new Diagnostics();
  const loaded = load(
    "policy.f2b",
    {
      read(name) {
        reads.push(name);
        const text = texts.get(name);
        return text === undefined ? null : Buffer.from(text);
      },
    },
    diagnostics,
  );
  t.same(diagnostics.sorted(), []);
  t.same(reads, ["policy.f2b", "lib/a.f2b", "lib/b.f2b", "c.f2b"]);
  t.same([...loaded.sources.keys()], reads);
  t.equal(loaded.hashes.get("lib/b.f2b")?.length, 64);
});

t.test("a ring is told with all of its files", async (t) => {
  const { codes, findings } = checkText('use "./a.f2b"\n', {
    others: { "a.f2b": 'use "./b.f2b"\n', "b.f2b": 'use "./a.f2b"\n' },
  });
  t.same(codes, ["F2B2003"]);
  t.match(findings[0]?.message, /a\.f2b uses b\.f2b uses a\.f2b/);
  t.equal(findings[0]?.at.file, "b.f2b");
});

t.test("missing modules have a nearest name", async (t) => {
  const { findings } = checkText("use std/ssh\n");
  t.match(findings, [{ code: "F2B2001", help: "did you mean `std/sshd`?" }]);
});

t.test("names that would not be the same elsewhere", async (t) => {
  for (const name of ["/etc/x.f2b", "x.f2b", "./x", "./std/../../etc\\\\x.f2b"]) {
    t.same(checkText(`use "${name}"\n`).codes, ["F2B2002"], name);
  }
});

t.test("errors of reading end the check", async (t) => {
  const { policy, codes } = checkText("jail x { filter nosuch\n");
  t.equal(policy, null);
  t.ok(
    codes.every((code) => code.startsWith("F2B1")),
    codes.join(" "),
  );
});

t.test("`let`s: the policy's files share theirs, a module's are its own", async (t) => {
  const jail = (
    who: string,
  ) => `jail j { watch input filter f ban after 1 failures for 1h never ban ${who} do none }
filter f { fail "x {address}" }`;
  const shared = checkText(`use "./a.f2b"\n${jail("office")}`, {
    others: { "a.f2b": "let office = [192.0.2.7]\n" },
  });
  t.same(shared.codes, []);
  t.same(shared.policy?.jails[0]?.neverBan, [{ kind: "prefix", prefix: "192.0.2.7/32" }]);
  const twice = checkText(`use "./a.f2b"\nlet office = 192.0.2.8\n${jail("office")}`, {
    others: { "a.f2b": "let office = [192.0.2.7]\n" },
  });
  t.same(twice.codes, ["F2B2004"]);
  const module = checkText(`use std/a\nlet office = 192.0.2.8\n${jail("office")}`, {
    others: { "std/a": "let office = [192.0.2.7]\n" },
  });
  t.same(module.codes, []);
  t.same(module.policy?.jails[0]?.neverBan, [{ kind: "prefix", prefix: "192.0.2.8/32" }]);
});
