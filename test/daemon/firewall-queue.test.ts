/**
 * The queue before a firewall: order is kept, a failure brings back what stands, nothing waits for ever.
 */
import t from "tap";
import type { Firewall, FirewallChange } from "../../runtime/contract.ts";
import { FirewallQueue } from "../../runtime/daemon/firewall-queue.ts";
import { firewallWaitingMax } from "../../runtime/limits.ts";
import { until } from "../host/bundle.ts";

function open() {
  const standing: FirewallChange[] = [];
  const told: string[] = [];
  const said: string[] = [];
  const host = {
    fault: null as string | null,
    holds: true,
    answers: Promise.resolve(),
    starts: 0,
    refusals: 0,
  };
  const refuse = () => {
    if (host.fault !== null) host.refusals++;
    if (host.fault !== null) throw new Error(host.fault);
  };
  const firewall: Firewall = {
    endsBans: true,
    name: "fake",
    async start(bans) {
      refuse();
      host.starts++;
      await host.answers;
      told.push(`start ${bans.map((ban) => ban.address).join(" ")}`.trim());
    },
    async apply(changes) {
      refuse();
      told.push(changes.map(({ op, address }) => `${op} ${address}`).join(", "));
    },
    check: async () => host.holds,
    stop: async () => {},
  };
  const say = (_level: string, message: string) => said.push(message);
  const queue = new FirewallQueue({ firewall, standing: () => [...standing], now: () => 0, say });
  const change = (op: FirewallChange["op"], address: string): Promise<void> => {
    const one = { op, jail: "door", address, until: null };
    if (op === "add") standing.push(one);
    return queue.add([one]);
  };
  t.teardown(() => queue.stop(false));
  return { queue, host, told, said, change };
}

t.test("changes of one turn go out together and in order", async (t) => {
  const { queue, told, change } = open();
  await queue.start();
  await Promise.all([change("add", "192.0.2.1"), change("delete", "192.0.2.1")]);
  t.same(told, ["start", "add 192.0.2.1, delete 192.0.2.1"]);
  t.equal(queue.status().inStep, true);
});

t.test("a firewall that fails gets everything that stands once it works", async (t) => {
  const { queue, host, told, said, change } = open();
  host.fault = "no";
  await queue.start();
  t.equal(queue.status().inStep, false, "the start did not wait for it");
  await change("add", "192.0.2.1");
  t.equal(queue.status().waiting, 0, "nothing is kept for it");
  host.fault = null;
  await queue.restoreNow();
  t.equal(told[told.length - 1], "start 192.0.2.1");
  t.equal(queue.status().inStep, true);
  t.match(said.join("; "), /no; bringing it back whole.*in step again/);
  host.fault = "again";
  await change("add", "192.0.2.2");
  host.fault = null;
  await queue.restoreNow();
  t.equal(told[told.length - 1], "start 192.0.2.1 192.0.2.2");
});

t.test("one that fails is tried again until it works, without being asked", async (t) => {
  const { queue, host, told, change } = open();
  await queue.start();
  await change("add", "192.0.2.1");
  host.fault = "no";
  await change("add", "192.0.2.2");
  await until("more attempts", () => host.refusals > 2);
  t.equal(queue.status().inStep, false);
  host.fault = null;
  await until("the restore", () => queue.status().inStep);
  t.equal(told[told.length - 1], "start 192.0.2.1 192.0.2.2");
});

t.test("what somebody flushed is put back", async (t) => {
  const { queue, host, told, change } = open();
  await queue.start();
  await change("add", "192.0.2.1");
  t.equal(await queue.checkNow(), true);
  host.holds = false;
  t.equal(await queue.checkNow(), false);
  t.equal(told[told.length - 1], "start 192.0.2.1");
  t.equal(queue.status().repairs, 1);
});

t.test(
  "who decides faster than it takes waits for room, but never for one that is broken",
  async (t) => {
    const { queue, host } = open();
    await queue.start();
    t.equal(queue.room(), null);
    const many = (n: number) =>
      queue.add(
        Array.from({ length: n }, (_, at) => {
          return {
            op: "add" as const,
            jail: "door",
            address: `198.18.${at >> 8}.${at & 255}`,
            until: null,
          };
        }),
      );
    const added = many(firewallWaitingMax + 1);
    const room = queue.room();
    t.ok(room, "too much waits");
    await room;
    await added;
    t.equal(queue.room(), null, "and there is room again");
    host.fault = "no";
    const lost = many(firewallWaitingMax + 1);
    const held = queue.room();
    await Promise.all([lost, held]);
    t.equal(queue.room(), null, "out of step: nobody waits");
    void many(firewallWaitingMax + 1);
    t.equal(queue.room(), null);
    host.fault = null;
    await queue.restoreNow();
    void many(firewallWaitingMax + 1);
    const last = queue.room();
    queue.holdNobody();
    await last;
    t.equal(queue.room(), null, "nor does anybody once the daemon stops");
  },
);

t.test("nobody waits for room in one that hangs while it is brought back", async (t) => {
  const { queue, host, change } = open();
  await queue.start();
  host.fault = "no";
  await change("add", "192.0.2.1");
  host.fault = null;
  let answer = () => {};
  host.answers = new Promise((done) => {
    answer = done;
  });
  const restored = queue.restoreNow();
  while (host.starts < 2) await new Promise((done) => setTimeout(done, 5));
  const added = queue.add(
    Array.from({ length: firewallWaitingMax + 1 }, (_, at) => ({
      op: "add" as const,
      jail: "door",
      address: `198.18.${at >> 8}.${at & 255}`,
      until: null,
    })),
  );
  t.equal(queue.status().waiting, firewallWaitingMax + 1, "what is decided meanwhile waits");
  t.equal(queue.room(), null, "but nobody who decides");
  answer();
  await Promise.all([restored, added]);
  t.equal(queue.status().inStep, true);
});
