/**
 * Policy text -> tokens and comments.
 *
 * In: a source. Out: its tokens; characters that mean nothing are reported and left out, words with
 * letters beyond ASCII are reported and read as what they look like, so that one wrong letter is one
 * error. A text that is too long to be a policy gives no tokens; the count comes before the lexer.
 */
import { type IToken, Lexer } from "chevrotain";
import { findQuotedEnd, hardWords, softWords, tokens, Word } from "../../grammar/tokens.ts";
import { read } from "../diagnostics/catalogue/read.ts";
import type { Reading } from "./reading.ts";

/** Words and signs of one file: reading that many takes about 350 MB, and seconds. */
export const wordsMax = 500_000;

let lexer: Lexer | undefined;

export function lex(reading: Reading): { tokens: IToken[]; comments: IToken[] } {
  const { text } = reading.source;
  if (hasTooManyWords(text)) {
    reading.report(read.tooManyWords, reading.span(0, 0), { max: wordsMax });
    return { tokens: [], comments: [] };
  }
  // The tokens themselves are looked at by a test.
  lexer ??= new Lexer(tokens, { positionTracking: "onlyOffset", skipValidations: true });
  const result = lexer.tokenize(text);
  // Without it Chevrotain gives no node of the tree an end, and the tree no place at all.
  for (const token of result.tokens) token.endOffset = token.startOffset + token.image.length - 1;
  for (const { offset, length } of result.errors) {
    if (reading.isFull) break;
    reportUnknown(reading, offset, length);
  }
  const words = result.tokens.map((token) =>
    token.tokenType === Word && /[^\0-\x7f]/.test(token.image)
      ? readLookAlike(reading, token)
      : token,
  );
  return { tokens: words, comments: result.groups["comments"] ?? [] };
}

/** Counts generously (an address is several) and stops at the limit. */
function hasTooManyWords(text: string): boolean {
  if (text.length <= wordsMax) return false;
  const piece = /\s+|[\w-]+|#[^\n]*|[\s\S]/y;
  let count = 0;
  let at = 0;
  while (at < text.length && count <= wordsMax) {
    const unit = text[at];
    if (unit === '"' || unit === "`") at = findQuotedEnd(text, at).end;
    else {
      piece.lastIndex = at;
      piece.test(text);
      at = piece.lastIndex;
    }
    count++;
  }
  return count > wordsMax;
}

const typographicQuote = 'this is a typographic quote: write "';

const hints = new Map([
  ["'", 'texts stand between double quotes: "..."'],
  ["“", typographicQuote],
  ["”", typographicQuote],
  ["„", typographicQuote],
  ["‘", typographicQuote],
  ["’", typographicQuote],
  ["\u00a0", "this blank does not break lines: write a plain one"],
  [";", "statements need no semicolon"],
  ["\\", "a backslash stands inside texts and regular expressions only"],
  ["-", "there are no negative numbers"],
]);

/** U+FFFD and the refused controls were told by `readSource` already. */
const toldAlready = /^[\ufffd\0\u202a-\u202e\u2066-\u2069]+$/;

function reportUnknown(reading: Reading, offset: number, length: number): void {
  const image = reading.source.text.slice(offset, offset + length);
  if (toldAlready.test(image)) return;
  const character = String.fromCodePoint(image.codePointAt(0) ?? 0);
  const code = showCode(character);
  const shown = /^[!-~]$/.test(character) ? `\`${character}\`` : `the character ${code}`;
  const at = reading.span(offset, offset + length);
  reading.report(read.unknownCharacter, at, { shown, hint: hints.get(character) });
}

function showCode(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Letters that are drawn like ASCII ones, of the scripts that people do type by accident. */
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["аαа", "a"],
    ["еε", "e"],
    ["оοо", "o"],
    ["рρ", "p"],
    ["сϲ", "c"],
    ["уγ", "y"],
    ["хχ", "x"],
    ["іιı", "i"],
    ["ј", "j"],
    ["ѕ", "s"],
    ["һ", "h"],
    ["ԁ", "d"],
    ["ԛ", "q"],
    ["ԝ", "w"],
    ["νѵ", "v"],
    ["к", "k"],
    ["т", "t"],
    ["м", "m"],
    ["п", "n"],
    ["в", "b"],
  ].flatMap(([from = "", to = ""]) => Array.from(from, (letter) => [letter, to])),
);

/** Reports a word that is not ASCII, and reads it as what it looks like. */
function readLookAlike(reading: Reading, token: IToken): IToken {
  const plain = Array.from(token.image.normalize("NFKD"), (letter) => lookAlikes[letter] ?? letter)
    .join("")
    .replace(/\p{M}/gu, "");
  const isPlain = /^[\w-]+$/.test(plain);
  const letter = Array.from(token.image).find((one) => one > "\x7f") ?? "";
  const at = reading.at(token);
  reading.report(
    read.lookAlike,
    at,
    { word: token.image, letter, code: showCode(letter), plain: isPlain ? plain : undefined },
    isPlain ? { fix: { at, text: plain } } : {},
  );
  const keyword = [...softWords, ...hardWords].find((type) => type.LABEL === plain);
  return keyword
    ? { ...token, tokenType: keyword, tokenTypeIdx: keyword.tokenTypeIdx ?? 0 }
    : token;
}
