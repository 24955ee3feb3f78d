/*
 * A pattern against a message: what it captured and whom it names, by sections 5, 7 and 8 of
 * docs/matching.md. Captures come out as real text; `message` (for frames) stays bytes.
 */

import type { Pattern, Regex } from "../../schemas/policy.ts";
import { canonical } from "./address.ts";
import type { Clock } from "./stamp.ts";
import { matchTemplate } from "./template.ts";
import { bytesOf, textOf } from "./text.ts";

export interface Captured {
  captures: Map<string, string>;
  /** Canonical. */
  address: string | null;
  host: string | null;
  /** What a frame's `{message}` took. */
  message: string | null;
  /** Of a regular expression: where it matched, and what groups called `skip` took; in characters. */
  span: { start: number; end: number; skipped: [number, number][] } | null;
}

function note(captured: Captured, name: string, text: string): void {
  if (name === "address") captured.address = canonical(text.replace(/\/\d+$/, ""));
  if (name === "host") {
    const address = canonical(text);
    if (address === null) captured.host = text;
    else captured.address ??= address;
  }
  captured.captures.set(name, text);
}

function nothing(): Captured {
  return { captures: new Map(), address: null, host: null, message: null, span: null };
}

function isValidTag(of: Regex["groups"][number]["of"], text: string): boolean {
  const address = canonical(text);
  switch (of) {
    case "text":
      return true;
    case "address":
      return address !== null;
    case "ip4":
      return address !== null && !text.includes(":");
    case "ip6":
      return address !== null && text.includes(":");
    case "cidr":
      return isCidr(text);
    case "host":
      return address !== null || /^[\w-]+(\.[\w-]+)*$/.test(text);
  }
}

function isCidr(text: string): boolean {
  const [base = "", length, ...more] = text.split("/");
  const address = canonical(base);
  if (address === null || more.length > 0) return false;
  return length === undefined || Number(length) <= (base.includes(":") ? 128 : 32);
}

function matchRegex(regex: Regex, message: string): Captured | null {
  const found = new RegExp(regex.expanded, `${regex.flags}d`).exec(textOf(message));
  if (found === null) return null;
  const taken = new Map<string, string>();
  for (const { name, group, of } of regex.groups) {
    const text = found.groups?.[group];
    if (text === undefined) continue;
    if (!isValidTag(of, text)) return null;
    // Several groups of one name: the first text that is not empty.
    if ((taken.get(name) ?? "") === "") taken.set(name, text);
  }
  const captured = nothing();
  const places = Object.entries(found.indices?.groups ?? {});
  const skipped = places.filter(([name, part]) => /^skip(_\d+)?$/.test(name) && part);
  captured.span = {
    start: found.index,
    end: found.index + found[0].length,
    skipped: skipped.map(([, part]) => part as [number, number]),
  };
  for (const [name, text] of taken) {
    if (name === "message") captured.message = bytesOf(text);
    else note(captured, name, text);
  }
  return captured;
}

export function matchPattern(pattern: Pattern, message: string, clock: Clock): Captured | null {
  if (pattern.kind === "regex") return matchRegex(pattern, message);
  const taken = matchTemplate(pattern, message, clock);
  if (taken === null) return null;
  const captured = nothing();
  // `host` may only give the address where no `address` did, so that one is noted last.
  const named = taken.filter(({ hole }) => hole.name !== null);
  named.sort((a, b) => Number(a.hole.name === "host") - Number(b.hole.name === "host"));
  for (const { hole, start, end } of named) {
    const bytes = message.slice(start, end);
    if (hole.name === "message") captured.message = bytes;
    else if (hole.name !== null) note(captured, hole.name, textOf(bytes));
  }
  return captured;
}
