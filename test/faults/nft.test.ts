/**
 * An `nft` that is missing, fails or hangs, and a ruleset that somebody flushed: always told, always put right.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { askStatus, makeFolder, startBundle, until, writeBundle } from "../host/bundle.ts";

const policyOf = (log: string) => `use std/nftables
filter door {
  format syslog program "door"
  fail "refused {address}"
}
jail door {
  watch file "${log}"
  filter door
  ban after 2 failures within 1h for 2h
  never ban self
  do nftables
}
`;

interface Guarded {
  readonly folder: string;
  readonly bundle: string;
  readonly socket: string;
  readonly argv: readonly string[];
  fail(address: string): void;
}

async function prepare(test: Test): Promise<Guarded> {
  const folder = makeFolder(test, "nft");
  const log = join(folder, "door.log");
  writeFileSync(log, "");
  const bundle = await writeBundle(folder, policyOf(log));
  const socket = join(folder, "control", "f2b.sock");
  const state = join(folder, "state");
  return {
    folder,
    bundle,
    socket,
    argv: [process.execPath, bundle, "--json", "--state", state, "--socket", socket],
    fail(address) {
      const line = `${new Date().toISOString()} host door[7]: refused ${address}\n`;
      appendFileSync(log, line + line);
    },
  };
}

/** A number that no other process sleeps for. */
const sleepSeconds = `${process.pid}654`;

/** A stand-in that keeps what it was told, and does with it what the file `mode` says; `deaf` is the one that stays. */
function writeNft(folder: string): { path: string; set(mode: string): void; told(): string } {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const mode = join(folder, "mode");
  const told = join(folder, "told");
  writeFileSync(told, "");
  const set = (text: string) => {
    writeFileSync(`${mode}.new`, text);
    renameSync(`${mode}.new`, mode);
  };
  set("works");
  const nft = join(bin, "nft");
  writeFileSync(
    nft,
    `#!/bin/sh
act() {
  case $(cat ${mode}) in
    fails) echo "Error: Could not process rule" >&2; return 1 ;;
    hangs) sleep ${sleepSeconds} ;;
    slow) sleep 0.5 ;;
  esac
}
if [ "$1" = -i ]; then
  while read -r line; do
    case $line in
      f2b_done_*) echo "Error: syntax error, unexpected string" >&2; echo "$line" >&2 ;;
      *) [ "$(cat ${mode})" != deaf ] || sleep ${sleepSeconds}
        act && echo "$line" >> ${told} ;;
    esac
  done
  exit 0
fi
act || { cat > /dev/null; exit 1; }
cat >> ${told}
`,
  );
  chmodSync(nft, 0o755);
  return { path: bin, set, told: () => readFileSync(told, "utf8") };
}

const skipSlow = { timeout: 60_000 };

t.test("nft is missing: it runs, says so, and guards once nft is there", skipSlow, async (t) => {
  const guarded = await prepare(t);
  const empty = join(guarded.folder, "empty");
  mkdirSync(empty);
  const daemon = startBundle(t, guarded.argv, { PATH: empty });
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  const status = await askStatus(guarded.bundle, guarded.socket);
  t.equal(status.protecting, false);
  t.match(status.verdict, /NOT PROTECTING: nftables is out of step: .*not installed/);
  guarded.fail("192.0.2.7");
  await until("the ban", () => daemon.out.some((line) => line.includes('"192.0.2.7"')));
  t.pass("the decision is kept though nobody can enforce it");
  const nft = writeNft(guarded.folder);
  const links = ["sh", "cat", "sleep"].map(
    (name) => `ln -s $(command -v ${name}) ${empty}/${name}`,
  );
  execFileSync("sh", ["-c", [...links, `ln -s ${nft.path}/nft ${empty}/nft`].join(" && ")]);
  await until("repair", async () => (await askStatus(guarded.bundle, guarded.socket)).protecting);
  t.match(nft.told(), /192\.0\.2\.7 timeout/, "what was decided meanwhile is in force");
});

t.test("nft fails: everything that stands is brought back", skipSlow, async (t) => {
  const guarded = await prepare(t);
  const nft = writeNft(guarded.folder);
  const daemon = startBundle(t, guarded.argv, { PATH: `${nft.path}:/usr/bin:/bin` });
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  guarded.fail("192.0.2.8");
  await until("the ban", () => nft.told().includes("192.0.2.8"));
  nft.set("fails");
  guarded.fail("192.0.2.9");
  await until(
    "the fault",
    async () => !(await askStatus(guarded.bundle, guarded.socket)).protecting,
  );
  const before = nft.told().length;
  nft.set("slow");
  await until("repair", async () => (await askStatus(guarded.bundle, guarded.socket)).protecting);
  const repair = nft.told().slice(before);
  t.match(repair, /delete table inet f2b/, "the table is made anew");
  t.ok(repair.includes("192.0.2.8") && repair.includes("192.0.2.9"), "with all that stands");
  t.match(daemon.err.join("\n"), /Could not process rule/, "nft's own words are told");
});

t.test("nft is slow: what is decided meanwhile goes out together", skipSlow, async (t) => {
  const guarded = await prepare(t);
  const nft = writeNft(guarded.folder);
  const daemon = startBundle(t, guarded.argv, { PATH: `${nft.path}:/usr/bin:/bin` });
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  const before = nft.told().split("\n").length;
  nft.set("slow");
  const attackers = Array.from({ length: 120 }, (_, n) => `198.51.100.${n + 1}`);
  for (const attacker of attackers) {
    guarded.fail(attacker);
    await new Promise((done) => setTimeout(done, 5));
  }
  await until("all bans", () => attackers.every((one) => nft.told().includes(`${one} timeout`)));
  const transactions = nft.told().split("\n").length - before;
  t.ok(transactions < attackers.length / 2, `${transactions} transactions`);
  t.equal((await askStatus(guarded.bundle, guarded.socket)).protecting, true, "and it protects");
});

t.test("the nft that stays hangs: a new one is told instead", skipSlow, async (t) => {
  const guarded = await prepare(t);
  const nft = writeNft(guarded.folder);
  const daemon = startBundle(t, guarded.argv, { PATH: `${nft.path}:/usr/bin:/bin` });
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  // Told something, it has answered before, and is the one that is told next.
  const attackers = ["192.0.2.7", "192.0.2.8"];
  for (const attacker of attackers) {
    guarded.fail(attacker);
    await until("the ban", () => nft.told().includes(`${attacker} timeout`));
  }
  nft.set("deaf");
  guarded.fail("192.0.2.9");
  await until("the ban", () => nft.told().includes("192.0.2.9 timeout"));
  await until("it ended", () => {
    return spawnSync("pgrep", ["-fx", `sleep ${sleepSeconds}`]).status !== 0;
  });
  t.equal((await askStatus(guarded.bundle, guarded.socket)).protecting, true, "nothing was amiss");
});

t.test("nft hangs: SIGTERM still ends within five seconds", skipSlow, async (t) => {
  const guarded = await prepare(t);
  const nft = writeNft(guarded.folder);
  const daemon = startBundle(t, guarded.argv, { PATH: `${nft.path}:/usr/bin:/bin` });
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  nft.set("hangs");
  guarded.fail("192.0.2.8");
  await new Promise((done) => setTimeout(done, 300));
  t.equal((await askStatus(guarded.bundle, guarded.socket)).pid, daemon.child.pid, "it answers");
  const since = performance.now();
  daemon.child.kill("SIGTERM");
  t.equal(await daemon.ended, 0);
  t.ok(performance.now() - since < 5_000, `${Math.round(performance.now() - since)} ms`);
  const left = spawnSync("pgrep", ["-fx", `sleep ${sleepSeconds}`], { encoding: "utf8" });
  t.equal(left.stdout, "", "nothing that it started stays behind");
  nft.set("works");
  const again = startBundle(t, guarded.argv, { PATH: `${nft.path}:/usr/bin:/bin` });
  await until("the ban", () => nft.told().includes("192.0.2.8"));
  again.child.kill("SIGTERM");
  t.equal(await again.ended, 0);
  t.pass("the ban that nft never answered for is in force after the restart");
});

const name = `f2bf${process.pid}`;
const isRoot = process.getuid?.() === 0 && spawnSync("nft", ["--version"]).status === 0;
const mayNamespace = isRoot && spawnSync("ip", ["netns", "add", name]).status === 0;
t.teardown(() => {
  if (mayNamespace) spawnSync("ip", ["netns", "del", name]);
});

t.test(
  "kill -9 leaves no nft behind",
  { ...skipSlow, skip: mayNamespace ? false : "needs root, nft and network namespaces" },
  async (t) => {
    const guarded = await prepare(t);
    const daemon = startBundle(t, ["ip", "netns", "exec", name, ...guarded.argv]);
    await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
    const find = () =>
      spawnSync("pgrep", ["-x", "-P", String(daemon.child.pid), "nft"], { encoding: "utf8" });
    await until("the nft that stays", () => find().status === 0);
    const pid = find().stdout.trim();
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    await until("its end", () => {
      const state = spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" });
      return state.status !== 0 || state.stdout.startsWith("Z");
    });
    t.pass("it ended");
  },
);

t.test(
  "a flushed ruleset is noticed and put right",
  { ...skipSlow, skip: mayNamespace ? false : "needs root, nft and network namespaces" },
  async (t) => {
    const guarded = await prepare(t);
    const daemon = startBundle(t, ["ip", "netns", "exec", name, ...guarded.argv]);
    const nft = (...words: string[]) =>
      execFileSync("ip", ["netns", "exec", name, "nft", ...words], { encoding: "utf8" });
    await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
    guarded.fail("192.0.2.8");
    await until("the ban", () => nft("list", "ruleset").includes("192.0.2.8"));
    for (const [what, words] of [
      ["everything", ["flush", "ruleset"]],
      ["the rules", ["flush", "chain", "inet", "f2b", "guard"]],
      ["a set", ["flush", "set", "inet", "f2b", "j_door_4_32"]],
    ] as const) {
      nft(...words);
      daemon.child.kill("SIGHUP");
      await until(`${what} back`, () => {
        const ruleset = nft("list", "ruleset");
        return ruleset.includes("192.0.2.8") && ruleset.includes("@j_door_4_32 drop");
      });
      t.pass(`${what} flushed: put right`);
    }
    const status = await askStatus(guarded.bundle, guarded.socket);
    t.equal(status.firewalls[0]?.repairs, 3, "and counted");
    t.match(daemon.err.join("\n"), /somebody changed or flushed the rules of nftables/);
  },
);
