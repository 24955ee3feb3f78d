/**
 * The ready jails as people use them: each alone is a policy with an action and who is spared, all
 * together are one without a finding, and each says what it watches, when it bans and which ports.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import type { Policy } from "../../schemas/policy.ts";
import { f2b, jsonLines, root } from "./f2b.ts";

const modules = readdirSync(join(root, "library", "jails"))
  .filter((file) => file.endsWith(".f2b"))
  .map((file) => `std/jails/${file.slice(0, -".f2b".length)}`);

interface Teardown {
  teardown(done: () => void): void;
}

function writePolicy(t: Teardown, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-jails-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "policy.f2b");
  writeFileSync(path, text);
  return path;
}

t.test("all in one policy, without a finding", async (t) => {
  const path = writePolicy(
    t,
    `use ${modules.join(", ")}, std/nftables\ndefaults { never ban self  do nftables }\n`,
  );
  const lint = f2b(["lint", path, "--json"]);
  t.same(
    jsonLines(lint.out)
      .filter(({ severity }) => severity !== "note")
      .map(({ code, file, message }) => `${code} ${file} ${message}`),
    [],
  );
  const compiled = f2b(["compile", path, "--policy-json"]);
  t.equal(compiled.code, 0, compiled.err);
  const { jails } = JSON.parse(compiled.out) as Policy;
  t.ok(jails.length >= modules.length, `${jails.length} jails`);
  for (const { name, watches, bans, filters } of jails) {
    const watchesBans = watches.some(({ kind }) => kind === "bans");
    t.ok(watches.length > 0 && bans.length > 0, name);
    t.ok(watchesBans || filters.length > 0, `${name} has a filter`);
  }
});

t.test("each module argues its thresholds and names nothing of its own", async (t) => {
  for (const module of modules) {
    const text = readFileSync(join(root, "library", `${module.slice(4)}.f2b`), "utf8");
    t.match(text, /^# .{20}/, `${module} begins with a comment`);
    const jails = text.match(/^jail /gm)?.length;
    t.equal(text.match(/^ {2}ports (?:all|(?:tcp|udp) \d)/gm)?.length, jails, `${module}: ports`);
    t.notMatch(text, /^(?:let|filter|action|defaults)\b/m, `${module} declares jails alone`);
    t.notMatch(text, /^ {2}(?:do|never|observe)\b/m, `${module} leaves the rest to the policy`);
  }
});

t.test("a first policy is three lines", async (t) => {
  const path = writePolicy(
    t,
    "use std/jails/sshd, std/memory\ndefaults { never ban self  do memory }\njail sshd { watch input }\n",
  );
  const log = Array.from(
    { length: 5 },
    (_, at) =>
      `Mar  1 10:00:0${at} host sshd[${at}]: Failed password for root from 203.0.113.9 port 4022 ssh2\n`,
  ).join("");
  const ran = f2b(["replay", path, "-", "--json", "--now", "2026-03-02T00:00:00Z"], {}, log);
  t.match(
    jsonLines(ran.out).filter(({ type }) => type === "ban"),
    [{ address: "203.0.113.9", jail: "sshd" }],
    ran.err,
  );
});

t.test("the library lists them", async (t) => {
  const listed = new Map(
    jsonLines(f2b(["library", "--json"]).out).map((line) => [line.module, line]),
  );
  for (const module of modules) t.ok(listed.has(module), module);
  t.match(listed.get("std/jails/sshd"), { jails: ["sshd"] });
});
