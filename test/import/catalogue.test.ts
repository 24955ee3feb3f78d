/**
 * The importer's findings: each code's `bad` filter raises it, its `good` filter raises no error and no warning. What a person sees of them stands in
 * test/snapshots/diagnostics.txt with all others.
 */
import t from "tap";
import { importDemo, importerEntries } from "./demo.ts";

function codesOf(conf: string, code: string): string[] {
  return importDemo(conf, code)
    .diagnostics.sorted()
    .map((one) => `${one.severity} ${one.code}`);
}

t.test("every code is raised by its bad filter alone", async (t) => {
  for (const { code, bad, good, explain } of importerEntries) {
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
