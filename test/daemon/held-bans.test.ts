/** Bans that actions hold somewhere else, once for all jails. */
import t, { type Test } from "tap";
import { openCore } from "../../runtime/daemon/core.ts";
import { compileProgram } from "../action/compile-program.ts";
import { makeHandClock } from "./open-core.ts";

const day = 86_400_000;

/** Two jails with one action, and what it did. */
async function open(t: Test, hooks: string) {
  const program = await compileProgram(
    hooks,
    "",
    "jail mail { watch input  filter f  ban after 1 failure for 1h  never ban self  do tell }",
  );
  const clock = makeHandClock();
  const did: string[] = [];
  const core = await openCore({
    program,
    clock,
    log: {
      level: "info",
      tells: () => true,
      say(_level, text, about) {
        if (about?.["event"] === "log") did.push(text);
      },
    },
    stateFolder: null,
    report: () => {},
    dryRun: false,
  });
  t.teardown(() => core.close(false));
  const settle = async () => {
    await core.settle();
    for (const queue of core.actions.values()) await queue.idle();
    return did.splice(0);
  };
  return {
    clock,
    core,
    settle,
    ban: (jail: string, address: string, forMs: number) =>
      core.jails.get(jail)?.ban(address, clock.now(), forMs, true),
    unban: (jail: string, address: string) => core.jails.get(jail)?.unban(address, clock.now()),
  };
}

const holding = `
  on ban { log "ban {address} {jail} {seconds}" }
  on unban { log "unban {address} {jail}" }
`;

t.test("who is let go in one jail is still kept out for another", async (t) => {
  const { ban, unban, settle, clock, core } = await open(t, holding);
  ban("web", "192.0.2.1", day);
  ban("mail", "192.0.2.1", 2 * day);
  ban("web", "192.0.2.2", day);
  t.same(await settle(), [
    "ban 192.0.2.1 web 86400",
    "ban 192.0.2.1 mail 172800",
    "ban 192.0.2.2 web 86400",
  ]);
  clock.time += day;
  core.jails.expire(clock.now());
  t.same(
    await settle(),
    ["unban 192.0.2.1 web", "ban 192.0.2.1 mail 86400", "unban 192.0.2.2 web"],
    "for what is left of its time",
  );
  unban("mail", "192.0.2.1");
  t.same(await settle(), ["unban 192.0.2.1 mail"]);
});

t.test("who is let go in all of them is let go", async (t) => {
  const { ban, unban, settle } = await open(t, holding);
  for (const jail of ["web", "mail"]) ban(jail, "192.0.2.1", day);
  await settle();
  for (const jail of ["web", "mail"]) unban(jail, "192.0.2.1");
  t.same(await settle(), ["unban 192.0.2.1 web", "unban 192.0.2.1 mail"]);
});

t.test("a jail that only observes keeps nobody out", async (t) => {
  const { ban, unban, settle, core } = await open(t, holding);
  const mail = core.jails.get("mail");
  if (mail !== undefined) mail.observed = true;
  for (const jail of ["web", "mail"]) ban(jail, "192.0.2.1", day);
  t.same(await settle(), ["ban 192.0.2.1 web 86400"]);
  unban("web", "192.0.2.1");
  t.same(await settle(), ["unban 192.0.2.1 web"]);
});

t.test("what only tells of bans hears of each once", async (t) => {
  const { ban, unban, settle } = await open(t, 'on ban { log "ban {address} {jail}" }');
  for (const jail of ["web", "mail"]) ban(jail, "192.0.2.1", day);
  t.same(await settle(), ["ban 192.0.2.1 web", "ban 192.0.2.1 mail"]);
  unban("web", "192.0.2.1");
  t.same(await settle(), []);
});
