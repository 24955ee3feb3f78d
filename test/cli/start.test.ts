/**
 * `npm start`: ends by itself, tells of bans as they happen, bans the right ones, leaves nothing.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { root } from "../library/f2b.ts";
import { makeFolder } from "./folder.ts";

t.test("an attack watched as it is written", async (t) => {
  const at = makeFolder(t);
  const ran = spawnSync(process.execPath, [join(root, "scripts/start.mjs")], {
    cwd: at("."),
    encoding: "utf8",
    env: { ...process.env, TMPDIR: at("."), TZ: "Asia/Tokyo" },
    timeout: 60_000,
  });
  t.equal(ran.status, 0, ran.stderr);
  const banned = [...ran.stdout.matchAll(/BANNED +(\S+)/g)].map(([, who]) => who);
  t.same(banned, [
    "203.0.113.9",
    "2001:db8:bad::/64",
    "203.0.113.66",
    "203.0.113.77",
    "203.0.113.78",
  ]);
  t.match(ran.stdout, /spared +192\.0\.2\.10/, "the colleague in the list");
  t.notMatch(ran.stdout, /failure +198\.51\.100\.7\b/, "nobody is blamed for another's user name");
  t.match(ran.stdout, /Protecting: 1 jail/);
  t.match(ran.stdout, /Type next:\n\n {2}npm test/);
  const left = readdirSync(at(".")).filter((name) => name.startsWith("f2b-"));
  t.same(left, [], "nothing is left behind");
});
