/**
 * Test files made into JavaScript, all at once: a loader that does it in each of their processes takes a fifth of the whole run.
 *
 * In: paths of test files from the root. Out: a folder inside node_modules, where packages are found, and of each file
 * where its JavaScript is. What must hold: `import.meta.url` is that of the source, so that a file finds what lies beside it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./setup.mjs";

export async function buildTests(files) {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "f2b-tests-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: files,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    outbase: root,
    outdir: folder,
    sourcemap: "linked",
    logLevel: "warning",
    define: { "import.meta.url": "ownPlace" },
    plugins: [ownPlaces],
  });
  return (file) => join(folder, file.replace(/\.ts$/, ".js"));
}

const ownPlaces = {
  name: "own places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (relative(root, path).startsWith("node_modules")) return null;
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return null;
      const own = JSON.stringify(pathToFileURL(path).href);
      return { loader: "ts", contents: `const ownPlace = ${own}; ${source}` };
    });
  },
};
