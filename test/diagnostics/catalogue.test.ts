/**
 * Every code of the catalogue: its `bad` policy raises it, its `good` policy raises nothing.
 *
 * What a person would see of each is kept in test/snapshots/diagnostics.txt for review; UPDATE=1
 * writes it anew. The planner's and the reader's entries come from their own files.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { check } from "../../compiler/diagnostics/catalogue/check.ts";
import { lint } from "../../compiler/diagnostics/catalogue/lint.ts";
import type { Entry } from "../../compiler/diagnostics/diagnostic.ts";
import { renderDiagnostic } from "../../compiler/diagnostics/render.ts";
import { checkText } from "../2-check/compile-text.ts";

const snapshot = new URL("../snapshots/diagnostics.txt", import.meta.url);

/** Entries of one group, whatever their arguments are. */
function entriesOf(group: object): Entry<never>[] {
  return Object.values(group) as Entry<never>[];
}

const entries = [...entriesOf(check), ...entriesOf(lint)].sort((a, b) =>
  a.code < b.code ? -1 : 1,
);

t.test("codes are unique", async (t) => {
  const codes = entries.map((one) => one.code);
  t.same(codes, [...new Set(codes)]);
  t.ok(codes.length >= 40, `${codes.length} kinds of mistake`);
});

t.test("every entry's policies", async (t) => {
  const pages: string[] = [];
  for (const entry of entries) {
    const bad = checkText(entry.bad, { lints: true });
    t.ok(bad.codes.includes(entry.code), `${entry.code} is raised by its bad policy`, {
      found: bad.codes,
    });
    const good = checkText(entry.good, { lints: true });
    const above = good.findings.filter((one) => one.severity !== "note");
    t.same(
      above.map((one) => `${one.code} ${one.message}`),
      [],
      `${entry.code} is mended in its good policy`,
    );
    const shown = bad.findings.filter((one) => one.code === entry.code);
    pages.push(...shown.map((one) => `${renderDiagnostic(one, bad.loaded.sources)}\n`));
  }
  const text = pages.join("\n");
  if (process.env["UPDATE"] === "1" || !existsSync(snapshot)) writeFileSync(snapshot, text);
  t.equal(text, readFileSync(snapshot, "utf8"), "rendered forms are as reviewed");
});

t.test("explanations are there", async (t) => {
  for (const entry of entries) t.match(entry.explain, /^.{20}.*\.$/s, entry.code);
});
