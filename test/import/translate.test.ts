/*
 * Constructs of Python's regular expressions, one by one: what they become, what stands in the way.
 */

import t, { type Test } from "tap";
import { printChoice } from "../../compiler/import/python-regex/print.ts";
import {
  type TranslateOptions,
  translate,
  translateByRole,
} from "../../compiler/import/python-regex/translate.ts";

function text(pattern: string, options: TranslateOptions = {}): string {
  const found = translate(pattern, options);
  return found.ok ? `/${found.source}/${found.flags}` : `${found.construct} at ${found.index}`;
}

function texts(t: Test, cases: Readonly<Record<string, string>>): void {
  for (const [pattern, want] of Object.entries(cases)) t.equal(text(pattern), want, pattern);
}

t.test("characters and sets", async (t) => {
  texts(t, {
    "^a\\-b\\'c\\ d$": "/^a-b'c d$/",
    "^a/b$": "/^a\\/b$/",
    "^a{,3}b{2,}c{x}$": "/^a{0,3}b{2,}c\\{x\\}$/",
    "^[^]a-c-]x$": "/^[^\\]a-c-]x$/u",
    "^[]a]\\x41\\101$": "/^[\\]a]AA$/",
    "^\\d+\\s\\S\\W[\\w.-]$": "/^\\d+\\s\\S\\W[\\w.-]$/u",
    "^<b>x<c>$": "/^[<]b>x[<]c>$/",
    "^(?#why)a$": "/^a$/",
    "(?x)^ a # why\n b$": "/^ab$/",
    "(?s)^a.b$": "/^a.b$/su",
    "^a(?s:.)b.$": "/^a[^]b.$/u",
  });
});

t.test("groups, names and tags", async (t) => {
  texts(t, {
    "^(a|b)(?P<x>c)d$": "/^(?:a|b)cd$/",
    "^(?P<q>[\"'])x(?P=q)$": "/^(?<q>[\"'])x\\k<q>$/",
    "^(a)x\\1$": "/^(?<same1>a)x\\k<same1>$/",
    "^from <HOST> <F-PORT/>$": "/^from <host> (?<port>\\w+)$/u",
    "^<ADDR>$": "/^<address>$/",
    "^(?:<IP4>|\\[<IP6>\\])$": "/^(?:<ip4>|(?=::ffff:)<address>|\\[<ip6>\\])$/",
    "^<SUBNET>$": "/^\\[?<cidr>\\]?$/",
    "^<ADDR>(?:/<CIDR>)? x$": "/^(?:<cidr>|<address>) x$/",
    "^<ADDR>/<CIDR> x$": "/^(?=[^\\s\\/]+\\/)<cidr> x$/",
    "^<IP4>(?:/<CIDR>)? x$": "/^(?=\\d+\\.)<cidr> x$/",
    "^<DNS> x$": "/^(?<host>[\\w.^-]*\\w) x$/u",
    "^<F-ID/> x$": "/^(?<id>\\S+) x$/u",
    "^<F-MLFID>p</F-MLFID> <F-CONTENT>.+</F-CONTENT>$": "/^(?<session>p) (?<message>.+)$/u",
    "^<F-ALT_USER>a</F-ALT_USER> <F-USER>b</F-USER>$": "/^(?<user_2>a) (?<user>b)$/",
    "^(?:<F-ALT_USER>a</F-ALT_USER>|<F-USER>b</F-USER>)$": "/^(?:(?<user>a)|(?<user>b))$/",
    "^<F-ALT_USER1>a</F-ALT_USER1>$": "/^(?<user1>a)$/",
    "^<F-NOFAIL>a</F-NOFAIL>b$": "/^ab$/",
    "^a<SKIPLINES>b$": String.raw`/^a\n(?<skip>(?:.*\n)*?)b$/`,
    "^<F-USER/>$": "/^<F-USER\\/>$/",
  });
  const named = translate("^<F-USER>a</F-USER>$", { names: (name) => `my_${name}` });
  t.equal(named.ok && named.source, "^(?<my_user>a)$");
});

t.test("where case does not count", async (t) => {
  texts(t, {
    "(?i)^ab$": "/^ab$/iu",
    "^((?i)ab)1$": "/^ab1$/iu",
    "^(?:(?i)ab) c$": "/^[Aa][Bb] c$/",
    "(?i)^a(?-i:b)$": "/^[Aa]b$/",
    "^(?i:k)x$": "/^[Kk\u212a]x$/",
  });
});

t.test("conditions and references", async (t) => {
  texts(t, {
    "^(?P<p>a)?b(?(p)c|d)e$": "/^(?:abc|bd)e$/",
    "^(?P<p>a)b(?(p)c|d)$": "/^abc$/",
    "^(?:(?P<p>a)|b)(?(1)c)$": "/^(?:ac|b)$/",
    "^(a)|b\\1$": "/^a/",
    "^b(?:(a)|c(?(1)x))\\1y|d$": "/^b(?<same1>a)\\k<same1>y|d$/",
    "^a(?:b|(?P<g>c)|d)(?!(?P=g))(?:(?!x)|(?P<h>y))z$":
      "/^a(?:b(?!(?!))|(?<g>c)(?!\\k<g>)|d(?!(?!)))(?:(?!x)|y)z$/",
    "^(x(?:(a)(?(2)b))?)\\2$": "/^x(?<same2>a)b\\k<same2>$/",
    "^(a)?b\\1$": "/^(?<same1>a)b\\k<same1>$/",
    "^<F-USER>(?P<p>\\S+)|\\d*</F-USER> x(?(p)y|z)$": "/^(?:(?<user>\\S+) xy|(?<user>\\d*) xz)$/u",
  });
});

t.test("loops, atomic groups and the end of the line", async (t) => {
  texts(t, {
    "^(?:<F-USER>\\w</F-USER>,)+$": "/^(?:(?<user>\\w),)+$/u",
    "^(?:u=<F-USER>[^,]*</F-USER>, |\\d, )*x$":
      "/^(?:(?:u=[^,]*, |\\d, )*u=(?<user>[^,]*), (?:u=[^,]*, |\\d, )*|(?:u=[^,]*, |\\d, )*)x$/u",
    "^(?>a|ab)c$": "/^(?=(?<same1>a|ab))\\k<same1>c$/",
    "^a*+b$": "/^(?=(?<same1>a*))\\k<same1>b$/",
    "^a\\s$": "/^a\\s?$/u",
    "^a\\s+$": "/^a\\s*$/u",
    "^a\\s": "/^a(?:\\s|$)/u",
    "^a[^b]": "/^a(?:[^b]|$)/u",
    "^a\\n$": "/^a$$/",
    "^a $": "/^a ?$/",
    "^a (?:b)?$": "/^a(?: |$)b?$/",
    "^a (?:b|c)$": "/^a (?:b|c)$/",
    "^a(?!\\s)": "/^a(?!\\s|$)/u",
    "^a\\s*\\Z": "/^a\\s*$/u",
    // A turn that may be the end is one of several that may not.
    "^(?:a?[^b])*$": "/^(?:a?(?:[^b]|$))*$/u",
    "^(?:x ){1,3}$": "/^(?:x(?: |$)){1,3}$/",
    "^(?:a?\\s){2}$": "/^(?:a?\\s)a?(?:\\s|$)$/u",
    // Behind the LF there is no `\b`, so nothing takes it.
    "^a\\s*\\b": "/^a\\s*\\b/u",
    "^a\\s\\b": "/^a\\s\\b/u",
    "^a\\s(?!b)": "/^a(?:\\s|$)(?!b)/u",
    // A turn that takes nothing is one to Python, and sets its group.
    "^(?:<F-USER>a*?</F-USER>)?b$": "/^(?:(?<user>a*?)|)b$/",
    "^(?:<F-USER>a??</F-USER>)??b$": "/^(?:|(?<user>a??))b$/",
    "^(?:a*b?)?c$": "/^(?:a*b?)?c$/",
    "^(?:(?:<F-USER>a</F-USER>)*_)+$": "/^(?:(?:a*_)*(?<user>a)+_(?:a*_)*|(?:a*_)+)$/",
    "\\Aa$": "/^a$/",
  });
});

t.test("a loop whose turns set different groups says so", async (t) => {
  const remarks = (pattern: string) => {
    const found = translate(pattern);
    return found.ok ? found.remarks : found;
  };
  const pattern = "^(?:<F-G1>(?:<F-G2>a</F-G2>)?b</F-G1>,)+$";
  t.match(remarks(pattern), [/^the turns of the loop around g1, g2 set different groups/]);
  t.same(remarks("^(?:<F-G1>a</F-G1><F-G2>b</F-G2>,)+$"), [], "every turn sets both");
});

t.test("roles, and whether they depend on the line", async (t) => {
  const roles = (pattern: string) => {
    const found = translate(pattern);
    return found.ok ? found.roles.map(({ role, truth }) => `${role} ${truth}`) : found;
  };
  t.same(roles("^<F-NOFAIL>a</F-NOFAIL>b$"), ["nofail always"]);
  t.same(roles("^(?:<F-NOFAIL>a</F-NOFAIL>|c)b$"), ["nofail depends"]);
  t.same(roles("^<F-NOFAIL>a*</F-NOFAIL>b$"), ["nofail depends"]);
  t.same(roles("^<F-MLFFORGET></F-MLFFORGET>b$"), ["forget never"]);
  const cut = translateByRole("^(?:<F-NOFAIL>key</F-NOFAIL>|\\w+) for <HOST>$", "nofail");
  t.same(cut.ok && cut.pieces.map(({ source, roles }) => [source, roles[0]?.truth ?? "never"]), [
    ["^key for <host>$", "always"],
    ["^\\w+ for <host>$", "never"],
  ]);
});

t.test("stretches that have a name, and what they hold", async (t) => {
  const named = (pattern: string, ...labels: string[]) => {
    const found = translate(pattern, {
      labels: labels.map((text) => {
        const start = pattern.indexOf(text);
        return { name: "part", start, end: start + text.length };
      }),
    });
    if (!found.ok) return found.construct;
    const text = printChoice(found.labelled, { ...found.printing, letOf: () => "part" });
    return `${found.source} ${text}`;
  };
  t.equal(named("^a(?:b|c)+d$", "(?:b|c)"), "^a(?:b|c)+d$ ^a<part>+d$");
  t.equal(named("^a(?:bc)?d$", "(?:bc)?d"), "^a(?:bc)?d$ ^a<part>$");
  t.equal(named("^x(?:a|b|c)$", "a|b"), "^x(?:a|b|c)$ ^x(?:<part>|c)$");
  t.equal(named("^x(?:a|b|c)$", "b|c)"), "^x(?:a|b|c)$ ^x(?:a|b|c)$", "half a group is no part");
  t.equal(named("^ab?$", "ab"), "^ab?$ ^ab?$", "the `?` takes its last letter alone");
  t.equal(
    named("^(?P<q>a)?(?:b|c)(?(q)d|e)$", "(?:b|c)"),
    "^(?:a(?:b|c)d|(?:b|c)e)$ ^(?:a<part>d|<part>e)$",
  );
});

t.test("what stands in the way is named, with its place and a way out", async (t) => {
  texts(t, {
    "a(": "missing ), unterminated subpattern at 1",
    "a)": "unbalanced parenthesis at 1",
    "a**": "multiple repeat at 2",
    "*a": "nothing to repeat at 0",
    "a{3,2}": "min repeat greater than max repeat at 2",
    "[b-a]": "bad character range b-a at 1",
    "[a": "unterminated character set at 0",
    "\\y": "bad escape \\y at 0",
    "\\1": "invalid group reference 1 at 1",
    "(?<x>a)": "unknown extension ?< at 1",
    "(?P<x>a)(?P<x>b)": "redefinition of group name 'x' at 8",
    "(?<=a+)b": "look-behind requires fixed-width pattern at 0",
    "a(?i)b": "global flags not at the start of the expression at 1",
    "\\N{BULLET}": "\\N{...} at 0",
    "<F-ID>a</F-ID><F-TUPLE_ID>b</F-TUPLE_ID>": "an id of several parts at 14",
    "a<CIDR>": "<CIDR> at 1",
    "a\\Z": "\\Z at 1",
    "(?:(a)|b)*\\1": "a condition on a group in a loop at 9",
    "(?i)(a)\\1": "a reference where case does not count at 7",
    "(?s)^.*?(\\B)\\s*\\Z": "a border behind the end of the line at 9",
    "[^a]*?\\B\\s*$": "a border behind the end of the line at 6",
    "[^a]??(?<!\\w)": "a border behind the end of the line at 6",
    "^a\\s?(?<!a)\\s*\\Z": "a border behind the end of the line at 5",
    "^a\\s*(?!\\s)": "a border behind the end of the line at 5",
    "^(?:<F-USER>a?</F-USER>\\s){2}$": "a group in a loop that can take the end of the line at 4",
    "^(?:(a*)){1,3}b\\1$": "a reference to a group in a loop that may match nothing at 4",
    "^(?:a <HOST>|b )+$": "an address in a loop that not every turn has at 6",
    "^(?:<F-ID>a</F-ID> |b )*$": "a group in a loop that not every turn sets at 4",
    "(<F-USER>a)</F-USER>": "tag of 'user' is never closed at 1",
  });
  const found = translate("\\N{BULLET}");
  t.match(found, { ok: false, wayOut: /write the character itself/ });
});
