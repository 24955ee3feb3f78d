/** `watch default` stands for what the ready jail of the jail's filter watches. */
import t from "tap";
import { checkText } from "./compile-text.ts";

const others = {
  "std/demo": `filter demo {
  describe "x"
  format lines
  fail "no {address}"
  test { passes \`2026-03-01 10:00:00 yes\` }
}
filter other { format lines  fail "nay {address}"  test { passes \`2026-03-01 10:00:00 yes\` } }
filter bare { format lines  fail "nix {address}"  test { passes \`2026-03-01 10:00:00 yes\` } }
`,
  "std/jails/demo": `use std/demo
jail demo {
  watch journal unit "demo.service"
  watch file "/var/log/demo.log", "/var/log/demo/*.log"
  filter demo
  ban after 5 failures within 10m for 1h
  ports tcp 80
}
jail other { watch file "/var/log/demo.log", "/var/log/demo/*.log"  filter other  ban after 5 failures for 1h  ports all }
`,
};

const jail = (statements: string) =>
  `use std/demo\njail mine { ${statements}  ban after 3 failures for 1h  never ban self  do none }\n`;

function watchesOf(statements: string, before = "") {
  const { policy, codes, findings } = checkText(before + jail(statements), { others });
  const watches = policy?.jails.find((one) => one.name === "mine")?.watches;
  return { policy, codes, findings, watches };
}

t.test("the ready jail's sources, and nothing else of it", async (t) => {
  const { policy, codes, watches } = watchesOf("watch default  filter demo");
  t.same(codes, []);
  t.match(watches, [
    { kind: "journal", by: "unit", values: ["demo.service"], at: { file: "policy.f2b" } },
    { kind: "file", paths: ["/var/log/demo.log", "/var/log/demo/*.log"] },
  ]);
  t.equal(watches?.length, 2);
  t.equal(policy?.jails.length, 1, "the ready jail is not in the policy");
  t.match(policy?.jails[0]?.bans, [{ count: 3 }]);
  t.same(policy?.jails[0]?.ports, []);
  t.ok(
    policy?.files.some(({ name }) => name === "std/jails/demo"),
    "what was looked up is among the policy's files",
  );
});

t.test("a source of two filters is watched once, and others stand beside it", async (t) => {
  const { watches } = watchesOf('watch default  watch file "/x.log"  filter demo, other');
  t.match(watches, [{ kind: "journal" }, { kind: "file" }, { kind: "file", paths: ["/x.log"] }]);
  t.equal(watches?.length, 3);
});

t.test("zone and from are its own", async (t) => {
  const { watches } = watchesOf('watch default zone "Europe/Zurich" from start  filter other');
  t.match(watches, [{ kind: "file", zone: "Europe/Zurich", from: "start" }]);
});

t.test("beside the ready jail itself", async (t) => {
  const { policy, watches } = watchesOf(
    "watch default  filter demo",
    "use std/jails/demo\ndefaults { do none  never ban self }\n",
  );
  t.equal(policy?.jails.length, 3);
  t.equal(watches?.length, 2);
});

t.test("a filter without a ready jail is an error", async (t) => {
  t.same(watchesOf("watch default  filter bare").codes, ["F2B2328"]);
  const own = 'filter own { format lines  fail "no {address}"  test { passes `a` } }\n';
  t.same(watchesOf("watch default  filter own", own).codes, ["F2B2328"]);
  const { findings } = watchesOf("watch default  filter demo, bare");
  t.match(findings, [{ code: "F2B2328", message: /`bare`/ }]);
  t.same(watchesOf("watch default as docker  filter demo").codes, ["F2B2320"]);
});
