/**
 * schemas/*.schema.json -> schemas/*.ts, the types of what crosses a boundary.
 * With --check it writes nothing and fails when a file is not fresh.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const folder = new URL("../schemas/", import.meta.url);
const check = process.argv.includes("--check");
let stale = 0;
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".schema.json"))
  .sort()) {
  const schema = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const text = await compile(schema, file, {
    bannerComment: `/** Generated from ${file} by scripts/generate-types.ts: edit that, not this. */`,
    format: false,
    strictIndexSignatures: true,
  });
  const target = new URL(file.replace(".schema.json", ".ts"), folder);
  let old = "";
  try {
    old = readFileSync(target, "utf8");
  } catch {
    // Not generated yet.
  }
  if (old === text) continue;
  if (check) {
    stale++;
    console.error(`schemas/${file} changed: run npm run generate`);
  } else writeFileSync(target, text);
}
process.exitCode = stale ? 1 : 0;
