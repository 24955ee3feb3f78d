/**
 * Configurations of our own, and what becomes of them: the policy and the report, for a person to review.
 *
 * They stand in test/import/configs, what is written in test/snapshots/import; UPDATE=1 writes it anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { reportLines } from "../../compiler/cli/import-report.ts";
import { renderDiagnostic } from "../../compiler/diagnostics/render.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { importFilter } from "../../compiler/import/import-filter.ts";
import { reportOf } from "../../compiler/import/report.ts";
import { automatonCost } from "./conformance/run.ts";

const configs = fileURLToPath(new URL("configs/", import.meta.url));
const snapshots = fileURLToPath(new URL("../snapshots/import/", import.meta.url));

const wanted: readonly (readonly [
  snapshot: string,
  filter: string,
  args: Readonly<Record<string, string>>,
])[] = [
  ["gate", "gate", {}],
  ["gate-strict-journal", "gate", { mode: "strict", logtype: "journal" }],
  ["till", "till", { office: "198\\.51\\.100\\.7" }],
  ["vault", "vault", {}],
  ["broken", "broken", {}],
];

function openConfig(name: string): ConfigFiles {
  const at = (path: string) => `${configs}${name}/${path}`;
  return {
    read: (path) => (existsSync(at(path)) ? readFileSync(at(path)) : null),
    list: (folder) => (existsSync(at(folder)) ? readdirSync(at(folder)).sort() : []),
  };
}

function isAsReviewed(t: import("tap").Test, file: string, text: string): void {
  if (process.env["UPDATE"] === "1") {
    mkdirSync(snapshots, { recursive: true });
    writeFileSync(snapshots + file, text);
  }
  t.equal(text, readFileSync(snapshots + file, "utf8"), `${file} is as reviewed`);
}

t.test("configurations of our own", async (t) => {
  for (const [snapshot, filter, args] of wanted) {
    const files = openConfig(filter);
    const imported = importFilter(filter, new Map(Object.entries(args)), files, automatonCost);
    const { text, diagnostics, sources } = imported;
    if (text !== null) isAsReviewed(t, `${snapshot}.f2b`, text);
    const findings = diagnostics.sorted().map((one) => `${renderDiagnostic(one, sources)}\n\n`);
    isAsReviewed(
      t,
      `${snapshot}.txt`,
      `${findings.join("")}${reportLines([reportOf(imported)])}\n`,
    );
  }
});
