/**
 * The library is written from what daemons log, never from Fail2ban's patterns or samples, which are under another
 * license: no regular expression, template or test line of ours is one of theirs. Theirs are read where Debian's
 * package puts them.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { missing, samplesFolder, stockFolder } from "../import/stock.ts";
import { root } from "./f2b.ts";

/** What is too short to be anybody's: `^`, `.*`, a word. */
const longEnough = 20;

function linesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .flatMap((path) => readFileSync(path, "utf8").split("\n"));
}

/** A pattern without what all patterns have: ends, blanks at them, the option's name. */
function bare(pattern: string): string {
  return pattern
    .replace(/^\s*[\w-]*\s*=\s*/, "")
    .trim()
    .replace(/^\^/, "")
    .replace(/\\?\$$/, "");
}

interface Own {
  readonly patterns: string[];
  readonly lines: string[];
}

/** Texts and regular expressions of rules and frames, and the lines of `test` blocks. */
function readOwn(): Own {
  const own: Own = { patterns: [], lines: [] };
  for (const line of linesBelow(join(root, "library"))) {
    const test = /^\s*(?:fails|passes)\s+(?:`([^`]*)`|"((?:[^"\\]|\\.)*)")/.exec(line);
    if (test !== null) {
      own.lines.push(test[1] ?? (test[2] ?? "").replace(/\\(.)/g, "$1"));
      continue;
    }
    if (/^\s*#/.test(line)) continue;
    for (const [, text, raw, regex] of line.matchAll(
      /"((?:[^"\\]|\\.)*)"|`([^`]*)`|(?<=[\s(~])\/((?:[^/\\\n]|\\.)+)\//g,
    )) {
      own.patterns.push(bare(text ?? raw ?? regex ?? ""));
    }
  }
  return own;
}

t.test("no pattern and no test line is Fail2ban's", { skip: missing }, async (t) => {
  const { patterns, lines } = readOwn();
  t.ok(patterns.length > 1_000 && lines.length > 500, `${patterns.length}, ${lines.length}`);
  const stock = new Set(linesBelow(join(stockFolder, "filter.d")).map(bare));
  const samples = new Set(linesBelow(samplesFolder).map((line) => line.trim()));
  const same = (own: string, theirs: ReadonlySet<string>) =>
    own.length >= longEnough && theirs.has(own.trim());
  t.same(
    patterns.filter((one) => same(one, stock)),
    [],
  );
  t.same(
    lines.filter((one) => same(one, samples)),
    [],
  );
});

t.test("an equal one would be noticed", { skip: missing }, async (t) => {
  const stock = linesBelow(join(stockFolder, "filter.d")).filter((line) =>
    /^\s+\^.{40,}\$$/.test(line),
  );
  t.ok(stock.length > 50);
  t.ok(new Set(stock.map(bare)).has(bare(`  ${stock[0]?.trim()}  `)));
});
