/**
 * Lines that somebody cut: a client's long name or path pushed the peer's address over the end and wrote another one
 * where the rest would have stood. They name nobody; a line of the same words that was not cut names who was refused.
 */
import t from "tap";
import { f2b, jsonLines } from "./f2b.ts";

const victim = "198.51.100.1";

/** Each with the length at which its daemon, or who carries its lines, cuts. */
const cases = [
  {
    filter: "nginx-botsearch",
    length: 2_047,
    before: `2026/03/01 10:00:00 [error] 811#811: *20 open() "/var/www/.env" failed (2: No such file or directory), client: ${victim}, server: `,
    pad: "a/",
    after: "",
  },
  {
    filter: "webmin-auth",
    length: 1_024,
    before: "Mar  1 10:00:00 host webmin[101]: Non-existent login as ",
    pad: "x",
    after: ` from ${victim}`,
  },
  {
    filter: "wordpress",
    length: 8_192,
    before: "Mar  1 10:00:00 web wordpress(example.net)[811]: Authentication failure for ",
    pad: "x",
    after: ` from ${victim}`,
  },
  {
    filter: "asterisk",
    length: 8_230,
    before:
      "[2026-03-01 10:00:00] NOTICE[436] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '<sip:",
    pad: "x",
    after: `>' failed for '${victim}:5060' (callid: 1) - No matching endpoint found`,
  },
] as const;

for (const { filter, length, before, pad, after } of cases) {
  t.test(`${filter}: a line of ${length} bytes`, async (t) => {
    const room = length - before.length - after.length;
    const long = before + pad.repeat(room).slice(0, room) + after;
    const short = before + pad.repeat(8) + after;
    const { code, out, err } = f2b(
      ["match", "std", "-", "--filter", filter, "--json"],
      {},
      `${long}\n${short}\n`,
    );
    t.equal(code, 0, err);
    t.same(
      jsonLines(out).map((hit) => hit.line),
      [2],
      "the long one names nobody",
    );
  });
}
