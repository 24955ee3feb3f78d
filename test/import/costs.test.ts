/**
 * Every pattern of every stock filter, as it is imported, through the check for backtracking: how many are decided, and what is found.
 *
 * docs/conformance.md tells the numbers, and the line that shows it for each pattern that a line could stall: UPDATE=1 writes them anew, and the page fails here when it
 * is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { migrating } from "../../compiler/diagnostics/catalogue/migrating.ts";
import { importFilter } from "../../compiler/import/import-filter.ts";
import { automatonCost } from "./conformance/run.ts";
import { missing, stockFiles, stockNames } from "./stock.ts";

t.setTimeout(600_000);
const page = new URL("../../docs/conformance.md", import.meta.url);

interface Found {
  readonly at: string;
  readonly code: string;
  readonly help: string;
}

function findAll(): { patterns: number; found: Found[]; kinds: Map<string, number> } {
  const found: Found[] = [];
  const kinds = new Map<string, number>();
  let patterns = 0;
  for (const name of stockNames()) {
    const { diagnostics, sources } = importFilter(name, new Map(), stockFiles, (...asked) => {
      const cost = automatonCost(...asked);
      patterns++;
      const isSlow = cost.kind === "polynomial" && cost.degree > 2;
      const kind = isSlow || cost.kind === "exponential" ? "stalled" : cost.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      return cost;
    });
    for (const { code, at, help } of diagnostics.sorted()) {
      const line = sources.get(at.file)?.position(at.start).line ?? 0;
      found.push({ at: `${at.file.replace("filter.d/", "")}:${line}`, code, help: help ?? "" });
    }
  }
  return { patterns, found, kinds };
}

t.test("stock patterns", { skip: missing, timeout: 600_000 }, async (t) => {
  const { patterns, found, kinds } = findAll();
  const of = (entry: { readonly code: string }) => found.filter((one) => one.code === entry.code);
  const linear = of(migrating.linearInstead);
  const kept = of(migrating.polynomialKept);
  const open = of(migrating.costUnknown);
  t.same(of(migrating.exponentialLeftOut), [], "none is left out");
  const [safe = 0, square = 0, stalled = 0, unknown = 0] = [
    kinds.get("safe"),
    kinds.get("polynomial"),
    kinds.get("stalled"),
    kinds.get("unknown"),
  ];
  t.equal(safe + square + stalled + unknown, patterns);
  t.equal(stalled, linear.length, "each is matched in linear time, and reported");
  t.ok(unknown * 20 <= patterns, `${unknown} of ${patterns} are not decided`);
  for (const { at, help } of linear) t.match(help, /^elsewhere its time .* of '.+'/, at);

  const list = (all: readonly Found[]) => [...new Set(all.map(({ at }) => `\`${at}\``))].join(", ");
  const text = [
    `${patterns} patterns in ${stockNames().length} filters. ${safe} take linear time, ${square} grow with the square of a line's length,`,
    `${stalled} could be stalled by a line and are written with the flag \`l\`, ${unknown} are not decided by their automata.`,
    "",
    ...linear.map(({ at, help }) => `- \`${at}\`: ${help}`),
    "",
    `With the square: ${list(kept)}.`,
    "",
    `Not decided: ${list(open)}.`,
  ].join("\n");
  const before = readFileSync(page, "utf8");
  const wanted = before.replace(
    /(<!-- costs[^>]*-->)[\s\S]*?(<!-- end costs -->)/,
    (_, from, to) => `${from}\n${text}\n${to}`,
  );
  if (process.env["UPDATE"] === "1") writeFileSync(page, wanted);
  t.equal(wanted, readFileSync(page, "utf8"), "docs/conformance.md is fresh");
});
