/**
 * `f2b library` and `f2b explain-code`: what they tell is what the modules and the catalogue say.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import t from "tap";
import { catalogue } from "../../compiler/diagnostics/catalogue.ts";
import { f2b, jsonLines, root } from "../library/f2b.ts";

const schema = JSON.parse(readFileSync(join(root, "schemas/library.schema.json"), "utf8"));
const validate = new Ajv({ strict: false }).compile(schema);

t.test("every module, one object a line", async (t) => {
  const files = readdirSync(join(root, "library"), { recursive: true, encoding: "utf8" });
  const modules = files
    .filter((file) => file.endsWith(".f2b"))
    .map((file) => `std/${file.replace(/\.f2b$/, "")}`)
    .sort();
  const lines = jsonLines(f2b(["library", "--json"]).out);
  for (const one of lines) t.ok(validate(one), JSON.stringify(validate.errors));
  t.same(
    lines.map((one) => one.module),
    modules,
  );
  t.match(
    lines.find((one) => one.module === "std/sshd"),
    {
      filters: [
        {
          name: "sshd",
          parameters: [
            { name: "mode", choices: ["normal", "ddos", "extra", "aggressive"], default: "normal" },
            { name: "publickey", default: "nofail" },
          ],
        },
      ],
    },
  );
});

t.test("for people", async (t) => {
  const table = f2b(["library"]);
  t.equal(table.code, 0);
  t.match(table.out, /std\/sshd .* sshd\(mode, publickey\)/);
  const text = readFileSync(join(root, "library/nginx.f2b"), "utf8");
  for (const name of ["std/nginx", "nginx"]) t.equal(f2b(["library", "show", name]).out, text);
});

t.test("every code has its page", async (t) => {
  for (const code of ["F2B1001", "f2b2001"]) {
    const ran = f2b(["explain-code", code]);
    t.equal(ran.code, 0);
    t.match(ran.out, new RegExp(`^${code.toUpperCase()} \\((error|warning|note)\\)\\n\\n\\S`));
    t.match(ran.out, /This raises it:\n\n {4}\S[\s\S]*This does not:\n\n {4}\S/);
  }
  for (const [code, page] of catalogue) {
    t.match(code, /^F2B[1-4]\d{3}$/);
    t.ok(page.explain.trim().length > 20, `${code} is explained`);
  }
});
