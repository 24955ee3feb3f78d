/*
 * The syslog header (docs/matching.md, section 3, `syslog`): RFC 5424, else an optional priority,
 * a stamp of RFC 3164 or ISO 8601, a host and a tag.
 */

import type { Unwrapped } from "./reading.ts";
import { type Clock, readHeaderStamp, readIsoWithZone } from "./stamp.ts";

function readVersion1(bytes: string, clock: Clock): Unwrapped | null {
  const field = "([^ \\t]+)";
  const stamp = "(-|\\d{4}-\\d\\d-\\d\\d[T ]?[^ \\t]*)";
  const form = new RegExp(`^<\\d{1,3}>1 ${stamp} ${[1, 2, 3, 4].map(() => field).join(" ")} `);
  const head = form.exec(bytes);
  if (head === null) return null;
  const [whole, stampText = "", host = "", app = "", pid = ""] = head;
  const time = stampText === "-" ? null : readIsoWithZone(stampText, clock);
  if (stampText !== "-" && time === null) return null;
  const data = /^(?:-|(?:\[(?:"(?:[^"\\]|\\[\s\S])*"|[^\]"])*\])+)(?: ([\s\S]*))?$/;
  const rest = data.exec(bytes.slice(whole.length));
  if (rest === null) return null;
  const message = (rest[1] ?? "").replace(/^ ?(?:\xef\xbb\xbf)?/, "");
  const header = { program: app === "-" ? null : app, pid: pid === "-" ? null : pid, host };
  return { bytes: message, header, time };
}

function readTagged(bytes: string, clock: Clock): Unwrapped | null {
  const priority = /^<\d{1,3}>/.exec(bytes)?.[0] ?? "";
  const stamp = readHeaderStamp(bytes, priority.length, clock);
  if (stamp === null) return null;
  const tag =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a program's name has no control bytes
    /^ ([^ \t]+) (?:(?:auth|authpriv|cron|daemon|ftp|kern|lpr|mail|news|syslog|user|uucp|local[0-7])\.(?:emerg|alert|crit|err|warn|notice|info|debug) )?([^\x00-\x20\x7f:[\]]{1,128})(?:\[([^\] \t]+)\])?: ?([\s\S]*)$/;
  const rest = tag.exec(bytes.slice(stamp.end));
  if (rest === null) return null;
  const [, host = "", program = "", pid, message = ""] = rest;
  return { bytes: message, header: { program, pid: pid ?? null, host }, time: stamp.time };
}

export function readHeader(bytes: string, clock: Clock): Unwrapped | null {
  return readVersion1(bytes, clock) ?? readTagged(bytes, clock);
}

/** `message repeated N times: [ MESSAGE]` as the whole message. */
export function unfoldRepeated(message: string): { message: string; repeated: number } {
  const folded = /^message repeated ([0-9]{1,6}) times: \[ ([\s\S]*)\]$/.exec(message);
  if (folded === null) return { message, repeated: 1 };
  return { message: folded[2] ?? "", repeated: Number(folded[1]) };
}
