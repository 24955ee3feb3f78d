/**
 * The library's actions against the tools they are for, each by a running daemon; and docs/actions.md, whose list
 * of what they met is this test's: UPDATE=1 writes it anew. Versions may differ from host to host, the rest
 * must not.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Running, until, watchChild, writeBundle } from "../host/bundle.ts";
import { attacker4, attacker6, honest4, type Lab, labFault, openLab } from "../host/lab.ts";
import { root } from "./f2b.ts";
import { type Guard, guards, type Teller, tellers } from "./real-tools.ts";

const attackers = [attacker4, attacker6];
/** Who is banned when they are. */
const identities = [attacker4, "2001:db8:1::/64"];
const shortBanMs = 3000;

/** What each action met. */
const meetings = new Map<string, string>();

interface Host {
  readonly lab: Lab;
  daemon: Running;
  start(): Promise<Running>;
  fail(times: number): void;
  tell(...words: string[]): string;
}

async function openHost(t: Test, tool: Guard | Teller): Promise<Host> {
  const lab = await openLab(t, "rsyslog", false);
  await tool.start?.(lab);
  const log = join(lab.folder, "door.log");
  writeFileSync(log, "");
  const bundle = await writeBundle(
    lab.folder,
    `use ${tool.modules.map((name) => `std/${name}`).join(", ")}
filter door { format syslog program "door"  fail "refused {address}" }
jail door {
  watch file "${log}"
  filter door
  ban after 4 failures within 1h for 1h
  never ban self, ${honest4}
  do ${tool.call?.(lab) ?? tool.actions[0]}
}
`,
  );
  const at = ["--socket", join(lab.folder, "control/f2b.sock")];
  const state = ["--state", join(lab.folder, "state")];
  const own = [process.execPath, bundle];
  const argv = ["env", ...(tool.environment?.(lab) ?? []), ...own, "--json", ...at, ...state];
  const start = async () => {
    const daemon = watchChild(lab.start(argv));
    await until("the daemon", () => daemon.err.some((line) => line.includes('"event":"ready"')));
    return daemon;
  };
  return {
    lab,
    daemon: await start(),
    start,
    fail(times) {
      for (const address of attackers) {
        const line = `${new Date().toISOString()} host door[1]: refused ${address}\n`;
        appendFileSync(log, line.repeat(times));
      }
    },
    tell: (...words) => lab.onServer([...own, ...words, ...at]),
  };
}

const bansIn = ({ daemon }: Host) =>
  daemon.out.filter((line) => JSON.parse(line).type === "ban").length;

/** Runs it and says what the daemon said when it fails. */
async function within(t: Test, host: Host, test: () => Promise<void>): Promise<void> {
  try {
    await test();
  } catch (error) {
    t.fail(
      `${(error as Error).message}\n${[...host.daemon.out, ...host.daemon.err].slice(-20).join("\n")}`,
    );
  }
}

async function meetGuard(t: Test, guard: Guard): Promise<void> {
  const host = await openHost(t, guard);
  const { lab } = host;
  const everybody = [...attackers, honest4];
  const banned = () => guard.banned(lab, everybody);
  const isKeptOut = () => banned().length === attackers.length;
  await within(t, host, async () => {
    t.same(banned(), []);
    for (const id of identities) host.tell("ban", id, "door", "--for", `${shortBanMs / 1000}s`);
    for (const id of identities) host.tell("ban", id, "door", "--for", "1h");
    await until("both are kept out", isKeptOut, 30_000);
    const end = performance.now() + shortBanMs;
    await until("the short ban is over", () => performance.now() > end);
    await until("who is banned for longer is kept out, and nobody else", isKeptOut);
    t.same(banned(), attackers);
    host.tell("unban", "all");
    await until("both are let in", () => banned().length === 0, 30_000);
    host.fail(4);
    await until("both are kept out again", isKeptOut, 30_000);
    host.tell("stop");
    await host.daemon.ended;
    if (guard.forget !== undefined) lab.onServer(guard.forget);
    host.daemon = await host.start();
    await until("both are kept out after a new start", isKeptOut, 30_000);
    host.tell("stop", "--flush");
    t.equal(await host.daemon.ended, 0, "the daemon ends well");
    t.same(banned(), [], "nobody is kept out when it is flushed");
    if (guard.shown.length > 0) {
      t.notMatch(
        lab.onServer(guard.shown),
        /192\.0\.2\.10|blackhole|db8:1::\/64(?! dev)|f2b/,
        "nothing of us is left",
      );
    }
  });
}

async function meetTeller(t: Test, teller: Teller): Promise<void> {
  const host = await openHost(t, teller);
  await within(t, host, async () => {
    host.fail(4);
    await until("the bans", () => bansIn(host) === identities.length);
    host.tell("unban", "all");
    for (const wanted of teller.wanted) {
      await until(`${wanted}`, () => wanted.test(teller.heard(host.lab))).catch((error: Error) => {
        throw new Error(`${error.message}\n${teller.heard(host.lab)}`);
      });
    }
    t.pass(`${teller.wanted.length} things were heard`);
  });
}

function faultOf(programs: readonly string[]): string | false {
  const missing = programs.find(
    (name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0,
  );
  return missing === undefined ? (labFault("rsyslog", false) ?? false) : `needs ${missing}`;
}

for (const tool of [...guards, ...tellers]) {
  const options = { skip: faultOf(tool.programs), timeout: 240_000 };
  t.test(tool.actions.join(", "), options, async (t) => {
    await ("banned" in tool ? meetGuard(t, tool) : meetTeller(t, tool));
    if (!t.passing()) return;
    for (const action of tool.actions) meetings.set(action, tool.met());
  });
}

t.test("docs/actions.md tells what they met", async (t) => {
  const page = join(root, "docs/actions.md");
  const text = readFileSync(page, "utf8");
  const begin = "<!-- met: written by UPDATE=1 of test/library/tools.test.ts -->\n";
  const end = "<!-- end of met -->";
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  t.ok(from >= begin.length && to >= from, "it has its markers");
  const rows = [...meetings].map(([action, met]) => `| \`${action}\` | ${met} |\n`);
  if (process.env["UPDATE"] === "1") {
    const all = [...guards, ...tellers].flatMap(({ actions }) => actions);
    t.same([...meetings.keys()], all, "all have met what they are for");
    const fresh = `\n| action | met |\n| --- | --- |\n${rows.join("")}\n`;
    writeFileSync(page, text.slice(0, from) + fresh + text.slice(to));
    return;
  }
  const bare = (row: string) => row.replace(/\d+(?:\.\w+)+/g, "N");
  const told = new Set(
    text
      .slice(from, to)
      .split(/(?<=\n)/)
      .map(bare),
  );
  for (const row of rows) t.ok(told.has(bare(row)), `${row.trim()}: UPDATE=1 writes it`);
});
