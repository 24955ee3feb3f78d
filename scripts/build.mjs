/**
 * compiler/cli/main.ts -> dist/f2b.js and its chunks, one a command, loaded when the command is given.
 *
 * Types and the concrete tree's typings are generated first. The new dist/ is built beside the old one
 * and takes its place whole, so that nobody runs half a build. Packages are bundled, for a program of
 * one file starts in half the time; esbuild and recheck bring programs of their own and stay outside.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build, transformSync } from "esbuild";
import { digestFile, digestInputs, root } from "./setup.mjs";

const dist = join(root, "dist");
const made = join(root, `dist.${process.pid}`);

for (const script of ["generate-types.ts", "generate-grammar.ts"]) {
  const args = ["--import=tsx", join(root, "scripts", script)];
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(1);
}

/** Ajv's code for the policy's schema, in place of the file that would have it made at each start. */
const validator = {
  name: "validator",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]policy-validator\.ts$/ }, () => {
      const schema = readFileSync(join(root, "schemas/policy.schema.json"), "utf8");
      const code = { source: true, esm: true };
      const ajv = new Ajv({ strict: true, allowUnionTypes: true, inlineRefs: false, code });
      const text = standalone.default(ajv, ajv.compile(JSON.parse(schema)));
      const { code: contents } = transformSync(text, { minify: true });
      return { contents, loader: "js", resolveDir: root };
    });
  },
};

const digest = digestInputs();
try {
  await build({
    absWorkingDir: root,
    entryPoints: { f2b: "compiler/cli/main.ts" },
    outdir: made,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["esbuild", "recheck"],
    plugins: [validator],
    chunkNames: "[name]-[hash]",
    // Packages in CommonJS ask for Node's modules by require, which an ES module does not have.
    banner: {
      js: 'import { createRequire as f2bRequire } from "node:module"; const require = f2bRequire(import.meta.url);',
    },
    legalComments: "none",
    logLevel: "warning",
  });
  chmodSync(join(made, "f2b.js"), 0o755);
  writeFileSync(join(made, "built-from.txt"), digest);
  rmSync(`${made}.old`, { recursive: true, force: true });
  try {
    renameSync(dist, `${made}.old`);
  } catch {
    // The first build.
  }
  renameSync(made, dist);
} finally {
  rmSync(made, { recursive: true, force: true });
  rmSync(`${made}.old`, { recursive: true, force: true });
}
console.log(`Built ${digestFile.replace(/built-from\.txt$/, "f2b.js")}`);
