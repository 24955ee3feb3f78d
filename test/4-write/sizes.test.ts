/*
 * How large bundles are, in a snapshot that a person reviews: kilobytes of minified code. A bundle that grows or
 * shrinks by more than a twentieth and two kilobytes fails; `UPDATE=1` writes the snapshot anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import type { BundleOptions } from "../../compiler/4-write/bundle.ts";
import { compile } from "../../compiler/compile.ts";

const snapshot = new URL("../snapshots/sizes.txt", import.meta.url);
const library = new URL("../../library/", import.meta.url);

async function sizeKb(text: string, kind: BundleOptions["kind"]): Promise<number> {
  const files = {
    read: (name: string) =>
      name === "sizes.f2b"
        ? Buffer.from(text)
        : readFileSync(new URL(`${name.replace(/^std\//, "")}.f2b`, library)),
  };
  const { bundle } = await compile("sizes.f2b", files, { kind, minify: true, version: "0.1.0" });
  if (bundle === null) throw new Error("the policy does not compile");
  return Math.ceil(bundle.code.length / 1024);
}

const one = `jail one { watch file "/var/log/x"  filter one  ban after 5 failures for 1h  never ban self  do none }
filter one { fail "login failed for {user} from {address}" }
`;
const sshd = (action: string) =>
  `use std/sshd${action === "none" ? "" : `, std/${action}`}
jail sshd { watch file "/var/log/auth.log"  filter sshd  ban after 5 failures within 10m for 1h  never ban self  do ${action} }
`;

t.test("sizes", async (t) => {
  const rows: [string, string, BundleOptions["kind"]][] = [
    ["one rule, the scanner alone", one, "program"],
    ["one rule, the whole daemon", one, "run"],
    ["std/sshd, the scanner alone", sshd("none"), "program"],
    ["std/sshd, the whole daemon", sshd("none"), "run"],
    ["std/sshd and nftables, the whole daemon", sshd("nftables"), "run"],
  ];
  const sizes = new Map<string, number>();
  for (const [name, policy, kind] of rows) sizes.set(name, await sizeKb(policy, kind));
  const text = [...sizes].map(([name, kb]) => `${String(kb).padStart(4)} KB  ${name}\n`).join("");
  if (process.env["UPDATE"] === "1") writeFileSync(snapshot, text);
  const reviewed = readFileSync(snapshot, "utf8").trimEnd().split("\n");
  t.equal(reviewed.length, sizes.size);
  for (const line of reviewed) {
    const [, kb = "", name = ""] = /^ *(\d+) KB {2}(.*)$/.exec(line) ?? [];
    const now = sizes.get(name) ?? 0;
    t.ok(
      Math.abs(now - Number(kb)) <= 2 + Number(kb) / 20,
      `${name}: ${kb} KB then, ${now} KB now`,
    );
  }
});
