/**
 * What the text of an action may hold between braces, besides parameters, `let`s, captures of the
 * jail's filters and what earlier steps kept. The list is closed: docs and runtime follow it.
 */
import type { Action } from "../../schemas/policy.ts";

export type EventName = Action["hooks"][number]["events"][number]["name"];

export const eventNames: readonly EventName[] = [
  "start",
  "stop",
  "ban",
  "unban",
  "prolong",
  "report",
  "check",
  "repair",
];

/** Events about somebody; the others are about the action itself. */
export const eventsOfSomebody: readonly EventName[] = ["ban", "unban", "prolong", "report"];

export interface EventValue {
  readonly describe: string;
  /** Only in events about somebody. */
  readonly ofSomebody: boolean;
  /** Needs an identity that is an address or a prefix. */
  readonly needsAddress: boolean;
  /** Written by no client: it may begin an argument. */
  readonly isSafe: boolean;
}

const some = { ofSomebody: true, needsAddress: false, isSafe: true };

export const eventValues: ReadonlyMap<string, EventValue> = new Map<string, EventValue>([
  ["address", { ...some, needsAddress: true, describe: "the banned address or prefix, canonical" }],
  ["network", { ...some, needsAddress: true, describe: "the address; of a prefix its first one" }],
  ["family", { ...some, needsAddress: true, describe: "4 or 6" }],
  ["kind", { ...some, needsAddress: true, describe: "ip, ip6, or ip_range for a prefix" }],
  ["id", { ...some, isSafe: false, describe: "who is banned: address, prefix, or captures" }],
  ["jail", { ...some, ofSomebody: false, describe: "the jail's name" }],
  ["event", { ...some, ofSomebody: false, describe: "what happens: ban, unban, start ..." }],
  ["time", { ...some, ofSomebody: false, describe: "when it happened, ISO 8601 in UTC" }],
  ["until", { ...some, describe: "when the ban ends, ISO 8601 in UTC, or `ever`" }],
  ["duration", { ...some, describe: "how long the ban lasts, as in 1h30m, or `ever`" }],
  ["seconds", { ...some, describe: "how long the ban lasts in seconds, 0 for ever" }],
  ["failures", { ...some, describe: "how many failures led to it" }],
]);
