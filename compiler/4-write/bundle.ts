/**
 * From the generated module to one file that Node runs: esbuild puts the parts of the runtime that
 * are used in front of it.
 *
 * In: the module's text and what the banner says. Out: JavaScript, and a source map when asked for
 * (it leads to the policy's lines and the runtime's sources). The disk is read only to find the
 * runtime's sources, from this package's own root; no path of this machine gets into the bundle.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join as joinPath } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, transform } from "esbuild";
import type { Source } from "../source.ts";
import { comment, join } from "./code.ts";
import { runtimeSpecifier } from "./emit.ts";
import { mapModule } from "./source-map.ts";

/** `run`: starts when it is run. `tools`: exports `program`, and what matches and replays, for who compares bundles with something else. `program`: that alone. */
type BundleKind = "run" | "tools" | "program";

export interface BundleOptions {
  readonly kind: BundleKind;
  readonly minify?: boolean;
  /** A source map is wanted; the policy's files by name are what it leads to. */
  readonly sourcemap?: ReadonlyMap<string, Source>;
  readonly banner: Banner;
}

interface Banner {
  readonly version: string;
  readonly policy: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly hash: string;
}

export interface Bundle {
  readonly code: string;
  readonly map?: string;
}

const entries: Record<BundleKind, string> = {
  run: `import { program } from "f2b:policy";
import { main } from "f2b:runtime/main.ts";
import { isMain } from "f2b:runtime/is-main.ts";
export { program };
if (isMain(import.meta.url)) main(program);
`,
  tools: `export { program } from "f2b:policy";
export { findMatches, match } from "f2b:runtime/match.ts";
export { replay, replayDecisions } from "f2b:runtime/replay.ts";
`,
  program: `export { program } from "f2b:policy";
`,
};

/** esbuild is a program of its own that takes a while to start: who will bundle soon asks for it early. */
export function startBundler(): void {
  transform("").catch(() => {
    // `bundle` says what is wrong.
  });
}

export async function bundle(moduleText: string, options: BundleOptions): Promise<Bundle> {
  const minify = options.minify ?? false;
  const root = findRoot();
  const files = options.sourcemap;
  const contents =
    files === undefined ? moduleText : withMap(moduleText, mapModule(moduleText, files));
  const result = await build({
    absWorkingDir: root,
    entryPoints: ["f2b:entry"],
    outfile: "bundle.mjs",
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node18",
    charset: "ascii",
    minify,
    sourcemap: files === undefined ? false : "external",
    sourcesContent: true,
    legalComments: minify ? "none" : "inline",
    tsconfigRaw: {},
    logLevel: "silent",
    plugins: [sources(root, entries[options.kind], contents)],
    banner: { js: writeBanner(options.banner, minify) },
  });
  const file = (end: string) => result.outputFiles.find((one) => one.path.endsWith(end))?.text;
  const code = file(".mjs");
  if (code === undefined) throw new Error("esbuild gave no bundle");
  const map = file(".map");
  return map === undefined ? { code } : { code, map };
}

function withMap(text: string, map: string): string {
  const data = Buffer.from(map).toString("base64");
  return `${text}\n//# sourceMappingURL=data:application/json;base64,${data}\n`;
}

/** Answers for the three made-up modules; everything else is a file of the runtime. */
function sources(root: string, entry: string, policy: string): Plugin {
  return {
    name: "f2b",
    setup(build) {
      build.onResolve({ filter: /^f2b:/ }, ({ path }) => {
        if (path === runtimeSpecifier) return runtimeFile(root, "runtime/index.ts");
        if (path.startsWith("f2b:runtime/")) return runtimeFile(root, path.slice("f2b:".length));
        return { path: path.slice("f2b:".length), namespace: "f2b" };
      });
      build.onLoad({ filter: /.*/, namespace: "f2b" }, ({ path }) => ({
        contents: path === "policy" ? policy : entry,
        loader: "js",
        resolveDir: root,
      }));
    },
  };
}

function runtimeFile(root: string, path: string): { path: string; sideEffects: boolean } {
  return { path: joinPath(root, path), sideEffects: false };
}

/** The folder of this package, seen from its sources and from dist/f2b.js alike. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = joinPath(folder, "package.json");
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "f2b") return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("f2b's own package.json was not found");
    folder = parent;
  }
}

/** Who made it out of what. No time and no path: equal input gives equal bytes. */
function writeBanner(banner: Banner, minify: boolean): string {
  const lines = [
    `${banner.policy}, compiled by f2b ${banner.version}. Do not edit: change the policy and run`,
    `    f2b compile ${banner.policy} -o OUT.mjs${minify ? " --minify" : ""}`,
    ...banner.files.map((file) => `${file.sha256}  ${file.name}`),
    `hash ${banner.hash}`,
    ...(minify
      ? []
      : ["What the policy says begins at the line `// f2b:policy`; before it stands the runtime."]),
  ];
  return `#!/usr/bin/env node\n${join(lines.map(comment))}`;
}
