/**
 * From a rule that matched to a `Hit`: only now do captures become text and stamps a time.
 *
 * In: the cursor, and what the generated module says of the filter and the rule. Out: a fresh `Hit`,
 * reported. Who it is and what is captured: docs/matching.md section 8.
 */
import { addressAt, addressFromText, formatAddress, parseAddress } from "./address.ts";
import { decode } from "./bytes.ts";
import type { CaptureTaker, Hit, RuleSpec } from "./contract.ts";
import type { Cursor } from "./cursor.ts";
import { formatPrefix, isHost, parsePrefix } from "./prefix.ts";
import type { FieldValue, Registers } from "./registers.ts";
import { findPidSession, headerText, sessionKey } from "./session-key.ts";
import { TextCache } from "./text-cache.ts";

/** Captures of one pattern by name: slots one behind the other, or groups. */
export interface Captures {
  /** Each once. */
  readonly names: readonly string[];
  readonly firstSlot: number;
  /** Of each name the groups in which it may be. */
  readonly groups: readonly (readonly string[])[] | null;
  /** Where these stand among the names; -1: nowhere. */
  readonly address: number;
  readonly host: number;
  readonly id: number;
  readonly pid: number;
  /** By the frame that stood before the rule, once a rule has matched there. */
  readonly places: Map<Captures, readonly NamedPlace[]>;
}

function captures(
  names: readonly string[],
  firstSlot: number,
  groups: Captures["groups"],
): Captures {
  const [address = -1, host = -1, id = -1, pid = -1] = ["address", "host", "id", "pid"].map(
    (name) => names.indexOf(name),
  );
  return { names, firstSlot, groups, address, host, id, pid, places: new Map() };
}

export const noCaptures: Captures = /* @__PURE__ */ captures([], 0, null);

/** Captures of a template; names are divided by blanks. */
export function slots(firstSlot: number, names: string): Captures {
  return captures(names.split(" "), firstSlot, null);
}

/** Captures of a regular expression, and what JavaScript calls their groups: commas between those of one. */
export function groups(names: string, groups: string): Captures {
  const lists = groups.split(" ").map((list) => list.split(","));
  return captures(names.split(" "), 0, lists);
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
  const { record } = c;
  const format = filter.formats[c.format] ?? noFields;
  const frame = filter.frames[c.frame] ?? noCaptures;
  findWho(c, captures, frame, format);
  const hit = c.lazy ? spare : new RecordHit();
  hit.set(c, rule, filter.index, captures, frame, format);
  const by = filter.sessionBy;
  if (by === "pid" && isHeaders(c, captures, frame, format)) hit.session = findPidSession(record);
  else if (by !== null) hit.session = findSession(record, by, hit.captures);
  if (!c.lazy) hit.keep();
  c.report(hit);
  return true;
}

/** Its captures become text when somebody asks, or `keep` says that somebody may. */
class RecordHit implements Hit {
  rule: RuleSpec = nothing;
  filter = -1;
  record = 0;
  start = 0;
  end = 0;
  time = Number.NaN;
  address: string | null = null;
  host: string | null = null;
  forwarded: readonly string[] | null = null;
  weight = 0;
  session: string | null = null;
  #kept: Readonly<Record<string, string>> | null = null;
  #c: Cursor | null = null;
  #captures: Captures = noCaptures;
  #frame: Captures = noCaptures;
  #format: FormatFields = noFields;

  set(
    c: Cursor,
    rule: RuleSpec,
    filter: number,
    captures: Captures,
    frame: Captures,
    format: FormatFields,
  ): void {
    this.rule = rule;
    this.filter = filter;
    this.record = c.ordinal;
    this.start = c.lineStart;
    this.end = c.lineEnd;
    this.time = c.readTimeMs(c.record);
    this.address = c.address;
    this.host = c.host;
    this.forwarded = format === noFields ? null : readForwarded(c.record, format);
    this.weight = rule.weight * c.record.repeated;
    this.session = null;
    this.#kept = null;
    this.#c = c;
    this.#captures = captures;
    this.#frame = frame;
    this.#format = format;
  }

  get captures(): Readonly<Record<string, string>> {
    return this.#kept ?? this.keep();
  }

  /** While its record is at hand. */
  keep(): Readonly<Record<string, string>> {
    const texts = new CaptureTexts();
    this.#read(texts);
    this.#kept = texts.found;
    return texts.found;
  }

  eachCapture(taker: CaptureTaker): void {
    if (this.#kept === null) this.#read(taker);
    else for (const [name, text] of Object.entries(this.#kept)) taker.takeText(name, text);
  }

  #read(taker: CaptureTaker): void {
    if (this.#c !== null) readCaptures(this.#c, this.#captures, this.#frame, this.#format, taker);
  }
}

/** Captures as an object of texts. */
class CaptureTexts implements CaptureTaker {
  /** `Object.create(null)` makes a table, which takes twice as long and three times the room. */
  readonly found: Record<string, string> = Object.setPrototypeOf({}, null);

  takeBytes(name: string, b: Buffer, start: number, end: number): void {
    this.found[name] = textAt(b, start, end);
  }

  takeText(name: string, text: string): void {
    this.found[name] = text;
  }
}

const nothing: RuleSpec = /* @__PURE__ */ rule("", "note", "");
/** The hit of all scanners whose hits are dealt with at once. */
const spare = /* @__PURE__ */ new RecordHit();

/** The text of a capture of the rule or, behind it, of the frame; undefined: it took no part. */
function captureText(
  c: Cursor,
  captures: Captures,
  name: string,
  ofFrame: boolean,
): string | undefined {
  return textOf(c, captures, captures.names.indexOf(name), ofFrame);
}

/** `index`: among the names. */
function textOf(c: Cursor, of: Captures, index: number, ofFrame: boolean): string | undefined {
  if (index < 0) return undefined;
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

/** Leaves in the cursor who it is: the capture `address`, else `host`, else what the format says, else `id`. */
function findWho(c: Cursor, captures: Captures, frame: Captures, format: FormatFields): void {
  c.host = null;
  let address = addressOf(c, captures, captures.address, false);
  if (address === undefined) address = addressOf(c, frame, frame.address, true);
  if (typeof address !== "string") address = findWhoByName(c, captures, frame, format);
  c.address = address;
}

/** Without the capture `address`. */
function findWhoByName(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  format: FormatFields,
): string | null {
  let named = addressOf(c, captures, captures.host, false);
  const ofFrame = named === undefined;
  if (ofFrame) named = addressOf(c, frame, frame.host, true);
  const of = ofFrame ? frame : captures;
  if (named === null) c.host = textOf(c, of, of.host, ofFrame) ?? null;
  if (named !== undefined) return named;
  const address = format === noFields ? null : findWhoOfFormat(c, format);
  if (address !== null || c.host !== null) return address;
  const id = textOf(c, captures, captures.id, false) ?? textOf(c, frame, frame.id, true);
  return id === undefined ? null : addressFromText(id);
}

/** The address that a capture is, of a prefix the address in it; undefined: it took no part. */
function addressOf(
  c: Cursor,
  of: Captures,
  index: number,
  ofFrame: boolean,
): string | null | undefined {
  if (index < 0) return undefined;
  if (of.groups !== null) {
    const text = textOf(c, of, index, ofFrame);
    if (text === undefined) return undefined;
    return canonicalOf(index === of.address ? text.replace(/\/\d+$/, "") : text);
  }
  const slot = (of.firstSlot + index) * 2;
  const start = c.slots[slot] as number;
  if (start < 0) return undefined;
  const end = c.slots[slot + 1] as number;
  const bytes = ofFrame ? c.frameBytes : c.record.messageBytes;
  const known = taken.find(bytes, start, end);
  return known === undefined ? taken.keep(bytes, start, end, addressAt(bytes, start, end)) : known;
}

/** An attacker comes more than once: what address the last tokens and texts are. */
const taken = /* @__PURE__ */ new TextCache<string | null>();
const addresses = /* @__PURE__ */ new Map<string, string | null>();
const addressesKept = 1024;

function canonicalOf(text: string): string | null {
  const known = addresses.get(text);
  if (known !== undefined) return known;
  const address = addressFromText(text);
  if (addresses.size >= addressesKept) addresses.clear();
  addresses.set(text, address);
  return address;
}

/** The format's address, or its host name, which is left in the cursor. */
function findWhoOfFormat(c: Cursor, format: FormatFields): string | null {
  const named = (name: string) =>
    format.names.includes(name) ? format.read(c.record, name) : undefined;
  const address = named("address");
  const canonical = typeof address === "string" ? strictAddress(address) : null;
  if (canonical !== null) return canonical;
  const host = named("host");
  if (typeof host !== "string") return null;
  const found = strictAddress(host);
  if (found === null) c.host = host;
  return found;
}

/** A field's whole text: brackets belong to templates and regular expressions. */
function strictAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

function readForwarded(record: Registers, format: FormatFields): readonly string[] | null {
  if (!format.names.includes("forwarded")) return null;
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

/** A name that a rule or its frame captures, and where it stands among the names of each; -1: nowhere. */
interface NamedPlace {
  readonly name: string;
  readonly index: number;
  readonly ofFrame: number;
}

/** Those of the rule before those of the frame. */
function placesOf(captures: Captures, frame: Captures): readonly NamedPlace[] {
  const known = captures.places.get(frame);
  if (known !== undefined) return known;
  const names = new Set([...captures.names, ...frame.names]);
  const places = [...names]
    .filter((name) => !ownPlaces.includes(name))
    .map((name) => {
      return { name, index: captures.names.indexOf(name), ofFrame: frame.names.indexOf(name) };
    });
  captures.places.set(frame, places);
  return places;
}

/** Those of the rule before those of the frame, and then the fields; each name once. */
function readCaptures(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  format: FormatFields,
  taker: CaptureTaker,
): void {
  const places = placesOf(captures, frame);
  const giveOne = ({ name, index, ofFrame }: NamedPlace): boolean =>
    giveCapture(c, captures, index, false, name, taker) ||
    giveCapture(c, frame, ofFrame, true, name, taker);
  for (let i = 0; i < places.length; i++) giveOne(places[i] as NamedPlace);
  const network = networkOf(c, captures, frame);
  if (network === undefined && format === noFields) return;
  const isGiven = (name: string) =>
    places.some(
      (place) =>
        place.name === name &&
        (textOf(c, captures, place.index, false) ?? textOf(c, frame, place.ofFrame, true)) !==
          undefined,
    );
  if (network !== undefined && !isGiven("id")) taker.takeText("id", network);
  for (const name of format.names) {
    const text = fieldText(format.read(c.record, name));
    if (text === undefined || ownPlaces.includes(name) || isGiven(name)) continue;
    if (name !== "id" || network === undefined) taker.takeText(name, text);
  }
}

/** False: it took no part. `index`: among the names. */
function giveCapture(
  c: Cursor,
  of: Captures,
  index: number,
  ofFrame: boolean,
  name: string,
  taker: CaptureTaker,
): boolean {
  if (index < 0) return false;
  if (of.groups !== null) {
    const text = textOf(c, of, index, ofFrame);
    if (text !== undefined) taker.takeText(name, text);
    return text !== undefined;
  }
  const slot = (of.firstSlot + index) * 2;
  const start = c.slots[slot] as number;
  if (start < 0) return false;
  const bytes = ofFrame ? c.frameBytes : c.record.messageBytes;
  taker.takeBytes(name, bytes, start, c.slots[slot + 1] as number);
  return true;
}

/** What a `<cidr>` with a length took, its host bits cleared; undefined: nothing of the kind. */
function networkOf(c: Cursor, captures: Captures, frame: Captures): string | undefined {
  // A hole takes no `/`.
  if (captures.groups === null && frame.groups === null) return undefined;
  const text =
    textOf(c, captures, captures.address, false) ?? textOf(c, frame, frame.address, true);
  if (text === undefined || !text.includes("/")) return undefined;
  const [address = "", length = ""] = text.split("/");
  const prefix = parsePrefix(`${addressFromText(address)}/${Number(length)}`);
  return prefix === null || isHost(prefix) ? undefined : formatPrefix(prefix);
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
  return value === undefined ? null : sessionKey(record, value);
}

/** Nothing but the header says what `pid` is. */
function isHeaders(c: Cursor, captures: Captures, frame: Captures, format: FormatFields): boolean {
  return (
    textOf(c, captures, captures.pid, false) === undefined &&
    textOf(c, frame, frame.pid, true) === undefined &&
    (format === noFields || !format.names.includes("pid"))
  );
}
