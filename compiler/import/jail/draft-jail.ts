/**
 * A jail of Fail2ban -> the statements of one of f2b's.
 *
 * In: what the jail says, and what is known of its filter. Out: statements in the order in which people write them, or null with the reason why there is no such jail; what f2b lacks as comment
 * lines, each of them reported.
 */
import { importingJails as catalogue } from "../../diagnostics/catalogue/importing-jails.ts";
import { type ActionFiles, actionStatements } from "./actions.ts";
import { banStatements } from "./ban-sentence.ts";
import { hostNameStatements, sparedBy } from "./never-ban.ts";
import { byHosts, filters, neverBan, type Statement, watch } from "./nodes.ts";
import type { JailOptions } from "./options.ts";
import { watchStatements } from "./sources.ts";

/** What a jail has to know of its filter. */
export interface FilterOfJail {
  /** In the policy; null: it could not be imported. */
  readonly name: string | null;
  readonly journalmatch: readonly string[];
  /** It captures an `id` that may be no address. */
  readonly capturesId: boolean;
}

export interface DraftContext {
  readonly actions: ActionFiles;
  /** What Fail2ban's data base keeps for after it is over. */
  readonly purgeSeconds: number;
}

export interface JailDraft {
  /** In the policy. */
  readonly name: string;
  readonly options: JailOptions;
  /** Null: it stands in the policy as a comment. */
  readonly statements: readonly Statement[] | null;
  readonly modules: readonly string[];
}

/** Its filter and its log are Fail2ban's own: it counts bans. */
export const countsBans = "recidive";

export function draftJail(
  name: string,
  options: JailOptions,
  filter: FilterOfJail | "bans",
  context: DraftContext,
): JailDraft {
  const { jail } = options.use;
  if (name !== jail) options.report(catalogue.renamedJail, "jail", { jail, name });
  const leftOut = (why: string, help: string): JailDraft => {
    options.report(catalogue.jailLeftOut, "jail", { jail, why, help });
    return { name, options, statements: null, modules: [] };
  };
  if (options.use.actionFault !== null) {
    return leftOut("its action cannot be filled in", options.use.actionFault);
  }
  if (filter !== "bans" && filter.name === null) {
    return leftOut("its filter cannot be imported", "what is wrong with it is told with its place");
  }
  const read = filter === "bans" ? watchBans(options) : watchLogs(options, filter);
  if (read === null) {
    const help = "name a `logpath` that begins with `/`, or `backend = systemd`";
    return leftOut("it has no log to read", help);
  }
  reportRest(options);
  const spared = sparedBy(options);
  const what = filter === "bans" ? "bans" : "failures";
  const bans = banStatements(options, what, context.purgeSeconds);
  const done = actionStatements(options, context.actions, mustNotBan(options));
  return {
    name,
    options,
    statements: [
      ...read,
      ...bans,
      byHosts(
        "Single addresses, as in Fail2ban. Without this line an IPv6 network of one customer (/64) counts as one.",
      ),
      ...(spared.length > 0 ? [neverBan(spared)] : []),
      ...(filter === "bans" ? [] : hostNameStatements(options)),
      ...done.ports,
      ...done.actions,
    ],
    modules: done.modules,
  };
}

function watchBans(options: JailOptions): Statement[] {
  options.report(catalogue.watchesBans, "jail", { jail: options.use.jail });
  return [watch({ kind: "bans", of: [] })];
}

function watchLogs(options: JailOptions, filter: FilterOfJail): Statement[] | null {
  const { jail, filter: original } = options.use;
  const watches = watchStatements(options, filter.journalmatch);
  if (watches.length === 0) return null;
  if (original === countsBans) options.report(catalogue.ownLog, "jail", { jail });
  if (filter.capturesId) options.report(catalogue.namesNoAddress, "jail", { jail });
  return [...watches, filters(filter.name ?? "")];
}

/** Why it must not, whatever its actions; null: it may. */
function mustNotBan(options: JailOptions): string | null {
  if (options.text("ignorecommand") === "") return null;
  options.left.push(`ignorecommand = ${options.text("ignorecommand").replaceAll("\n", "  ")}`);
  return "its `ignorecommand`, which says whom to spare, has no counterpart";
}

function reportRest(options: JailOptions): void {
  const kept = options.text("maxmatches");
  if (kept !== "" && kept !== options.text("maxretry")) {
    const why = "the lines that led to a ban are kept with it (`bans --why`)";
    options.lose(catalogue.settingLeftOut, "maxmatches", { name: "maxmatches", why });
  }
  if (options.text("ignorecache") !== "") {
    const why = "who is spared is known without asking again";
    options.lose(catalogue.settingLeftOut, "ignorecache", { name: "ignorecache", why });
  }
}
