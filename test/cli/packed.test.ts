/**
 * What npm packs: each page's relative links lead to what is packed beside it.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import t from "tap";
import { root } from "../library/f2b.ts";

/** Paths in the package, as npm itself lists them; nothing is built or written for that. */
function packedFiles(): string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"];
  const ran = spawnSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 });
  if (ran.status !== 0) throw new Error(`npm pack: ${ran.stderr}`);
  const [made] = JSON.parse(ran.stdout) as { files: { path: string }[] }[];
  return made?.files.map(({ path }) => path) ?? [];
}

function relativeLinks(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, link]) => link ?? "")
    .filter((link) => !/^[a-z]+:/.test(link));
}

t.test("links of packed pages", async (t) => {
  const files = packedFiles();
  const isPacked = (path: string) =>
    files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`));
  const pages = files.filter((file) => file.endsWith(".md"));
  t.ok(pages.includes("README.md"), "the README is packed");
  let count = 0;
  const broken = pages.flatMap((page) =>
    relativeLinks(page).flatMap((link) => {
      count++;
      return isPacked(posix.join(posix.dirname(page), link)) ? [] : [`${page}: ${link}`];
    }),
  );
  t.same(broken, [], "each leads to a packed file");
  t.ok(count >= 15, `${count} links looked at`);
});
