/**
 * A ban that does not hold is told of once: not before the grace period, not again after it.
 */
import t from "tap";
import { Evidence } from "../../runtime/daemon/evidence.ts";
import type { Ban, Decision } from "../../runtime/decision.ts";
import type { Jail } from "../../runtime/jail.ts";

const address = "192.0.2.7";
const ban = { address, id: address, since: 1_000_000 } as Ban;
const jail = {
  spec: { ports: [], actions: [0] },
  observed: false,
  standing: { find: () => ban },
} as unknown as Jail;

function decide(type: "ban" | "failure", time: number): Decision {
  const about = { jail: "door", address, id: address, time, file: "door.log", line: 1, rule: "r" };
  return {
    ...about,
    type,
    captures: {},
    evidence: type === "failure",
    counted: [],
  } as unknown as Decision;
}

t.test("a banned host that goes on causing lines is told of once a ban", async (t) => {
  const warned: string[] = [];
  let now = 0;
  const evidence = new Evidence(
    () => now,
    (message) => warned.push(message),
  );
  const hear = (type: "ban" | "failure", afterMs: number) => {
    now = ban.since + afterMs;
    evidence.hear(decide(type, now), jail);
  };
  hear("ban", 0);
  for (let ms = 100; ms < 10_000; ms += 900) hear("failure", ms);
  t.same(warned, [], "lines that were on their way are no evidence");
  hear("failure", 11_000);
  t.same(warned, [], "one line may be a straggler");
  hear("failure", 12_000);
  t.equal(warned.length, 1);
  t.match(warned[0], /192\.0\.2\.7 is banned for 12 s and still causes lines/);
  t.match(warned[0], /proxy/, "with likely causes");
  for (let n = 0; n < 50; n++) hear("failure", 13_000 + n);
  t.equal(warned.length, 1, "and once only");
});

t.test("lines that were written before the ban was decided are no evidence", async (t) => {
  const warned: string[] = [];
  let now = ban.since + 3_600_000;
  const evidence = new Evidence(
    () => now,
    (message) => warned.push(message),
  );
  evidence.hear(decide("ban", ban.since), jail);
  for (let n = 0; n < 50; n++) {
    evidence.hear(decide("failure", ban.since + n * 60_000), jail);
  }
  t.same(warned, [], "the log was caught up with");
  now += 11_000;
  evidence.hear(decide("failure", now), jail);
  evidence.hear(decide("failure", now), jail);
  t.equal(warned.length, 1, "it goes on");
});
