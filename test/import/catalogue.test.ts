/**
 * The importer's findings: each code's `bad` filter raises it, its `good` filter raises no error and no warning.
 */
import t from "tap";
import { importing } from "../../compiler/diagnostics/catalogue/importing.ts";
import { migrating } from "../../compiler/diagnostics/catalogue/migrating.ts";
import type { Entry } from "../../compiler/diagnostics/diagnostic.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { importFilter } from "../../compiler/import/import-filter.ts";
import { costOf } from "../../compiler/lint/costly-regexes.ts";

function codesOf(conf: string, code: string): string[] {
  const isNotUtf8 = code === importing.notUtf8.code;
  const files: ConfigFiles = {
    read(name) {
      if (name.endsWith("unreadable.conf")) return { unreadable: "permission denied" };
      if (name !== "filter.d/demo.conf" || conf === "") return null;
      return Buffer.from(conf, isNotUtf8 ? "latin1" : "utf8");
    },
    list: () => [],
  };
  const endsAt = performance.now() + 20_000;
  const cost = (expanded: string, flags: string) => costOf(expanded, flags, endsAt);
  const { diagnostics } = importFilter("demo", new Map(), files, cost);
  return diagnostics.sorted().map((one) => `${one.severity} ${one.code}`);
}

const entries = [...Object.values(importing), ...Object.values(migrating)] as Entry<never>[];

t.test("every code is raised by its bad filter alone", async (t) => {
  for (const { code, bad, good, explain } of entries) {
    const raised = codesOf(bad, code);
    t.ok(
      raised.some((one) => one.endsWith(code)),
      `${code} is raised`,
      { raised },
    );
    const left = codesOf(good, code).filter((one) => !one.startsWith("note"));
    t.same(left, [], `${code} is mended`);
    t.match(explain, /^.{20}.*\.$/s, code);
  }
});
