/**
 * Every code of the catalogue: its `bad` policy raises it, its `good` policy raises nothing.
 *
 * What a person would see of each is kept in test/snapshots/diagnostics.txt for review; UPDATE=1
 * writes it anew. The reader's, the planner's and the importer's samples are proved by their own tests and shown here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { plan as makePlan } from "../../compiler/3-plan/plan.ts";
import { check } from "../../compiler/diagnostics/catalogue/check.ts";
import { lint } from "../../compiler/diagnostics/catalogue/lint.ts";
import { plan } from "../../compiler/diagnostics/catalogue/plan.ts";
import { read } from "../../compiler/diagnostics/catalogue/read.ts";
import { Diagnostics, type Entry } from "../../compiler/diagnostics/diagnostic.ts";
import { renderDiagnostic } from "../../compiler/diagnostics/render.ts";
import { checkText } from "../2-check/compile-text.ts";
import { importDemo, importerEntries } from "../import/demo.ts";

const snapshot = new URL("../snapshots/diagnostics.txt", import.meta.url);

/** Entries of one group, whatever their arguments are. */
function entriesOf(group: object): Entry<never>[] {
  return Object.values(group) as Entry<never>[];
}

function byCode(entries: readonly Entry<never>[]): Entry<never>[] {
  return [...entries].sort((a, b) => (a.code < b.code ? -1 : 1));
}

const proved = byCode([...entriesOf(check), ...entriesOf(lint)]);
const ofPolicies = [...proved, ...entriesOf(read), ...entriesOf(plan)];
const entries = byCode([...ofPolicies, ...importerEntries]);

/** The importer's samples are filters of a Fail2ban configuration, all others policies. */
function findingsOf(text: string, code = "") {
  if (!importerEntries.some((entry) => entry.code === code)) return findingsOfPolicy(text);
  const { diagnostics, sources } = importDemo(text, code);
  return { findings: diagnostics.sorted(), sources };
}

/** What each phase that gets to see a policy says of it. */
function findingsOfPolicy(text: string) {
  // As `f2b lint std/demo` looks at a module.
  const isModule = text.startsWith("# std/");
  const wanted = { all: isModule, library: isModule, libraryTests: isModule };
  const { policy, findings, loaded } = checkText(text, { lints: true, wanted });
  const diagnostics = new Diagnostics();
  const ids = policy?.filters.map((filter) => filter.id) ?? [];
  if (policy !== null) makePlan(policy, { diagnostics, scanners: [ids] });
  return { findings: [...findings, ...diagnostics.sorted()], sources: loaded.sources };
}

t.test("codes are unique", async (t) => {
  const codes = entries.map((one) => one.code);
  t.same(codes, [...new Set(codes)]);
  t.ok(codes.length >= 40, `${codes.length} kinds of mistake`);
});

t.test("every entry's policies", async (t) => {
  for (const { code, bad, good } of proved) {
    const raised = findingsOf(bad).findings.map((one) => one.code);
    t.ok(raised.includes(code), `${code} is raised by its bad policy`, { raised });
    const left = findingsOf(good).findings.filter((one) => one.severity !== "note");
    const said = left.map((one) => `${one.code} ${one.message}`);
    t.same(said, [], `${code} is mended in its good policy`);
  }
});

t.test("what a person sees", async (t) => {
  const pages = entries.flatMap(({ code, bad }) => {
    const { findings, sources } = findingsOf(bad, code);
    const own = findings.filter((one) => one.code === code);
    return own.map((one) => `${renderDiagnostic(one, sources)}\n`);
  });
  const text = pages.join("\n");
  if (process.env["UPDATE"] === "1") writeFileSync(snapshot, text);
  t.equal(text, readFileSync(snapshot, "utf8"), "is as reviewed");
});

t.test("explanations are there", async (t) => {
  for (const entry of entries) t.match(entry.explain, /^.{20}.*\.$/s, entry.code);
});
