/**
 * Answers the control socket's verbs. The list is closed, and none of them defines what is run.
 */
import type { BanRequest, BansRequest, UnbanRequest } from "../../schemas/control.ts";
import type { Handler, Send } from "../control/server.ts";
import type { Decision } from "../decision.ts";
import { isoTime } from "../escape.ts";
import { formatPrefix, PrefixSet, parsePrefix } from "../prefix.ts";
import { decisionLine } from "../report.ts";
import type { Core } from "./core.ts";
import type { OpenSource } from "./sources.ts";
import { banRow, bansHolding, isObserved, listBans, statusOf } from "./status.ts";

export interface HandlerOptions {
  readonly core: Core;
  readonly sources: readonly OpenSource[];
  readonly since: number;
  readonly stop: (flush: boolean) => void;
}

export function makeHandler(options: HandlerOptions): Handler {
  const { core, sources, since } = options;
  return async (request, send, onClose) => {
    if ("jail" in request && request.jail !== undefined) requireJail(core, request.jail);
    switch (request.verb) {
      case "status": {
        const status = statusOf(core, sources, since);
        if (request.jail === undefined) return status;
        const bans = listBans(core, request.jail).map((ban) => banRow(core, ban));
        const jail = status.jails.find((one) => one.name === request.jail);
        return { ...status, jails: jail === undefined ? [] : [jail], bans };
      }
      case "bans":
        return answerBans(core, request);
      case "ban":
        return ban(core, request);
      case "unban":
        return unban(core, request);
      case "tail":
        return tail(core, request.jail, send, onClose);
      case "flush":
        return unban(core, { id: request.id, verb: "unban", address: "all" });
      case "loglevel":
        core.options.log.level = request.level;
        return { level: request.level };
      case "observe":
        return observe(core, request.jail, request.on);
      case "stop":
        // After the answer is on its way.
        setImmediate(() => options.stop(request.flush === true));
        return { stopping: true };
    }
  };
}

function requireJail(core: Core, name: string): void {
  if (core.jails.get(name) !== undefined) return;
  const names = core.jails.all.map((jail) => jail.spec.name).join(", ");
  throw new Error(`there is no jail "${name}": the policy has ${names}`);
}

function answerBans(core: Core, request: BansRequest): object {
  if (request.why === undefined) {
    return { bans: listBans(core, request.jail).map((one) => banRow(core, one)) };
  }
  const found = bansHolding(core, request.why, request.jail);
  return {
    bans: found.map((one) => ({
      ...banRow(core, one),
      rule: one.rule === "" ? null : { name: one.rule, at: placeOf(core, one.rule) },
      offence: one.offence,
      lines: core.evidence
        .linesOf(one.jail, one.id)
        .map((line) => ({ ...line, time: isoTime(line.time), at: placeOf(core, line.rule) })),
      answers: core.evidence.answersOf(one.jail, one.id),
      // A jail that only observes gives its firewalls nobody.
      firewalls: isObserved(core, one) ? [] : core.firewallsOf(one.jail).map((it) => it.status()),
    })),
  };
}

/** Where the policy has a rule: `sshd.f2b:41`. */
function placeOf(core: Core, rule: string): string {
  for (const filter of core.options.program.filters) {
    for (const spec of filter.rules) if (spec.name === rule) return spec.at;
  }
  return "";
}

async function ban(core: Core, request: BanRequest): Promise<object> {
  const prefix = parsePrefix(request.address);
  if (prefix === null) throw new Error(`"${request.address}" is no address and no prefix`);
  const address = formatPrefix(prefix);
  const jail = core.jails.get(request.jail);
  if (jail === undefined) throw new Error(`there is no jail "${request.jail}"`);
  const now = core.options.clock.now();
  if (!jail.ban(address, now, request.forMs, request.force === true)) {
    throw new Error(`${address} is protected by \`never ban\` of ${request.jail}: --force bans it`);
  }
  const saved = await core.settle();
  const made = jail.standing.get(address);
  return { banned: made === undefined ? null : banRow(core, made), saved };
}

async function unban(core: Core, request: UnbanRequest): Promise<object> {
  const now = core.options.clock.now();
  const asked = parsePrefix(request.address);
  const lifted: object[] = [];
  for (const one of listBans(core, request.jail)) {
    if (request.address !== "all" && one.id !== request.address) {
      const prefix = one.address === null ? null : parsePrefix(one.address);
      if (asked === null || prefix === null) continue;
      // A prefix lifts all bans within it, not those of prefixes around it.
      if (prefix.length < asked.length || !new PrefixSet([asked]).meets(prefix)) continue;
    }
    if (core.jails.get(one.jail)?.unban(one.id, now)) lifted.push({ jail: one.jail, id: one.id });
  }
  const saved = await core.settle();
  return { lifted, saved };
}

function tail(
  core: Core,
  jail: string | undefined,
  send: Send,
  onClose: (done: () => void) => void,
): object {
  const listen = (decision: Decision) => {
    if (jail !== undefined && decision.jail !== jail) return;
    send(decisionLine(decision));
  };
  core.listeners.add(listen);
  onClose(() => core.listeners.delete(listen));
  return { tailing: jail ?? "all jails" };
}

async function observe(core: Core, name: string, on: boolean): Promise<object> {
  const jail = core.jails.get(name);
  if (jail === undefined) throw new Error(`there is no jail "${name}"`);
  jail.observed = on;
  core.ledger.note({ type: "observe", jail: name, on });
  await core.ledger.commit(true);
  // What stands in the firewall follows: a jail that observes holds nobody.
  for (const queue of core.firewalls) await queue.restoreNow();
  return { jail: name, observe: on };
}
