/**
 * runtime/find/find.wat -> runtime/find/find-module.ts, the same as bytes in base64.
 * With --check it writes nothing and fails when the file is not fresh.
 */
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const source = new URL("../runtime/find/find.wat", import.meta.url);
const target = new URL("../runtime/find/find-module.ts", import.meta.url);

const tools = await wabt();
const module = tools.parseWat("find.wat", readFileSync(source, "utf8"), { simd: true });
module.validate();
const { buffer } = module.toBinary({});
module.destroy();
const text = `/**
 * A WebAssembly module of ${buffer.length} bytes in base64. Generated from find.wat by \`npm run generate\`.
 */
export const moduleBytes =
  "${Buffer.from(buffer).toString("base64")}";
`;

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("runtime/find/find-module.ts is not fresh: npm run generate");
  process.exit(1);
}
