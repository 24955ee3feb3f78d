/** A ready jail of the library and the policy's own jail of its name are one. */
import t from "tap";
import { checkText } from "./compile-text.ts";

const others = {
  "std/jails/a": `jail a {
  watch journal unit "a.service"
  watch file "/var/log/a.log"
  filter sshd
  ban after 5 failures within 10m for 1h doubling to 4w
  never ban 192.0.2.1
  ports tcp 22
  test { given \`x\` spares 192.0.2.1 }
}
`,
};

function checkWith(text: string) {
  return checkText(`use std/jails/a, std/sshd, std/memory\n${text}`, { others });
}

const defaults = "defaults { never ban self  ban after 1 failures for 1d  do memory }\n";

t.test("as it stands it needs nothing but an action", async (t) => {
  const { policy, codes } = checkWith(defaults);
  t.same(codes, []);
  t.match(policy?.jails, [
    {
      name: "a",
      watches: [{ kind: "journal" }, { kind: "file" }],
      filters: ["sshd"],
      bans: [{ count: 5 }],
      actions: ["memory"],
    },
  ]);
  t.equal(policy?.jails.length, 1);
  t.same(checkWith("").codes, ["F2B2301"], "nobody says what is done");
});

t.test("an own jail replaces what it says and keeps the rest", async (t) => {
  const own = 'jail a { watch file "/b.log"  never ban 192.0.2.2  filter sshd(mode: ddos) }\n';
  const { policy, codes } = checkWith(defaults + own);
  t.same(codes, []);
  const [jail] = policy?.jails ?? [];
  t.equal(policy?.jails.length, 1);
  t.match(jail, {
    at: { file: "policy.f2b" },
    watches: [{ kind: "file", paths: ["/b.log"] }],
    filters: ["sshd(mode: ddos)"],
    bans: [{ count: 5 }],
    tests: [],
  });
  t.equal(jail?.watches.length, 1);
  t.equal(jail?.neverBan.length, 3, "what is spared adds up");
  t.equal(jail?.ports?.length, 1);
});

t.test("nobody else may share a name", async (t) => {
  const own = 'jail a { ports tcp 23 }\njail a { watch file "/c.log" }\n';
  t.same(checkWith(defaults + own).codes, ["F2B2004"], "two of the policy's own");
  const twice = { ...others, "std/jails/b": others["std/jails/a"] };
  const { codes } = checkText(`use std/jails/a, std/jails/b, std/sshd, std/memory\n${defaults}`, {
    others: twice,
  });
  t.same(codes, ["F2B2004"], "two of the library's");
});
