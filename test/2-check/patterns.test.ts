/** Templates into parts, regexes into JavaScript patterns. */
import t from "tap";
import type { Pattern, Template } from "../../schemas/policy.ts";
import { checkText } from "./compile-text.ts";

function patternOf(pattern: string, before = ""): Pattern | null {
  const { policy } = checkText(`${before}\nfilter f {\n  fail ${pattern}\n}\n`);
  return policy?.filters[0]?.rules[0]?.pattern ?? null;
}

/** Parts as a person would write them: enough to tell what was understood. */
function show(parts: Template["parts"]): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.kind === "optional") return `(${show(part.parts)})?`;
      const what = part.words?.join("|") ?? (part.chars === null ? part.of : `not ${part.chars}`);
      return `<${part.name ?? ""}:${what}${part.vouched ? "!" : ""}>`;
    })
    .join("");
}

function shown(pattern: string, before = ""): string | null {
  const found = patternOf(pattern, before);
  return found?.kind === "template" ? show(found.parts) : null;
}

t.test("holes", async (t) => {
  t.equal(shown('"a {user} {address}"'), "a <user:user> <address:address>");
  t.equal(shown('"{word} {int} {pid} {rest}"'), "<:word> <:int> <pid:int> <:rest>");
  t.equal(shown('"{u:word!} {address}"'), "<u:word!> <address:address>");
  t.equal(shown('"{user!} {address}"'), "<user:user!> <address:address>");
  t.equal(shown('"{error|fatal}: {address}"'), "<:error|fatal>: <address:address>");
  t.equal(shown('"{how:a b|c} {address}"'), "<how:a b|c> <address:address>");
  t.equal(shown('"[{reason:not ]}] {address}"'), "[<reason:not ]>] <address:address>");
  t.equal(shown('"[{not ]|}] {address}"'), "[<:not ]|>] <address:address>");
  t.equal(shown('"{{{address}}}"'), "{<address:address>}");
  t.equal(
    shown('"{address}{? port {port}{? {ssh1|ssh2}}}"'),
    "<address:address>( port <port:port>( <:ssh1|ssh2>)?)?",
  );
  t.equal(
    shown('`user "{?{user:not "}}": {address}`'),
    'user "(<user:not ">)?": <address:address>',
  );
});

t.test("lets and parameters are filled in, texts that meet become one", async (t) => {
  t.equal(
    shown('"x{at}"', 'let at = " from {address}{? port {port}}"'),
    "x from <address:address>( port <port:port>)?",
  );
  const { policy } = checkText(
    'filter f(word-of: string = "{a}", n: int = 3) { fail "{word-of}-{n} {address}" }',
  );
  const pattern = policy?.filters[0]?.rules[0]?.pattern;
  t.same(pattern?.kind === "template" && pattern.parts[0], { kind: "text", text: "{a}-3 " });
});

t.test("places of errors lie within the text, escapes or not", async (t) => {
  const text = 'filter f {\n  fail "\\u{e9}\\t{adress} x"\n}\n';
  const { findings } = checkText(text);
  t.equal(findings.length, 1);
  const { start, end } = findings[0]?.at ?? { start: 0, end: 0 };
  t.equal(text.slice(start, end), "{adress}");
  const twice = 'filter f {\n  fail "{address} {a:word} {a:int}"\n}\n';
  const at = checkText(twice).findings[0]?.at;
  t.equal(twice.slice(at?.start, at?.end), "{a:int}");
});

t.test("an error in a `let` is told once, however often it is used", async (t) => {
  const { codes } = checkText(`let at = "{adress}"
filter f { fail "a {at}" fail "b {at}" fail "c {at}" }
filter g { fail "d {at}" }`);
  t.same(codes, ["F2B2101"]);
});

function regexOf(source: string, before = ""): RegExp {
  const pattern = patternOf(source, before);
  if (pattern?.kind !== "regex") throw new Error(`${source} did not compile`);
  return new RegExp(pattern.expanded, pattern.flags);
}

t.test("tags take whole tokens", async (t) => {
  const address = regexOf("/^from <address>(?: .*)?$/");
  const taken = (line: string) => address.exec(line)?.groups?.["address"] ?? null;
  t.equal(taken("from 192.0.2.1"), "192.0.2.1");
  t.equal(taken("from 192.0.2.1 x"), "192.0.2.1");
  t.equal(taken("from [2001:db8::1] x"), "2001:db8::1");
  t.equal(taken("from 2001:db8::1"), "2001:db8::1");
  t.equal(taken("from ::1"), "::1");
  t.equal(taken("from [192.0.2.1] x"), "192.0.2.1");
  t.equal(taken("from [192.0.2.1 x"), null, "one bracket alone");
  t.equal(taken("from 192.0.2.256"), null);
  t.equal(taken("from 1192.0.2.1"), null);
  const anywhere = regexOf("/.*<address>/");
  const last = (line: string) => anywhere.exec(line)?.groups?.["address"] ?? null;
  t.equal(last("from 192.0.2.111"), "192.0.2.111", ".* cuts no digits off");
  t.equal(last("from 2001:db8::1:22"), "2001:db8::1:22");
  t.equal(last("at 10:20:30 nobody"), null, "a time is no address");
  t.equal(last("client:192.0.2.1:4711"), "192.0.2.1");
  t.equal(last("192.0.2.1.example.net"), null);
  t.equal(last("192.0.2.1."), "192.0.2.1");
  t.equal(last("2001:db8::1: said"), "2001:db8::1");
  t.equal(last("64:ff9b::192.0.2.1"), "64:ff9b::192.0.2.1");
  t.equal(last("::ffff:192.0.2.1:4711 x"), "::ffff:192.0.2.1", "digits behind an IPv4 are a port");
  t.equal(last("2001:db8::1:58430 x"), "2001:db8::1", "five digits are no group");
  t.equal(last("2001:db8::1:58430:2 x"), null);
});

t.test("groups tell what each name must hold", async (t) => {
  const groups = (source: string, before = "") => {
    const pattern = patternOf(source, before);
    return pattern?.kind === "regex" ? pattern.groups.map((g) => `${g.name}:${g.of}`) : null;
  };
  t.same(groups("/^(?<user>.*) <ip4>$/"), ["user:text", "address:ip4"]);
  t.same(groups("/^a <ip4>$|^b <ip6>$/"), ["address:ip4", "address:ip6"]);
  t.same(groups("/^(?<address>\\S+)$/"), ["address:address"], "an address by name");
  t.same(groups("/^a (?<u>x) <host>$|^b (?<u>y) <host>$/"), [
    "u:text",
    "host:host",
    "u:text",
    "host:host",
  ]);
  t.same(groups("/^<who> <address>$/", "let who = /(?<user>\\w+)/"), [
    "user:text",
    "address:address",
  ]);
  t.same(checkText("filter f { fail /^<address> <address>$/ }").codes, ["F2B2120"]);
});

t.test("a tag behind an escaped parenthesis is a tag, and no group", async (t) => {
  const taken = (line: string) =>
    regexOf("/^\\(?<address>\\)?$/").exec(line)?.groups?.["address"] ?? null;
  t.equal(taken("(192.0.2.1)"), "192.0.2.1");
  t.equal(taken("192.0.2.1"), "192.0.2.1");
  t.equal(taken("<address>"), null);
});

t.test("what only looks like a tag", async (t) => {
  const pattern = regexOf(
    "/^(?<=x)?[<a>]\\<b> (?<user>\\w)\\k<user> <ip4>$/".replace("(?<=x)?", ""),
  );
  t.equal(pattern.exec("<<b> aa 192.0.2.1")?.groups?.["user"], "a");
  t.same(checkText("filter f { fail /^<b> <ip4>$/ }").codes, ["F2B2122"]);
});

t.test("texts and lists stand for themselves in a regex", async (t) => {
  const pattern = regexOf("/^<words> <dot> <ip4>$/", 'let words = ["a.b", "c"]\nlet dot = "."');
  t.ok(pattern.test("a.b . 192.0.2.1"));
  t.notOk(pattern.test("axb . 192.0.2.1"));
  t.notOk(pattern.test("c x 192.0.2.1"));
});
