/**
 * Filters of our own that use what the stock ones leave out: imported, compiled, and held against the installed Fail2ban on every line.
 *
 * A case is a folder `filter.d`, arguments, and lines; what each line must give is asked of Fail2ban there and then. Differences that are
 * decided (docs/conformance.md) have no line here.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { importFilter } from "../../compiler/import/import-filter.ts";
import { automatonCost, runSamples } from "./conformance/run.ts";
import { cases, type MadeUp, refused } from "./made-up.ts";
import { missing, python } from "./stock.ts";

t.setTimeout(600_000);
const script = fileURLToPath(new URL("fail2ban-verdicts.py", import.meta.url));
const zone = "Europe/Zurich";
const now = 1_124_013_600;

type Answer = { verdicts: ([string, number | null] | null)[] } | { error: string };

function filesOf(texts: MadeUp["files"]): ConfigFiles {
  return {
    read: (name) => {
      const text = texts[name.replace(/^filter\.d\//, "")];
      return text === undefined ? null : Buffer.from(text);
    },
    list: (folder) =>
      Object.keys(texts)
        .map((name) => `filter.d/${name}`)
        .filter((name) => dirname(name) === folder)
        .map((name) => name.slice(folder.length + 1))
        .sort(),
  };
}

/** One Fail2ban for all cases: it takes a second to start. */
function askAll(t: Test): Answer[] {
  const root = mkdtempSync(join(tmpdir(), "f2b-made-up-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  const requests = cases.map(({ files, args = {}, lines, inOrder = false }, index) => {
    const folder = join(root, `${index}`);
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, "filter.d", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return JSON.stringify({ folder, filter: "door", options: args, lines, inOrder });
  });
  const ran = spawnSync(python, [script], { input: requests.join("\n"), encoding: "utf8" });
  return ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** A time as the samples of Fail2ban have it; none where it found no stamp. */
function localTime(seconds: number | null): string | null {
  if (seconds === null || seconds === now) return null;
  return new Date(seconds * 1000).toLocaleString("sv", { timeZone: zone }).replace(" ", "T");
}

t.test("the same verdict", { skip: missing, timeout: 600_000 }, async (t) => {
  const answers = askAll(t);
  t.equal(answers.length, cases.length, "Fail2ban answers for each");
  for (const [index, { name, files, args = {}, lines }] of cases.entries()) {
    const answer = answers[index] ?? { error: "no answer" };
    if ("error" in answer) {
      t.fail(`${name}: Fail2ban says ${answer.error}`);
      continue;
    }
    const annotated = lines.map((text, i) => {
      const [host, at = null] = answer.verdicts[i] ?? [];
      const expect =
        host === undefined ? { match: false } : { match: true, host, time: localTime(at) };
      return { at: `${name}: ${JSON.stringify(text)}`, text, expect };
    });
    const run = { filter: "door", options: args, prefix: "", lines: annotated };
    const { verdicts } = await runSamples(run, filesOf(files));
    const wrong = verdicts.filter((one) => one.wrong !== null);
    t.same(
      wrong.map((one) => `${one.line.at} ${one.wrong}`),
      [],
      name,
    );
    const matched = annotated.filter(({ expect }) => expect.match).length;
    t.ok(matched > 0, `${name}: ${matched} of ${lines.length} lines match`);
  }
});

t.test("what cannot be said the same way is said to be so", async (t) => {
  for (const { name, files, says } of refused) {
    const { diagnostics, text } = importFilter("door", new Map(), filesOf(files), automatonCost);
    const messages = diagnostics.sorted().map((one) => one.message);
    t.ok(
      messages.some((message) => message.includes(says)),
      `${name}: ${messages.join("; ")}`,
    );
    t.equal(text, null, `${name}: nothing is written`);
  }
});
