/*
 * Real logs through the library's filters: the bundle and the oracle must agree on every line. The
 * corpora are no part of the project; without them this test skips and says so.
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { checkText, compile, matchInBundle, matchInOracle, showDifference } from "./both.ts";

const shared =
  process.env["F2B_SHARED"] ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const use = "use std/sshd, std/nginx, std/http\n";
const corpora = [
  { log: "auth.log", at: Date.UTC(2017, 4, 1), least: 1000, of: "sshd" },
  { log: "access.log", at: Date.UTC(2015, 5, 1), least: 1, of: "" },
];

/** Without arguments, and the one with the most rules: the others are these with some left out. */
function isWanted(id: string, of: string): boolean {
  return id.startsWith(of) && (!id.includes("(") || id.includes("aggressive"));
}

for (const { log, at, least, of } of corpora) {
  const path = `${shared}/corpus/${log}`;
  const skip = existsSync(path) ? false : `NOT COMPARED: there is no ${path}`;
  t.test(`every line of ${log}`, { skip }, async (t) => {
    const bytes = readFileSync(path);
    const compiled = await compile(checkText(use), (id) => isWanted(id, of));
    const bundle = await matchInBundle(compiled, bytes, "UTC", at);
    const oracle = matchInOracle(compiled, bytes, "UTC", at);
    t.ok(oracle.length >= least, `${oracle.length} hits`);
    t.equal(showDifference(use, bytes, bundle, oracle), "");
  });
}
