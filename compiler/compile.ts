/**
 * The whole way, from the name of a policy to one JavaScript file.
 *
 * In: the entry's name, a reader for files, and what is wanted. Out: the checked policy, the findings and
 * the bundle; null in the place of what errors made impossible. Pure: the disk is behind `files`.
 */
import type { Files } from "./2-check/load.ts";
import { type BundleOptions, bundle, startBundler } from "./4-write/bundle.ts";
import { type Read, type WriteOptions, write } from "./write.ts";

export interface CompileOptions extends WriteOptions, Omit<BundleOptions, "banner" | "sourcemap"> {
  readonly sourcemap?: boolean;
}

export interface Compiled extends Read {
  readonly bundle: { readonly code: string; readonly map?: string; readonly hash: string } | null;
}

export async function compile(
  entry: string,
  files: Files,
  options: CompileOptions,
): Promise<Compiled> {
  startBundler();
  const { emitted, ...checked } = write(entry, files, options);
  const { policy } = checked;
  if (emitted === null || policy === null) return { ...checked, bundle: null };
  const banner = {
    version: options.version,
    policy: entry,
    files: policy.files,
    hash: emitted.hash,
  };
  const { kind, minify = false } = options;
  const map = options.sourcemap === true ? { sourcemap: checked.sources } : {};
  const bundled = await bundle(emitted.text, { kind, minify, banner, ...map });
  return { ...checked, bundle: { ...bundled, hash: emitted.hash } };
}
