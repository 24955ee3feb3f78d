/**
 * Records worth reading, out of a region of whole records: those that hold a text some filter cannot do without.
 *
 * In: texts with the filters that want them (the plan knows both), and bytes. Out: start, end and number of each
 * such record, in order, and how many there were in all. What must hold: a record that is left out could not
 * have matched; without WebAssembly, or with `F2B_SCAN=plain`, every record is given, and verdicts are the
 * same. `F2B_SCAN=wasm` takes the quick way for short regions, too.
 */
import { moduleBytes } from "./find-module.ts";

/** Who wants a record, a bit each: all filters. */
export const everybody = -1;

/**
 * One text of at most eight bytes, the filters that want a record with it, a bit each, and whether ASCII letters match
 * without case: then it is in lower case.
 */
export type Needle = readonly [text: string, wants: number, fold?: boolean];

/** What a scanner looks for. */
export class Needles {
  constructor(
    /** At most eight, each of texts that begin alike: the plan has seen to it. */
    readonly groups: readonly (readonly Needle[])[],
    /** Filters that read every record. */
    readonly always: number,
  ) {}

  #finder: Finder | null | undefined;

  /** One for all scanners of this kind: nothing in it outlives a call. Null: every record must be read. */
  finderFor(bytes: number): Finder | null {
    const chosen = process.env["F2B_SCAN"];
    if (chosen === "plain" || (bytes < shortestRegion && chosen !== "wasm")) return null;
    if (this.#finder === undefined) this.#finder = openFinder(this);
    return this.#finder;
  }
}

/** As the generated module has them. */
export function needles(always: number, ...groups: (readonly Needle[])[]): Needles {
  return new Needles(groups, always);
}

/** A region as short as this is read faster than it is searched. */
const shortestRegion = 4096;

const bucketsAt = 128;
const answersAt = 192;
const textsAt = 1024;
const rowsAt = 65_536;
const recordsAt = 131_072;
const memoryBytes = 5 * 65_536;
/** The longest region that is searched at once: a longer record is read without a search. */
export const regionBytesMax = memoryBytes - recordsAt - 16;
const buckets = 8;
/** More texts have no room; their filters then read every record. */
const textsMax = 2016; // (rowsAt - textsAt) / 32

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly find: (at: number, end: number, always: number) => number;
}

export interface Finder {
  /** Four numbers a record: start, end, number from 1, who wants it. Valid until the next call. */
  readonly rows: Int32Array;
  /** Takes a region of at most `regionBytesMax` bytes that ends behind an LF. */
  load(bytes: Uint8Array): void;
  /** How many rows there are; call it until `isDone`. */
  next(): number;
  readonly isDone: boolean;
  /** Of the last call. */
  readonly passed: number;
  readonly tooLong: number;
}

function openFinder(wanted: Needles): Finder | null {
  const made = wanted.groups.flat().length > textsMax ? null : instantiate();
  if (made === null) return null;
  const { memory, find } = made;
  writeTables(memory.buffer, wanted.groups);
  const heap = new Uint8Array(memory.buffer);
  const rows = new Int32Array(memory.buffer, rowsAt, (recordsAt - rowsAt) / 4);
  const answers = new Int32Array(memory.buffer, answersAt, 3);
  let at = recordsAt;
  let end = recordsAt;
  return {
    rows,
    load(bytes) {
      heap.set(bytes, recordsAt);
      at = recordsAt;
      end = recordsAt + bytes.length;
    },
    next() {
      const rowsEnd = find(at, end, wanted.always);
      at = answers[0] as number;
      return (rowsEnd - rowsAt) >> 4;
    },
    get isDone() {
      return at >= end;
    },
    get passed() {
      return answers[1] as number;
    },
    get tooLong() {
      return answers[2] as number;
    },
  };
}

/** As much of WebAssembly as is used; Node's types leave it to browsers' ones. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** Null: this Node has no WebAssembly (`--jitless`), or none with vectors. */
function instantiate(): Exports | null {
  const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: Engine };
  if (engine === undefined) return null;
  try {
    const module = new engine.Module(Buffer.from(moduleBytes, "base64"));
    return new engine.Instance(module).exports as Exports;
  } catch {
    return null;
  }
}

/** Where a row's offsets begin. */
export const rowsBase = recordsAt;

function writeTables(memory: ArrayBuffer, groups: readonly (readonly Needle[])[]): void {
  const tables = new Uint8Array(memory, 0, 96);
  const view = new DataView(memory);
  let at = textsAt;
  for (let bucket = 0; bucket <= buckets; bucket++) {
    view.setInt32(bucketsAt + bucket * 4, at, true);
    for (const needle of groups[bucket] ?? []) {
      const [text, , fold = false] = needle;
      // Longer ones are looked for by their beginning: a text must not reach into the next one's place.
      const bytes = Buffer.from(text, "utf8").subarray(0, 8);
      for (let place = 0; place < 3; place++) {
        for (const byte of bytesAt(bytes[place], fold)) {
          tables[place * 32 + (byte & 15)] =
            (tables[place * 32 + (byte & 15)] ?? 0) | (1 << bucket);
          const upper = place * 32 + 16 + (byte >> 4);
          tables[upper] = (tables[upper] ?? 0) | (1 << bucket);
        }
      }
      writeText(view, at, bytes, needle);
      at += 32;
    }
  }
}

/** The bytes that may stand at a place of a text; behind its end all of them. */
function bytesAt(byte: number | undefined, fold: boolean): number[] {
  if (byte === undefined) return Array.from({ length: 256 }, (_, any) => any);
  return fold && isLetter(byte) ? [byte | 0x20, byte & ~0x20] : [byte];
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

function writeText(view: DataView, at: number, bytes: Buffer, [, wants, fold]: Needle): void {
  bytes.forEach((byte, i) => {
    const ignored = fold === true && isLetter(byte) ? 0x20 : 0;
    view.setUint8(at + i, ignored);
    view.setUint8(at + 8 + i, 0xff);
    view.setUint8(at + 16 + i, byte | ignored);
  });
  view.setInt32(at + 24, wants, true);
}
