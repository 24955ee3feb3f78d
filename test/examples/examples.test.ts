/**
 * Every folder of `examples/` is a policy somebody may copy: it lints clean, its own tests pass, and
 * replaying its log gives exactly the decisions written down beside it. `UPDATE=1` rewrites those;
 * read the diff, it is what the README promises.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { f2b, jsonLines, root } from "../library/f2b.ts";

const { UPDATE } = process.env;
const folder = join(root, "examples");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Drops what depends on the machine: how long it took. */
function decisions(out: string): string {
  return jsonLines(out)
    .map(({ seconds: _, ...decision }) => `${JSON.stringify(decision)}\n`)
    .join("");
}

t.ok(examples.length >= 4, "four whole policies at least");

for (const name of examples) {
  t.test(name, async (t) => {
    const files = readdirSync(join(folder, name));
    const logs = files.filter((file) => /\.(log|json)$/.test(file));
    t.ok(files.includes("README.md") && files.includes("policy.f2b"), "a policy and its README");
    t.equal(logs.length, 1, "one log");
    const policy = `examples/${name}/policy.f2b`;

    const lint = f2b(["lint", policy]);
    t.equal(lint.code, 0, `no errors: ${lint.err}${lint.out}`);
    const test = f2b(["test", policy]);
    t.equal(test.code, 0, `own tests pass: ${test.err}${test.out}`);

    const log = `examples/${name}/${logs[0]}`;
    const replay = f2b(["replay", policy, log, "--json", "--now", "2026-03-03T00:00:00Z"]);
    t.equal(replay.code, 0, `replays: ${replay.err}`);
    const expected = join(folder, name, "expected.jsonl");
    if (UPDATE === "1") writeFileSync(expected, decisions(replay.out));
    t.equal(decisions(replay.out), readFileSync(expected, "utf8"), "the decisions written down");
  });
}
