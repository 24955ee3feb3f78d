/**
 * A folder of one test, with files in it; gone when the test ends.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Teardown {
  teardown(then: () => void): void;
}

/** Returns the path of a name in the folder. */
export function makeFolder(
  t: Teardown,
  files: Readonly<Record<string, string>> = {},
): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "f2b-cli-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return (name) => join(folder, name);
}

/** A policy that needs nothing but itself. */
export const policy = `filter door(mode: normal | strict = normal) {
  format lines
  fail "refused {user} from {address}"
  session by user
  note "hello {user} from {address}"
  when mode == strict { fail "odd knock from {address}" }
  ignore "refused guest from {address}"
  test {
    fails  "2026-03-01T10:00:00Z refused eve from 192.0.2.1" as { address: 192.0.2.1, user: "eve" }
    passes "2026-03-01T10:00:00Z refused guest from 192.0.2.1"
  }
}

jail door {
  watch file "/var/log/door.log"
  filter door
  ban after 3 failures within 10m for 1h
  never ban 198.51.100.0/24
  do none
  test {
    given "2026-03-01T10:00:00Z refused a from 192.0.2.1",
          "2026-03-01T10:00:01Z refused b from 192.0.2.1"
    spares 192.0.2.1
    given "2026-03-01T10:00:02Z refused c from 192.0.2.1"
    bans 192.0.2.1 for 1h
    spares 192.0.2.2
  }
}
`;

const line = (second: number, text: string) =>
  `2026-03-01T10:00:${String(second).padStart(2, "0")}Z ${text}\n`;

/** Seven lines: three failures of one host, one of a protected one, a note, a guest, noise. */
export const log = [
  line(0, "refused eve from 192.0.2.1"),
  line(1, "hello zoe from 192.0.2.3"),
  line(2, "refused guest from 192.0.2.4"),
  line(3, "refused eve from ::ffff:192.0.2.1"),
  line(4, "refused bob from 198.51.100.7"),
  line(5, "odd knock from 192.0.2.5"),
  line(6, "refused eve from 192.0.2.1"),
].join("");
