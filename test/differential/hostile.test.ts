/*
 * Logs written to mislead (test/hostile) and records too large to keep, through the whole library:
 * the bundle and the oracle must agree in every zone and however the log is cut, and whoever only
 * stands in text that a client wrote must not be blamed by either.
 */

import { readdirSync, readFileSync } from "node:fs";
import tap from "tap";
import { checkText, compile, matchInBundle, matchInOracle, showDifference } from "./both.ts";

const folder = new URL("../hostile/", import.meta.url);
const use = "use std/sshd, std/nginx, std/http\n";
const compiled = await compile(checkText(use));

async function compare(
  t: Pick<typeof tap, "equal">,
  log: Buffer,
  zone: string,
  chunkBytes: number,
): Promise<string[]> {
  const bundle = await matchInBundle(compiled, log, zone, undefined, chunkBytes);
  const oracle = matchInOracle(compiled, log, zone);
  t.equal(showDifference(`${use}zone ${zone}`, log, bundle, oracle), "", `${oracle.length} hits`);
  return oracle;
}

for (const name of readdirSync(folder).filter((file) => file.endsWith(".log"))) {
  tap.test(name, async (t) => {
    const log = readFileSync(new URL(name, folder));
    const utc = await compare(t, log, "UTC", 1 << 16);
    t.ok(utc.length > 0, "some of it is read");
    await compare(t, log, name === "clocks.log" ? "Europe/Berlin" : "UTC", 7);
    if (name === "clocks.log") await compare(t, log, "America/New_York", 1000);
  });
}

tap.test("injection.log blames nobody but who was there", async (t) => {
  const log = readFileSync(new URL("injection.log", folder));
  const blamed = matchInOracle(compiled, log, "UTC")
    .map((line) => JSON.parse(line) as { kind: string; id: string | null })
    .filter(({ kind }) => kind === "failure")
    .map(({ id }) => id);
  t.same([...new Set(blamed)], ["203.0.113.9"]);
});

tap.test("huge records", async (t) => {
  const line = (user: string) =>
    `Mar  1 10:00:00 host sshd[1]: Invalid user ${user} from 203.0.113.9 port 4022`;
  const rest = line("").length;
  const header = "Mar  1 10:00:00 host sshd[1]: ".length;
  const sizes = [65_535, 65_536, 65_537, 200_000].map((size) => header + size);
  const lines = sizes.map((size) => line("x".repeat(size - rest)));
  lines.push(
    line("eve"),
    `${line("y".repeat(header + 65_536 - rest))}\r`,
    `${line("z".repeat(header + 65_537 - rest))}\r`,
  );
  const hits = await compare(t, Buffer.from(`${lines.join("\n")}\n`), "UTC", 5000);
  const numbers = new Set(hits.map((hit) => (JSON.parse(hit) as { line: number }).line));
  t.same([...numbers], [1, 2, 5, 6], "what is over the limit matches nothing");
});

/** What servers write for bytes that they escape: four for one, in each field that they log. */
tap.test("clients that make their line long are counted all the same", async (t) => {
  const escaped = "\\xFF".repeat(8000);
  const access = `203.0.113.9 - bob [01/Mar/2026:10:00:00 +0000] "GET /?${escaped} HTTP/1.1" 401 179 "${escaped}" "${escaped}"`;
  const json = JSON.stringify({
    time_iso8601: "2026-03-01T10:00:01Z",
    remote_addr: "203.0.113.9",
    remote_user: "bob",
    status: 401,
    agent: "\u0001".repeat(100_000),
  });
  const hits = await compare(t, Buffer.from(`${access}\n${json}\n`), "UTC", 5000);
  const found = hits.map((hit) => JSON.parse(hit) as { line: number; filter: string; id: string });
  const refused = found.filter(({ filter }) => filter === "nginx-http-auth");
  const named = refused.map(({ line, id }) => `${line} ${id}`);
  t.same([...new Set(named)], ["1 203.0.113.9", "2 203.0.113.9"]);
});
