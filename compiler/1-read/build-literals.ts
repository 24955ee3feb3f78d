/**
 * Single tokens -> the leaves of the syntax tree: names, texts, numbers, durations, paths.
 *
 * In: one token. Out: one node with its value; what is wrong inside the token (an unknown escape,
 * units in the wrong order, a number out of range) is reported, and the nearest sound value is used.
 */
import type { IToken } from "chevrotain";
import { findQuotedEnd } from "../../grammar/tokens.ts";
import { read } from "../diagnostics/catalogue/read.ts";
import { unitMs } from "../duration.ts";
import type * as ast from "./ast.ts";
import type { Reading } from "./reading.ts";

export const textBytesMax = 8192;
/** A hundred years: who means longer means `ever`. */
export const durationMsMax = 36_525 * 86_400_000;

export function buildName(reading: Reading, token: IToken): ast.Name {
  return { type: "name", name: token.image, at: reading.at(token) };
}

export function buildText(reading: Reading, token: IToken): ast.Text {
  const at = reading.at(token);
  const raw = token.image;
  const { end, closed } = findQuotedEnd(raw, 0);
  if (!closed) reading.report(read.unterminatedText, at, { quote: raw[0] ?? '"' });
  const content = closed ? raw.slice(1, end - 1) : raw.slice(1).replace(/\r$/, "");
  const escapes = raw[0] === '"';
  const { value, offsets } = readContent(reading, content, at.start + 1, escapes);
  const bytes = Buffer.byteLength(value);
  if (bytes > textBytesMax) reading.report(read.textTooLong, at, { bytes, max: textBytesMax });
  return { type: "text", value, raw, ignoreCase: closed && end < raw.length, offsets, at };
}

/** Undoes the escapes; `offsets` says where each unit of the value starts in the file. */
function readContent(
  reading: Reading,
  content: string,
  start: number,
  escapes: boolean,
): { value: string; offsets: number[] } {
  const offsets: number[] = [];
  let value = "";
  let at = 0;
  const put = (text: string, from: number) => {
    for (let unit = 0; unit < text.length; unit++) offsets.push(start + from);
    value += text;
  };
  while (at < content.length) {
    if (!escapes || content[at] !== "\\") {
      put(content[at] ?? "", at);
      at++;
      continue;
    }
    const escaped = readEscape(content, at);
    if (escaped.problem !== null) {
      const place = reading.span(start + at, start + at + escaped.length);
      reading.report(read.unknownEscape, place, {
        escape: content.slice(at, at + escaped.length),
        problem: escaped.problem,
      });
    }
    put(escaped.text, at);
    at += escaped.length;
  }
  offsets.push(start + content.length);
  return { value, offsets };
}

interface Escape {
  readonly text: string;
  /** In units of the file, the backslash included. */
  readonly length: number;
  readonly problem: "unknown" | "code point" | null;
}

const escapedText: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", t: "\t" };

/** One escape at a backslash; an unknown one stands for itself, so that reading goes on. */
function readEscape(content: string, at: number): Escape {
  const letter = content[at + 1] ?? "";
  if (letter === "u") {
    const hex = /^\\u\{([\da-fA-F]{1,6})\}/.exec(content.slice(at, at + 10));
    if (!hex) return { text: "\ufffd", length: 2, problem: "unknown" };
    const code = Number.parseInt(hex[1] ?? "", 16);
    const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return {
      text: isCharacter ? String.fromCodePoint(code) : "\ufffd",
      length: hex[0].length,
      problem: isCharacter ? null : "code point",
    };
  }
  if (Object.hasOwn(escapedText, letter)) {
    return { text: escapedText[letter] ?? "", length: 2, problem: null };
  }
  const unknown = String.fromCodePoint(content.codePointAt(at + 1) ?? 0xfffd);
  return { text: unknown, length: letter === "" ? 1 : 1 + unknown.length, problem: "unknown" };
}

export function buildRegex(reading: Reading, token: IToken): ast.Regex {
  const at = reading.at(token);
  const { end, closed } = findQuotedEnd(token.image, 0);
  if (!closed) reading.report(read.unterminatedText, at, { quote: "/" });
  const flags = closed ? token.image.slice(end) : "";
  if (/[^ilsu]|(.).*\1/.test(flags)) {
    reading.report(read.regexFlags, reading.span(at.start + end, at.end), { flags });
  }
  const known = [...new Set(flags)].filter((flag) => "ilsu".includes(flag)).join("");
  const source = closed ? token.image.slice(1, end - 1) : token.image.slice(1).replace(/\r$/, "");
  const bytes = Buffer.byteLength(source);
  if (bytes > textBytesMax) reading.report(read.textTooLong, at, { bytes, max: textBytesMax });
  return { type: "regex", source, flags: known, at };
}

export function buildAddress(reading: Reading, token: IToken): ast.Address {
  return { type: "address", text: token.image, at: reading.at(token) };
}

export function buildInt(reading: Reading, token: IToken): ast.Int {
  const at = reading.at(token);
  return { type: "int", value: readInt(reading, token.image, at), at };
}

function readInt(reading: Reading, digits: string, at: ast.Int["at"]): number {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  const max = Number.MAX_SAFE_INTEGER;
  reading.report(read.numberOutOfRange, at, { what: "a number", min: 0, max });
  return max;
}

export function buildDuration(reading: Reading, token: IToken): ast.Duration {
  const at = reading.at(token);
  let ms = 0;
  let lastUnitMs = Number.POSITIVE_INFINITY;
  let inOrder = true;
  for (const [, digits = "", unit = ""] of token.image.matchAll(/(\d+)(ms|[wdhms])/g)) {
    const size = unitMs.get(unit) ?? 0;
    if (size >= lastUnitMs) inOrder = false;
    lastUnitMs = size;
    ms += Number(digits) * size;
  }
  if (!inOrder) reading.report(read.durationUnits, at, { text: token.image });
  if (ms > durationMsMax) reading.report(read.durationTooLong, at, { text: token.image });
  return { type: "duration", text: token.image, ms: Math.min(ms, durationMsMax), at };
}

export function buildFamily(reading: Reading, token: IToken): ast.Family {
  const at = reading.at(token);
  const family = token.image[3] === "4" ? 4 : 6;
  const max = family === 4 ? 32 : 128;
  const prefix = Number(token.image.slice(5));
  if (prefix >= 1 && prefix <= max) return { type: "family", family, prefix, at };
  reading.report(read.numberOutOfRange, at, { what: `the length of ipv${family}/`, min: 1, max });
  return { type: "family", family, prefix: max, at };
}

export function buildPath(reading: Reading, token: IToken): ast.Path {
  const at = reading.at(token);
  const steps: (string | number)[] = [];
  for (const [step, quoted] of token.image.matchAll(/\."([^"]*)"|\.[\w@-]+|\[\d+\]/g)) {
    if (quoted !== undefined) steps.push(quoted);
    else if (step.startsWith(".")) steps.push(step.slice(1));
    else steps.push(readInt(reading, step.slice(1, -1), at));
  }
  return { type: "path", raw: token.image, steps, at };
}

export function buildBool(reading: Reading, token: IToken): ast.Bool {
  return { type: "bool", value: token.image === "true", at: reading.at(token) };
}
