/** F2B3xxx: what a checked policy asks for and a bundle of this version cannot carry out. */
import { entry } from "../diagnostic.ts";

const filter = (body: string) => `filter demo {\n  format syslog program "demo"\n${body}\n}\n`;
const good = filter('  fail "login failed for {user} from {address}"');

export const plan = {
  tooManyAlternatives: entry<{ max: number }>({
    code: "F2B3001",
    severity: "error",
    message: ({ max }) => `too many optional parts: over ${max} ways to read it`,
    help: () => "write two rules, or let a {text} hole take what varies",
    explain:
      "Each optional part of a template doubles the ways in which it can be read, and each way becomes " +
      "code of its own in the bundle. At most 64 are compiled. A template that needs more is usually two " +
      "messages that only begin alike: two rules are faster, and easier to read.",
    bad: filter(`  fail "from {address}${"{? x}".repeat(7)}"`),
    good,
  }),
  freeBesideFree: entry<Record<string, never>>({
    code: "F2B3002",
    severity: "error",
    message: () => "nothing stands between two free holes",
    help: () => "put the text that divides them between the two holes",
    explain:
      "The holes user, text, rest and message take anything. With nothing between two of them, nobody can " +
      "say where the first ends, and what was captured would be an accident. Optional parts count: the " +
      "two may only meet when the part between them is left out.",
    bad: filter('  fail "failed {user}{?: }{text} from {address}"'),
    good: filter('  fail "failed {user}: {text} from {address}"'),
  }),
  formatNotYet: entry<{ what: string }>({
    code: "F2B3003",
    severity: "error",
    message: ({ what }) => `\`${what}\` is not in this version`,
    help: ({ what }) =>
      what === "window" ? "write a session instead" : 'name the stamp\'s form: time "%d/%b/%Y"',
    explain:
      "`time anywhere` and `window N` exist for filters that come from another system and look for their " +
      "stamp or their text across several records. This version compiles policies that read a record on " +
      "its own: lines that belong together are what `session by` is for.",
    bad: 'filter demo {\n  format lines window 3\n  fail "from {address}"\n}\n',
    good: 'filter demo {\n  format lines\n  fail "from {address}"\n}\n',
  }),
  tooManyCaptures: entry<{ filter: string; max: number }>({
    code: "F2B3004",
    severity: "error",
    message: ({ filter: name, max }) => `${name} names more than ${max} captures in one rule`,
    help: () => "leave holes that nobody reads without a name, or split the rule",
    explain:
      "The captures of a rule and of the frame around it are kept in a fixed number of slots, so that a " +
      "record that matches nothing costs no memory. No log line needs as many as there are.",
    bad: filter(
      `  fail "${Array.from({ length: 129 }, (_, i) => `{h${i}:int} `).join("")}{address}"`,
    ),
    good,
  }),
};
