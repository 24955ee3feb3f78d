/*
 * What happens to lines before both readers get them: nothing, or one of the things that logs and
 * attackers do to bytes. Lines are Latin-1, one character a byte.
 */

import fc from "fast-check";
import { bytesOf } from "../oracle/text.ts";
import { addresses, noAddresses } from "./samples.ts";

const inserts = [
  "\r",
  "\0",
  "\n",
  "\u2028",
  "\ufeff",
  " ",
  "\t",
  "\u0085",
  "{",
  "'",
  '"',
  "\\",
  "\x7f",
].map(bytesOf);
const broken = ["\xff", "\xc3", "\xe2\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf"];

type Mutation = (line: string, at: number) => string;

function insert(text: string): Mutation {
  return (line, at) => line.slice(0, at) + text + line.slice(at);
}

const swap =
  (text: string): Mutation =>
  (line) =>
    line.replace(/[0-9A-Fa-f:.[\]]*[:.][0-9A-Fa-f:.[\]]*/, () => bytesOf(text));

const mutations: Mutation[] = [
  ...[...inserts, ...broken].map(insert),
  ...[...addresses, ...noAddresses].map(swap),
  (line, at) => line.slice(0, at),
  (line, at) => line.slice(at),
  (line) => line + line,
  (line) => `${line}\r`,
  (line) => ` ${line}`,
  (line) => `${line} \t\r `,
  (line, at) =>
    line.slice(0, at) + String.fromCharCode((line.charCodeAt(at) ^ 1) & 255) + line.slice(at + 1),
  (line, at) =>
    line.slice(0, at) +
    String.fromCharCode((line.charCodeAt(at) ^ 0x80) & 255) +
    line.slice(at + 1),
  (line, at) => line.slice(0, at) + line.slice(at + 1),
  (line) => line.toUpperCase().replace(/[^\0-\xff]/g, "?"),
];

/** A third of the lines are changed. */
export function mutated(line: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.option(fc.tuple(fc.constantFrom(...mutations), fc.nat(200)), { freq: 3 });
  return fc
    .tuple(line, fc.boolean(), change)
    .map(([text, isSpared, how]) =>
      isSpared || how === null || text === "" ? text : how[0](text, how[1] % text.length),
    );
}
