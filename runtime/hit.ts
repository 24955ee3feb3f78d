/**
 * From a rule that matched to a `Hit`: only now do captures become text and stamps a time.
 *
 * In: the cursor, and what the generated module says of the filter and the rule. Out: a fresh `Hit`,
 * reported. Who it is and what is captured: docs/matching.md section 8.
 */
import { addressFromText, formatAddress, parseAddress } from "./address.ts";
import { decode } from "./bytes.ts";
import type { Hit, RuleSpec } from "./contract.ts";
import type { Cursor } from "./cursor.ts";
import { formatPrefix, isHost, parsePrefix } from "./prefix.ts";
import type { FieldValue, Registers } from "./registers.ts";
import { TextCache } from "./text-cache.ts";

/** Captures of one pattern by name: slots one behind the other, or groups. */
export interface Captures {
  readonly names: readonly string[];
  readonly firstSlot: number;
  /** Of each name the groups in which it may be. */
  readonly groups: readonly (readonly string[])[] | null;
}

export const noCaptures: Captures = { names: [], firstSlot: 0, groups: null };

/** Captures of a template; names are divided by blanks. */
export function slots(firstSlot: number, names: string): Captures {
  return { names: names.split(" "), firstSlot, groups: null };
}

/** Captures of a regular expression, and what JavaScript calls their groups: commas between those of one. */
export function groups(names: string, groups: string): Captures {
  const lists = groups.split(" ").map((list) => list.split(","));
  return { names: names.split(" "), firstSlot: 0, groups: lists };
}

/** A rule as hits name it. */
export function rule(
  name: string,
  kind: RuleSpec["kind"],
  at: string,
  weight = 1,
  end = false,
): RuleSpec {
  return { name, kind, weight, end, at };
}

export interface FilterParts {
  /** Index into `Program.filters`. */
  readonly index: number;
  readonly sessionBy: string | null;
  /** Captures of each frame. */
  readonly frames: readonly Captures[];
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
  captures: Captures,
  name: string,
): FieldValue | undefined {
  return (
    captureText(c, captures, name, false) ??
    captureText(c, filter.frames[c.frame] ?? noCaptures, name, true) ??
    fieldOf(c, filter, name)
  );
}

/** Reports the rule; always true, so that it can end a rule's expression. */
export function hit(c: Cursor, filter: FilterParts, rule: RuleSpec, captures: Captures): boolean {
  const record = c.record;
  const format = filter.formats[c.format];
  const frame = filter.frames[c.frame] ?? noCaptures;
  const { address, host } = findWho(c, captures, frame, format);
  const hit = new RecordHit(
    filter.index,
    rule,
    c.ordinal,
    c.lineStart,
    c.lineEnd,
    c.readTimeMs(record),
    address,
    host,
    readForwarded(record, format),
    rule.weight * record.repeated,
    { c, captures, frame, format },
  );
  const by = filter.sessionBy;
  if (by !== null) {
    const isHeaders =
      by === "pid" &&
      captureText(c, captures, by, false) === undefined &&
      captureText(c, frame, by, true) === undefined &&
      format?.names.includes(by) !== true;
    hit.session = isHeaders ? findPidSession(record) : findSession(record, by, hit.captures);
  }
  if (!c.lazy) hit.keep();
  c.report(hit);
  return true;
}

/** Where the captures of a hit are read from, while its record is at hand. */
interface Origin {
  readonly c: Cursor;
  readonly captures: Captures;
  readonly frame: Captures;
  readonly format: FormatFields | undefined;
}

/** Its captures become text when somebody asks, or `keep` says that somebody may. */
class RecordHit implements Hit {
  session: string | null = null;
  #captures: Readonly<Record<string, string>> | null = null;
  #origin: Origin | null;

  constructor(
    readonly filter: number,
    readonly rule: RuleSpec,
    readonly record: number,
    readonly start: number,
    readonly end: number,
    readonly time: number,
    readonly address: string | null,
    readonly host: string | null,
    readonly forwarded: readonly string[] | null,
    readonly weight: number,
    origin: Origin,
  ) {
    this.#origin = origin;
  }

  get captures(): Readonly<Record<string, string>> {
    if (this.#captures === null) this.keep();
    return this.#captures ?? none;
  }

  keep(): void {
    const from = this.#origin;
    if (from === null) return;
    this.#captures = collectCaptures(from.c, from.captures, from.frame, from.format);
    this.#origin = null;
  }
}

const none: Readonly<Record<string, string>> = {};

/**
 * The text of a capture of the rule or, behind it, of the frame; undefined: it took no part. A name
 * stands once for each branch of a regular expression that has it.
 */
function captureText(
  c: Cursor,
  captures: Captures,
  name: string,
  ofFrame: boolean,
): string | undefined {
  const { names } = captures;
  for (let at = names.indexOf(name); at >= 0; at = names.indexOf(name, at + 1)) {
    const text = textOf(c, captures, at, ofFrame);
    if (text !== undefined) return text;
  }
  return undefined;
}

function textOf(c: Cursor, of: Captures, index: number, ofFrame: boolean): string | undefined {
  if (of.groups !== null) {
    return firstText((ofFrame ? c.frameGroups : c.groups) ?? {}, of.groups[index] as string[]);
  }
  const slot = (of.firstSlot + index) * 2;
  const start = c.slots[slot] as number;
  if (start < 0) return undefined;
  const bytes = ofFrame ? c.frameBytes : c.record.messageBytes;
  return textAt(bytes, start, c.slots[slot + 1] as number);
}

const texts = /* @__PURE__ */ new TextCache<string>();

function textAt(b: Buffer, start: number, end: number): string {
  return texts.find(b, start, end) ?? texts.keep(b, start, end, decode(b, start, end));
}

/** Of several groups the first that is not empty; of empty ones any. */
function firstText(
  groups: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): string | undefined {
  let empty: string | undefined;
  for (const name of names) {
    const text = groups[name];
    if (text !== undefined && text !== "") return text;
    empty ??= text;
  }
  return empty;
}

/** Labels with dots between: `:::` is neither a name nor an address. */
const hostName = /^[\w-]+(?:\.[\w-]+)*$/;

/** What a group of a kind must be to have matched. */
export type GroupKind = "address" | "host" | "cidr" | "ip4" | "ip6";

export function isOfKind(text: string, kind: GroupKind): boolean {
  if (kind === "host") return hostName.test(text) || addressFromText(text) !== null;
  const slash = kind === "cidr" ? text.indexOf("/") : -1;
  if (addressFromText(slash < 0 ? text : text.slice(0, slash)) === null) return false;
  const isWide = text.includes(":");
  if ((kind === "ip4" && isWide) || (kind === "ip6" && !isWide)) return false;
  if (slash < 0) return true;
  const length = text.slice(slash + 1);
  return /^\d{1,3}$/.test(length) && Number(length) <= (isWide ? 128 : 32);
}

interface Who {
  readonly address: string | null;
  readonly host: string | null;
}

/** The capture `address` of the rule, else of the frame, else `host`, else what the format says. */
function findWho(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  format: FormatFields | undefined,
): Who {
  const textOfEither = (name: string) =>
    captureText(c, captures, name, false) ?? captureText(c, frame, name, true);
  const text = textOfEither("address");
  const address = text === undefined ? null : canonicalOf(text);
  if (address !== null) return { address, host: null };
  const host = textOfEither("host");
  if (host === undefined) {
    const who = findWhoOfFormat(c.record, format);
    if (who.address !== null || who.host !== null) return who;
    const id = textOfEither("id");
    return { address: id === undefined ? null : addressFromText(id), host: null };
  }
  const hostAddress = addressFromText(host);
  return { address: hostAddress, host: hostAddress === null ? host : null };
}

/** The last texts and what address each is: an attacker comes more than once. */
const addresses = /* @__PURE__ */ new Map<string, string | null>();
const addressesKept = 1024;

/** Of a prefix the address; a hole took no `/`, and a group was held against its kind. */
function canonicalOf(text: string): string | null {
  const known = addresses.get(text);
  if (known !== undefined) return known;
  const address = addressFromText(text.replace(/\/\d+$/, ""));
  if (addresses.size >= addressesKept) addresses.clear();
  addresses.set(text, address);
  return address;
}

function findWhoOfFormat(record: Registers, format: FormatFields | undefined): Who {
  if (format === undefined) return { address: null, host: null };
  const named = (name: string) =>
    format.names.includes(name) ? format.read(record, name) : undefined;
  const address = named("address");
  if (typeof address === "string") {
    const canonical = strictAddress(address);
    if (canonical !== null) return { address: canonical, host: null };
  }
  const host = named("host");
  if (typeof host !== "string") return { address: null, host: null };
  const canonical = strictAddress(host);
  return canonical === null ? { address: null, host } : { address: canonical, host: null };
}

/** A field's whole text: brackets belong to templates and regular expressions. */
function strictAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
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
function splitForwarded(text: string): string[] {
  return text.split(",").map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
}

/** They have places of their own in a hit. */
const ownPlaces: readonly string[] = ["address", "forwarded", "message", "skip", "time"];

/** Those of the rule before those of the frame, and then the fields; an object without prototype. */
function collectCaptures(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  format: FormatFields | undefined,
): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  const add = (name: string, text: string | undefined) => {
    if (text !== undefined && !(name in found) && !ownPlaces.includes(name)) found[name] = text;
  };
  captures.names.forEach((name, i) => {
    add(name, textOf(c, captures, i, false));
  });
  frame.names.forEach((name, i) => {
    add(name, textOf(c, frame, i, true));
  });
  const network = networkOf(
    captureText(c, captures, "address", false) ?? captureText(c, frame, "address", true),
  );
  if (network !== null) add("id", network);
  for (const name of format?.names ?? []) add(name, fieldText(format?.read(c.record, name)));
  return found;
}

/** What a `<cidr>` with a length took, its host bits cleared; null: it is an address. */
function networkOf(text: string | undefined): string | null {
  if (text === undefined || !text.includes("/")) return null;
  const [address = "", length = ""] = text.split("/");
  const prefix = parsePrefix(`${addressFromText(address)}/${Number(length)}`);
  return prefix === null || isHost(prefix) ? null : formatPrefix(prefix);
}

/** Numbers in decimal, `true` and `false`; lists are no text. */
function fieldText(value: FieldValue | undefined): string | undefined {
  if (value === undefined || typeof value === "object") return undefined;
  return String(value);
}

/** `program \0 host \0 value`; null: no session, or the field is missing. */
function findSession(
  record: Registers,
  by: string,
  captures: Readonly<Record<string, string>>,
): string | null {
  const value = captures[by] ?? headerText(record, by);
  if (value === undefined) return null;
  const program = headerText(record, "program") ?? "";
  return `${program}\0${headerText(record, "host") ?? ""}\0${value}`;
}

const pidSessions = /* @__PURE__ */ new TextCache<string>();

/** The usual one: host, program and pid stand side by side in the header, and what stands there says which they are. */
function findPidSession({ header }: Registers): string | null {
  const { bytes, hostStart, programStart, pidStart, pidEnd } = header;
  if (pidStart < 0) return null;
  const isRow = hostStart >= 0 && hostStart < programStart && programStart < pidStart;
  const known = isRow ? pidSessions.find(bytes, hostStart, pidEnd) : undefined;
  if (known !== undefined) return known;
  const program = programStart < 0 ? "" : textAt(bytes, programStart, header.programEnd);
  const host = hostStart < 0 ? "" : textAt(bytes, hostStart, header.hostEnd);
  const key = `${program}\0${host}\0${decode(bytes, pidStart, pidEnd)}`;
  return isRow ? pidSessions.keep(bytes, hostStart, pidEnd, key) : key;
}

/** `program`, `pid` and `host` of a syslog header or an envelope. */
function headerText(record: Registers, name: string): string | undefined {
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
