/**
 * Fail2ban's annotated sample lines through the library's filters of the same names: verdict, host and
 * time of each. Those that differ stand, with the reason, in docs/agreement.md; a new one fails, and
 * so does one that no longer differs. The samples are read where Debian's package puts them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openPolicy } from "../../compiler/cli/policy-files.ts";
import type { Policy } from "../../schemas/policy.ts";
import { compileFilters, judgeLines } from "../import/conformance/run.ts";
import { readSamples, type SampleRun } from "../import/conformance/samples.ts";
import { missing, samplesFolder } from "../import/stock.ts";
import { root } from "../library/f2b.ts";

/** Each with its reason in docs/agreement.md. */
const differing = [
  "3proxy:2",
  "3proxy:4",
  "3proxy:6",
  "apache-badbots:2",
  "apache-badbots:5",
  "apache-badbots:8",
  "apache-fakegooglebot:3",
  "ejabberd-auth:9",
  "nginx-http-auth:14",
  "openhab:3",
  "openhab:5",
  "sogo-auth:33",
  "sshd:144",
];

/** The module of each filter of the library. */
function listFilters(): Map<string, string> {
  const filters = new Map<string, string>();
  for (const file of readdirSync(join(root, "library"))) {
    if (!file.endsWith(".f2b")) continue;
    const text = readFileSync(join(root, "library", file), "utf8");
    for (const [, name = ""] of text.matchAll(/^filter ([\w-]+)/gm)) {
      filters.set(name, `std/${file.replace(/\.f2b$/, "")}`);
    }
  }
  return filters;
}

/** A filter as `f2b match std --filter NAME --set ...` has it. */
async function judgeRun(module: string, run: SampleRun): Promise<string[]> {
  const asked = Object.entries(run.options);
  const pick = (policy: Policy) => {
    const fits = policy.filters.filter(
      (one) =>
        one.name === run.filter &&
        asked.every(([key, value]) => String(one.arguments[key]) === value),
    );
    return fits
      .sort((a, b) => a.id.length - b.id.length)
      .flatMap((one) => one.id)
      .slice(0, 1);
  };
  const files = openPolicy(module);
  const wanted = { filters: [{ name: run.filter, args: run.options }] };
  const tools = await compileFilters(files.entry, files, wanted, pick);
  const verdicts = await judgeLines(tools, run);
  return verdicts.flatMap(({ line, wrong }) => (wrong === null ? [] : [`${line.at} ${wrong}`]));
}

t.test("annotated sample lines", { skip: missing, timeout: 600_000 }, async (t) => {
  const modules = listFilters();
  const found = new Map<string, string>();
  let lines = 0;
  for (const run of readSamples(samplesFolder)) {
    const module = modules.get(run.filter);
    // The journal's form of a line is the source's affair here, not the filter's.
    if (module === undefined || run.options["logtype"] === "journal") continue;
    const { logtype: _, ...options } = run.options;
    lines += run.lines.filter((line) => line.expect !== null).length;
    for (const wrong of await judgeRun(module, { ...run, options })) {
      found.set(wrong.split(" ")[0] ?? "", wrong);
    }
  }
  t.comment(`${lines} lines, ${found.size} differ`);
  t.ok(lines > 1_000, "nearly all samples have a filter here");
  t.same([...found.keys()].sort(), differing, [...found.values()].join("; "));
});
