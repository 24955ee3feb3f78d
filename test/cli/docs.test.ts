/**
 * What the pages and the help tell to type works, and what they show as policy compiles.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { examples } from "../../compiler/cli/help.ts";
import { cli, f2b, root } from "../library/f2b.ts";
import { log, makeFolder, policy } from "./folder.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), "utf8")]));
const readme = texts.get("README.md") ?? "";

/** Fenced blocks of one language; of none, those without a name. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , body]) => body ?? "");
}

t.test("policies shown are policies", async (t) => {
  let count = 0;
  for (const [page, text] of texts) {
    for (const block of blocks(text, "f2b")) {
      const at = makeFolder(t, { "shown.f2b": block });
      const ran = f2b(["lint", at("shown.f2b")]);
      t.equal(ran.code, 0, `${page}: ${block.split("\n")[0]} ${ran.out}`);
      count++;
    }
  }
  t.ok(count >= 3, `${count} policies`);
});

t.test("npm scripts named are there", async (t) => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const [page, text] of texts) {
    for (const [, name] of text.matchAll(/\bnpm run ([\w:]+)/g)) {
      t.ok(scripts[name ?? ""], `${page}: npm run ${name}`);
    }
  }
  for (const name of ["start", "test", "build", "check"]) t.ok(scripts[name], name);
});

t.test("links lead somewhere", async (t) => {
  for (const [page, text] of texts) {
    for (const [, target] of text.matchAll(/\]\(([\w./-]+)\)/g)) {
      t.ok(existsSync(join(root, page, "..", target ?? "")), `${page}: ${target}`);
    }
  }
});

t.test("the README's results are real", async (t) => {
  const [guard = ""] = blocks(readme, "f2b");
  const shown = blocks(readme, "");
  const errors = shown.find((block) => block.startsWith("error[")) ?? "none";
  const wrong = `${guard.replace("filter sshd", "filter shd")}filter shop { fail "login failed for {user} from {adress}" }\n`;
  const at = makeFolder(t, { "guard.f2b": wrong });
  const lint = f2b(["lint", at("guard.f2b")]);
  t.equal(lint.code, 1);
  for (const part of errors.trim().split("\n\n"))
    t.ok(lint.out.includes(part), `${part}\n${lint.out}`);

  const replayed = shown.find((block) => block.startsWith("$ f2b replay")) ?? "none";
  const [command = "", ...lines] = replayed.trim().split("\n");
  const ran = f2b(command.split(" ").slice(2));
  t.equal(ran.code, 0, ran.err);
  for (const line of lines) t.ok(ran.out.includes(`${line}\n`), line);
});

t.test("commands of the README and of the help run", async (t) => {
  const at = makeFolder(t, {
    "policy.f2b": policy.replaceAll("door.log", "auth.log").replace("jail door {", "jail sshd {"),
    "guard.f2b": blocks(readme, "f2b")[0] ?? "",
    "auth.log": log,
    "auth.log.1": log,
  });
  spawnSync("gzip", ["-k", at("auth.log")]);
  writeFileSync(at("access.log.gz"), readFileSync(at("auth.log.gz")));
  const shown = `${Object.values(examples).join("\n")}\n${readme.replace(/^\$ /gm, "")}`;
  const commands = [...shown.matchAll(/^ *((?:zcat \S+ \| )?f2b [a-z][\w-]* .*)$/gm)]
    .map(([, command = ""]) => command.replace(/ {2,}.*$| +#.*$/, ""))
    .filter((command) => !/\bf2b (run|status|bans|unban)\b/.test(command));
  t.ok(commands.length >= 15, commands.join("\n"));
  for (const command of new Set(commands)) {
    const real = command
      .replaceAll("/var/log/", "")
      .replace(/\bLOG$/, "auth.log")
      .replace(/\bCODE$/, "F2B2001")
      .replace(/examples\//g, `${root}examples/`)
      .replace(/\bf2b /, `${[process.execPath, ...cli].map((word) => `'${word}'`).join(" ")} `);
    const ran = spawnSync("bash", ["-c", real], { cwd: at("."), encoding: "utf8" });
    t.equal(ran.status, 0, `${command}\n${ran.stderr}`);
  }
});
