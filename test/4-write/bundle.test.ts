/*
 * The file that comes out: the same bytes for the same policy, nothing of this machine in it, nothing
 * of the runtime that is not used, readable by a person.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import t from "tap";
import { runtimeNames } from "../../compiler/4-write/runtime-names.ts";
import { Source } from "../../compiler/source.ts";
import {
  filter,
  format,
  hole,
  jail,
  policy,
  regex,
  rule,
  template,
} from "../oracle/build-policy.ts";
import { bundlePolicy, emitPolicy } from "./compile-plan.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const at = { file: "shop.f2b", line: 12, column: 3, start: 0, end: 0 };
const login = rule(
  "fail",
  { ...template("login failed from ", hole("address")), source: "login failed from {address}" },
  { name: "shop#1", at },
);
const other = rule(
  "fail",
  {
    ...regex("^bad (?<user>\\w+)", [{ name: "user", group: "user", of: "text" }]),
    source: "^bad (?<user>\\w+)",
  },
  { name: "shop#2", at: { ...at, line: 13 } },
);
const shop = filter([login, other], { id: "shop", name: "shop", formats: [format("syslog")], at });
const guard = jail("shop", {
  filters: ["shop"],
  at: { ...at, line: 2 },
  watches: [{ kind: "file", paths: ["/var/log/shop"], envelope: null, zone: null, from: null, at }],
});
const small = {
  ...policy([shop], [guard]),
  name: "shop.f2b",
  files: [{ name: "shop.f2b", sha256: "ab".repeat(32) }],
};

const files = new Map([["shop.f2b", new Source("shop.f2b", "jail shop {}\n".repeat(20))]]);

t.test("the same policy gives the same bytes", async (t) => {
  t.equal((await bundlePolicy(small)).code, (await bundlePolicy(structuredClone(small))).code);
  t.equal(emitPolicy(small).hash, emitPolicy(structuredClone(small)).hash);
  const heavier = { ...shop, rules: [{ ...login, weight: 2 }, other] };
  t.not(emitPolicy(small).hash, emitPolicy({ ...small, filters: [heavier] }).hash);
});

t.test("nothing of this machine is in it, and nothing of today", async (t) => {
  for (const minify of [false, true]) {
    const { code, map = "" } = await bundlePolicy(small, { minify, sourcemap: files });
    for (const text of [code, map]) {
      t.notOk(text.includes(root), "no path");
      t.notOk(text.includes(tmpdir() === "/tmp" ? "/tmp/" : tmpdir()), "no temporary folder");
      t.notOk(text.includes(String(new Date().getFullYear())), "no date");
    }
  }
});

t.test("a person finds the policy in it", async (t) => {
  const { code } = await bundlePolicy(small);
  const lines = code.split("\n");
  t.equal(lines[0], "#!/usr/bin/env node");
  t.match(lines[1], "shop.f2b, compiled by f2b 1.2.3");
  t.ok(lines.includes(`//! ${"ab".repeat(32)}  shop.f2b`), "the files and their hashes");
  t.ok(lines.includes("// f2b:policy"), "where the policy begins");
  t.ok(lines.indexOf("// f2b:policy") > lines.indexOf("// runtime/scan.ts"), "behind the runtime");

  const place = (needle: string) => lines.findIndex((line) => line.includes(needle));
  const said = place('//! shop.f2b:12  fail "login failed from {address}"');
  t.ok(said > 0, "a rule's place and pattern");
  t.match(lines.slice(said, said + 3).join("\n"), "function shop_1(c)", "stand above its function");
  t.match(code, "//! shop.f2b:13  fail /^bad (?<user>\\w+)/", "a regular expression too");
  t.match(code, "//! jail shop (shop.f2b:2)");
  t.match(code, "ban after 3 failures by ipv4/32, ipv6/64 within 10m for 1h", "the ban sentence");
});

t.test("minified it is smaller and says less", async (t) => {
  const { code } = await bundlePolicy(small, { minify: true });
  t.ok(code.length < (await bundlePolicy(small)).code.length / 2);
  t.notMatch(code, "login failed from {address}");
  t.match(code, /^#!\/usr\/bin\/env node\n/);
});

t.test("a source map leads to names that mean something anywhere", async (t) => {
  const { map } = await bundlePolicy(small, { sourcemap: files });
  const { sources } = JSON.parse(map ?? "{}") as { sources: string[] };
  t.ok(sources.includes("shop.f2b"), "the policy");
  t.ok(sources.includes("f2b:policy"), "what was written for no line of it");
  t.ok(sources.includes("runtime/scan.ts"));
  t.notOk(sources.some((source) => source.startsWith("/") || source.includes("..")));
  t.equal((await bundlePolicy(small)).map, undefined);
});

t.test("the runtime alone leaves nothing behind", async (t) => {
  const options = {
    stdin: { contents: 'import "./runtime/index.ts";', resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node18",
    minifySyntax: true,
    logLevel: "silent",
  } as const;
  t.equal((await build(options)).outputFiles[0]?.text.trim(), "");
  // Without package.json's word for it: nothing in the runtime does anything by being there. What
  // esbuild leaves of its own accord are bare imports of Node's modules and products of numbers.
  const forced = await build({
    ...options,
    plugins: [
      {
        name: "assume-effects",
        setup(setup) {
          setup.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => ({
            path: join(resolveDir, path),
            sideEffects: true,
          }));
        },
      },
    ],
  });
  const left = (forced.outputFiles[0]?.text ?? "")
    .split("\n")
    .filter((line) => !/^(\/\/.*|import .*|var (\w+ = [\w *-]+(, )?)+;)?$/.test(line));
  t.same(left, []);
});

t.test("a policy has only the readers it uses", async (t) => {
  const { code } = await bundlePolicy(small);
  t.match(code, "// runtime/format/syslog.ts");
  for (const unused of ["json", "logfmt", "audit", "access", "lines"]) {
    t.notMatch(code, `// runtime/format/${unused}.ts`);
  }
  t.notMatch(code, "// runtime/action/nftables.ts");
});

t.test("no function of a policy hides one of the runtime", async (t) => {
  t.ok(runtimeNames.includes("hit"));
  const rules = runtimeNames.map((name) =>
    rule("fail", template(`${name} `, hole("address")), { name }),
  );
  const named = filter(rules, { id: "hit", name: "hit", formats: [format("syslog")] });
  await t.resolves(bundlePolicy(policy([named])));
});

t.test("it runs where nothing of f2b is", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-bundle-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { code } = await bundlePolicy(small, { kind: "run" });
  mkdirSync(join(folder, "a b"));
  const file = join(folder, "a b", "policy.mjs");
  writeFileSync(file, code);
  symlinkSync(file, join(folder, "linked.mjs"));
  const log = join(folder, "log");
  const line = "2026-03-01T10:00:00Z host shop[1]: login failed from 192.0.2.1\n";
  writeFileSync(log, line.repeat(3));
  for (const path of [file, join(folder, "linked.mjs")]) {
    const run = spawnSync(process.execPath, [path, "replay", log, "--json"], {
      cwd: folder,
      encoding: "utf8",
    });
    t.equal(run.status, 0, run.stderr);
    t.match(run.stdout, /"type":"ban".*"address":"192\.0\.2\.1"/);
  }
  const imported = await import(file);
  t.equal(imported.program.manifest.policy, "shop.f2b", "imported, it starts nothing");
});
