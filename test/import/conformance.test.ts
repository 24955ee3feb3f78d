/**
 * Every filter of Debian's fail2ban package against its annotated samples: import, compile, match, compare.
 *
 * Runs where the package is installed. docs/conformance.md tells the numbers and lists each difference with its reason: UPDATE=1 writes them anew,
 * and the page fails here when it is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { type RunResult, runSamples } from "./conformance/run.ts";
import { readSamples } from "./conformance/samples.ts";
import { missing, samplesFolder, stockFiles } from "./stock.ts";

const page = new URL("../../docs/conformance.md", import.meta.url);

/** Lines on which f2b and the samples differ, and why. */
const differences: ReadonlyMap<string, string> = new Map([
  [
    "zzz-generic-example:35",
    "its stamp is 0000-12-30: Fail2ban cuts out what has the shape of its third date pattern though it is no time; f2b cuts out times only",
  ],
  ["zzz-generic-example:47", "as line 35"],
]);

// A run a filter and set of options: a minute on a quiet machine, more on a busy one.
t.setTimeout(600_000);

t.test("the samples", { skip: missing, timeout: 600_000 }, async (t) => {
  const results: RunResult[] = [];
  for (const run of readSamples(samplesFolder)) results.push(await runSamples(run, stockFiles));
  const verdicts = results.flatMap((result) => result.verdicts);
  const wrong = verdicts.filter((one) => one.wrong !== null);
  for (const { line, wrong: why } of wrong) {
    t.ok(differences.has(line.at), `${line.at}: ${why}`);
  }
  for (const at of differences.keys()) {
    t.ok(
      wrong.some(({ line }) => line.at === at),
      `${at} is listed as different, and is`,
    );
  }
  const captures = verdicts.reduce((sum, one) => sum + one.captures, 0);
  const right = verdicts.reduce((sum, one) => sum + one.capturesRight, 0);
  t.equal(right, captures, "captures agree");
  t.ok(verdicts.length > 1000, `${verdicts.length} annotated lines`);

  const filters = new Set(results.map(({ run }) => run.filter)).size;
  const numbers =
    `${verdicts.length - wrong.length} of ${verdicts.length} annotated lines agree, in ${results.length} runs ` +
    `over ${filters} filters; ${right} of ${captures} annotated captures do.`;
  const list = [...differences].map(([at, why]) => `- \`${at}\`: ${why}.`);
  const text = readFileSync(page, "utf8");
  const wanted = text.replace(
    /(<!-- numbers[^>]*-->)[\s\S]*?(<!-- end -->)/,
    (_, from, to) => `${from}\n${numbers}\n\n${list.join("\n")}\n${to}`,
  );
  if (process.env["UPDATE"] === "1") writeFileSync(page, wanted);
  t.equal(wanted, readFileSync(page, "utf8"), "docs/conformance.md is fresh");
});
