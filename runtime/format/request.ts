/**
 * The request line of an access log in pieces: method, path, query, protocol.
 *
 * In: the bytes between the quotes, as the server escaped them. Out: what the client sent, cut where
 * docs/matching.md section 3 says; pieces of a request of another shape are absent.
 */
import { hexValue } from "../bytes.ts";

export interface RequestLine {
  /** As the client sent it, the server's escapes undone. */
  readonly request: string;
  readonly method: string | undefined;
  /** Before the `?` or `#`, `%HH` decoded once. */
  readonly path: string | undefined;
  /** Behind the `?` and before the `#`, as sent. */
  readonly query: string | undefined;
  readonly protocol: string | undefined;
}

const backslash = 0x5c;

/** Takes `bytes[start, end)`, the inside of the quoted field. */
export function parseRequest(b: Buffer, start: number, end: number): RequestLine {
  const request = undoEscapes(b, start, end).toString("utf8");
  const other = { request, method: undefined, path: undefined, query: undefined };
  const first = request.indexOf(" ");
  const method = request.slice(0, Math.max(first, 0));
  if (!/^[A-Z_-]+$/.test(method)) return { ...other, protocol: undefined };
  const last = request.lastIndexOf(" ");
  const tail = request.slice(last + 1);
  const hasProtocol = /^HTTP\/[0-9.]+$/.test(tail);
  // A method and a protocol, and no blank for a target between them.
  if (hasProtocol && last === first) return { ...other, protocol: undefined };
  const target = request.slice(first + 1, hasProtocol ? last : undefined);
  return { request, method, ...cutTarget(target), protocol: hasProtocol ? tail : undefined };
}

/** Servers leave out what stands behind a `#`: nobody may hide a path by one. */
function cutTarget(target: string): Pick<RequestLine, "path" | "query"> {
  const local = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(target) ? localPart(target) : target;
  const hash = local.indexOf("#");
  const asked = hash < 0 ? local : local.slice(0, hash);
  const mark = asked.indexOf("?");
  const path = decodePercent(mark < 0 ? asked : asked.slice(0, mark));
  return { path, query: mark < 0 ? undefined : asked.slice(mark + 1) };
}

/** Of the absolute form (RFC 9112 section 3.2.2) what begins at the first `/` behind `://`. */
function localPart(target: string): string {
  const slash = target.indexOf("/", target.indexOf("://") + 3);
  return slash < 0 ? "/" : target.slice(slash);
}

/** `\"`, `\\`, `\n`, `\r`, `\t` and `\xHH`; any other backslash stands for itself. */
function undoEscapes(b: Buffer, start: number, end: number): Buffer {
  let at = start;
  while (at < end && b[at] !== backslash) at++;
  if (at === end) return b.subarray(start, end);
  const out = Buffer.allocUnsafe(end - start);
  let size = b.copy(out, 0, start, at);
  while (at < end) {
    const byte = b[at] as number;
    const plain = byte === backslash && at + 1 < end ? plainOf(b[at + 1] as number) : -1;
    if (plain >= 0) {
      out[size++] = plain;
      at += 2;
    } else if (byte === backslash && at + 3 < end && b[at + 1] === 0x78 && isHex(b, at + 2)) {
      out[size++] = hexByte(b, at + 2);
      at += 4;
    } else {
      out[size++] = byte;
      at++;
    }
  }
  return out.subarray(0, size);
}

function plainOf(letter: number): number {
  switch (letter) {
    case 0x22:
    case 0x5c:
      return letter;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return -1;
  }
}

function isHex(b: Buffer, at: number): boolean {
  return hexValue(b[at] as number) >= 0 && hexValue(b[at + 1] as number) >= 0;
}

function hexByte(b: Buffer, at: number): number {
  return hexValue(b[at] as number) * 16 + hexValue(b[at + 1] as number);
}

/** `%HH` once; a `%` without two hex digits stands for itself. */
function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  const b = Buffer.from(text, "utf8");
  const out = Buffer.allocUnsafe(b.length);
  let size = 0;
  for (let at = 0; at < b.length; at++) {
    if (b[at] === 0x25 && at + 2 < b.length && isHex(b, at + 1)) {
      out[size++] = hexByte(b, at + 1);
      at += 2;
    } else {
      out[size++] = b[at] as number;
    }
  }
  return out.toString("utf8", 0, size);
}
