/**
 * A template that the importer writes matches the messages that the regular expression in its place would have matched, and captures the same.
 *
 * Patterns are generated in the shapes that become templates, and in ones close to them that must not; lines are grown from each and hurt. Both
 * texts go through the compiler and the oracle's matchers. F2B_SEED repeats a run.
 */
import t from "tap";
import { templateOf } from "../../compiler/import/filter/template.ts";
import { type Translated, translate } from "../../compiler/import/python-regex/translate.ts";
import type { Pattern } from "../../schemas/policy.ts";
import { checkText } from "../2-check/compile-text.ts";
import { type Captured, matchPattern } from "../oracle/pattern.ts";
import { bytesOf } from "../oracle/text.ts";
import { asMessage, growLine, hurtLine, type Random } from "./grow-line.ts";
import { makeRandom, seedOf } from "./seed.ts";
import { missing, stockNames } from "./stock.ts";
import { importStock } from "./stock-import.ts";

t.setTimeout(300_000);
const clock = { now: 0, zone: "UTC" };

function template(pattern: string): string | null {
  const found = translate(pattern);
  return found.ok ? templateOf(found.tree, found.flags, found.printing.nameOf) : null;
}

t.test("what becomes a template, and what stays", async (t) => {
  const cases: Readonly<Record<string, string | null>> = {
    "^refused <ADDR>$": "refused {address}",
    "^refused '<HOST>'$": "refused '{host}'",
    "^refused <HOST>$": null, // A name may begin with an address.
    "^login of <F-USER>.*</F-USER> from <HOST>$": "login of {user} from {host}",
    "^login of <F-USER>.+</F-USER> from <HOST>$": null,
    "^login of <F-USER>\\S+</F-USER> from <HOST>$": null,
    '^user "<F-USER>[^"]*</F-USER>" from <ADDR>,': 'user "{?{user:not "}}" from {address},{rest}',
    "^[Ll]ogin (?:failed|refused)(?: again)? for '<ADDR>'":
      "{Login|login} {failed|refused}{? again} for '{address}'{rest}",
    "^(?:a|ab)c$": null,
    "^x <ADDR>(?: y)?$": "x {address}{? y}",
    "^.* x <ADDR>(?: y)?$": "{text} x {address}{? y}",
    "^.*? x <ADDR> (?:y|x)$": "{text} x {address} {y|x}",
    "^.*? x <ADDR> y": null, // As little as will do, and a line with two of them.
    "^a.* x <ADDR> y": "a{text} x {address} y{rest}",
    "x <ADDR> y": null,
    "no more$": "{text}no more",
    "^a[^b]c$": null,
    "^a{b}c$": "a{{b}}c",
    "^x\\[<ADDR>\\]$": null, // One bracket more or less.
  };
  for (const [pattern, want] of Object.entries(cases)) {
    t.equal(template(pattern), want, pattern);
  }
});

const whos = [
  "192.0.2.1",
  "[192.0.2.1]",
  "2001:db8::1",
  "[2001:db8::1]",
  "192.0.2.1.",
  "192.0.2.1.example.net",
  "host-1.example.net",
  "192.0.2.256",
  "::ffff:192.0.2.1",
  "2001:db8::1:",
  "192.0.2.1:22",
  "x192.0.2.1",
  "[192.0.2.1",
  "192.0.2.1]",
  "192.0.2.1/24",
];

const pieces = [
  "a",
  "b ",
  " ab",
  ": ",
  "{",
  "x",
  " from ",
  "'",
  "(?:a|b)",
  "(?:ab|cd)",
  "[Ab]",
  "[^a]+",
  "[^b ]+",
  "[^']*",
  ".*",
  ".*?",
  "<HOST>",
  "<ADDR>",
  "<F-USER>.*</F-USER>",
  "<F-USER>[^b]+</F-USER>",
  "<F-WORD>(?:a|b)</F-WORD>",
  " (?: a)?",
  "(?:x.*)?",
  "(?: [^x]+b)?",
  "é",
];

function makePattern(random: Random): string {
  const pick = () => pieces[random(pieces.length)] ?? "";
  const body = Array.from({ length: 2 + random(6) }, () =>
    random(8) === 0 ? `(?:${pick()}${pick()})?` : pick(),
  ).join("");
  return (random(6) === 0 ? "" : "^") + body + (random(4) === 0 ? "" : "$");
}

function compile(text: string): Pattern | null {
  const { policy } = checkText(`filter f { fail ${text} }`);
  return policy?.filters[0]?.rules[0]?.pattern ?? null;
}

/** The verdict and all that is known from it, in one text; a name with an empty label is nobody's in either. */
function tell(found: Captured | null): string {
  if (found === null) return "no";
  const captures = [...found.captures].filter(
    ([name, value]) => name !== "address" && name !== "host" && value !== "",
  );
  return JSON.stringify([found.address, found.host, captures.sort()]);
}

function isOddName(host: string | null | undefined): boolean {
  return host != null && !/^[\w-]+(?:\.[\w-]+)*$/.test(host);
}

interface Sum {
  templates: number;
  lines: number;
  matched: number;
  readonly differences: string[];
}

function compare(found: Translated, text: string, random: Random, sum: Sum): void {
  const ours = compile(`"${text.replace(/["\\]/g, "\\$&")}"`);
  const theirs = compile(`/${found.source}/${found.flags}`);
  if (ours === null || theirs === null) return;
  sum.templates++;
  for (let i = 0; i < 24; i++) {
    const who = whos[random(whos.length)] ?? "";
    const grown = growLine(found.tree, random).replace(
      /192\.0\.2\.1|203\.0\.113\.77|198\.51\.100\.3/g,
      who,
    );
    const line = asMessage(i % 2 === 0 ? grown : hurtLine(grown, random));
    const [mine, wanted] = [ours, theirs].map((one) => matchPattern(one, bytesOf(line), clock));
    sum.lines++;
    if (wanted !== null) sum.matched++;
    // A hole takes names with empty labels, a tag names in brackets: nobody is banned for either.
    const inBrackets = wanted?.host != null && line.includes(`[${wanted.host}]`);
    if (isOddName(mine?.host) || (mine === null && inBrackets)) continue;
    if (tell(mine ?? null) === tell(wanted ?? null)) continue;
    sum.differences.push(
      `"${text}" and /${found.source}/ on ${JSON.stringify(line)}: ${tell(mine ?? null)}, ${tell(wanted ?? null)}`,
    );
  }
}

t.test("generated patterns", { timeout: 300_000 }, async (t) => {
  const seed = seedOf();
  t.comment(`F2B_SEED=${seed}`);
  const random = makeRandom(seed);
  const sum: Sum = { templates: 0, lines: 0, matched: 0, differences: [] };
  for (let run = 0; run < Number(process.env["F2B_RUNS"] ?? 3000); run++) {
    const found = translate(makePattern(random));
    if (!found.ok) continue;
    const text = templateOf(found.tree, found.flags, found.printing.nameOf);
    if (text !== null) compare(found, text, random, sum);
  }
  t.comment(`${sum.templates} templates, ${sum.lines} lines, ${sum.matched} matched`);
  t.same(sum.differences.slice(0, 10), [], `${sum.differences.length} differences`);
  t.ok(sum.templates > 20 && sum.matched > sum.lines / 10, "templates, and lines that match them");
});

t.test("stock patterns", { skip: missing }, async (t) => {
  const random = makeRandom(seedOf());
  const sum: Sum = { templates: 0, lines: 0, matched: 0, differences: [] };
  for (const name of stockNames()) {
    for (const { regex, original } of importStock(name).drafts?.rules ?? []) {
      const found = translate(original.text);
      if (regex?.template == null || !found.ok) continue;
      for (let again = 0; again < 20; again++) compare(found, regex.template, random, sum);
    }
  }
  t.same(sum.differences.slice(0, 10), [], `${sum.lines} lines`);
  t.ok(sum.templates > 0);
});
