import t from "tap";
import { plan } from "../../compiler/3-plan/plan.ts";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import type { Action, Watch } from "../../schemas/policy.ts";
import { filter, format, hole, jail, policy, rule, template } from "../oracle/build-policy.ts";

const at = { file: "test.f2b", line: 7, column: 1, start: 0, end: 1 };
const fail = rule("fail", template("from ", hole("address")));
const named = (id: string) => filter([fail], { id, name: id });
const file = (path: string, envelope: "syslog" | null = null): Watch => ({
  kind: "file",
  paths: [path],
  envelope,
  zone: null,
  from: null,
  at,
});
const journal: Watch = {
  kind: "journal",
  by: "unit",
  values: ["ssh.service"],
  envelope: "syslog",
  zone: null,
  from: null,
  at,
};

t.test(
  "jails that read the same share a scanner; another envelope is another scanner",
  async (t) => {
    const planned = plan(
      policy(
        [named("a"), named("b")],
        [
          jail("one", { filters: ["a", "b"], watches: [file("/1"), journal] }),
          jail("two", { filters: ["b", "a"], watches: [file("/2")] }),
          jail("three", { filters: ["a"], watches: [file("/3")] }),
        ],
      ),
    );
    t.same(
      planned.scanners.map(({ envelope, filters }) => [envelope, filters]),
      [
        [null, [0, 1]],
        ["syslog", [0, 1]],
        [null, [0]],
      ],
    );
    const used = planned.jails.map((one) =>
      one.watches.map((watch) => (watch.kind === "bans" ? -1 : watch.scanner)),
    );
    t.same(used, [[0, 1], [0], [2]]);
  },
);

t.test("scanners that a command asks for come last and in order, each its own", async (t) => {
  const planned = plan(
    policy([named("a"), named("b")], [jail("one", { filters: ["a"], watches: [file("/1")] })]),
    {
      scanners: [["b"], ["a"], ["b", "a"], ["a"]],
    },
  );
  t.same(
    planned.scanners.map(({ filters }) => filters),
    [[0], [1], [0], [0, 1], [0]],
  );
});

t.test(
  "a log on the command line is read as the jail's first file is, else as its journal",
  async (t) => {
    const watches: Watch[][] = [
      [journal, file("/1")],
      [journal],
      [{ kind: "bans", of: ["j0"], at }],
    ];
    const planned = plan(
      policy(
        [named("a")],
        watches.map((some, i) => jail(`j${i}`, { filters: i === 2 ? [] : ["a"], watches: some })),
      ),
    );
    const envelopes = planned.jails.map((one) => planned.scanners[one.replayScanner]?.envelope);
    t.same(envelopes, [null, "syslog", undefined]);
    t.equal(planned.jails[2]?.replayScanner, -1, "a jail that watches bans reads no log");
  },
);

t.test("what nobody uses is not planned", async (t) => {
  const planned = plan(
    policy([named("a"), named("b")], [jail("one", { filters: ["b"], watches: [file("/1")] })]),
  );
  t.same(
    planned.filters.map(({ id }) => id),
    ["b"],
  );
  t.same(planned.jails[0]?.filters, [0]);
});

t.test(
  "filters that read the same format read it once; a second format is a second round",
  async (t) => {
    const syslog = format("syslog", { programs: [template("sshd")] });
    const json = format("json", { fields: [{ name: "user", path: ["u"], kind: null }] });
    const one = filter([fail], { id: "one", formats: [syslog, json] });
    const two = filter([fail], { id: "two", formats: [format("syslog")] });
    const planned = plan(policy([one, two]), { scanners: [["one", "two"]] });
    t.same(
      planned.scanners[0]?.readers.map(({ format: { name }, uses }) => [name, uses]),
      [
        [
          "syslog",
          [
            { filter: 0, format: 0 },
            { filter: 1, format: 0 },
          ],
        ],
        ["json", [{ filter: 0, format: 1 }]],
      ],
    );
  },
);

t.test("ignore rules come first, wherever they stand", async (t) => {
  const one = filter([fail, rule("ignore", template("x"), { name: "f#late" })]);
  const planned = plan(policy([one]), { scanners: [["f"]] });
  t.same(
    planned.filters[0]?.rules.map(({ spec }) => spec.kind),
    ["ignore", "fail"],
  );
});

t.test("the manifest says what a host must give", async (t) => {
  const text = (value: string) => ({ kind: "text" as const, parts: [{ text: value }] });
  const action: Action = {
    id: "tell",
    name: "tell",
    arguments: {},
    at,
    hooks: [
      {
        events: [{ name: "ban", all: false }],
        at,
        steps: [
          { verb: "driver", driver: "nftables", settings: [], at },
          {
            verb: "run",
            argv: [text("logger"), { kind: "secret", from: "env", name: "TOKEN" }],
            input: null,
            timeoutMs: 5000,
            keep: null,
            expect: { from: 0, to: 0 },
            at,
          },
          { verb: "write", path: text("/run/x"), body: text("y"), timeoutMs: 1000, at },
        ],
      },
    ],
  };
  const who = [
    { kind: "file" as const, path: "/etc/allow" },
    { kind: "host" as const, name: "a.example" },
  ];
  const guarded = jail("one", { watches: [journal, file("/var/log/x")], neverBan: who });
  const { needs } = plan({ ...policy([filter([fail])], [guarded]), actions: [action] }).manifest;
  t.same(needs, {
    files: ["/var/log/x"],
    lists: ["/etc/allow"],
    journal: true,
    programs: ["journalctl", "logger", "nft"],
    writes: ["/run/x"],
    environment: ["TOKEN"],
    resolves: true,
    servers: [],
    capabilities: ["CAP_NET_ADMIN"],
  });
});

t.test("findings go to whom they are asked for, or are thrown", async (t) => {
  const holes = Array.from({ length: 129 }, (_, i) => [" ", hole("int", `h${i}`)]).flat();
  const large = filter([rule("fail", template(...holes))]);
  const diagnostics = new Diagnostics();
  plan(policy([large]), { scanners: [["f"]], diagnostics });
  t.same(
    diagnostics.sorted().map(({ code }) => code),
    ["F2B3002"],
  );
  t.throws(() => plan(policy([large]), { scanners: [["f"]] }), /F2B3002/);
  t.throws(() => plan(policy([large]), { scanners: [["nobody"]] }), RangeError);
});
