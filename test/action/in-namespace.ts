/**
 * Runs a test file again inside a network namespace of its own: a namespace belongs to a process. Needs root, ip
 * and the programs that are named; says so loudly when it cannot.
 */
import { execFileSync, spawnSync } from "node:child_process";
import t from "tap";

const inside = process.env["F2B_TEST_NETNS"] !== undefined;

function findFault(name: string, programs: readonly string[]): string | null {
  if (process.getuid?.() !== 0) return "needs root for a network namespace";
  for (const program of ["ip", ...programs]) {
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return `needs ${program}`;
  }
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return "may not make namespaces";
  spawnSync("ip", ["netns", "del", name]);
  return null;
}

/** `probe` says with words what the kernel lacks, when run inside. */
export function inNamespace(
  programs: readonly string[],
  test: () => void,
  probe: readonly string[] = ["true"],
): void {
  if (inside) {
    test();
    return;
  }
  const name = `f2bt${process.pid}`;
  const exec = ["netns", "exec", name];
  t.test("in a namespace", { skip: findFault(name, programs) ?? false }, async (t) => {
    execFileSync("ip", ["netns", "add", name]);
    t.teardown(() => spawnSync("ip", ["netns", "del", name]));
    const tried = spawnSync("ip", [...exec, ...probe], { encoding: "utf8" });
    if (tried.status !== 0) {
      t.pass("SKIPPED", { skip: `${probe.join(" ")}: ${tried.stderr.trim()}` });
      return;
    }
    const own = [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
    const env = { ...process.env, F2B_TEST_NETNS: name };
    const result = spawnSync("ip", [...exec, ...own], { encoding: "utf8", env, timeout: 120_000 });
    t.equal(result.status, 0, "all that ran inside passed");
    if (result.status !== 0) t.comment(result.stdout + result.stderr);
  });
}
