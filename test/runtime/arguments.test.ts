/**
 * The words behind `node policy.mjs`.
 */
import t from "tap";
import { readArguments, UsageError } from "../../runtime/arguments.ts";

const read = (line: string) => readArguments(line === "" ? [] : line.split(" "));

t.test("replay", async (t) => {
  t.match(
    read("replay a.log --json b.log --all --now 2017-05-01T00:00:00Z --source sshd=c=d.log -"),
    {
      verb: "replay",
      logs: [
        { path: "a.log", jail: null },
        { path: "b.log", jail: null },
        { path: "-", jail: null },
        { path: "c=d.log", jail: "sshd" },
      ],
      json: true,
      all: true,
      now: Date.UTC(2017, 4, 1),
    },
  );
  t.match(read("replay --format=json -- --all"), {
    logs: [{ path: "--all" }],
    json: true,
    all: false,
  });
});

t.test("running", async (t) => {
  t.match(read(""), { verb: "run", dryRun: false, once: false, logLevel: "info" });
  t.match(read("--dry-run --once --state /s --log-level=debug"), {
    verb: "run",
    dryRun: true,
    once: true,
    stateFolder: "/s",
    logLevel: "debug",
  });
  t.match(read("replay --help"), { verb: "help" });
  t.match(read("--version"), { verb: "version" });
});

t.test("every wrong word is named", async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["repaly a.log", /repaly/],
    ["replay", /log/],
    ["replay a.log --jsno", /--jsno/],
    ["replay a.log --once", /--once/],
    ["replay a.log --now yesterday", /yesterday/],
    ["replay a.log --now", /--now/],
    ["replay --source sshd", /JAIL=LOG/],
    ["--log-level loud", /loud/],
    ["--dry-run=no", /--dry-run/],
  ];
  for (const [line, message] of wrong) {
    t.throws(() => read(line), { message }, line);
    t.ok(isUsageError(line), line);
  }
});

function isUsageError(line: string): boolean {
  try {
    read(line);
    return false;
  } catch (error) {
    return error instanceof UsageError;
  }
}
