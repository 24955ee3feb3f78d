/**
 * Searching and decoding bytes: what generated matching code is made of.
 *
 * In: the buffer and offsets into it. Out: offsets, `-1` for "not there", or text. What must hold: no function
 * looks outside the range it is given, none allocates but `decode`, and no byte makes any of them throw.
 */

/** The first place of one byte in `[start, end)`; -1: it is not there. */
export function byteIn(b: Buffer, start: number, end: number, byte: number): number {
  for (let at = start; at < end; at++) if (b[at] === byte) return at;
  return -1;
}

/** The end of `[start, end)` without the CR, blanks and tabs that trail it. */
export function trimEnd(b: Buffer, start: number, end: number): number {
  let to = end;
  while (to > start) {
    const byte = b[to - 1];
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) break;
    to--;
  }
  return to;
}

/** Behind the blanks and tabs that stand at `at`. */
export function skipBlanks(b: Buffer, at: number, end: number): number {
  let to = at;
  while (to < end && isBlank(b[to] as number)) to++;
  return to;
}

/** `bytes[start, end)` as UTF-8, each invalid sequence replaced by U+FFFD. */
export function decode(b: Buffer, start: number, end: number): string {
  // Latin-1 is a plain copy, which for ASCII is the same text and the quicker way to it.
  for (let at = start; at < end; at++) {
    if ((b[at] as number) >= 0x80) return b.toString("utf8", start, end);
  }
  return b.toString("latin1", start, end);
}

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isHexDigit(byte: number): boolean {
  return hexValue(byte) >= 0;
}

/** 0 to 15, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** No blank and no control byte: what a `word` and a program's name are made of. */
export function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== 0x7f;
}

export function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
