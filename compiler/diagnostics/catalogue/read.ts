/**
 * F2B1xxx: what can be wrong with policy text before anybody asks what it means.
 *
 * `bad` and `good` are whole policies; the tests read both, and the documentation shows them.
 */
import { entry } from "../diagnostic.ts";

const goodJail = `jail sshd {
  watch journal unit "ssh.service"
  filter sshd
  ban after 5 failures within 10m for 1h
  do nftables
}
`;

export const read = {
  notUtf8: entry<{ byte: string; guess: string }>({
    code: "F2B1001",
    severity: "error",
    message: ({ byte }) => `this is not UTF-8 text: byte ${byte}`,
    help: ({ guess }) => guess,
    explain:
      "Policies are UTF-8, so that a text means the same bytes on every machine. A file in Latin-1 " +
      "or UTF-16 would compile to patterns that match nothing. Convert it: " +
      "`iconv -f latin1 -t utf-8 old.f2b > new.f2b`.",
    bad: 'filter a {\n  fail "caf\ufffd {address}"\n}\n',
    good: 'filter a {\n  fail "café {address}"\n}\n',
  }),
  fileTooLarge: entry<{ bytes: number; max: number }>({
    code: "F2B1002",
    severity: "error",
    message: ({ bytes, max }) => `this file has ${bytes} bytes; a policy file has at most ${max}`,
    help: () =>
      'keep long lists of addresses in a file of their own: never ban file "/etc/f2b/x.txt"',
    explain:
      "A policy is read whole and kept in memory, so files over 10 MB are refused. Long address lists " +
      "belong in a file that the host reads: " +
      '`never ban file "/etc/f2b/allow.txt"`.',
    bad: "",
    good: goodJail,
  }),
  forbiddenCharacter: entry<{ code: string; what: string }>({
    code: "F2B1003",
    severity: "error",
    message: ({ code, what }) => `${what} (${code}) must not stand in a policy`,
    help: ({ code }) =>
      `in a "text" write it as an escape: \\u{${code
        .slice(2)
        .replace(/^0+(?=.)/, "")
        .toLowerCase()}}`,
    explain:
      "NUL bytes and the control characters that turn the direction of writing make text look " +
      "other than it is read: a reviewer sees one policy, the compiler another. They are refused " +
      'everywhere, comments included. Inside a "text" an escape such as `\\u{202e}` says it openly.',
    bad: "# allow \u202enimda\njail a { do none }\n",
    good: "# allow admin\njail a { do none }\n",
  }),
  unknownCharacter: entry<{ shown: string; hint: string | undefined }>({
    code: "F2B1004",
    severity: "error",
    message: ({ shown }) => `${shown} means nothing here`,
    help: ({ hint }) => hint,
    explain:
      "Outside of texts and comments a policy consists of words, numbers, addresses and a few signs. " +
      "Often such a character came with a copied line: a typographic quote, or a blank that is none.",
    bad: "jail a { watch file “/var/log/a.log” }\n",
    good: 'jail a { watch file "/var/log/a.log" }\n',
  }),
  lookAlike: entry<{ word: string; letter: string; code: string; plain: string | undefined }>({
    code: "F2B1005",
    severity: "error",
    message: ({ word, letter, code }) =>
      `\`${word}\` has a letter that is not ASCII: ${letter} (${code})`,
    help: ({ plain }) => (plain === undefined ? undefined : `write \`${plain}\``),
    explain:
      "Names and keywords are ASCII. A Cyrillic а looks like a Latin a, and two names that look " +
      "alike would be two different things. Texts and comments may hold any letter.",
    bad: "jаil a { do none }\n",
    good: "jail a { do none }\n",
  }),
  unterminatedText: entry<{ quote: string }>({
    code: "F2B1006",
    severity: "error",
    message: ({ quote }) =>
      quote === "/" ? "this regular expression does not end" : "this text does not end",
    help: ({ quote }) => `close it with ${quote} on the same line`,
    explain:
      "A text, a raw text and a regular expression end on the line on which they begin. Inside a " +
      '"text" a quote is written `\\"` and a line end `\\n`; inside a regular expression a slash is ' +
      "written `\\/`.",
    bad: 'filter a {\n  fail "no such user {user} from {address}\n}\n',
    good: 'filter a {\n  fail "no such user {user} from {address}"\n}\n',
  }),
  unknownEscape: entry<{ escape: string; problem: "unknown" | "code point" }>({
    code: "F2B1007",
    severity: "error",
    message: ({ escape: text, problem }) =>
      problem === "unknown" ? `\`${text}\` is no escape` : `\`${text}\` is no character`,
    help: () => 'a "text" knows \\" \\\\ \\n \\t \\u{41}; a backslash itself is \\\\',
    explain:
      'A "text" knows the escapes `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{...}` with one to six ' +
      "hexadecimal digits, and no other. A `raw text` between backticks knows none.",
    bad: 'filter a {\n  fail "user \\d from {address}"\n}\n',
    good: 'filter a {\n  fail "user {int} from {address}"\n}\n',
  }),
  textTooLong: entry<{ bytes: number; max: number }>({
    code: "F2B1008",
    severity: "error",
    message: ({ bytes, max }) => `this text has ${bytes} bytes; a text has at most ${max}`,
    explain: "A text or regular expression has at most 8 KiB of UTF-8.",
    bad: `filter a {\n  describe "${"x".repeat(8193)}"\n}\n`,
    good: 'filter a {\n  describe "x"\n}\n',
  }),
  regexFlags: entry<{ flags: string }>({
    code: "F2B1009",
    severity: "error",
    message: ({ flags }) => `\`${flags}\` are no flags of a regular expression`,
    help: () =>
      "i ignores case, s lets `.` match line ends, u reads Unicode, l takes linear time; each once",
    explain:
      "A regular expression may be followed by the flags `i`, `s`, `u` and `l`, each once. There is no " +
      "`g` (a rule matches once) and no `m` (a message is one line).",
    bad: "filter a {\n  fail /^bad <address>$/g\n}\n",
    good: "filter a {\n  fail /^bad <address>$/i\n}\n",
  }),
  unexpected: entry<{ found: string; expected: readonly string[]; nearest: string | undefined }>({
    code: "F2B1010",
    severity: "error",
    message: ({ found, expected }) =>
      expected.length === 0
        ? `${found} is not expected here`
        : `expected ${listWords(expected)}, found ${found}`,
    help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    explain:
      "The words here are in an order the language does not have. The message says what could have " +
      "stood at this place. The rest of the file was read as well as it could be.",
    bad: "jail a {\n  ban after five failures for 1h\n}\n",
    good: "jail a {\n  ban after 5 failures for 1h\n}\n",
  }),
  unknownStatement: entry<{
    found: string;
    where: string;
    nearest: string | undefined;
    known: readonly string[];
  }>({
    code: "F2B1011",
    severity: "error",
    message: ({ found, where }) => `${found} begins no statement of ${where}`,
    help: ({ nearest, known }) =>
      nearest === undefined ? `${listWords(known)} can stand here` : `did you mean \`${nearest}\`?`,
    explain:
      "Every statement begins with a keyword. This one is not known at this place: a slip of the " +
      "finger, or a statement that belongs elsewhere (`fail` in a filter, `ban` in a jail).",
    bad: 'filter a {\n  fial "bad {address}"\n}\n',
    good: 'filter a {\n  fail "bad {address}"\n}\n',
  }),
  missingBracket: entry<{ open: string; close: string }>({
    code: "F2B1012",
    severity: "error",
    message: ({ open, close }) => `\`${open}\` is not closed: \`${close}\` is missing`,
    explain:
      "A bracket that was opened is closed in the same file. The label shows the opening one; where " +
      "the error stands is the latest place at which the closing one can have been meant.",
    bad: "jail a {\n  do none\n\njail b { do none }\n",
    good: "jail a {\n  do none\n}\njail b { do none }\n",
  }),
  strayBracket: entry<{ close: string }>({
    code: "F2B1013",
    severity: "error",
    message: ({ close }) => `\`${close}\` closes nothing`,
    explain:
      "There is no open bracket of this kind here. Either it is one too many, or its partner is missing.",
    bad: "jail a { do none }\n}\n",
    good: "jail a { do none }\n",
  }),
  nestedTooDeep: entry<{ what: string; max: number }>({
    code: "F2B1014",
    severity: "error",
    message: ({ what, max }) => `${what} is nested more than ${max} deep`,
    explain: "Brackets of all kinds, and `not`, nest at most 8 deep. What is deeper was not read.",
    bad: `let a = ${"[".repeat(9)}${"]".repeat(9)}\n`,
    good: "let a = [[[[]]]]\n",
  }),
  numberOutOfRange: entry<{ what: string; min: number; max: number }>({
    code: "F2B1015",
    severity: "error",
    message: ({ what, min, max }) => `${what} is between ${min} and ${max}`,
    explain: "A number of a policy has a range: a prefix length that of its address family.",
    bad: "jail a { by ipv4/33 }\n",
    good: "jail a { by ipv4/32 }\n",
  }),
  durationUnits: entry<{ text: string }>({
    code: "F2B1016",
    severity: "error",
    message: ({ text }) => `\`${text}\` does not name its units once each, longest first`,
    help: () => "w d h m s ms, in this order: 1h30m",
    explain:
      "A duration is written with falling units, each once: `1d12h`, `1h30m`. `30m1h` and `10m10m` " +
      "are more likely a slip than an intention.",
    bad: "jail a { remember 30m1h }\n",
    good: "jail a { remember 1h30m }\n",
  }),
  durationTooLong: entry<{ text: string }>({
    code: "F2B1017",
    severity: "error",
    message: ({ text }) => `\`${text}\` is more than a hundred years`,
    help: () => "a ban without an end is `for ever`",
    explain: "A duration is at most a hundred years. A ban that has no end is written `for ever`.",
    bad: "jail a { ban after 1 failure for 9999w }\n",
    good: "jail a { ban after 1 failure for ever }\n",
  }),
  repeatedClause: entry<{ clause: string }>({
    code: "F2B1018",
    severity: "error",
    message: ({ clause }) => `\`${clause}\` stands twice in this statement`,
    explain: "A clause stands once in its statement. Several values of it are separated by commas.",
    bad: "filter a { format json time none time last }\n",
    good: "filter a { format json time none }\n",
  }),
  tooManyErrors: entry<{ max: number }>({
    code: "F2B1019",
    severity: "error",
    message: ({ max }) => `more than ${max} errors: what follows was not looked at`,
    explain: "After a hundred errors in one file reading it stops. Mend these first.",
    bad: "# a hundred and one wrong characters\n",
    good: goodJail,
  }),
  tooManyWords: entry<{ max: number }>({
    code: "F2B1020",
    severity: "error",
    message: ({ max }) => `this file has more than ${max} words and signs`,
    help: () =>
      'keep long lists of addresses in a file of their own: never ban file "/etc/f2b/x.txt"',
    explain:
      "A policy of more than half a million words and signs is refused before it is read. Long address " +
      'lists belong in a file that the host reads: `never ban file "/etc/f2b/allow.txt"`.',
    bad: "",
    good: goodJail,
  }),
  missingOpening: entry<{ name: string }>({
    code: "F2B1021",
    severity: "error",
    message: ({ name }) => `\`{\` is missing behind \`${name}\``,
    explain: "A jail, a filter and an action have their statements between `{` and `}`.",
    bad: "jail a\n  do none\n}\n",
    good: "jail a {\n  do none\n}\n",
  }),
};

/** `a`, `a or b`, `a, b or c`; the longest lists are cut. */
function listWords(words: readonly string[]): string {
  const shown = words.length > 16 ? [...words.slice(0, 15), "another statement"] : words;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} or ${last}`;
}
