/**
 * `format logfmt`: `key=value key="a value" flag`, docs/matching.md section 3.
 *
 * In: a record and the keys that are asked for. Out: their values in the registers; false: no `=`
 * in it, a quote that does not close, or a used key twice.
 */
import { decode, isBlank, skipBlanks } from "../bytes.ts";
import type { Registers } from "../registers.ts";
import {
  childOf,
  clearValues,
  type FieldsSpec,
  type PathNode,
  settleFields,
  setValue,
} from "./paths.ts";

const quote = 0x22;
const equals = 0x3d;
const backslash = 0x5c;

/** Reads the registers' record. */
export function readLogfmt(r: Registers, spec: FieldsSpec): boolean {
  r.beginFormat();
  clearValues(r, spec);
  for (const child of spec.root.children) child.seenIn = 0;
  const { bytes: b, start, end } = r;
  let pairs = 0;
  let at = skipBlanks(b, start, end);
  while (at < end) {
    const keyStart = at;
    while (at < end && b[at] !== equals && !isBlank(b[at] as number)) at++;
    const child = childOf(spec.root, b, keyStart, at);
    if (child !== null && !seeFirst(child)) return false;
    if (at < end && b[at] === equals) {
      if (at === keyStart) return false;
      pairs++;
      at = readValue(r, child, at + 1);
      if (at < 0) return false;
    } else if (child !== null) {
      setValue(r, child, true);
    }
    at = skipBlanks(b, at, end);
  }
  if (pairs === 0) return false;
  settleFields(r, spec);
  return true;
}

/** False: the key stood in this record before. */
function seeFirst(child: PathNode): boolean {
  if (child.seenIn === 1) return false;
  child.seenIn = 1;
  return true;
}

/** Behind the value at `at`; -1: its quote does not close, or something stands directly behind it. */
function readValue(r: Registers, child: PathNode | null, at: number): number {
  const { bytes: b, end } = r;
  if (at >= end || b[at] !== quote) {
    let to = at;
    while (to < end && !isBlank(b[to] as number)) to++;
    if (child !== null) setValue(r, child, decode(b, at, to));
    return to;
  }
  let escaped = false;
  for (let to = at + 1; to < end; to++) {
    if (b[to] === backslash) {
      escaped = true;
      to++;
    } else if (b[to] === quote) {
      if (to + 1 < end && !isBlank(b[to + 1] as number)) return -1;
      if (child !== null) {
        const raw = decode(b, at + 1, to);
        setValue(r, child, escaped ? undoEscapes(raw) : raw);
      }
      return to + 1;
    }
  }
  return -1;
}

/** `\"`, `\\`, `\n` and `\t`; any other backslash stands for itself. */
function undoEscapes(raw: string): string {
  return raw.replace(/\\(["\\nt])/g, (_, char: string) =>
    char === "n" ? "\n" : char === "t" ? "\t" : char,
  );
}
