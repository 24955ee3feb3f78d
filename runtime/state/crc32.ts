/**
 * CRC-32 as in IEEE 802.3 and zlib: tells a torn or rotten frame from a whole one.
 *
 * `zlib.crc32` is ten times as fast, but exists only from Node 20.15; bundles run on Node 18.
 */
import * as zlib from "node:zlib";

const polynomial = 0xedb88320;

function makeTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  return table;
}

let table: Uint32Array | null = null;

const ofNode: typeof zlib.crc32 | undefined = zlib.crc32;

/** The checksum of `bytes[start, end)` as an unsigned number. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return ofNode?.(bytes.subarray(start, end)) ?? crc32ByTable(bytes, start, end);
}

/** The same where Node has none. */
export function crc32ByTable(bytes: Uint8Array, start: number, end: number): number {
  table ??= makeTable();
  let crc = 0xffffffff;
  for (let at = start; at < end; at++) {
    crc = (table[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
