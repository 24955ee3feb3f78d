/**
 * Bans that actions hold somewhere else: in another program's firewall, at a service.
 *
 * In: what stands. Out: events for the actions that do something `on ban` which they take back `on unban`; what only
 * tells somebody of a ban hears nothing. At a start they are told again, since what holds the bans may have
 * been started anew with nothing in it; at a flush they let go. What must hold: a new ban never waits behind
 * those that are told again, and one that was lifted meanwhile is not told; who is let go in one jail is still
 * kept out for another.
 */
import type { ActionQueue } from "../action/queue.ts";
import type { ActionEvent, ActionSpec } from "../contract.ts";
import type { Ban } from "../decision.ts";
import type { Jail } from "../jail.ts";
import type { Jails } from "../jails.ts";
import { parsePrefix } from "../prefix.ts";
import type { Core } from "./core.ts";

/** Resolves when all are told. */
export async function tellHeldBans(core: Core): Promise<void> {
  for (const { jail, queue } of holders(core)) {
    for (const ban of [...jail.standing.values()]) {
      await queue.idle();
      if (jail.observed || jail.standing.get(ban.id) !== ban) continue;
      queue.add(eventOf(ban, "ban", core.options.clock.now()));
    }
  }
}

export function letGoOfHeldBans(core: Core): void {
  for (const { jail, queue } of holders(core)) {
    for (const ban of jail.standing.values()) {
      queue.add(eventOf(ban, "unban", core.options.clock.now()));
    }
  }
}

/**
 * What to tell an action behind an unban: bans of the same address in other jails. Programs and services hold an
 * address once, whichever jail asked for it, and have just let it go.
 */
export function stillHeld(
  jails: Jails,
  action: ActionSpec,
  index: number,
  gone: { readonly jail: string; readonly id: string },
  now: number,
): ActionEvent[] {
  if (!holds(action)) return [];
  return jails.all.flatMap((jail) => {
    if (jail.spec.name === gone.jail || jail.observed) return [];
    const ban = jail.spec.actions.includes(index) ? jail.standing.get(gone.id) : undefined;
    return ban === undefined ? [] : eventOf(ban, "ban", now);
  });
}

const holds = (action: ActionSpec) =>
  ["ban", "unban"].every((name) => action.hooks.some((hook) => hook.event === name));

function* holders(core: Core): Iterable<{ readonly jail: Jail; readonly queue: ActionQueue }> {
  const { program } = core.options;
  for (const jail of core.jails.all) {
    if (jail.observed) continue;
    for (const index of jail.spec.actions) {
      const action = program.actions[index];
      const queue = action === undefined ? undefined : core.actions.get(action.id);
      if (action !== undefined && queue !== undefined && holds(action)) yield { jail, queue };
    }
  }
}

function eventOf(ban: Ban, event: "ban" | "unban", now: number): ActionEvent {
  const { jail, address, id, until, failures, captures } = ban;
  const prefix = address === null ? null : parsePrefix(address);
  return {
    event,
    jail,
    address,
    id,
    family: prefix?.address.family ?? null,
    time: now,
    until: event === "unban" ? now : until,
    failures: event === "unban" ? 0 : failures,
    captures,
    kept: Object.create(null),
  };
}
