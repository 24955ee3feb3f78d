/**
 * One way through a template, and how matching reads a message by it: docs/matching.md section 5,
 * written down plainly for proofs. What a bundle runs is generated from the plan.
 *
 * In: a row of `flatten`, and a message. Out: who is named in the row, which parts are a client's,
 * and the text of each hole; null: the row does not match. Offsets are of UTF-16 units; nothing here
 * depends on bytes but the `time` hole, which takes ISO 8601 only.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { PartHole, PartText } from "../../schemas/policy.ts";
import { clientKinds, freeKinds } from "../2-check/templates.ts";

type RowPart = PartHole | PartText;
export type Row = readonly RowPart[];

/** Of each part where it begins and ends. */
type Extents = (readonly [number, number])[];

export function isCulprit(part: RowPart): part is PartHole {
  return part.kind === "hole" && (part.name === "address" || part.name === "host");
}

/** A hole whose text the client may have written. */
export function isClients(part: RowPart): part is PartHole {
  return (
    part.kind === "hole" &&
    clientKinds.includes(part.of) &&
    !part.vouched &&
    (!isCulprit(part) || part.of === "host")
  );
}

function isFree(part: RowPart | undefined): boolean {
  return part?.kind === "hole" && freeKinds.includes(part.of);
}

/** Names and texts of the holes that have a name. */
export function readRow(
  row: Row,
  ignoreCase: boolean,
  message: string,
): ReadonlyMap<string, string> | null {
  const extents = place(row, ignoreCase ? lower(message) : message, ignoreCase);
  if (extents === null) return null;
  return new Map(
    row.flatMap((part, at): [string, string][] => {
      const [start, end] = extents[at] ?? [0, 0];
      if (part.kind === "text" || part.name === null) return [];
      return [[part.name, message.slice(start, end)]];
    }),
  );
}

function place(row: Row, text: string, ignoreCase: boolean): Extents | null {
  const folded = ignoreCase ? row.map(lowered) : row;
  const extents: Extents = [];
  const firstFree = folded.findIndex(isFree);
  const lastFree = folded.findLastIndex(isFree);
  const leftEnd = firstFree < 0 ? folded.length : firstFree;
  const left = placeFromLeft(folded, 0, leftEnd, text, 0, extents);
  if (firstFree < 0) return left === text.length ? extents : null;
  let limit = placeFromRight(folded, lastFree + 1, text, extents);
  if (left < 0 || limit < left) return null;
  for (let end = lastFree; end > firstFree; ) {
    const free = folded.slice(0, end).findLastIndex(isFree);
    let start = limit;
    let to = -1;
    for (; start >= left && (to < 0 || to > limit); start--) {
      to = placeFromLeft(folded, free + 1, end, text, start, extents);
    }
    if (to < 0 || to > limit) return null;
    extents[end] = [to, limit];
    limit = start + 1;
    end = free;
  }
  extents[firstFree] = [left, limit];
  return text.slice(left).includes("\n") ? null : extents;
}

/** Where the parts `from` to `to` end that begin at `at`; -1: they do not stand there. */
function placeFromLeft(
  row: Row,
  from: number,
  to: number,
  text: string,
  at: number,
  extents: Extents,
): number {
  let end = at;
  for (let i = from; i < to; i++) {
    const part = row[i] as RowPart;
    const start = end;
    if (part.kind === "text")
      end = text.startsWith(part.text, start) ? start + part.text.length : -1;
    else {
      const next = i + 1 < to ? row[i + 1] : undefined;
      const fits = (stop: number) => next?.kind !== "text" || text.startsWith(next.text, stop);
      const bordered = i === 0 || isFree(row[i - 1]);
      end = endsOf(part, text, start, bordered).find(fits) ?? -1;
    }
    if (end < 0) return -1;
    extents[i] = [start, end];
  }
  return end;
}

/** Where the parts from `from` on begin that end with the text; -1: they do not stand there. */
function placeFromRight(row: Row, from: number, text: string, extents: Extents): number {
  let start = text.length;
  for (let i = row.length - 1; i >= from; i--) {
    const part = row[i] as RowPart;
    const end = start;
    if (part.kind === "text") start = text.endsWith(part.text, end) ? end - part.text.length : -1;
    else {
      const before = i > from ? row[i - 1] : undefined;
      const fits = (at: number) => before?.kind !== "text" || text.endsWith(before.text, at);
      start = startsOf(part, text, end, isFree(row[i - 1]), before).find(fits) ?? -1;
    }
    if (start < 0) return -1;
    extents[i] = [start, end];
  }
  return start;
}

/** Where a bounded hole that begins at `at` may end, the longest first. */
function endsOf(hole: PartHole, text: string, at: number, bordered: boolean): number[] {
  if (hole.of === "words")
    return choicesOf(hole)
      .map((word) => (text.startsWith(word, at) ? at + word.length : -1))
      .filter((end) => end >= 0);
  const rest = text.slice(at);
  if (hole.of === "address" || hole.of === "host") {
    const bracketed = /^\[[0-9A-Fa-f:.]+\]/.exec(rest)?.[0];
    if (bracketed !== undefined) {
      const end = at + bracketed.length;
      return isAddress(text, at, end, bordered) ? [end] : [];
    }
    const run = /^[0-9A-Fa-f:.]*/.exec(rest)?.[0] ?? "";
    const digits = /^[0-9.]*/.exec(rest)?.[0] ?? "";
    const runs = [run, run.replace(/[.:]$/, ""), digits, digits.replace(/\.$/, "")];
    const addresses = runs
      .map((one) => at + one.length)
      .filter((end) => isAddress(text, at, end, bordered));
    if (hole.of === "address" || addresses.length > 0) return addresses;
  }
  const run = runOf(hole).exec(rest)?.[0] ?? "";
  const ends = Array.from({ length: run.length }, (_, i) => at + run.length - i);
  return ends.filter((end) => isValid(hole, text, at, end));
}

/** Where a bounded hole that ends at `end` may begin, the longest first. */
function startsOf(
  hole: PartHole,
  text: string,
  end: number,
  bordered: boolean,
  before: RowPart | undefined,
): number[] {
  if (hole.of === "words")
    return choicesOf(hole)
      .map((word) => (text.endsWith(word, end) ? end - word.length : -1))
      .filter((start) => start >= 0);
  const head = text.slice(0, end);
  if (hole.of === "address" || hole.of === "host") {
    const bracketed = /\[[0-9A-Fa-f:.]+\]$/.exec(head)?.[0];
    if (bracketed !== undefined) {
      const start = end - bracketed.length;
      return isAddress(text, start, end, bordered) ? [start] : [];
    }
    const run = /[0-9A-Fa-f:.]*$/.exec(head)?.[0] ?? "";
    const digits = /[0-9.]*$/.exec(head)?.[0] ?? "";
    const shared = before?.kind === "text" ? (/[0-9A-Fa-f:.]*$/.exec(before.text)?.[0] ?? "") : "";
    const shorter = run.startsWith(shared) ? run.slice(shared.length) : run;
    const starts = [run, shorter, digits]
      .map((one) => end - one.length)
      .filter((start) => isAddress(text, start, end, bordered));
    if (hole.of === "address" || starts.length > 0) return starts;
  }
  let size = 0;
  const one = runOf(hole);
  while (size < end && (one.exec(text.slice(end - size - 1, end))?.[0].length ?? 0) === size + 1)
    size++;
  const starts = Array.from({ length: size }, (_, i) => end - size + i);
  return starts.filter((start) => isValid(hole, text, start, end));
}

function isAddress(text: string, start: number, end: number, bordered: boolean): boolean {
  const word = text.slice(start, end).replace(/^\[(.*)\]$/, "$1");
  if (!isIPv4(word) && !isIPv6(word)) return false;
  if (/^(?:[0-9A-Za-z_%]|\/\d)/.test(text.slice(end))) return false;
  if (word.includes(":") && /^:\d/.test(text.slice(end))) return false;
  return !bordered || !/(?:[0-9A-Za-z_.:%\]]|\d\/)$/.test(text.slice(0, start));
}

function runOf(hole: PartHole): RegExp {
  switch (hole.of) {
    case "int":
      return /^-?\d{0,18}/;
    case "port":
      return /^\d{0,5}/;
    case "number":
      return /^-?[\d.]*/;
    case "hex":
      return /^[0-9A-Fa-f]*/;
    case "host":
      return /^[\w.-]*/;
    case "not":
      return new RegExp(`^[^\\n${(hole.chars ?? "").replace(/[\\\]^-]/g, "\\$&")}]*`);
    case "time":
      return /^[\dTZ:.+-]*/;
    default:
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a word is what has none.
      return /^[^\x00-\x20\x7f]*/;
  }
}

function isValid(hole: PartHole, text: string, start: number, end: number): boolean {
  const word = text.slice(start, end);
  const beside = `${text.slice(Math.max(start - 1, 0), start)}|${text.slice(end, end + 1)}`;
  switch (hole.of) {
    case "int":
      return /^-?\d+$/.test(word) && !/\d/.test(beside);
    case "number":
      return /^-?\d+(?:\.\d+)?$/.test(word) && !/\d/.test(beside);
    case "port":
      return /^(?:0|[1-9]\d*)$/.test(word) && Number(word) <= 65_535 && !/\d/.test(beside);
    case "hex":
      return !/[0-9A-Fa-f]/.test(beside);
    case "time":
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(word);
    default:
      return word !== "";
  }
}

function choicesOf(hole: PartHole): readonly string[] {
  return [...(hole.words ?? [])].sort((a, b) => b.length - a.length);
}

/** ASCII letters only, as matching folds them. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function lowered(part: RowPart): RowPart {
  if (part.kind === "text") return { ...part, text: lower(part.text) };
  return part.words === null ? part : { ...part, words: part.words.map(lower) };
}
