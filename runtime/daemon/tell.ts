/**
 * Decisions as sentences for the log and as events for actions.
 */

import type { LogLevel } from "../arguments.ts";
import type { ActionEvent } from "../contract.ts";
import type { Decision } from "../decision.ts";
import { plural } from "../plural.ts";
import { parsePrefix } from "../prefix.ts";
import { formatDuration } from "./duration.ts";

/** One sentence that says who, where, for how long and why. */
export function describeDecision(decision: Decision): { level: LogLevel; text: string } {
  const { jail, id } = decision;
  const where = decision.file === "" ? "by hand" : `${decision.file}:${decision.line}`;
  const why = decision.rule === "" ? where : `${where} ${decision.rule}`;
  const observed = decision.observed ? " (observed only)" : "";
  switch (decision.type) {
    case "failure": {
      const evidence = decision.evidence ? " though banned" : "";
      return { level: "debug", text: `${jail}: failure of ${id}${evidence}, ${why}` };
    }
    case "ban": {
      const { failures } = decision;
      const times = ` after ${plural(failures, "failure")}`;
      const offence = decision.offence > 1 ? `, offence ${decision.offence}` : "";
      const instead = decision.insteadOf === null ? "" : ` instead of ${decision.insteadOf}`;
      const text = `${jail}: banned ${id}${instead} ${lengthOf(decision)}${failures === 0 ? "" : times}${offence}, ${why}`;
      return { level: "notice", text: text + observed };
    }
    case "prolong":
      return {
        level: "notice",
        text: `${jail}: prolonged ${id} ${lengthOf(decision)}, ${why}${observed}`,
      };
    case "unban": {
      const reason = {
        ended: "its time is over",
        lifted: "lifted by hand",
        protected: "protected now",
      };
      return {
        level: "notice",
        text: `${jail}: unbanned ${id}, ${reason[decision.reason]}${observed}`,
      };
    }
    case "spared": {
      const hosts =
        decision.hosts.length === 0 ? "" : `; banned ${decision.hosts.join(", ")} instead`;
      return {
        level: "notice",
        text: `${jail}: spared ${id}, \`never ban\` protects it${hosts}, ${why}`,
      };
    }
  }
}

function lengthOf(decision: { readonly time: number; readonly until: number | null }): string {
  return decision.until === null
    ? "for ever"
    : `for ${formatDuration(decision.until - decision.time)}`;
}

/** What an action's texts are filled from. */
export function eventOf(
  decision: Exclude<Decision, { type: "failure" | "spared" }>,
  event: string,
): ActionEvent {
  const prefix = decision.address === null ? null : parsePrefix(decision.address);
  return {
    event,
    jail: decision.jail,
    address: decision.address,
    id: decision.id,
    family: prefix?.address.family ?? null,
    time: decision.time,
    until: decision.type === "unban" ? decision.time : decision.until,
    failures: decision.type === "unban" ? 0 : decision.failures,
    captures: decision.captures,
    kept: Object.create(null),
  };
}
