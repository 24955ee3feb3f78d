/**
 * What people are shown of a running bundle: nothing of a log moves their cursor, and tables fit their terminal.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { type ControlCommand, readArguments } from "../../runtime/arguments.ts";
import { runControl } from "../../runtime/control/command.ts";
import { openControl } from "../../runtime/control/server.ts";
import type { Output } from "../../runtime/output.ts";
import { formatTable } from "../../runtime/table.ts";

const evil = "\u001b[2J\u202eroot\nbanned 192.0.2.1";

t.test("what an attacker wrote is shown escaped, whatever is asked", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-command-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "run", "f2b.sock");
  const ban = {
    ...{ jail: "door", address: null, id: evil, since: "2026-03-01T10:00:00.000Z", until: null },
    ...{ failures: 5, reason: evil, bundle: "0", rule: { name: evil, at: evil } },
    lines: [{ time: evil, file: evil, line: 1, rule: evil, at: evil, text: evil }],
    answers: [{ action: "mail", event: "ban", fault: evil }],
    firewalls: [{ name: "nftables", inStep: false, detail: evil }],
  };
  const control = await openControl({
    path,
    async handle(request, send) {
      if (request.verb === "tail")
        send({ time: evil, jail: "door", type: "ban", id: evil, file: evil });
      if (request.verb === "bans") return { bans: [ban] };
      return { lifted: [ban], banned: ban };
    },
  });
  t.teardown(() => control.close());
  const shown: string[] = [];
  const output = printingTo(shown);
  const ask = (words: string[]) => {
    const command = readArguments([...words, "--socket", path]) as ControlCommand;
    return runControl(command, output);
  };
  for (const words of [["bans"], ["bans", "--why", evil], ["unban", evil], ["flush"]]) {
    for (const json of [[], ["--json"]]) await ask([...words, ...json]);
  }
  const tail = ask(["tail"]);
  for (let n = 0; n < 400 && !shown.at(-1)?.includes(" ban "); n++) {
    await new Promise((done) => setTimeout(done, 10));
  }
  await control.close();
  await tail.catch(() => {});
  t.ok(shown.length >= 14, `${shown.length} lines`);
  t.match(shown.at(-1), /door ban \\u001b/);
  for (const line of shown) t.match(line, /^[ -~]*$/);
});

t.test("who unbans a host that a prefix keeps out is told the prefix", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-command-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "run", "f2b.sock");
  const control = await openControl({
    path,
    handle: async (request) =>
      request.verb === "unban"
        ? { lifted: [] }
        : { bans: [{ id: "2001:db8:1:2::/64", jail: "door" }] },
  });
  t.teardown(() => control.close());
  const shown: string[] = [];
  const output = printingTo(shown);
  const words = ["unban", "2001:db8:1:2::7", "--socket", path];
  await runControl(readArguments(words) as ControlCommand, output);
  t.same(shown, ["no such ban stands", "2001:db8:1:2::7 is kept out by 2001:db8:1:2::/64 in door"]);
});

t.test("a table is as wide as the terminal at most, and whole where there is room", async (t) => {
  const cell = fc.string({ unit: "grapheme-ascii", maxLength: 80 });
  const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
  const fits = fc.property(rows, fc.integer({ min: 40, max: 200 }), (cells, width) => {
    const lines = formatTable(["WHO", "JAIL", "REASON"], cells, width);
    const whole = formatTable(["WHO", "JAIL", "REASON"], cells);
    if (lines.some((line) => line.length > width)) return false;
    return whole.some((line) => line.length > width) || lines.join() === whole.join();
  });
  fc.assert(fits);
  t.same(formatTable(["WHO", "REASON"], [["192.0.2.1", "x".repeat(50)]], 30), [
    "WHO        REASON",
    `192.0.2.1  ${"x".repeat(16)}...`,
  ]);
});

function printingTo(shown: string[]): Output {
  return {
    print: (line) => shown.push(line),
    say() {},
    flush() {},
    waitForNobody() {},
    fault: null,
  };
}
