/**
 * `f2b replay` and `f2b run`: decisions in the logs' own time, in the charter's shape.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import t from "tap";
import { f2b, jsonLines, root } from "../library/f2b.ts";
import { log, makeFolder, policy } from "./folder.ts";

const schema = JSON.parse(readFileSync(join(root, "schemas/replay.schema.json"), "utf8"));
const validate = new Ajv({ strict: false }).compile(schema);

/** Two jails of one filter; the second one only watches. */
const twoJails = policy.replace(
  "jail door {",
  `jail gate {
  watch file "/var/log/gate.log"
  filter door
  ban after 2 failures within 10m for ever
  observe
}

jail door {`,
);

t.test("decisions, one object a line, the summary last", async (t) => {
  const at = makeFolder(t, { "door.f2b": twoJails, "door.log": log });
  const ran = f2b(["replay", at("door.f2b"), at("door.log"), "--json", "--all"]);
  t.equal(ran.code, 0, ran.err);
  const lines = jsonLines(ran.out);
  for (const one of lines)
    t.ok(validate(one), `${JSON.stringify(one)}: ${JSON.stringify(validate.errors)}`);
  const bans = lines.filter((one) => one.type === "ban");
  t.match(bans, [
    { jail: "gate", address: "192.0.2.1", line: 4, failures: 2, until: null, observed: true },
    { jail: "door", address: "192.0.2.1", line: 7, failures: 3, observed: false },
  ]);
  t.equal(bans[1]?.until, "2026-03-01T11:00:06.000Z");
  t.equal(bans[1]?.file, at("door.log"));
  t.match(lines.at(-1), { type: "summary", lines: 7, bans: 2, seconds: 6 });
  const few = jsonLines(f2b(["replay", at("door.f2b"), at("door.log"), "--json"]).out);
  t.same(
    few.map((one) => one.type),
    ["ban", "ban", "summary"],
  );
});

t.test("logs in order, and a log for one jail", async (t) => {
  const [first, second] = [log.slice(0, log.indexOf("2026-03-01T10:00:04")), log];
  const at = makeFolder(t, { "door.f2b": twoJails, "1.log": first ?? "", "2.log": second ?? "" });
  const one = jsonLines(
    f2b(["replay", at("door.f2b"), "--source", `gate=${at("2.log")}`, "--json"]).out,
  );
  t.same(
    one.map((line) => line.jail),
    ["gate", undefined],
  );
  const both = jsonLines(f2b(["replay", at("door.f2b"), at("1.log"), at("2.log"), "--json"]).out);
  t.match(
    both.find((line) => line.jail === "door"),
    { file: at("2.log"), line: 1 },
  );
});

t.test("for people", async (t) => {
  const at = makeFolder(t, { "door.f2b": twoJails, "door.log": log });
  const ran = f2b(["replay", at("door.f2b"), at("door.log")]);
  t.match(ran.out, /would ban {2}192\.0\.2\.1 {2}gate {2}for ever/);
  t.match(ran.out, /ban {2}192\.0\.2\.1 {2}door {2}until 2026-03-01T11:00:06\.000Z/);
  t.match(ran.out, /7 lines, \d+ failures, 2 bans/);
});

t.test("--now fills missing years", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const years = ["2020-06-01T00:00:00Z", "2021-02-01"].map((now) => {
    const line = "Mar  1 10:00:00 refused eve from 192.0.2.1\n";
    const ran = f2b(["replay", at("door.f2b"), "-", "--json", "--all", "--now", now], {}, line);
    return String(jsonLines(ran.out)[0]?.time).slice(0, 4);
  });
  t.same(years, ["2020", "2020"]);
});

t.test("what cannot be replayed", async (t) => {
  const at = makeFolder(t, {
    "filters.f2b": policy.slice(0, policy.indexOf("jail")),
    "l.log": log,
  });
  const ran = f2b(["replay", at("filters.f2b"), at("l.log")]);
  t.equal(ran.code, 1);
  t.match(ran.err, /no jail/);
  t.equal(f2b(["replay", at("filters.f2b"), at("none.log")]).code, 3);
});

t.test("f2b run is the bundle with its own options and exit codes", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy.replace("/var/log/door.log", "door.log") });
  const help = f2b(["run", at("door.f2b"), "--help"]);
  t.match(help.out, /f2b run/, "its own help");
  const options = ["--once", "--state", at("state"), "--socket", at("f2b.sock"), "--json"];
  const ran = f2b(["run", at("door.f2b"), ...options]);
  t.equal(ran.code, 0, ran.err);
  t.equal(f2b(["run", at("door.f2b"), "--nonsense"]).code, 2);
});
