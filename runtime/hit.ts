/**
 * From a rule that matched to a `Hit`: only now do captures become text and stamps a time.
 *
 * In: the cursor, and what the generated module says of the filter and the rule. Out: a `Hit`, reported.
 */
import {
  type Captures,
  CaptureTexts,
  captureText,
  type FormatFields,
  noCaptures,
  noFields,
  readCaptures,
  textOf,
} from "./captures.ts";
import type { CaptureTaker, Hit, RuleSpec } from "./contract.ts";
import type { Cursor } from "./cursor.ts";
import type { FieldValue, Registers } from "./registers.ts";
import { findPidSession, headerText, sessionKey } from "./session-key.ts";
import { findWho, readForwarded } from "./who.ts";

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

const nothing: RuleSpec = /* @__PURE__ */ rule("", "note", "");
/** The hit of all scanners whose hits are dealt with at once. */
const spare = /* @__PURE__ */ new RecordHit();

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
