/**
 * A month of a real host's auth.log through `std/sshd`, line by line beside Fail2ban's own classes.
 * What differs must stand by name in docs/agreement.md; anything else fails. The corpus, the script
 * that asks the peer and the peer itself are not part of the project: without them this test skips
 * and says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { f2b, jsonLines, root } from "../library/f2b.ts";

const { F2B_SHARED } = process.env;
const shared = F2B_SHARED ?? join(root, "..", "shared");
const log = join(shared, "corpus", "auth.log");
const script = join(shared, "tools", "peer_bans.py");
const peerPackage = "/usr/lib/python3/dist-packages/fail2ban";
const peerConfig = "/etc/fail2ban";
const now = "2017-05-01T00:00:00Z";

const missing = [log, script, peerPackage, peerConfig].filter((path) => !existsSync(path));
if (missing.length > 0) {
  t.pass("SKIPPED", { skip: `NOT COMPARED with the peer, for want of ${missing.join(", ")}` });
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "f2b-corpus-"));
t.teardown(() => rmSync(folder, { recursive: true }));
symlinkSync(peerPackage, join(folder, "fail2ban"));
symlinkSync(peerConfig, join(folder, "config"));

const lines = readFileSync(log, "utf8").split("\n");
const isRepeated = (line: number) => / message repeated \d+ times: \[ /.test(lines[line - 1] ?? "");

interface Decision {
  readonly line: number;
  readonly what: string;
}

/** What the peer says of the log: its failures, or its bans (five in ten minutes, for an hour). */
function askPeer(what: "failures" | "bans"): Decision[] {
  const ran = spawnSync("python3", [script, folder, "sshd", log, "5", "600", "3600"], {
    encoding: "utf8",
    env: {
      ...process.env,
      TZ: "UTC",
      NOW: String(Date.parse(now) / 1000),
      FAILURES: what === "failures" ? "1" : "",
    },
  });
  return jsonLines(ran.stdout).map(({ line, addr, time }) => ({
    line: Number(line),
    what: `${addr} ${new Date(Number(time) * 1000).toISOString()}`,
  }));
}

function replay(file: string, type: "failure" | "ban"): Decision[] {
  const ran = f2b(["replay", "test/corpus/sshd.f2b", file, "--json", "--all", "--now", now]);
  t.equal(ran.code, 0, ran.err);
  return jsonLines(ran.out)
    .filter((one) => one.type === type)
    .map(({ line, address, time }) => ({ line: Number(line), what: `${address} ${time}` }));
}

const show = (all: readonly Decision[]) => all.map(({ line, what }) => `${line} ${what}`);

t.test("every failure but the repeated ones is the peer's, at its line and time", async (t) => {
  const peer = askPeer("failures");
  const ours = replay(log, "failure");
  t.equal(peer.length, 1184, "the peer's figure");
  t.same(show(ours.filter(({ line }) => !isRepeated(line))), show(peer));
  const repeated = new Set(ours.map(({ line }) => line).filter(isRepeated));
  t.equal(repeated.size, 85, "repeated: all of the log's");
});

t.test("without the repeated lines every ban is the peer's", async (t) => {
  const plain = join(folder, "auth.log");
  writeFileSync(plain, lines.map((text, i) => (isRepeated(i + 1) ? "" : text)).join("\n"));
  const peer = askPeer("bans");
  t.equal(peer.length, 51, "the peer's figure");
  t.same(show(replay(plain, "ban")), show(peer));
});

t.test("with them every ban that differs is owed to one", async (t) => {
  const peer = new Set(show(askPeer("bans")));
  const differing = replay(log, "ban").filter((ban) => !peer.has(show([ban])[0] ?? ""));
  const attempts = replay(log, "failure");
  for (const { line, what } of differing) {
    const [address = "", time = ""] = what.split(" ");
    const from = Date.parse(time) - 600_000;
    const counted = attempts.filter(
      (one) =>
        one.line <= line &&
        one.what.startsWith(`${address} `) &&
        Date.parse(one.what.split(" ")[1] ?? "") > from,
    );
    t.ok(
      counted.some((one) => isRepeated(one.line)),
      `${line} ${what}`,
    );
  }
});
