/**
 * Which values of a structured record are asked for: a tree of keys, made once a scanner.
 *
 * In: paths of keys (text) and list places (numbers). Out: a tree whose nodes say where in the
 * registers' values a value goes. What must hold: a key comes from a policy or a log line and is
 * never the name of a property of an object of ours.
 */
import type { FieldValue, Registers } from "../registers.ts";
import type { TimePattern } from "../time/pattern.ts";

/** One key of a path, or the tree's root. */
export interface PathNode {
  /** The key's UTF-8 bytes; empty for a list's place. */
  readonly key: Uint8Array;
  /** The key as text; a number is a list's place. */
  readonly name: string | number;
  readonly children: PathNode[];
  /** Places in the registers' values that ask for what stands here. */
  readonly slots: number[];
  /** The object in which the key was seen last: it may stand there once. */
  seenIn: number;
}

/** What json, logfmt and audit read for one format of a scanner. */
export interface FieldsSpec {
  readonly root: PathNode;
  readonly count: number;
  /** The value that is the record's time; -1: none is. */
  readonly time: number;
  /** The value that is the message; -1: the whole record is. */
  readonly message: number;
  readonly pattern: TimePattern | null;
}

/** `null` asks for nothing: that value is always absent. `time`, `message`: indices into `paths`. */
export function makeFields(
  paths: readonly (readonly (string | number)[] | null)[],
  time = -1,
  message = -1,
  pattern: TimePattern | null = null,
): FieldsSpec {
  const root = makeNode("");
  paths.forEach((path, slot) => {
    if (path === null) return;
    let node = root;
    for (const name of path) {
      let child = node.children.find((one) => one.name === name);
      if (child === undefined) {
        child = makeNode(name);
        node.children.push(child);
      }
      node = child;
    }
    node.slots.push(slot);
  });
  return { root, count: paths.length, time, message, pattern };
}

/** As `makeFields` for formats without nesting: a path is one key, its parts joined with points. */
export function makeFlatFields(
  paths: readonly (readonly (string | number)[] | null)[],
  time = -1,
  message = -1,
  pattern: TimePattern | null = null,
): FieldsSpec {
  const flat = paths.map((path) => (path === null ? null : [path.join(".")]));
  return makeFields(flat, time, message, pattern);
}

function makeNode(name: string | number): PathNode {
  const key = typeof name === "string" ? new Uint8Array(Buffer.from(name, "utf8")) : noBytes();
  return { key, name, children: [], slots: [], seenIn: 0 };
}

function noBytes(): Uint8Array {
  return new Uint8Array(0);
}

/** Forgets the values of the record before. */
export function clearValues(r: Registers, spec: FieldsSpec): void {
  for (let i = 0; i < spec.count; i++) r.values[i] = undefined;
}

export function setValue(r: Registers, node: PathNode, value: FieldValue): void {
  for (const slot of node.slots) r.values[slot] = value;
}

/** Time and message of a record that was read whole; `timeNumber`: the time where it is a number. */
export function settleFields(r: Registers, spec: FieldsSpec, timeNumber?: string): void {
  const time = timeNumber ?? (spec.time < 0 ? undefined : r.values[spec.time]);
  if (typeof time === "string") {
    r.header.stampField = time;
    r.header.stampPattern = spec.pattern;
  }
  if (spec.message < 0) return;
  const message = r.values[spec.message];
  r.messageBytes = Buffer.from(typeof message === "string" ? message : "", "utf8");
  r.messageStart = 0;
  r.messageEnd = r.messageBytes.length;
}

/** The child whose key is `bytes[start, end)`; null: nobody asks for it. */
export function childOf(
  node: PathNode,
  b: Uint8Array,
  start: number,
  end: number,
): PathNode | null {
  for (const child of node.children) {
    if (typeof child.name === "string" && isKey(child.key, b, start, end)) return child;
  }
  return null;
}

function isKey(key: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  const size = key.length;
  if (end - start !== size) return false;
  for (let i = 0; i < size; i++) if (b[start + i] !== key[i]) return false;
  return true;
}

/** The child for one place of a list; null: nobody asks for it. */
export function placeOf(node: PathNode, place: number): PathNode | null {
  for (const child of node.children) if (child.name === place) return child;
  return null;
}
