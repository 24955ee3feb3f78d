/** The source map of a bundle leads from a rule's code to the policy's own line, and carries its text. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import t from "tap";
import { compile } from "../../compiler/compile.ts";

const policy = `use std/sshd
jail ssh {
  watch file "/var/log/auth.log"
  filter sshd, mini
  ban after 5 failures for 1h
  do none
}
filter mini {
  fail "no entry for {user:word} from {address}"
}
`;

const library = new URL("../../library/", import.meta.url);

function read(name: string): Uint8Array {
  return name === "ssh.f2b"
    ? Buffer.from(policy)
    : readFileSync(new URL(`${name.replace(/^std\//, "")}.f2b`, library));
}

for (const minify of [false, true]) {
  t.test(minify ? "minified" : "as it is", async (t) => {
    const options = { kind: "run", minify, sourcemap: true, version: "0.1.0" } as const;
    const { bundle } = await compile("ssh.f2b", { read }, options);
    const code = bundle?.code ?? "";
    const payload = JSON.parse(bundle?.map ?? "{}");
    const map = new SourceMap(payload);
    const entryOf = (text: string) => {
      const at = code.indexOf(text);
      t.ok(at >= 0, text);
      const line = code.slice(0, at).split("\n").length - 1;
      const found = map.findEntry(line, at - (code.lastIndexOf("\n", at) + 1));
      return "originalSource" in found
        ? `${found.originalSource}:${found.originalLine + 1}`
        : "nowhere";
    };
    t.equal(entryOf('"mini#1"'), "ssh.f2b:9");
    t.equal(entryOf('"sshd#14"'), `std/sshd:${lineOf("std/sshd", 'fail "Invalid user')}`);
    const own = payload.sources.indexOf("ssh.f2b");
    t.equal(payload.sourcesContent[own], policy, "the policy is in it");
    t.notMatch(payload.sources.join("\n"), /^\/|\.\.\//m, "no path of this machine");
  });
}

function lineOf(name: string, text: string): number {
  const all = Buffer.from(read(name)).toString("utf8").split("\n");
  return all.findIndex((line) => line.includes(text)) + 1;
}
