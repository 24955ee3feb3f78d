/**
 * Looking for a rotated log while logs go on being rotated.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { makeFindRotated } from "../../runtime/source/find-rotated.ts";

t.test("a rotation between two looks is found by the second", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-rotated-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const log = join(folder, "auth.log");
  writeFileSync(log, "one\n");
  const one = statSync(log);
  const find = makeFindRotated();
  t.same(find(log, one, false), [], "it stands where it stood");
  renameSync(log, `${log}.1`);
  writeFileSync(log, "two\n");
  const two = statSync(log);
  t.same(find(log, one, true), [`${log}.1`]);
  mkdirSync(join(folder, "old"));
  renameSync(`${log}.1`, join(folder, "old", "auth.log.2"));
  renameSync(log, `${log}.1`);
  t.same(find(log, two, true), [`${log}.1`]);
  t.same(find(log, one, false), [join(folder, "old", "auth.log.2")]);
});
