/*
 * Bounded holes by section 5 of docs/matching.md. A message (Latin-1), a hole and a place in, every
 * extent it could take out, best first; the caller keeps the first whose neighbour fits.
 */

import type { PartHole } from "../../schemas/policy.ts";
import { isWrittenAsIpv6, readAddress } from "./address.ts";
import { type Clock, readStamp } from "./stamp.ts";
import { bytesOf } from "./text.ts";

export type Extent = [start: number, end: number];

export interface Place {
  message: string;
  /** Where the extent starts (from the left) or ends (from the right). */
  at: number;
  direction: "left" | "right";
  /** What stands before the hole is a free hole or the message's start. */
  open: boolean;
  ignoreCase: boolean;
  clock: Clock;
  /** The literal directly before the hole, or nothing. */
  before?: string;
}

/** The maximal run of such bytes that begins (or, from the right, ends) at the place. */
function runAt({ message, at, direction }: Place, byte: RegExp): Extent {
  let [start, end] = [at, at];
  if (direction === "left") while (end < message.length && byte.test(message.charAt(end))) end++;
  else while (start > 0 && byte.test(message.charAt(start - 1))) start--;
  return [start, end];
}

function longestFirst(place: Place, [start, end]: Extent): Extent[] {
  const extents: Extent[] = [];
  for (let length = end - start; length >= 1; length--) {
    extents.push(place.direction === "left" ? [start, start + length] : [end - length, end]);
  }
  return extents;
}

/** A number-like kind: what the extent must look like, and what may not stand outside it. */
function digitsAt(place: Place, run: RegExp, whole: RegExp, outside: RegExp): Extent[] {
  const { message } = place;
  const valid = ([start, end]: Extent): boolean =>
    whole.test(message.slice(start, end)) &&
    !outside.test(message.charAt(start - 1)) &&
    !outside.test(message.charAt(end));
  return longestFirst(place, runAt(place, run)).filter(valid);
}

function passesBorders({ message, open }: Place, [start, end]: Extent): boolean {
  if (/[0-9A-Za-z_%]/.test(message.charAt(end))) return false;
  if (/^\/[0-9]/.test(message.slice(end, end + 2))) return false;
  if (isWrittenAsIpv6(message.slice(start, end)) && /^:[0-9]/.test(message.slice(end, end + 2))) {
    return false;
  }
  if (!open) return true;
  if (/[0-9A-Za-z_.:%\]]/.test(message.charAt(start - 1))) return false;
  return !/^[0-9]\/$/.test(message.slice(Math.max(0, start - 2), start));
}

function bracketedAt({ message, at, direction }: Place): Extent[] {
  const start = direction === "left" ? at : message.lastIndexOf("[", at - 1);
  const end = direction === "left" ? message.indexOf("]", at) + 1 : at;
  if (start < 0 || end < 1 || message.charAt(start) !== "[" || message.charAt(end - 1) !== "]") {
    return [];
  }
  return readAddress(message.slice(start + 1, end - 1)) === null ? [] : [[start, end]];
}

function addressesAt(place: Place): Extent[] {
  const { message, direction } = place;
  const runs = [runAt(place, /[0-9A-Fa-f:.]/), runAt(place, /[0-9.]/)] as const;
  const bare: Extent[] = [];
  for (const [i, [start, end]] of runs.entries()) {
    bare.push([start, end]);
    if (direction === "right" && i === 0) {
      const own = /[0-9A-Fa-f:.]*$/.exec(place.before ?? "")?.[0].length ?? 0;
      if (own > 0) bare.push([Math.min(end, start + own), end]);
    }
    const shorter = i === 0 ? /[.:]/ : /[.]/;
    if (direction === "left" && end > start && shorter.test(message.charAt(end - 1))) {
      bare.push([start, end - 1]);
    }
  }
  const valid = bare.filter(([start, end]) => readAddress(message.slice(start, end)) !== null);
  return [...bracketedAt(place), ...valid].filter((extent) => passesBorders(place, extent));
}

function isPort(text: string): boolean {
  return /^(0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65535;
}

function wordsAt(place: Place, words: readonly string[]): Extent[] {
  const { message, at, direction, ignoreCase } = place;
  const fitting = words
    .map(bytesOf)
    .map((word): Extent => (direction === "left" ? [at, at + word.length] : [at - word.length, at]))
    .filter(([start, end], i) => {
      const word = bytesOf(words[i] ?? "");
      return start >= 0 && sameBytes(message.slice(start, end), word, ignoreCase);
    });
  return fitting.sort((a, b) => b[1] - b[0] - (a[1] - a[0]));
}

/** Ends of stamps that begin here; from the right, the longest that ends here. No form exceeds 64 bytes. */
function timesAt({ message, at, direction, clock }: Place): Extent[] {
  const starts = direction === "left" ? [at] : [];
  if (direction === "right") for (let s = Math.max(0, at - 64); s < at; s++) starts.push(s);
  const extents = starts.map(
    (start): Extent => [start, readStamp(message, start, clock)?.end ?? -1],
  );
  return extents.filter(([, end]) => (direction === "left" ? end > at : end === at));
}

export function sameBytes(a: string, b: string, ignoreCase: boolean): boolean {
  const fold = (s: string): string => s.replace(/[A-Z]/g, (c) => c.toLowerCase());
  return ignoreCase ? fold(a) === fold(b) : a === b;
}

/** Every extent of a bounded hole at a place, the one to be preferred first. */
export function extentsAt(hole: PartHole, place: Place): Extent[] {
  switch (hole.of) {
    case "word":
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a word has no control bytes
      return longestFirst(place, runAt(place, /[^\x00-\x20\x7f]/));
    case "not": {
      const chars = `${bytesOf(hole.chars ?? "")}\n`;
      const run = new RegExp(`[^${chars.replace(/[\\\]^-]/g, "\\$&")}]`);
      return longestFirst(place, runAt(place, run));
    }
    case "host": {
      const names = longestFirst(place, runAt(place, /[A-Za-z0-9._-]/));
      return [...addressesAt(place), ...names];
    }
    case "int":
      return digitsAt(place, /[-0-9]/, /^-?[0-9]{1,18}$/, /[0-9]/);
    case "number":
      return digitsAt(place, /[-.0-9]/, /^-?[0-9]+(\.[0-9]+)?$/, /[0-9]/);
    case "hex":
      return digitsAt(place, /[0-9A-Fa-f]/, /^[0-9A-Fa-f]+$/, /[0-9A-Fa-f]/);
    case "port": {
      const digits = digitsAt(place, /[0-9]/, /^[0-9]{1,5}$/, /[0-9]/);
      return digits.filter(([start, end]) => isPort(place.message.slice(start, end)));
    }
    case "words":
      return wordsAt(place, hole.words ?? []);
    case "time":
      return timesAt(place);
    case "address":
      return addressesAt(place);
    case "user":
    case "text":
    case "rest":
    case "message":
      throw new Error(`${hole.of} is a free hole`);
  }
}
