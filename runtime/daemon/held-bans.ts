/**
 * Bans that actions hold somewhere else: in another program's firewall, at a service.
 *
 * In: what stands. Out: events for the actions that do something `on ban` which they take back `on unban`; what only
 * tells somebody of a ban hears nothing. At a start they are told again, since what holds the bans may have
 * been started anew with nothing in it; at a flush they let go. What must hold: a new ban never waits behind
 * those that are told again, and one that was lifted meanwhile is not told.
 */
import type { ActionQueue } from "../action/queue.ts";
import type { ActionEvent } from "../contract.ts";
import type { Ban } from "../decision.ts";
import type { Jail } from "../jail.ts";
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

function* holders(core: Core): Iterable<{ readonly jail: Jail; readonly queue: ActionQueue }> {
  const { program } = core.options;
  for (const jail of core.jails.all) {
    if (jail.observed) continue;
    for (const index of jail.spec.actions) {
      const action = program.actions[index];
      const queue = action === undefined ? undefined : core.actions.get(action.id);
      const does = (name: string) => action?.hooks.some((hook) => hook.event === name);
      if (queue !== undefined && does("ban") && does("unban")) yield { jail, queue };
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
