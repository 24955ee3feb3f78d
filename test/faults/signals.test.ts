/**
 * SIGHUP takes in lists that changed: who is protected now is let go, without a restart. What other daemons hear as
 * "rotate" or "reload" neither ends this one nor opens Node's debugger.
 */
import { appendFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { askStatus, makeFolder, startBundle, until, writeBundle } from "../host/bundle.ts";

/** Sockets of a process that listen on TCP. */
function listening(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const own = readdirSync(folder).map((name) => readlinkSync(join(folder, name)));
  const tables = ["tcp", "tcp6"].map((name) => readFileSync(`/proc/${pid}/net/${name}`, "utf8"));
  return tables.flatMap((table) =>
    table.split("\n").filter((line) => {
      const fields = line.trim().split(/\s+/);
      return fields[3] === "0A" && own.includes(`socket:[${fields[9]}]`);
    }),
  );
}

t.test("SIGUSR1 and SIGUSR2 open no port and end nobody", async (t) => {
  const folder = makeFolder(t, "signals");
  const bundle = await writeBundle(
    folder,
    `use std/memory
filter door { format syslog program "door"  fail "refused {address}" }
jail door {
  watch file "${join(folder, "door.log")}"
  filter door
  ban after 2 failures within 1h for 2h
  never ban self
  do memory
}
`,
  );
  const socket = join(folder, "control", "f2b.sock");
  const words = ["--json", "--state", join(folder, "state"), "--socket", socket];
  const daemon = startBundle(t, [process.execPath, bundle, ...words]);
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  for (const signal of ["SIGUSR1", "SIGUSR2"] as const) {
    daemon.child.kill(signal);
    await until(signal, () => daemon.err.some((line) => line.includes(`${signal} means nothing`)));
  }
  t.same(listening(daemon.child.pid ?? 0), []);
  t.equal((await askStatus(bundle, socket)).pid, daemon.child.pid, "it goes on");
});

t.test("SIGHUP reads lists again and frees who is protected now", async (t) => {
  const folder = makeFolder(t, "signals");
  const log = join(folder, "door.log");
  const list = join(folder, "friends.txt");
  writeFileSync(log, "");
  writeFileSync(list, "# nobody yet\n");
  const bundle = await writeBundle(
    folder,
    `use std/memory
filter door {
  format syslog program "door"
  fail "refused {address}"
}
jail door {
  watch file "${log}"
  filter door
  ban after 2 failures within 1h for 2h
  never ban self, file "${list}"
  do memory
}
`,
  );
  const socket = join(folder, "control", "f2b.sock");
  const words = ["--json", "--state", join(folder, "state"), "--socket", socket];
  const daemon = startBundle(t, [process.execPath, bundle, ...words]);
  const told = (type: string, id: string) =>
    daemon.out.some((line) => line.includes(`"type":"${type}"`) && line.includes(`"${id}"`));
  const fail = (address: string) => {
    const line = `${new Date().toISOString()} host door[7]: refused ${address}\n`;
    appendFileSync(log, line + line);
  };
  await until("ready", () => daemon.err.some((line) => line.includes('"event":"ready"')));
  fail("192.0.2.7");
  await until("the ban", () => told("ban", "192.0.2.7"));
  appendFileSync(list, "192.0.2.0/24\n");
  daemon.child.kill("SIGHUP");
  await until("the unban", () => told("unban", "192.0.2.7"));
  fail("192.0.2.8");
  fail("198.51.100.8");
  await until("the other's ban", () => told("ban", "198.51.100.8"));
  t.notOk(told("ban", "192.0.2.8"), "protected from now on");
  t.equal((await askStatus(bundle, socket)).jails[0]?.standing, 1);
});
