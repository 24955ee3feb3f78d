/**
 * From a rule that matched to a `Hit`: only now do captures become text and stamps a time.
 *
 * In: the cursor, and what the generated module says of the filter and the rule. Out: a fresh `Hit`,
 * reported. Who it is and what is captured: docs/matching.md section 8.
 */
import { addressFromText } from "./address.ts";
import { takenAddress } from "./address-token.ts";
import { decode } from "./bytes.ts";
import type { RuleSpec } from "./contract.ts";
import type { Cursor, Groups } from "./cursor.ts";
import type { FieldValue, Registers } from "./registers.ts";

export interface Capture {
  readonly name: string;
  /** What it must be, and what of it counts. */
  readonly kind: "text" | "address" | "host" | "cidr" | "ip4" | "ip6";
  /** A template's slot, or a regular expression's group. */
  readonly from: number | string;
}

export interface FilterParts {
  /** Index into `Program.filters`. */
  readonly index: number;
  readonly sessionBy: string | null;
  /** Captures of each frame. */
  readonly frames: readonly (readonly Capture[])[];
  /** Fields of each format by name, for captures and `where`; a fixed order. */
  readonly formats: readonly FormatFields[];
}

export interface FormatFields {
  readonly names: readonly string[];
  readonly read: (record: Registers, name: string) => FieldValue | undefined;
}

/** Formats whose records are a message and nothing else. */
export const noFields: FormatFields = { names: [], read: () => undefined };

/** Fields of json, logfmt and audit: the values the reader left, by the names the format gives them. */
export function namedValues(names: readonly (string | null)[]): FormatFields {
  return {
    names: names.filter((name) => name !== null),
    read: (record, name) => record.values[names.indexOf(name)],
  };
}

/** What `where` sees under a name: the format's field, or the header's. */
export function fieldOf(c: Cursor, filter: FilterParts, name: string): FieldValue | undefined {
  const format = filter.formats[c.format];
  if (format?.names.includes(name)) {
    const value = format.read(c.record, name);
    if (value !== undefined) return value;
  }
  return headerText(c.record, name);
}

/** The same with the captures of the rule and of the frame before it. */
export function namedValue(
  c: Cursor,
  filter: FilterParts,
  captures: readonly Capture[],
  name: string,
): FieldValue | undefined {
  return (
    captureText(c, captures, name, false) ??
    captureText(c, filter.frames[c.frame] ?? [], name, true) ??
    fieldOf(c, filter, name)
  );
}

/** Reports the rule; always true, so that it can end a rule's expression. */
export function hit(
  c: Cursor,
  filter: FilterParts,
  rule: RuleSpec,
  captures: readonly Capture[],
): boolean {
  const record = c.record;
  const format = filter.formats[c.format];
  const frame = filter.frames[c.frame] ?? [];
  const { address, host } = findWho(c, captures, frame, format);
  const taken = collectCaptures(c, captures, frame, format);
  c.report({
    filter: filter.index,
    rule,
    record: c.ordinal,
    start: c.lineStart,
    end: c.lineEnd,
    time: c.readTimeMs(record),
    address,
    host,
    forwarded: readForwarded(record, format),
    captures: taken,
    session: findSession(record, filter.sessionBy, taken),
    weight: rule.weight * record.repeated,
  });
  return true;
}

/** The text of a capture of the rule or, behind it, of the frame; undefined: it took no part. */
export function captureText(
  c: Cursor,
  captures: readonly Capture[],
  name: string,
  ofFrame: boolean,
): string | undefined {
  for (const capture of captures) {
    if (capture.name !== name) continue;
    return textOf(c, capture, ofFrame);
  }
  return undefined;
}

function textOf(c: Cursor, { from }: Capture, ofFrame: boolean): string | undefined {
  if (typeof from === "string") return groupOf(ofFrame ? c.frameGroups : c.groups, from);
  const start = c.slots[from * 2] as number;
  if (start < 0) return undefined;
  return decode(
    ofFrame ? c.frameBytes : c.record.messageBytes,
    start,
    c.slots[from * 2 + 1] as number,
  );
}

function groupOf(groups: Groups | null, name: string): string | undefined {
  return groups === null ? undefined : groups[name];
}

/** What a group that must be an address holds, canonical; null: it is none, and nothing matches. */
export function addressOfGroup(text: string, kind: Capture["kind"]): string | null {
  const slash = kind === "cidr" ? text.indexOf("/") : -1;
  const address = addressFromText(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const family = address.includes(":") || text.includes(":") ? 6 : 4;
  if (kind === "ip4" && text.includes(":")) return null;
  if (kind === "ip6" && !text.includes(":")) return null;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(length) || Number(length) > (family === 6 ? 128 : 32)) return null;
  }
  return address;
}

function addressOf(c: Cursor, capture: Capture, ofFrame: boolean): string | null | undefined {
  if (typeof capture.from === "string") {
    const text = textOf(c, capture, ofFrame);
    return text === undefined ? undefined : addressOfGroup(text, capture.kind);
  }
  const start = c.slots[capture.from * 2] as number;
  if (start < 0) return undefined;
  const bytes = ofFrame ? c.frameBytes : c.record.messageBytes;
  return takenAddress(bytes, start, c.slots[capture.from * 2 + 1] as number);
}

interface Who {
  readonly address: string | null;
  readonly host: string | null;
}

/** The capture `address` of the rule, else of the frame, else `host`, else what the format says. */
function findWho(
  c: Cursor,
  captures: readonly Capture[],
  frame: readonly Capture[],
  format: FormatFields | undefined,
): Who {
  for (const name of ["address", "host"]) {
    for (const list of [captures, frame]) {
      const capture = list.find((one) => one.name === name);
      if (capture === undefined) continue;
      const address = addressOf(c, capture, list === frame);
      if (address !== null && address !== undefined) return { address, host: null };
      if (name === "host" && address === null) {
        return { address: null, host: textOf(c, capture, list === frame) ?? null };
      }
    }
  }
  return findWhoOfFormat(c.record, format);
}

function findWhoOfFormat(record: Registers, format: FormatFields | undefined): Who {
  if (format === undefined) return { address: null, host: null };
  const named = (name: string) =>
    format.names.includes(name) ? format.read(record, name) : undefined;
  const address = named("address");
  if (typeof address === "string") {
    const canonical = addressFromText(address);
    if (canonical !== null) return { address: canonical, host: null };
  }
  const host = named("host");
  if (typeof host !== "string") return { address: null, host: null };
  const canonical = addressFromText(host);
  return canonical === null ? { address: null, host } : { address: canonical, host: null };
}

function readForwarded(
  record: Registers,
  format: FormatFields | undefined,
): readonly string[] | null {
  if (format === undefined || !format.names.includes("forwarded")) return null;
  const value = format.read(record, "forwarded");
  if (typeof value === "string") return splitForwarded(value);
  if (!Array.isArray(value)) return null;
  return value.every((item) => typeof item === "string") ? (value as string[]) : null;
}

/** A list split at commas, blanks around each member cut. */
export function splitForwarded(text: string): string[] {
  return text.split(",").map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
}

/** They have places of their own in a hit. */
const noCaptures: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "address",
  "forwarded",
  "message",
  "time",
]);

/** Those of the rule before those of the frame, and then the fields; an object without prototype. */
function collectCaptures(
  c: Cursor,
  captures: readonly Capture[],
  frame: readonly Capture[],
  format: FormatFields | undefined,
): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  const add = (name: string, text: string | undefined) => {
    if (text !== undefined && !(name in found) && !noCaptures.has(name)) found[name] = text;
  };
  for (const capture of captures) add(capture.name, textOf(c, capture, false));
  for (const capture of frame) add(capture.name, textOf(c, capture, true));
  for (const name of format?.names ?? []) add(name, fieldText(format?.read(c.record, name)));
  return found;
}

/** Numbers in decimal, `true` and `false`; lists are no text. */
function fieldText(value: FieldValue | undefined): string | undefined {
  if (value === undefined || typeof value === "object") return undefined;
  return String(value);
}

/** `program \0 host \0 value`; null: no session, or the field is missing. */
function findSession(
  record: Registers,
  by: string | null,
  captures: Readonly<Record<string, string>>,
): string | null {
  if (by === null) return null;
  const value = captures[by] ?? headerText(record, by);
  if (value === undefined) return null;
  const program = headerText(record, "program") ?? "";
  return `${program}\0${headerText(record, "host") ?? ""}\0${value}`;
}

/** `program`, `pid` and `host` of a syslog header or an envelope. */
export function headerText(record: Registers, name: string): string | undefined {
  const at = record.header;
  const { bytes } = at;
  switch (name) {
    case "program":
      return at.programStart < 0 ? undefined : decode(bytes, at.programStart, at.programEnd);
    case "pid":
      return at.pidStart < 0 ? undefined : decode(bytes, at.pidStart, at.pidEnd);
    case "host":
      return at.hostStart < 0 ? undefined : decode(bytes, at.hostStart, at.hostEnd);
    default:
      return undefined;
  }
}
