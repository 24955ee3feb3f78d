/**
 * What a pattern captured: where it stands in the record, and its text once somebody asks.
 *
 * In: the cursor, and the names of a rule's captures, of its frame's and of the format's fields. Out: texts, or the bytes
 * that they are. What must hold (docs/matching.md section 8): a name is given once, the rule's before the frame's
 * before the fields.
 */
import { addressFromText } from "./address.ts";
import { decode } from "./bytes.ts";
import type { CaptureTaker } from "./contract.ts";
import type { Cursor } from "./cursor.ts";
import { formatPrefix, isHost, parsePrefix } from "./prefix.ts";
import type { FieldValue, Registers } from "./registers.ts";
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

/** Captures as an object of texts. */
export class CaptureTexts implements CaptureTaker {
  /** `Object.create(null)` makes a table, which takes twice as long and three times the room. */
  readonly found: Record<string, string> = Object.setPrototypeOf({}, null);

  takeBytes(name: string, b: Buffer, start: number, end: number): void {
    this.found[name] = textAt(b, start, end);
  }

  takeText(name: string, text: string): void {
    this.found[name] = text;
  }
}

/** The text of a capture of the rule or, behind it, of the frame; undefined: it took no part. */
export function captureText(
  c: Cursor,
  captures: Captures,
  name: string,
  ofFrame: boolean,
): string | undefined {
  return textOf(c, captures, captures.names.indexOf(name), ofFrame);
}

/** `index`: among the names. */
export function textOf(
  c: Cursor,
  of: Captures,
  index: number,
  ofFrame: boolean,
): string | undefined {
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
export function readCaptures(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  format: FormatFields,
  taker: CaptureTaker,
): void {
  const places = placesOf(captures, frame);
  for (let i = 0; i < places.length; i++)
    givePlace(c, captures, frame, places[i] as NamedPlace, taker);
  const network = networkOf(c, captures, frame);
  if (network === undefined && format === noFields) return;
  const isGiven = (name: string) =>
    (captureText(c, captures, name, false) ?? captureText(c, frame, name, true)) !== undefined;
  if (network !== undefined && !isGiven("id")) taker.takeText("id", network);
  for (const name of format.names) {
    const text = fieldText(format.read(c.record, name));
    if (text === undefined || ownPlaces.includes(name) || isGiven(name)) continue;
    if (name !== "id" || network === undefined) taker.takeText(name, text);
  }
}

function givePlace(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  { name, index, ofFrame }: NamedPlace,
  taker: CaptureTaker,
): void {
  const isGiven = giveCapture(c, captures, index, false, name, taker);
  if (!isGiven) giveCapture(c, frame, ofFrame, true, name, taker);
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
