/**
 * The commits that are measured: this tree, and another one on request.
 *
 * In: a name of git's. Out: a built tree. The other one is checked out in a folder of its own that goes away with the
 * process; it borrows this tree's packages.
 */
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Tree {
  readonly name: string;
  readonly root: string;
}

const here = fileURLToPath(new URL("..", import.meta.url));

export function openHere(): Tree {
  build(here);
  return { name: "f2b", root: here };
}

export function openCommit(ref: string, folder: string): Tree {
  const root = join(folder, "against");
  call("git", ["worktree", "add", "--detach", root, ref], here);
  process.on("exit", () => {
    spawnSync("git", ["worktree", "remove", "--force", root], { cwd: here });
  });
  symlinkSync(join(here, "node_modules"), join(root, "node_modules"));
  build(root);
  return { name: ref, root };
}

function build(root: string): void {
  call(process.execPath, [join(root, "scripts/build.mjs")], root);
}

export function call(command: string, args: readonly string[], cwd: string): void {
  const ended = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (ended.status === 0) return;
  throw new Error(`${command} ${args.join(" ")}: ${ended.error?.message ?? ended.stderr}`);
}
