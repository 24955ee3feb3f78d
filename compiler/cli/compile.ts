/**
 * `f2b compile POLICY -o OUT.mjs`: the bundle on disk, or the checked policy on standard output.
 */
import { type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { compile } from "../compile.ts";
import { showText } from "../diagnostics/show-text.ts";
import { type Read, read } from "../write.ts";
import { usageFault } from "./fault.ts";
import { showFindings } from "./findings.ts";
import { readVersion } from "./package-root.ts";
import { openPolicy, type PolicyFiles } from "./policy-files.ts";
import { replaceFile } from "./replace-file.ts";
import { complain, errorColors, print } from "./terminal.ts";

interface CompileFlags {
  readonly output?: string;
  readonly minify?: boolean;
  readonly sourcemap?: boolean;
  readonly policyJson?: boolean;
}

export async function compileCommand(name: string, flags: CompileFlags): Promise<void> {
  const files = openPolicy(name);
  const { output } = flags;
  if (flags.policyJson === true) {
    const checked = read(files.entry, files);
    showFindings(checked, "errors");
    const json = JSON.stringify(checked.policy, null, 2);
    if (output === undefined || output === "-") print(json);
    else {
      keepSources(output, checked, files);
      replaceFile(output, `${json}\n`, 0o644);
    }
    return;
  }
  if (output === undefined) {
    throw usageFault("compile needs to know where to write", `f2b compile ${name} -o policy.mjs`);
  }
  if (output === "-" && flags.sourcemap === true) {
    throw usageFault("a source map is a file beside the bundle", "-o FILE --sourcemap");
  }
  const compiled = await compile(files.entry, files, {
    kind: "run",
    version: readVersion(),
    minify: flags.minify === true,
    sourcemap: flags.sourcemap === true,
  });
  showFindings(compiled, "all");
  const { bundle, policy } = compiled;
  if (bundle === null) return;
  keepSources(output, compiled, files);
  if (policy?.jails.length === 0) {
    complain(errorColors.yellow(`${showText(name)} has no jail: this bundle guards nothing`));
  }
  if (output === "-") {
    print(bundle.code.trimEnd());
    return;
  }
  const hasMap = bundle.map !== undefined;
  const link = hasMap ? `//# sourceMappingURL=${encodeURIComponent(basename(output))}.map\n` : "";
  if (bundle.map !== undefined) replaceFile(`${output}.map`, bundle.map, 0o644);
  replaceFile(output, bundle.code + link, 0o755);
  const kilobytes = (Buffer.byteLength(bundle.code) / 1024).toFixed(1);
  const { bold, dim } = errorColors;
  complain(
    `${bold(showText(output))}  ${kilobytes} KB  ${dim(`hash ${bundle.hash.slice(0, 16)}`)}`,
  );
  complain(dim(`next: node ${showText(output)} check   can this host do what the policy asks?`));
}

/** Refuses to write over the policy, or a file that it uses, whatever name it is given by. */
function keepSources(output: string, { sources }: Read, files: PolicyFiles): void {
  const target = fileAt(output);
  if (target === null) return;
  for (const name of sources.keys()) {
    const path = files.pathOf(name);
    const source = path === null ? null : fileAt(path);
    if (source?.ino !== target.ino || source.dev !== target.dev) continue;
    throw usageFault(`-o ${output} would write over the policy's own ${name}`, "-o policy.mjs");
  }
}

/** Null: there is none, or writing there will say why it cannot be looked at. */
function fileAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
