/**
 * `f2b run`: the bundle is a process of its own, and ends with the command, whoever is sent the signal.
 */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeFolder, startBundle, until } from "../host/bundle.ts";
import { cli } from "../library/f2b.ts";

const policyOf = (log: string) => `use std/memory
filter door { format lines  fail "refused {address}" }
jail door {
  watch file "${log}"
  filter door
  ban after 2 failures for 1h
  never ban self
  do memory
}
`;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  t.test(`${signal} to the command alone`, async (t) => {
    const folder = makeFolder(t, "run");
    const log = join(folder, "door.log");
    const policy = join(folder, "door.f2b");
    writeFileSync(log, "");
    writeFileSync(policy, policyOf(log));
    const socket = join(folder, "control", "f2b.sock");
    const options = ["--state", join(folder, "state"), "--socket", socket];
    const running = startBundle(t, [process.execPath, ...cli, "run", policy, ...options], {
      TMPDIR: folder,
    });
    const ready = () => running.err.find((line) => line.includes("guarding with"));
    await until("ready", () => ready() !== undefined);
    t.match(ready(), /: 1 jail, 1 source, 0 bans standing/);
    running.child.kill(signal);
    // It is closed when the last process that writes to its outputs is gone: the bundle, too.
    t.equal(await running.ended, 0, "a clean end");
    t.notOk(existsSync(socket), "the bundle took its socket away");
    t.same(
      readdirSync(folder).filter((name) => name.startsWith("f2b-run-")),
      [],
      "and we its folder",
    );
  });
}
