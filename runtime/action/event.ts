/**
 * What an action is told of a decision.
 */
import { familyOf } from "../address.ts";
import type { ActionEvent } from "../contract.ts";
import type { Decision } from "../decision.ts";

/** Null: no action is told of such a decision. */
export function actionEventOf(decision: Decision): ActionEvent | null {
  if (decision.type === "failure" || decision.type === "spared") return null;
  const { type, jail, address, id, time, captures } = decision;
  const isBan = decision.type !== "unban";
  return {
    event: type,
    jail,
    address,
    id,
    family: address === null ? null : familyOf(address),
    time,
    until: isBan ? decision.until : time,
    failures: isBan ? decision.failures : 0,
    captures,
    kept: {},
  };
}
