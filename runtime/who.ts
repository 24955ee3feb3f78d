/**
 * Who a record is about: docs/matching.md section 8.
 *
 * In: the cursor behind a rule that matched, its captures, its frame's and the format's fields. Out: an address or a
 * host's name, left in the cursor. What must hold: addresses are canonical; nobody is looked up.
 */
import { addressAt, addressFromText, formatAddress, parseAddress } from "./address.ts";
import { isBlank } from "./bytes.ts";
import { type Captures, type FormatFields, noFields, textOf } from "./captures.ts";
import type { Cursor } from "./cursor.ts";
import type { Registers } from "./registers.ts";
import { TextCache } from "./text-cache.ts";

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
export function findWho(
  c: Cursor,
  captures: Captures,
  frame: Captures,
  format: FormatFields,
): void {
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

export function readForwarded(record: Registers, format: FormatFields): readonly string[] | null {
  if (!format.names.includes("forwarded")) return null;
  const value = format.read(record, "forwarded");
  if (typeof value === "string") return splitForwarded(value);
  if (!Array.isArray(value)) return null;
  const texts = value.filter((item) => typeof item === "string");
  // A header that came several times, each of which may be a list: proxies write behind what a client sent.
  return texts.length === value.length ? texts.flatMap(splitForwarded) : null;
}

/** A list split at commas, blanks around each member cut. */
function splitForwarded(text: string): string[] {
  return text.split(",").map(cutBlanks);
}

/** By hand: a client's blanks would cost `/[ \t]+$/` their square. */
function cutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
