/**
 * The words that ask a running bundle: every verb, and every misuse named.
 */
import t from "tap";
import { controlVerbs, readArguments, UsageError } from "../../runtime/arguments.ts";

const read = (line: string) => readArguments(line.split(" "));

t.test("every verb with what it takes", async (t) => {
  const right: Readonly<Record<(typeof controlVerbs)[number], readonly string[]>> = {
    status: ["", "door", "--json"],
    bans: ["", "door", "--why 192.0.2.1"],
    ban: ["192.0.2.1 door", "192.0.2.0/24 door --for 1h --force"],
    unban: ["192.0.2.1", "all door"],
    tail: ["", "door --format json"],
    flush: [""],
    loglevel: ["debug"],
    observe: ["door on"],
    stop: ["", "--flush"],
  };
  for (const verb of controlVerbs) {
    for (const rest of right[verb]) {
      const words = [verb, ...rest.split(" ").filter((word) => word !== "")];
      t.match(
        readArguments([...words, "--socket", "/s"]),
        { verb, socketPath: "/s" },
        words.join(" "),
      );
    }
  }
  t.match(read("ban 192.0.2.1 door --for 1h --force"), {
    operands: ["192.0.2.1", "door"],
    forTime: "1h",
    force: true,
  });
  t.match(read("status"), { socketPath: "/run/f2b/f2b.sock", json: false, flush: false });
});

t.test("check, service, help", async (t) => {
  t.same(read("check --json"), { verb: "check", json: true });
  for (const what of ["print", "install", "uninstall"]) {
    t.same(read(`service ${what}`), { verb: "service", what });
  }
  t.same(read("-h"), { verb: "help" });
  t.same(read("help ban"), { verb: "help" });
});

t.test("every misuse is the caller's, and names its word", async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["ban 192.0.2.1", /ban takes ADDRESS JAIL/],
    ["ban 192.0.2.1 door more", /"more" is one word too many/],
    ["unban", /unban takes/],
    ["unban all door more", /"more"/],
    ["status a b", /"b"/],
    ["bans a b", /"b"/],
    ["tail a b", /"b"/],
    ["flush all", /"all"/],
    ["stop now", /"now"/],
    ["loglevel", /loglevel takes LEVEL/],
    ["observe door", /observe takes JAIL on\|off/],
    ["status --flush", /--flush/],
    ["stop --force", /--force/],
    ["unban all --for 1h", /--for/],
    ["bans --why", /--why needs a value/],
    ["status --json=yes", /--json takes no value/],
    ["status --format xml", /--format is text or json, not "xml"/],
    ["check door", /"door" is one word too many/],
    ["service", /print, install or uninstall/],
    ["service start", /print, install or uninstall/],
    ["service print more", /"more"/],
    ["service print --json", /--json/],
    ["__proto__", /__proto__/],
    ["constructor", /constructor/],
  ];
  for (const [line, message] of wrong) {
    const error = errorOf(line);
    t.ok(error instanceof UsageError, line);
    t.match(String(error), message, line);
  }
});

function errorOf(line: string): unknown {
  try {
    read(line);
    return null;
  } catch (error) {
    return error;
  }
}
