/*
 * From a policy made by hand to its bundle, loaded in this process. Not a test itself.
 */

import { plan } from "../../compiler/3-plan/plan.ts";
import { type Bundle, type BundleOptions, bundle } from "../../compiler/4-write/bundle.ts";
import { emit } from "../../compiler/4-write/emit.ts";
import type { Hit, Program, TimeContext } from "../../runtime/contract.ts";
import type { Policy } from "../../schemas/policy.ts";

/** The text of the module, before the runtime is put in front of it. */
export function emitPolicy(policy: Policy): { text: string; hash: string } {
  return emit(plan(policy, { scanners: [policy.filters.map((filter) => filter.id)] }), "1.2.3");
}

export function bundlePolicy(policy: Policy, more: Partial<BundleOptions> = {}): Promise<Bundle> {
  const { text, hash } = emitPolicy(policy);
  const banner = { version: "1.2.3", policy: policy.name, files: policy.files, hash };
  return bundle(text, { kind: "program", banner, ...more });
}

/** The bundle's program; its last scanner reads all filters without an envelope. */
export async function loadPolicy(policy: Policy): Promise<Program> {
  const { code } = await bundlePolicy(policy);
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  return (await import(url)).program;
}

export const testTime: TimeContext = { now: () => Date.UTC(2026, 2, 2), zone: "UTC" };

/** Every hit of the program's scanner (its last one unless told) on a log. */
export function scan(program: Program, log: string | Buffer, scanner = -1): Hit[] {
  const spec = program.scanners.at(scanner);
  if (spec === undefined) throw new RangeError("no such scanner");
  const bytes = Buffer.from(log);
  const hits: Hit[] = [];
  const reader = spec.make(testTime);
  const read = reader.scan(bytes, 0, bytes.length, (hit) => hits.push(hit));
  if (read < bytes.length) reader.scanLast(bytes, read, bytes.length, (hit) => hits.push(hit));
  return hits;
}
