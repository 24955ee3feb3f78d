/**
 * A value of an event as text: what stands for `{address}` in an action.
 *
 * In: the event and a name that 2-check has found to exist. Out: text, empty where the event has no
 * such value. The event's own values come first, so that nothing in a log can stand for them.
 */
import type { ActionEvent } from "../contract.ts";

const units = [
  ["w", 604_800],
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;

/** Programs count seconds with 31 bits, and refuse more: 68 years. */
const secondsMax = 2_147_483_647;

export function eventText(event: ActionEvent, name: string): string {
  switch (name) {
    case "event":
    case "jail":
    case "id":
      return event[name];
    case "address":
      return event.address ?? "";
    case "network":
      return event.address?.split("/")[0] ?? "";
    case "family":
      return event.family === null ? "" : String(event.family);
    case "kind":
      if (event.address?.includes("/")) return "ip_range";
      return event.family === 6 ? "ip6" : "ip";
    case "failures":
      return String(event.failures);
    case "time":
      return new Date(event.time).toISOString();
    case "until":
      return event.until === null ? "ever" : new Date(event.until).toISOString();
    case "seconds":
      return event.until === null ? "0" : secondsText(event.until - event.time);
    case "duration":
      return event.until === null ? "ever" : formatDuration(event.until - event.time);
    default:
      return own(event.kept, name) ?? own(event.captures, name) ?? "";
  }
}

/** 0 would be for ever. */
function secondsText(ms: number): string {
  return String(Math.min(Math.max(1, Math.round(ms / 1000)), secondsMax));
}

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** `1h30m`; parts of a second are left out. */
function formatDuration(ms: number): string {
  let left = Math.max(0, Math.round(ms / 1000));
  let text = "";
  for (const [unit, seconds] of units) {
    const count = Math.floor(left / seconds);
    if (count > 0) text += `${count}${unit}`;
    left -= count * seconds;
  }
  return text === "" ? "0s" : text;
}
