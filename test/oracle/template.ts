/*
 * Templates by section 5 of docs/matching.md, step by step as the page has it: flat alternatives,
 * the left pass, the right pass, then the segments between free holes, last to first. A message in
 * Latin-1 in, what each hole took out, or null.
 */

import type { Part, PartHole, Template } from "../../schemas/policy.ts";
import { type Extent, extentsAt, sameBytes } from "./holes.ts";
import type { Clock } from "./stamp.ts";
import { bytesOf } from "./text.ts";

type Item = { literal: string } | { hole: PartHole };

export interface Taken {
  hole: PartHole;
  start: number;
  end: number;
}

const free = ["user", "text", "rest", "message"];

function isFree(item: Item | undefined): boolean {
  return item !== undefined && "hole" in item && free.includes(item.hole.of);
}

/** All flat alternatives in order: an optional part taken first, then left out. */
export function flatten(parts: readonly Part[]): Item[][] {
  const [first, ...others] = parts;
  if (first === undefined) return [[]];
  if (first.kind === "optional") {
    return [...flatten([...first.parts, ...others]), ...flatten(others)];
  }
  const item = first.kind === "text" ? { literal: bytesOf(first.text) } : { hole: first };
  return flatten(others).map((rest) => [item, ...rest]);
}

function joinLiterals(items: Item[]): Item[] {
  const joined: Item[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if ("literal" in item && item.literal === "") continue;
    if ("literal" in item && last !== undefined && "literal" in last) {
      joined[joined.length - 1] = { literal: last.literal + item.literal };
    } else joined.push(item);
  }
  return joined;
}

class Row {
  private readonly items: Item[];
  private readonly message: string;
  private readonly ignoreCase: boolean;
  private readonly clock: Clock;
  taken: Taken[] = [];

  constructor(items: Item[], message: string, ignoreCase: boolean, clock: Clock) {
    this.items = items;
    this.message = message;
    this.ignoreCase = ignoreCase;
    this.clock = clock;
  }

  private literalStands(
    item: Item | undefined,
    extent: Extent,
    side: "behind" | "before",
  ): boolean {
    if (item === undefined || !("literal" in item)) return true;
    const { length } = item.literal;
    const start = side === "behind" ? extent[1] : extent[0] - length;
    const there = start < 0 ? "" : this.message.slice(start, start + length);
    return sameBytes(there, item.literal, this.ignoreCase);
  }

  /** One item at a place, in a direction: its extent, or null. */
  private place(index: number, at: number, direction: "left" | "right"): Extent | null {
    const { message, ignoreCase, clock } = this;
    const item = this.items[index];
    if (item === undefined) throw new Error("no such item");
    if ("literal" in item) {
      const { length } = item.literal;
      const extent: Extent = direction === "left" ? [at, at + length] : [at - length, at];
      if (extent[0] < 0) return null;
      return sameBytes(message.slice(...extent), item.literal, ignoreCase) ? extent : null;
    }
    const before = this.items[index - 1];
    const open = before === undefined || isFree(before);
    const literal = before !== undefined && "literal" in before ? before.literal : "";
    const place = { message, at, direction, open, ignoreCase, clock, before: literal };
    const neighbour = direction === "left" ? this.items[index + 1] : before;
    const side = direction === "left" ? "behind" : "before";
    const extent = extentsAt(item.hole, place).find((e) => this.literalStands(neighbour, e, side));
    if (extent === undefined) return null;
    this.taken.push({ hole: item.hole, start: extent[0], end: extent[1] });
    return extent;
  }

  /** Items one after the other from a place to the right; where they end. */
  private passLeft(from: number, to: number, start: number): number | null {
    let at = start;
    for (let i = from; i < to; i++) {
      const extent = this.place(i, at, "left");
      if (extent === null) return null;
      at = extent[1];
    }
    return at;
  }

  private passRight(from: number, end: number): number | null {
    let at = end;
    for (let i = this.items.length - 1; i >= from; i--) {
      const extent = this.place(i, at, "right");
      if (extent === null) return null;
      at = extent[0];
    }
    return at;
  }

  /** The rightmost start, not before `left`, of a segment that ends at or before `right`. */
  private placeSegment(from: number, to: number, left: number, right: number): number | null {
    const kept = this.taken;
    for (let start = right; start >= left; start--) {
      this.taken = [...kept];
      const end = this.passLeft(from, to, start);
      if (end !== null && end <= right) return start;
    }
    this.taken = kept;
    return null;
  }

  private takeFree(index: number, start: number, end: number): boolean {
    const item = this.items[index];
    if (item === undefined || !("hole" in item)) throw new Error("no hole");
    this.taken.push({ hole: item.hole, start, end });
    return !this.message.slice(start, end).includes("\n");
  }

  match(): boolean {
    const frees = [...this.items.keys()].filter((i) => isFree(this.items[i]));
    const [first, last] = [frees[0], frees.at(-1)];
    if (first === undefined || last === undefined) {
      return this.passLeft(0, this.items.length, 0) === this.message.length;
    }
    const left = this.passLeft(0, first, 0);
    const right = left === null ? null : this.passRight(last + 1, this.message.length);
    if (left === null || right === null || left > right) return false;
    let end = right;
    for (let n = frees.length - 1; n >= 1; n--) {
      const [here, before] = [frees[n] ?? 0, frees[n - 1] ?? 0];
      const start = this.placeSegment(before + 1, here, left, end);
      if (start === null) return false;
      const segmentEnd = this.segmentEnd(before + 1, here, start);
      if (!this.takeFree(here, segmentEnd, end)) return false;
      end = start;
    }
    return this.takeFree(first, left, end);
  }

  private segmentEnd(from: number, to: number, start: number): number {
    const kept = this.taken;
    this.taken = [];
    const end = this.passLeft(from, to, start) ?? start;
    this.taken = kept;
    return end;
  }
}

/** The only thing kept for speed: corpora have thousands of records and templates dozens of rows. */
const rowsOf = new WeakMap<Template, Item[][]>();

export function matchTemplate(template: Template, message: string, clock: Clock): Taken[] | null {
  const rows = rowsOf.get(template) ?? flatten(template.parts).map(joinLiterals);
  rowsOf.set(template, rows);
  for (const items of rows) {
    const row = new Row(items, message, template.ignoreCase, clock);
    if (row.match()) return row.taken.sort((a, b) => a.start - b.start);
  }
  return null;
}
