/**
 * What a finding looks like where the policy's line is odd: tabs, wide letters, controls, great length,
 * the end of the file, no file at all.
 */
import t from "tap";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { countFindings, renderDiagnostic } from "../../compiler/diagnostics/render.ts";
import { layOut, showText } from "../../compiler/diagnostics/show-text.ts";
import { Source } from "../../compiler/source.ts";

/** A finding at the first place of `where` in `text`; the whole rendering. */
function render(text: string, where: string, more: Partial<Diagnostic> = {}): string {
  const start = text.indexOf(where);
  const at = { file: "a.f2b", start, end: start + where.length };
  const one = { code: "F2B2001", severity: "error", message: "wrong", at, labels: [], ...more };
  return renderDiagnostic(one as Diagnostic, new Map([["a.f2b", new Source("a.f2b", text)]]));
}

/** The columns of the caret line, and the columns where `where` is shown above it. */
function columnsOf(rendered: string, shown: string): readonly [caret: number, text: number] {
  const lines = rendered.split("\n");
  const caret = lines.findIndex((line) => /^ *\| +\^/.test(line));
  const before = (line: string, end: number) =>
    layOut(line.slice(0, end)).reduce((sum, cell) => sum + cell.width, 0);
  const [above = "", below = ""] = [lines[caret - 1], lines[caret]];
  return [before(below, below.indexOf("^")), before(above, above.indexOf(shown))];
}

t.test("the caret stands under its place", async (t) => {
  const lines = ["x bad", "\tx\tbad y", "漢字 bad", "é\u0301 bad", "\u001b[31m bad", "👍 bad"];
  for (const line of lines) {
    const [caret, text] = columnsOf(render(`# one\n${line}\n`, "bad"), "bad");
    t.equal(caret, text, JSON.stringify(line));
  }
});

t.test("long lines are cut around it", async (t) => {
  for (const [left, right] of [
    [0, 500],
    [500, 0],
    [500, 500],
    [3_000_000, 3_000_000],
  ] as const) {
    const rendered = render(`${"a".repeat(left)} bad ${"b".repeat(right)}`, "bad");
    const [caret, text] = columnsOf(rendered, "bad");
    t.equal(caret, text);
    t.ok(Math.max(...rendered.split("\n").map((line) => line.length)) < 110);
  }
  const all = render(`${"x".repeat(5_000)}`, "x".repeat(5_000));
  t.ok(Math.max(...all.split("\n").map((line) => line.length)) < 110, "a place longer than a line");
});

t.test("a place over several lines shows its first", async (t) => {
  const rendered = render("jail a {\n  filter b\n}\n", "{\n  filter b\n}");
  t.match(rendered, /1 \| jail a \{\n +\| +\^\n?$/);
});

t.test("labels, help and fix", async (t) => {
  const text = "let a = 1\nlet a = 2\n";
  const rendered = render(text, "2", {
    labels: [{ at: { file: "a.f2b", start: 4, end: 5 }, text: "said before" }],
    help: "first line\nsecond line",
    fix: { at: { file: "a.f2b", start: 14, end: 15 }, text: "b" },
  });
  t.match(rendered, /::: a\.f2b:1:5\n +\|\n1 \| let a = 1\n +\| {5}- said before/);
  t.match(rendered, /= help: first line\n +second line/);
  t.match(rendered, /= fix: write `b` for `a`/);
});

t.test("the end of a file, an empty one, and none", async (t) => {
  const end = renderDiagnostic(
    {
      code: "F2B1001",
      severity: "error",
      message: "it ends here",
      at: { file: "a.f2b", start: 4, end: 4 },
      labels: [],
    },
    new Map([["a.f2b", new Source("a.f2b", "jail")]]),
  );
  t.match(end, /1 \| jail\n +\| {5}\^/);
  for (const text of ["", null]) {
    const sources = new Map(text === null ? [] : [["a.f2b", new Source("a.f2b", text)]]);
    const at = { file: "a.f2b", start: 0, end: 0 };
    const one: Diagnostic = { code: "F2B1001", severity: "note", message: "m", at, labels: [] };
    t.equal(renderDiagnostic(one, sources), "note[F2B1001]: m\n --> a.f2b");
  }
});

t.test("what cannot be shown is written", async (t) => {
  t.equal(
    showText("a\u001b[2J\u009b\u202e\u2028\ud800\u0000z"),
    "a\\u{1b}[2J\\u{9b}\\u{202e}\\u{2028}\\u{d800}\\u{0}z",
  );
  t.match(
    render("x \u202e bad", "bad", { message: "\u0007 rings" }),
    /\\u\{7\} rings[\s\S]*\\u\{202e\} bad/,
  );
});

t.test("findings are counted", async (t) => {
  const of = (...severities: string[]) =>
    countFindings(severities.map((severity) => ({ severity })) as Diagnostic[]);
  t.equal(of("error", "warning", "error"), "2 errors, 1 warning");
  t.equal(of(), "");
});
