/**
 * Policy text to tree and diagnostics: what is read, what is told, and how little one slip costs.
 */
import t from "tap";
import type * as ast from "../../compiler/1-read/ast.ts";
import { nearest } from "../../compiler/1-read/nearest.ts";
import { parse } from "../../compiler/1-read/parse.ts";
import { readSource } from "../../compiler/1-read/read-source.ts";
import { read } from "../../compiler/diagnostics/catalogue/read.ts";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import { languagePolicy } from "./samples.ts";

function parseText(text: string | Uint8Array) {
  const diagnostics = new Diagnostics();
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const source = readSource("test.f2b", bytes, diagnostics);
  const tree = parse(source, diagnostics);
  const found = diagnostics.sorted().map((one) => {
    const { line, column } = source.position(one.at.start);
    return `${line}:${column} ${one.code} ${one.message}${one.help ? ` (${one.help})` : ""}`;
  });
  return { tree, found, codes: diagnostics.sorted().map((one) => one.code), source };
}

function only<T extends ast.Item["type"]>(tree: ast.Policy, type: T) {
  return tree.items.filter((item): item is Extract<ast.Item, { type: T }> => item.type === type);
}

t.test("a policy with everything in it parses whole", async (t) => {
  const { tree, found } = parseText(languagePolicy);
  t.same(found, []);
  t.same(
    tree.items.map((item) => item.type),
    "use let defaults jail jail jail jail jail let filter filter action action serve fleet".split(
      " ",
    ),
  );
  const shop = only(tree, "filter")[0];
  t.same(
    shop?.body.map((statement) => statement.type),
    ["describe", "format", "rule", "rule", "rule", "test"],
  );
});

t.test("texts are unescaped, and every unit knows its place", async (t) => {
  const { tree, found } = parseText('let a = "x\\u{1f600}\\"\\\\\\ny"i');
  t.same(found, []);
  const value = only(tree, "let")[0]?.value;
  if (value?.type !== "text") throw new Error("a text was expected");
  t.equal(value.value, 'x\u{1f600}"\\\ny');
  t.equal(value.ignoreCase, true);
  t.same(value.offsets, [9, 10, 10, 19, 21, 23, 25, 26]);
});

t.test("numbers, durations, addresses and names are told apart", async (t) => {
  const { tree, found } = parseText(
    'let a = [10, 1h30m, 192.0.2.1, ::1, 2001:db8::/32, 3proxy, ipv6/64, .a."b c"[0].@d, 1hour]',
  );
  t.same(found, []);
  const value = only(tree, "let")[0]?.value;
  if (value?.type !== "list") throw new Error("a list was expected");
  t.same(
    value.items.map((item) => item.type),
    [
      "int",
      "duration",
      "address",
      "address",
      "address",
      "reference",
      "family",
      "path",
      "reference",
    ],
  );
  t.match(value.items[1], { ms: 5_400_000 });
  t.match(value.items[7], { steps: ["a", "b c", 0, "@d"] });
});

t.test("keywords are names where names stand, `__proto__` and `constructor` too", async (t) => {
  const words = ["ban", "file", "time", "all", "jail", "none", "end", "__proto__", "constructor"];
  for (const word of words) {
    const { tree, found } = parseText(
      `jail ${word} { filter ${word}(${word}: ${word})  ban after 2 distinct ${word} for 1h }\n` +
        `filter ${word}(${word}: ${word} = ${word}) { format json { ${word} .${word} }\n` +
        `  fail as ${word} where ${word} == ${word} and has ${word} }\n` +
        `action ${word} { on ${word} all { http ${word} ${word} json { ${word}: ${word} } } }\n` +
        `let ${word} = ${word}\n`,
    );
    t.same(found, [], word);
    t.equal(tree.items.length, 4, word);
  }
});

t.test("CRLF and a byte order mark change nothing but places", async (t) => {
  const { tree, found } = parseText(Buffer.from("\ufeffjail a {\r\n  do none\r\n}\r\n"));
  t.same(found, []);
  t.equal(only(tree, "jail")[0]?.name.at.start, 5);
  t.same(parseText("jail a {\r\n  dou none\r\n}\r\n").found, [
    "2:3 F2B1011 `dou` begins no statement of a jail (did you mean `do`?)",
  ]);
});

t.test("five slips in one file are five diagnostics, and the rest is read", async (t) => {
  const broken = languagePolicy
    .replace("ban after 5", "ban after five")
    .replace("format json {", "formt json {")
    .replace('fail  "too many', 'fial  "too many')
    .replace("bans of sshd, spray", "bans sshd, spray")
    .replace("timeout 10s }", "timout 10s }");
  const { tree, found, codes } = parseText(broken);
  t.same(codes, ["F2B1010", "F2B1011", "F2B1011", "F2B1011", "F2B1011"], found.join("\n"));
  t.match(found[2], /did you mean `format`/);
  t.match(found[3], /did you mean `fail`/);
  t.match(found[4], /did you mean `timeout`/);
  t.equal(tree.items.length, 15);
});

t.test("a missing brace is one error that names the opening one", async (t) => {
  const diagnostics = new Diagnostics();
  const text = "jail a {\n  do none\n\njail b { do none }\n";
  const tree = parse(readSource("a.f2b", Buffer.from(text), diagnostics), diagnostics);
  const [first, ...others] = diagnostics.sorted();
  t.same(others, []);
  t.match(first, { code: "F2B1012", labels: [{ at: { start: 7, end: 8 } }] });
  t.equal(only(tree, "jail").length, 2);
  t.same(parseText(languagePolicy.replace("jail shop   {", "jail shop ")).codes, ["F2B1021"]);
});

t.test("bytes that are no UTF-8 are told with their place", async (t) => {
  const latin1 = Buffer.from('filter a {\n  fail "caf\xe9 {address}"\n}\n', "latin1");
  t.match(parseText(latin1).found, [/^2:12 F2B1001 .*0xe9/]);
  const utf16 = Buffer.from("\ufeffjail a { do none }", "utf16le");
  t.match(parseText(utf16).found, [/^1:1 F2B1001 .*utf-16/]);
  t.match(parseText("jail a { do\0 none }").found, [/^1:12 F2B1003/]);
  t.match(parseText("# \u202eallow\njail a { do none }").found, [/^1:3 F2B1003/]);
});

t.test("a look-alike letter is one error, and the word is read as it looks", async (t) => {
  const { tree, codes } = parseText("jаil a { do none }");
  t.same(codes, ["F2B1005"]);
  t.equal(only(tree, "jail").length, 1);
});

t.test("nesting is limited before the parser sees it", async (t) => {
  for (const [open, close] of ["()", "[]", "{}"].map((pair) => [...pair])) {
    for (const text of [open?.repeat(100_000), close?.repeat(100_000)]) {
      const { codes } = parseText(`let a = ${text}`);
      t.ok(codes.length >= 1 && codes.length <= 101, `${open} ${codes.length}`);
    }
  }
  t.same(parseText(`let a = ${"[".repeat(8)}1${"]".repeat(8)}`).codes, []);
  t.same(parseText(`filter a { fail where ${"not ".repeat(50_000)}a == 1 }`).codes, ["F2B1014"]);
});

t.test("a hopeless file ends after a hundred errors", async (t) => {
  const { codes } = parseText("jail a { d none }\n".repeat(5_000));
  t.equal(codes.length, 101);
  t.equal(codes.at(-1), "F2B1019");
});

t.test("every code's bad policy raises it, and its good one is clean", async (t) => {
  const byHand = new Set(["F2B1001", "F2B1002", "F2B1019", "F2B1020"]);
  const codes = Object.values(read).map((one) => one.code);
  t.equal(new Set(codes).size, codes.length, "codes are unique");
  for (const { code, bad, good } of Object.values(read)) {
    t.same(parseText(good).found, [], `${code} good`);
    if (!byHand.has(code)) t.ok(parseText(bad).codes.includes(code), `${code} bad`);
  }
  t.same(parseText(Buffer.alloc(10_000_001, 0x20)).codes, ["F2B1002"]);
  t.same(parseText("a ".repeat(300_000)).codes, ["F2B1020"]);
});

t.test("the nearest word", async (t) => {
  const known = ["fail", "filter", "where", "when", "observe"];
  t.equal(nearest("fial", known), "fail");
  t.equal(nearest("wher", known), "where");
  t.equal(nearest("obsreve", known), "observe");
  t.equal(nearest("x", known), undefined);
  t.equal(nearest("nonsense", known), undefined);
  t.equal(nearest("f".repeat(100_000), known), undefined);
});
