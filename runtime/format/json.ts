/**
 * `format json`: one JSON object a record, RFC 8259 to the letter, read without building it.
 *
 * In: a record and the paths that are asked for. Out: their values in the registers; false: the
 * record is not one JSON object, nests too deep, or has a used key twice. Values nobody asks for are
 * checked and skipped. What must hold: no input throws, and the depth is bounded before the stack is.
 */
import { decode, hexValue, isDigit } from "../bytes.ts";
import { jsonDepthMax } from "../limits.ts";
import type { FieldValue, Registers } from "../registers.ts";
import {
  childOf,
  clearValues,
  type FieldsSpec,
  type PathNode,
  placeOf,
  settleFields,
  setValue,
} from "./paths.ts";

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const colon = 0x3a;
const bracketOpen = 0x5b;
const backslash = 0x5c;
const bracketClose = 0x5d;
const braceOpen = 0x7b;
const braceClose = 0x7d;

/** Reads the registers' record. */
export function readJson(r: Registers, spec: FieldsSpec): boolean {
  r.beginFormat();
  clearValues(r, spec);
  const reader = new JsonReader(r, spec.time);
  if (!reader.readRecord(spec.root)) return false;
  settleFields(r, spec, reader.timeNumber);
  return true;
}

/** One pass over one record. */
class JsonReader {
  readonly #r: Registers;
  readonly #b: Buffer;
  readonly #end: number;
  readonly #timeSlot: number;
  /** The time as written where it is a number: its digits say which unit it has. */
  timeNumber: string | undefined = undefined;
  #at: number;
  #depth = 0;
  #objects = 0;

  constructor(r: Registers, timeSlot: number) {
    this.#r = r;
    this.#timeSlot = timeSlot;
    this.#b = r.bytes;
    this.#at = r.start;
    this.#end = r.end;
  }

  readRecord(root: PathNode): boolean {
    forgetSeen(root);
    this.#skipSpace();
    if (this.#peek() !== braceOpen || !this.#readValue(root)) return false;
    this.#skipSpace();
    return this.#at === this.#end;
  }

  /** Reads the value at hand; what `node` asks for goes into the registers. */
  #readValue(node: PathNode | null): boolean {
    const first = this.#peek();
    if (first === braceOpen) return this.#readObject(node);
    if (first === bracketOpen) return this.#readArray(node);
    const start = this.#at;
    if (first === quote) {
      const escaped = this.#skipString();
      if (escaped < 0) return false;
      if (node !== null && node.slots.length > 0) {
        setValue(this.#r, node, this.#text(start, escaped));
      }
      return true;
    }
    if (first === minus || isDigit(first)) {
      if (!this.#skipNumber()) return false;
      if (node !== null && node.slots.length > 0) {
        const written = this.#b.toString("latin1", start, this.#at);
        setValue(this.#r, node, Number(written));
        if (node.slots.includes(this.#timeSlot)) this.timeNumber = written;
      }
      return true;
    }
    return this.#readWord(node);
  }

  #readObject(node: PathNode | null): boolean {
    if (++this.#depth > jsonDepthMax) return false;
    const object = ++this.#objects;
    // It is there, which `has` asks, and like a list it equals nothing.
    if (node !== null) setValue(this.#r, node, []);
    this.#at++;
    this.#skipSpace();
    if (this.#peek() === braceClose) return this.#leave();
    for (;;) {
      const start = this.#at;
      if (this.#peek() !== quote) return false;
      const escaped = this.#skipString();
      if (escaped < 0) return false;
      const child = node === null ? null : this.#findChild(node, start, escaped);
      if (child !== null) {
        if (child.seenIn === object) return false;
        child.seenIn = object;
      }
      this.#skipSpace();
      if (this.#peek() !== colon) return false;
      this.#at++;
      this.#skipSpace();
      if (!this.#readValue(child)) return false;
      this.#skipSpace();
      const next = this.#peek();
      if (next === braceClose) return this.#leave();
      if (next !== comma) return false;
      this.#at++;
      this.#skipSpace();
    }
  }

  #readArray(node: PathNode | null): boolean {
    if (++this.#depth > jsonDepthMax) return false;
    const start = this.#at;
    this.#at++;
    this.#skipSpace();
    let place = 0;
    if (this.#peek() !== bracketClose) {
      for (;;) {
        if (!this.#readValue(node === null ? null : placeOf(node, place))) return false;
        place++;
        this.#skipSpace();
        const next = this.#peek();
        if (next === bracketClose) break;
        if (next !== comma) return false;
        this.#at++;
        this.#skipSpace();
      }
    }
    if (node !== null && node.slots.length > 0) {
      // It was read: it is JSON, and its bounds are known.
      const list: unknown = JSON.parse(decode(this.#b, start, this.#at + 1));
      setValue(this.#r, node, toFieldValue(list));
    }
    return this.#leave();
  }

  #leave(): boolean {
    this.#at++;
    this.#depth--;
    return true;
  }

  #findChild(node: PathNode, start: number, escaped: number): PathNode | null {
    if (node.children.length === 0) return null;
    if (escaped === 0) return childOf(node, this.#b, start + 1, this.#at - 1);
    const key = Buffer.from(this.#text(start, escaped), "utf8");
    return childOf(node, key, 0, key.length);
  }

  /** The text of the string from `start` to here, its quotes included. */
  #text(start: number, escaped: number): string {
    const raw = decode(this.#b, start + 1, this.#at - 1);
    return escaped === 0 ? raw : replaceLoneSurrogates(undoEscapes(raw));
  }

  /** `true`, `false` and `null`, which is absent. */
  #readWord(node: PathNode | null): boolean {
    for (const word of ["true", "false", "null"]) {
      if (!this.#skipWord(word)) continue;
      if (node !== null && word !== "null") setValue(this.#r, node, word === "true");
      return true;
    }
    return false;
  }

  #skipWord(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#at + i >= this.#end || this.#b[this.#at + i] !== word.charCodeAt(i)) return false;
    }
    this.#at += word.length;
    return true;
  }

  /** 0 or more: behind the string, so many escapes; -1: it is none. */
  #skipString(): number {
    const b = this.#b;
    let escaped = 0;
    let at = this.#at + 1;
    while (at < this.#end) {
      const byte = b[at] as number;
      if (byte === quote) {
        this.#at = at + 1;
        return escaped;
      }
      if (byte < 0x20) return -1;
      if (byte === backslash) {
        escaped++;
        const size = escapeSize(b, at, this.#end);
        if (size === 0) return -1;
        at += size;
      } else {
        at++;
      }
    }
    return -1;
  }

  #skipNumber(): boolean {
    if (this.#peek() === minus) this.#at++;
    if (this.#peek() === 0x30) this.#at++;
    else if (!this.#skipDigits()) return false;
    if (this.#peek() === point) {
      this.#at++;
      if (!this.#skipDigits()) return false;
    }
    if ((this.#peek() | 0x20) === 0x65) {
      this.#at++;
      if (this.#peek() === minus || this.#peek() === 0x2b) this.#at++;
      if (!this.#skipDigits()) return false;
    }
    return true;
  }

  #skipDigits(): boolean {
    const start = this.#at;
    while (isDigit(this.#peek())) this.#at++;
    return this.#at > start;
  }

  /** The four bytes RFC 8259 calls whitespace. */
  #skipSpace(): void {
    for (;;) {
      const byte = this.#peek();
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return;
      this.#at++;
    }
  }

  /** The byte at hand; 0, which JSON never has there, at the end. */
  #peek(): number {
    return this.#at < this.#end ? (this.#b[this.#at] as number) : 0;
  }
}

function forgetSeen(node: PathNode): void {
  node.seenIn = 0;
  for (const child of node.children) forgetSeen(child);
}

/** The bytes of the escape at `at`; 0: RFC 8259 has no such escape. */
function escapeSize(b: Buffer, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  switch (b[at + 1]) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: // u
      break;
    default:
      return 0;
  }
  if (at + 6 > end) return 0;
  for (let i = at + 2; i < at + 6; i++) if (hexValue(b[i] as number) < 0) return 0;
  return 6;
}

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Escapes that are known to be whole. */
function undoEscapes(raw: string): string {
  return raw.replace(
    /\\(?:u([0-9A-Fa-f]{4})|(.))/gs,
    (_, code: string | undefined, char: string) =>
      code === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Half of a pair is no character: U+FFFD stands for it, as for bytes that are none. */
function replaceLoneSurrogates(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

/** Lists of text, numbers and truths; what is none of these is empty text and keeps its place. */
function toFieldValue(value: unknown): FieldValue {
  if (Array.isArray(value)) return value.map(toFieldValue);
  if (typeof value === "string") return replaceLoneSurrogates(value);
  return typeof value === "number" || typeof value === "boolean" ? value : "";
}
