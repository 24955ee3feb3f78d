/**
 * The bytes of a policy file -> `Source`.
 *
 * In: a name and bytes from anywhere. Out: text, a BOM cut, line ends as they are; what is no UTF-8,
 * too large, or holds characters that mislead a reader is reported with its place. Never throws.
 */
import { isUtf8 } from "node:buffer";
import { read } from "../diagnostics/catalogue/read.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { Source } from "../source.ts";
import { Reading } from "./reading.ts";

export const sourceBytesMax = 10_000_000;

/** Decodes one policy file; of a file that cannot be read at all the text is empty. */
export function readSource(name: string, bytes: Uint8Array, diagnostics: Diagnostics): Source {
  const nothing = { file: name, start: 0, end: 0 };
  if (bytes.length > sourceBytesMax) {
    diagnostics.add(read.fileTooLarge, nothing, { bytes: bytes.length, max: sourceBytesMax });
    return new Source(name, "");
  }
  const [first = 0, second = 0] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16 || (bytes.length > 1 && (first === 0) !== (second === 0))) {
    const guess = `this looks like UTF-16: iconv -f utf-16 -t utf-8 ${name}`;
    diagnostics.add(read.notUtf8, nothing, { byte: showByte(first), guess });
    return new Source(name, "");
  }
  const source = new Source(name, new TextDecoder("utf-8").decode(bytes));
  const reading = new Reading(source, diagnostics);
  if (!isUtf8(bytes)) findInvalidByte(reading, bytes);
  findForbidden(reading);
  return source;
}

/** Reports the first byte that is no UTF-8: the first U+FFFD that the file does not itself hold. */
function findInvalidByte(reading: Reading, bytes: Uint8Array): void {
  const { text } = reading.source;
  const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let offsetBytes = hasBom ? 3 : 0;
  let from = 0;
  for (let at = text.indexOf("\ufffd"); at >= 0; at = text.indexOf("\ufffd", from)) {
    offsetBytes += Buffer.byteLength(text.slice(from, at));
    const byte = bytes[offsetBytes] ?? 0;
    const isItself = byte === 0xef && bytes[offsetBytes + 1] === 0xbf;
    if (!isItself || bytes[offsetBytes + 2] !== 0xbd) {
      const guess = "if it is Latin-1: iconv -f latin1 -t utf-8 OLD > NEW";
      reading.report(read.notUtf8, reading.span(at, at + 1), { byte: showByte(byte), guess });
      return;
    }
    offsetBytes += 3;
    from = at + 1;
  }
}

function showByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

/**
 * NUL, and the controls that turn the direction of writing (Unicode TR 36, "Trojan Source"): these
 * are refused in comments and texts too, where they do their harm.
 */
function findForbidden(reading: Reading): void {
  const forbidden = /[\0\u202a-\u202e\u2066-\u2069]/g;
  for (const match of reading.source.text.matchAll(forbidden)) {
    if (reading.isFull) return;
    const code = `U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const what = match[0] === "\0" ? "a NUL byte" : "a control that turns the direction of writing";
    reading.report(read.forbiddenCharacter, reading.span(match.index, match.index + 1), {
      code,
      what,
    });
  }
}
