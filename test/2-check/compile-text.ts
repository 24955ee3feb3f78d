/**
 * Policy text to checked policy and findings, from memory: what tests of the check stand on.
 */
import { readFileSync } from "node:fs";
import { check, type Wanted } from "../../compiler/2-check/check.ts";
import { type Files, type Loaded, load } from "../../compiler/2-check/load.ts";
import { type Diagnostic, Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import { lint } from "../../compiler/lint/lint.ts";
import type { Policy } from "../../schemas/policy.ts";

const modules = [
  "std/abuseipdb",
  "std/blackhole",
  "std/cloudflare",
  "std/http",
  "std/jails/sshd",
  "std/lists",
  "std/memory",
  "std/nftables",
  "std/nginx",
  "std/notify",
  "std/shared/probes",
  "std/sshd",
];

export interface Checked {
  readonly policy: Policy | null;
  readonly findings: readonly Diagnostic[];
  readonly codes: readonly string[];
  readonly loaded: Loaded;
}

/** `others` are further files by name; a text that begins with `# std/NAME` is that module. */
export function checkText(
  text: string,
  options: { others?: Readonly<Record<string, string>>; wanted?: Wanted; lints?: boolean } = {},
): Checked {
  const entry = /^# (std\/[\w-]+)\n/.exec(text)?.[1] ?? "policy.f2b";
  const others = new Map(Object.entries(options.others ?? {}));
  const files: Files = {
    read(name) {
      if (name === entry) return Buffer.from(text);
      const other = others.get(name);
      if (other !== undefined) return Buffer.from(other);
      if (!modules.includes(name)) return null;
      return readFileSync(new URL(`../../library/${name.slice(4)}.f2b`, import.meta.url));
    },
    modules: () => modules,
  };
  const diagnostics = new Diagnostics();
  const loaded = load(entry, files, diagnostics);
  const policy = check(loaded, diagnostics, options.wanted);
  if (policy !== null && options.lints === true) lint(policy, diagnostics, loaded);
  const findings = diagnostics.sorted();
  return { policy, findings, codes: findings.map((one) => one.code), loaded };
}
