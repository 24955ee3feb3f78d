/**
 * `f2b compile`: the file it writes, what stays when it fails, and the checked policy as JSON.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import t from "tap";
import { f2b, root } from "../library/f2b.ts";
import { log, makeFolder, policy } from "./folder.ts";

t.test("writes one executable file, tells its size and hash", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy, "door.log": log });
  const ran = f2b(["compile", at("door.f2b"), "-o", at("door.mjs")]);
  t.equal(ran.code, 0, ran.err);
  t.match(ran.err, /door\.mjs {2}\d+\.\d KB {2}hash [0-9a-f]{16}/);
  t.equal(ran.out, "");
  t.ok(statSync(at("door.mjs")).mode & 0o100, "its owner may run it");
  t.same(readdirSync(at(".")).sort(), ["door.f2b", "door.log", "door.mjs"], "nothing beside it");
  const text = readFileSync(at("door.mjs"), "utf8");
  t.match(text, /^#!\/usr\/bin\/env node\n/);
  t.notMatch(text, root, "no path of this machine");

  const bundle = spawnSync(process.execPath, [at("door.mjs"), "replay", at("door.log"), "--json"]);
  t.equal(bundle.status, 0, bundle.stderr.toString());
  t.match(bundle.stdout.toString(), /"type":"ban".*"address":"192\.0\.2\.1"/);
});

t.test("a policy without a jail compiles, and it is told that it guards nothing", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy.slice(0, policy.indexOf("jail")) });
  const ran = f2b(["compile", at("door.f2b"), "-o", at("door.mjs")]);
  t.equal(ran.code, 0, ran.err);
  t.match(ran.err, /door\.f2b has no jail: this bundle guards nothing\n/);
});

t.test("same input, same bytes, in any folder", async (t) => {
  const texts = ["a", "b"].map((name) => {
    const at = makeFolder(t);
    mkdirSync(at(name));
    writeFileSync(at(join(name, "door.f2b")), policy);
    const ran = f2b(["compile", at(join(name, "door.f2b")), "-o", "-"]);
    t.equal(ran.code, 0, ran.err);
    return ran.out;
  });
  t.equal(texts[0], texts[1]);
  t.match(texts[0], /export /, "`-o -` is standard output");
});

t.test("smaller, or with a map", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  f2b(["compile", at("door.f2b"), "-o", at("plain.mjs")]);
  f2b(["compile", at("door.f2b"), "-o", at("small.mjs"), "--minify", "--sourcemap"]);
  const [plain, small] = ["plain.mjs", "small.mjs"].map((name) => statSync(at(name)).size);
  t.ok((small ?? 0) < (plain ?? 0) * 0.7, `${small} bytes are fewer than ${plain}`);
  t.match(readFileSync(at("small.mjs"), "utf8"), /\/\/# sourceMappingURL=small\.mjs\.map\n$/);
  const map = JSON.parse(readFileSync(at("small.mjs.map"), "utf8"));
  t.equal(map.version, 3);
  t.notMatch(map.sources.join("\n"), root);
});

t.test("an error leaves the old bundle as it was", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy.replace("filter door\n", "filter dor\n") });
  writeFileSync(at("door.mjs"), "old");
  const ran = f2b(["compile", at("door.f2b"), "-o", at("door.mjs")]);
  t.equal(ran.code, 1);
  t.match(ran.err, /error\[F2B\d{4}\]: .*dor/);
  t.match(ran.err, /did you mean `door`/);
  t.match(ran.err, /f2b explain-code F2B\d{4}/);
  t.equal(readFileSync(at("door.mjs"), "utf8"), "old");
});

t.test("-o never writes over the policy, or what it uses", async (t) => {
  const at = makeFolder(t, {
    "door.f2b": `use "./filters.f2b"\n${policy.slice(policy.indexOf("jail"))}`,
    "filters.f2b": policy.slice(0, policy.indexOf("jail")),
  });
  const before = ["door.f2b", "filters.f2b"].map((name) => readFileSync(at(name), "utf8"));
  symlinkSync(at("filters.f2b"), at("link.mjs"));
  for (const target of ["door.f2b", "./filters.f2b", "link.mjs"]) {
    for (const more of [[], ["--policy-json"]]) {
      const ran = f2b(["compile", at("door.f2b"), "-o", at(target), ...more]);
      t.equal(ran.code, 2, target);
      t.match(ran.err, /would write over the policy's own (door|filters)\.f2b\n/);
    }
  }
  t.same(
    ["door.f2b", "filters.f2b"].map((name) => readFileSync(at(name), "utf8")),
    before,
  );
});

t.test("faults of the host", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const nowhere = f2b(["compile", at("door.f2b"), "-o", at("no/such/door.mjs")]);
  t.equal(nowhere.code, 3);
  t.match(nowhere.err, /cannot write .*no such file or folder/);
  mkdirSync(at("folder.mjs"));
  const folder = f2b(["compile", at("door.f2b"), "-o", at("folder.mjs")]);
  t.equal(folder.code, 3, "a folder in its place");
  t.same(readdirSync(at(".")).sort(), ["door.f2b", "folder.mjs"], "and nothing half-written");
});

t.test("what is no policy", async (t) => {
  const at = makeFolder(t);
  t.equal(f2b(["compile", at("none.f2b"), "-o", at("x.mjs")]).code, 1);
  const folder = f2b(["compile", at("."), "-o", at("x.mjs")]);
  t.equal(folder.code, 1);
  t.match(folder.err, /no regular file/);
  t.equal(spawnSync("mkfifo", [at("pipe.f2b")]).status, 0);
  t.equal(f2b(["compile", at("pipe.f2b"), "-o", at("x.mjs")]).code, 1, "a pipe is not waited for");
  t.notOk(existsSync(at("x.mjs")));
});

t.test("no option is without effect", async (t) => {
  const at = makeFolder(t, { "door.f2b": policy });
  const ran = f2b(["compile", at("door.f2b"), "--policy-json", "-o", at("policy.json")]);
  t.equal(ran.code, 0, ran.err);
  t.same(ran.out, "");
  t.match(JSON.parse(readFileSync(at("policy.json"), "utf8")), { jails: [{ name: "door" }] });
  t.equal(f2b(["compile", at("door.f2b"), "-o", "-", "--sourcemap"]).code, 2);
});

t.test("--policy-json is the checked policy", async (t) => {
  const ran = f2b(["compile", "examples/shop/policy.f2b", "--policy-json"]);
  t.equal(ran.code, 0, ran.err);
  const schema = JSON.parse(readFileSync(join(root, "schemas/policy.schema.json"), "utf8"));
  const validate = new Ajv({ strict: false }).compile(schema);
  t.ok(validate(JSON.parse(ran.out)), JSON.stringify(validate.errors));
});
