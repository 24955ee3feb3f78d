/**
 * From lines of the generated module to lines of the policy, for `--sourcemap`.
 *
 * In: the module's text, in which `//! FILE:LINE  ...` heads what was written for that line, up to the
 * next empty line; the texts of the policy's files. Out: a source map, version 3, that esbuild carries
 * on into the bundle's. What was written for no single line leads to the module itself.
 */
import type { Source } from "../source.ts";

/** What the module is called in maps. */
const moduleName = "f2b:policy";

const heading = /^\/\/! (?:(?:filter|action|jail) .*?\()?([^()]+?):(\d+)(?:[):]| {2})/;

export function mapModule(text: string, files: ReadonlyMap<string, Source>): string {
  const sources = [moduleName, ...files.keys()];
  const lines: string[] = [];
  let last = { source: 0, line: 0 };
  let block: { source: number; line: number } | null = null;
  for (const [index, content] of text.split("\n").entries()) {
    const [, file = "", number = ""] = heading.exec(content) ?? [];
    const source = sources.indexOf(file);
    if (source > 0) block = { source, line: Number(number) - 1 };
    else if (content === "") block = null;
    const to = block ?? { source: 0, line: index };
    lines.push([0, to.source - last.source, to.line - last.line, 0].map(vlq).join(""));
    last = to;
  }
  return JSON.stringify({
    version: 3,
    sources,
    sourcesContent: [text, ...[...files.values()].map((file) => file.text)],
    names: [],
    mappings: lines.join(";"),
  });
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base 64 with the sign in the lowest bit and five bits a digit: ECMA-426, section 4.1. */
function vlq(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = "";
  do {
    const more = rest > 31;
    text += digits[(rest & 31) + (more ? 32 : 0)];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
