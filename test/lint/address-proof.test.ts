/**
 * The address proof: what it says of single rules and of several, and by a property test that it is
 * right both ways. Policies are generated; where the proof finds nothing, no text that a client may
 * write makes the oracle name the victim; where it shows a line, the oracle does name it.
 */
import fc from "fast-check";
import t from "tap";
import { flatten } from "../../compiler/2-check/templates.ts";
import type { PartHole, Policy } from "../../schemas/policy.ts";
import { checkText } from "../2-check/compile-text.ts";
import { seedOf } from "../import/seed.ts";
import { interpret } from "../oracle/interpret.ts";

const victim = "198.51.100.2";
const writer = "192.0.2.1";

function findings(rules: string) {
  return checkText(`filter f {\n  format lines time none\n  ${rules}\n}\n`, {
    lints: true,
    wanted: { all: true },
  });
}

const proofCodes = ["F2B4006", "F2B4007", "F2B4017"];

const filter = (rules: string) =>
  findings(rules)
    .codes.filter((code) => proofCodes.includes(code))
    .sort();

/** Whom the oracle names in one message. */
function whoIs(policy: Policy | null, line: string): string[] {
  if (policy === null) return [];
  const ids = policy.filters.map(({ id }) => id);
  return interpret(policy, ids, Buffer.from(`${line}\n`), { now: 0, zone: "UTC" })
    .filter(({ kind }) => kind !== "ignored")
    .map(({ id }) => id ?? "");
}

t.test("an address is proved where no client's text can move it", async (t) => {
  t.same(filter('fail "for {user} from {address} port {port}"'), []);
  t.same(filter('fail "{address} said {rest}"'), []);
  t.same(filter('fail "for {user} from {address}: {text}"'), ["F2B4006"]);
  t.same(filter('fail "for {user} from {address}: {text!}"'), ["F2B4007"]);
  t.same(filter('fail "for {user:word} from {address}{?: {rest}}"'), [], "a word ends itself");
  t.same(
    filter('fail "for {user!} from {address}: {text}"'),
    ["F2B4006", "F2B4007"],
    "a free hole takes what it can get, whoever wrote it",
  );
  const session = (hole: string) => filter(`fail "for {user} from {address} <${hole}>"`);
  t.same(session("{id:not <>}"), [], "read from the end, it stops at the < before it");
  t.same(session("{id:not >}"), ["F2B4006"], "it could hold a < of its own");
  t.same(
    filter('fail "for {user} from {address}"\n  ignore "for {user} from {address}: {text}"'),
    [],
  );
});

t.test("the lines of one rule must not reach another", async (t) => {
  const later =
    'fail "denied {user} at {address}"\n  fail "denied {user:word} [{address}] for {why:text}"';
  t.same(filter(later), ["F2B4006"], "why: ` at 198.51.100.2`");
  t.same(filter(later.replace("{user} at", "{user:word} at")), []);
  const nobody = 'fail "bye {user} of {address}"\n  note "bye {user}"\n  session by pid';
  t.same(filter(nobody), ["F2B4006"], "the second rule's line names nobody, the first reads one");
  const first = 'note "bye {user}"\n  fail "bye {user} of {address}"\n  session by pid';
  t.same(filter(first), [], "an earlier rule takes its own lines");
  t.same(
    filter(`${nobody}\n  ignore "bye {text} of {text}"`),
    [],
    "and what is ignored is nobody's",
  );
});

t.test("a condition on the captures is asked, another one leaves the question open", async (t) => {
  const rule = 'fail "for {user} from {address}: {why:text}" where ';
  t.same(filter(`${rule}not user =~ "{text} from {rest}"`), ["F2B4017"]);
  t.same(filter(`${rule}not why =~ "{text} from {rest}"`), ["F2B4006"], "it reads the wrong side");
  t.same(filter(`${rule}why != "y"`), ["F2B4006"]);
});

t.test("a hole that takes what it can get is no way out", async (t) => {
  t.same(filter('fail "deny {?{reason:text}}{address}{user}{name:not ]}"'), ["F2B4006"]);
  t.same(filter('fail "deny {?{reason:text}}{address} {user}{name:word}"'), ["F2B4006"]);
});

t.test("the line that is shown names the victim when it is matched", async (t) => {
  const rules = [
    'fail "for {user} from {address}: {text}."',
    'fail "for {user!} from {address}: {text}"',
    'fail "{text} for {user} from {host}{? ({reason:text})}"',
    'fail "denied {user} at {address}"\n  fail "denied {user} [{address}] for {why:text}"',
  ];
  for (const text of rules) {
    const { policy, findings: found } = findings(text);
    const line = shownLine(found);
    t.ok(line, text);
    t.same(whoIs(policy, line ?? ""), [victim], text);
  }
});

function shownLine(found: ReturnType<typeof findings>["findings"]): string | undefined {
  return /it writes: (.*)$/.exec(found.find((one) => one.code === "F2B4006")?.help ?? "")?.[1];
}

const literals = [" from ", " at ", ": ", " [", "]", " ", "x", " <", ">"];
const holes = [
  "{user}",
  "{text}",
  "{name:word}",
  "{name:not <>}",
  "{name:not ]}",
  "{int}",
  "{user!}",
];

/** A template of two to six parts, most with an address. */
const template = fc
  .array(fc.constantFrom(...literals, ...holes, "{address}", "{?{reason:text}}", "{? at {int}}"), {
    minLength: 2,
    maxLength: 6,
  })
  // Blanks at the end of a message are cut: such a template matches nothing.
  .map((parts) => `"deny ${parts.join("").trimEnd()}"`);

const rules = fc
  .array(template, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((one) => `fail ${one}`).join("\n  "));

/** What a client writes, of the words of the policy and the victim's address. */
const written = fc
  .array(fc.constantFrom(...literals, victim, "w", "7"), { maxLength: 6 })
  .map((pieces) => pieces.join(""));

/** A hole as the daemon writes the line: a client's by `text`, without what its kind forbids. */
function filled(hole: PartHole, text: string): string {
  if (hole.name === "address") return writer;
  if (hole.of === "int") return "5";
  if (hole.vouched) return "root";
  if (hole.of === "user" || hole.of === "text") return text;
  const forbidden = hole.of === "not" ? (hole.chars ?? "") : " ";
  return [...text].filter((char) => !forbidden.includes(char)).join("") || "w";
}

t.test("right both ways", async (t) => {
  let proved = 0;
  let shown = 0;
  fc.assert(
    fc.property(rules, fc.array(written, { minLength: 6, maxLength: 6 }), (text, texts) => {
      const { policy, findings: found, codes } = findings(text);
      if (policy === null || codes.includes("F2B4017")) return true;
      const line = shownLine(found);
      if (line !== undefined) {
        shown++;
        return whoIs(policy, line).includes(victim);
      }
      proved++;
      return policy.filters[0]?.rules.every((rule) => {
        if (rule.pattern?.kind !== "template") return true;
        return flatten(rule.pattern.parts).every((row) => {
          const message = row.map((part, at) =>
            part.kind === "text" ? part.text : filled(part, texts[at % texts.length] ?? ""),
          );
          return !whoIs(policy, message.join("")).includes(victim);
        });
      });
    }),
    { numRuns: Number(process.env["F2B_RUNS"] ?? 2_000), seed: seedOf(), verbose: true },
  );
  t.ok(proved > 0 && shown > 0, `${proved} proved, ${shown} shown`);
});
