/**
 * The reader of Fail2ban configurations: its rules on small ones of our own, and every stock filter against Fail2ban's own reader
 * where its package is installed.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import { readNamed } from "../../compiler/import/config/arguments.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { readFilter } from "../../compiler/import/config/read-filter.ts";
import { Places } from "../../compiler/import/config/traced.ts";
import { readSamples } from "./conformance/samples.ts";
import { missing, python, samplesFolder, stockFiles, stockFolder } from "./stock.ts";

type Options = Readonly<Record<string, string>>;

function folder(texts: Options): ConfigFiles {
  return {
    read: (name) => (name in texts ? Buffer.from(texts[name] ?? "") : null),
    list: (path) =>
      Object.keys(texts)
        .filter((name) => name.startsWith(`${path}/`))
        .map((name) => name.slice(path.length + 1))
        .sort(),
  };
}

function read(files: ConfigFiles, name: string, args: Options = {}) {
  const diagnostics = new Diagnostics();
  const places = new Places();
  const options = readFilter(name, new Map(Object.entries(args)), files, places, diagnostics);
  const codes = diagnostics.sorted().map((one) => one.code);
  return { options, codes, places };
}

const small = {
  "filter.d/base.conf":
    "[DEFAULT]\nwho = nobody\n[lt_file]\nprefix = file:\n[lt_short]\nprefix = short:\n",
  "filter.d/base.local": "[DEFAULT]\nwho = <ADDR>\n",
  "filter.d/door.conf": `[INCLUDES]
before = base.conf
[Definition]
# what the door says
failregex = ^%(__name__)s refused %(who)s$
            # and once more
            ^<lt_<logtype>/prefix> <mdre-<mode>> 100%% ; a comment
mode = normal
mdre-normal = knocked %(who)s
mdre-odd = <verb> %(who)s
logtype = file
[Init]
verb = kicked
`,
  "filter.d/door.d/more.conf": "[Definition]\nfailregex = %(known/failregex)s\n  ^more <ADDR>$\n",
  "filter.d/door.local": "[Init]\nverb = hit\n",
};

t.test("layers, includes and both substitutions", async (t) => {
  const failregex = (args: Options) =>
    read(folder(small), "door", args).options?.failregex.map((one) => one.text);
  t.same(failregex({}), [
    "^Definition refused <ADDR>$",
    "^file: knocked <ADDR> 100%",
    "^more <ADDR>$",
  ]);
  t.equal(failregex({ mode: "odd" })?.[1], "^file: hit <ADDR> 100%", ".local wins");
  t.equal(
    failregex({ mode: "odd", verb: "bit", logtype: "short" })?.[1],
    "^short: bit <ADDR> 100%",
  );
});

t.test("every character knows where it was written", async (t) => {
  const { options, places } = read(folder(small), "door", { mode: "odd" });
  const line = options?.failregex[1];
  const at = (text: string) => places.describe(line?.places[line.text.indexOf(text)] ?? 0);
  t.equal(at("hit"), "filter.d/door.local:2");
  t.equal(at("<ADDR>"), "filter.d/base.local:2");
  t.equal(at("100%"), "filter.d/door.conf:7");
});

t.test("arguments as jails write them", async (t) => {
  const args = (text: string) => {
    const named = readNamed(text);
    return named === null ? null : [named.name, Object.fromEntries(named.args)];
  };
  t.same(args("sshd"), ["sshd", {}]);
  t.same(args("a[b=1, c='x,]y'][d=\"z\"]"), ["a", { b: "1", c: "x,]y", d: "z" }]);
  t.same(args("a[]"), ["a", {}]);
  for (const wrong of ["a[b]", "a[b=1", "a]", "", "a[b='x]"]) t.equal(args(wrong), null, wrong);
});

/** Prints, a line each, what Fail2ban's own reader makes of the filters that it is asked for. */
const theirs = `
import json, logging, sys
from fail2ban.client.filterreader import FilterReader
logging.disable(logging.CRITICAL)
for line in sys.stdin:
    asked = json.loads(line)
    try:
        reader = FilterReader(asked["filter"], "jail", asked["options"], basedir=asked["folder"])
        read = reader.read()
        reader.getOptions({})
        print(json.dumps({"read": bool(read), "stream": reader.convert()}))
    except Exception as error:
        print(json.dumps({"read": False, "stream": [], "error": str(error)}))
`;

interface Answer {
  readonly read: boolean;
  readonly stream: readonly (readonly unknown[])[];
}

t.test("stock filters read as Fail2ban reads them", { skip: missing }, async (t) => {
  const names = readdirSync(join(stockFolder, "filter.d"))
    .filter((file) => file.endsWith(".conf") && !file.endsWith("common.conf"))
    .map((file) => file.slice(0, -".conf".length));
  const sets: Options[] = [
    {},
    { logtype: "journal" },
    { logtype: "rfc5424" },
    { mode: "aggressive" },
  ];
  const asked = [
    ...names.flatMap((filter) => sets.map((options) => ({ filter, options }))),
    ...readSamples(samplesFolder).filter((run) => names.includes(run.filter)),
  ].map(({ filter, options }) => ({ filter, options, folder: stockFolder }));
  const input = asked.map((one) => JSON.stringify(one)).join("\n");
  const ran = spawnSync(python, ["-c", theirs], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  t.equal(ran.status, 0, ran.stderr);
  const answers: Answer[] = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.equal(answers.length, asked.length);
  for (const [index, { filter, options }] of asked.entries()) {
    const own = read(stockFiles, filter, options).options;
    const answer = answers[index];
    if (answer === undefined || !answer.read || own === null) {
      t.fail(`${filter} was not read`);
      continue;
    }
    const lines = (list: readonly { text: string }[] | undefined) => list?.map((one) => one.text);
    const got = {
      prefregex: own.prefregex?.text ?? "",
      failregex: lines(own.failregex),
      ignoreregex: lines(own.ignoreregex),
      datepattern: lines(own.datepattern)?.join("\n"),
      maxlines: own.maxlines,
    };
    const said = whatTheySay(answer.stream);
    t.same(got, said, `${filter} ${JSON.stringify(options)}`);
  }
});

function whatTheySay(stream: Answer["stream"]) {
  const lists: Record<string, string[]> = { addfailregex: [], addignoreregex: [] };
  let [prefregex, datepattern, maxlines] = ["", "", 1];
  for (const [command, , what, value] of stream) {
    if (command === "multi-set") lists[String(what)] = value as string[];
    else if (String(what) in lists) lists[String(what)]?.push(String(value));
    else if (what === "prefregex") prefregex = String(value);
    else if (what === "datepattern") datepattern = String(value);
    else if (what === "maxlines") maxlines = Number(value);
  }
  const { addfailregex: failregex, addignoreregex: ignoreregex } = lists;
  return { prefregex, failregex, ignoreregex, datepattern, maxlines };
}
