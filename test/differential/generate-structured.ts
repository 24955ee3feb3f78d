/*
 * Arbitraries for filters of structured logs: combined and common, json, logfmt, audit. Their rules
 * test fields with `where`, and their records are written field by field, with the spellings,
 * escapes, doubled keys and broken quotes that separate one reader from another.
 */

import fc from "fast-check";
import { bytesOf } from "../oracle/text.ts";
import type { GeneratedFilter } from "./generate.ts";
import * as samples from "./samples.ts";

function pick(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts.map(bytesOf));
}

function usually(good: string, ...bad: string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 6, arbitrary: pick([good]) }, { weight: 1, arbitrary: pick(bad) });
}

const peers = fc.oneof(
  { weight: 4, arbitrary: pick(samples.addresses) },
  pick(samples.noAddresses),
  pick(samples.hosts),
);

const prefixes = ["192.0.2.0/24", "2001:db8::/32", "192.0.2.1"];
const numbers = ["0", "42", "404"];
const patterns = ["/^[45]/", "/a.*b/s", "/\\\\/", '"{text}a"i', '"{int}"'];

/** One test of a field; the compiler refuses what can never be true of fields whose type it knows. */
function testOf(field: string, values: readonly string[]): fc.Arbitrary<string> {
  const isAddress = field === "address";
  const isNumber = field === "status" || field === "bytes";
  const value = fc.constantFrom(...(isAddress ? prefixes : isNumber ? numbers : values));
  const tests = [
    fc.constant(`has ${field}`),
    fc.tuple(fc.constantFrom("==", "!="), value).map(([op, to]) => `${field} ${op} ${to}`),
    fc.array(value, { minLength: 1, maxLength: 3 }).map((l) => `${field} in [${l.join(", ")}]`),
  ];
  if (!isAddress) {
    const order = fc.tuple(fc.constantFrom("<", "<=", ">", ">="), fc.constantFrom(...numbers));
    tests.push(order.map(([op, to]) => `${field} ${op} ${to}`));
    tests.push(fc.constantFrom(...patterns).map((pattern) => `${field} =~ ${pattern}`));
  }
  return fc.oneof(...tests);
}

function testsOf(fields: readonly string[], values: readonly string[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(...fields).chain((field) => testOf(field, values));
  return fc.oneof(
    { weight: 3, arbitrary: one },
    one.map((test) => `not ${test}`),
    fc.tuple(one, one).map(([a, b]) => `${a} and not (${b})`),
    fc.tuple(one, one).map(([a, b]) => `${a} or ${b}`),
  );
}

function filterOf(
  name: string,
  format: string,
  fields: readonly string[],
  values: readonly string[],
  line: fc.Arbitrary<string>,
): fc.Arbitrary<GeneratedFilter> {
  const rule = fc
    .tuple(fc.constantFrom("fail", "fail", "ignore"), testsOf(fields, values))
    .map(([kind, where]) => `  ${kind} where ${where}`);
  return fc.array(rule, { minLength: 1, maxLength: 3 }).map((rules) => ({
    text: [`filter ${name} {`, `  format ${format}`, ...rules, "}"].join("\n"),
    line,
  }));
}

const clf = usually(
  "[17/May/2015:10:05:03 +0000]",
  "[32/May/2015:10:05:03 +0000]",
  "[17/May/2015:10:05:03]",
  "17/May/2015",
);
const escapes = [
  "",
  "a",
  '\\"',
  "\\\\",
  "\\x41",
  "\\xff",
  "\\n",
  "\\q",
  "\\",
  "%41",
  "%zz",
  "%",
  "?",
  "ü",
  " ",
  "//",
];
const escapedText = fc.array(pick(escapes), { maxLength: 4 }).map((texts) => texts.join(""));
const target = fc
  .tuple(fc.constantFrom("/", "/a%20b", "http://h", "http://h/x?y", "*", "", "a://b"), escapedText)
  .map((texts) => texts.join(""));
const request = fc
  .tuple(
    usually("GET ", "get ", "M-SEARCH ", "", "GET\t", "A_B  "),
    target,
    usually(" HTTP/1.1", "", " HTTP/", " HTTP/2.0x", " FTP/1", "  HTTP/1.0"),
  )
  .map((texts) => texts.join(""));
const quoted = fc.oneof(
  pick(['"-"', '"x y"', '""', '"a', 'b"', '"\\""', "-", "bare"]),
  escapedText.map((t) => `"${t}"`),
);

const accessLine = fc
  .tuple(
    peers,
    usually(" - ", "  ", " x ", "\t-\t"),
    usually("-", "a b", "[x] ", "", "root"),
    usually(" ", ""),
    clf,
    usually(" ", "\t", "  "),
    request.map((text) => `"${text}"`),
    usually(" 404 ", " 200 ", " 4040 ", " - "),
    usually("7", "-", "x", "12345678901234567890"),
    fc
      .array(
        quoted.map((text) => ` ${text}`),
        { maxLength: 5 },
      )
      .map((texts) => texts.join("")),
  )
  .map((texts) => texts.join(""));

const accessFields = [
  "user",
  "request",
  "method",
  "path",
  "query",
  "protocol",
  "status",
  "bytes",
  "address",
];
const accessValues = ['"/"', '"GET"', "404", '"-"', "192.0.2.0/24", '"a b"', "2001:db8::/32"];

function accessFilter(name: string): fc.Arbitrary<GeneratedFilter> {
  return fc
    .constantFrom(
      ["combined", []] as const,
      ["combined with forwarded, rt", ["rt"]] as const,
      ["common", []] as const,
      ["common with up, down", ["up", "down"]] as const,
    )
    .chain(([format, extras]) =>
      filterOf(name, format, [...accessFields, ...extras], accessValues, accessLine),
    );
}

const jsonScalars = fc
  .constantFrom(
    "404",
    "42",
    '"404"',
    "1.0",
    "1e2",
    "-0",
    "true",
    "false",
    "null",
    '"a b"',
    '"192.0.2.9"',
    '"::ffff:192.0.2.9"',
    '"[2001:db8::2]"',
    '"\\u0061\\ud83d\\ude00"',
    '"\\ud800"',
    '"\\n"',
    "[1,[2]]",
    "{}",
    '["192.0.2.1"]',
    "01",
    "+1",
    "'a'",
    '"\t"',
    "nul",
  )
  .map(bytesOf);
const jsonKeys = fc.constantFrom("a", "b", "ip", "ts", "\\u0061", "__proto__", "", "o");
const jsonLine = fc
  .tuple(
    fc.array(fc.tuple(jsonKeys, jsonScalars, fc.constantFrom("", " ", "\t")), { maxLength: 6 }),
    usually("", ",", "}", " ", "x"),
    fc.option(fc.tuple(jsonKeys, jsonScalars)),
  )
  .map(([entries, tail, inner]) => {
    const all = entries.map(([key, value, gap]) => `"${key}"${gap}:${gap}${value}`);
    if (inner !== null) all.push(`"o":{"a":${inner[1]},"${inner[0]}":[0,${inner[1]}]}`);
    return `{${all.join(",")}}${tail}`;
  });
const jsonFilter = (name: string) =>
  filterOf(
    name,
    "json { time .ts  address .ip  first .a  deep .o.a }",
    [".a", ".b", ".o.a", ".o.b[1]", ".a[0]", ".a[1][0]", ".o", ".ip", "first", "deep", "address"],
    ["404", "42", '"404"', "true", '"a b"', "192.0.2.0/24", '"\\n"'],
    jsonLine,
  );

const pairs = fc
  .constantFrom(
    "user=root",
    'user="a b"',
    "user=",
    "user",
    "ok",
    "status=404",
    'status="42"',
    'x="\\"q\\\\"',
    'x="a',
    'x="a"b',
    "=y",
    "addr=192.0.2.9",
    "addr=::1",
    "ts=2026-03-01T10:00:00Z",
    "x=a=b",
    "x.y=42",
    'x=a"b',
    "user=x user=y",
    "ü=ü",
    "x=\\n",
    'x="\\n"',
  )
  .map(bytesOf);
const logfmtLine = fc
  .array(fc.tuple(pairs, fc.constantFrom(" ", "  ", "\t")), { maxLength: 7 })
  .map((all) => all.map((texts) => texts.join("")).join(""));
const logfmtFilter = (name: string) =>
  filterOf(
    name,
    "logfmt { time .ts  address .addr  user .user }",
    ["user", ".status", ".ok", ".x", ".x.y", "address"],
    ["404", "42", '"404"', "true", '"a b"', "192.0.2.0/24", '"root"'],
    logfmtLine,
  );

const auditPairs = fc.constantFrom(
  "pid=1",
  'acct="root"',
  "acct=726F6F74",
  "acct=726F6F7",
  'acct="726F"',
  "acct=?",
  "acct=(null)",
  "res=failed",
  "addr=192.0.2.9",
  "addr=?",
  'exe="/usr/sbin/sshd"',
  "terminal='a b'",
  "word",
  "a=b=c",
  "res=failed res=ok",
  'UID="root"',
  "\x1dUID=x",
  "x=",
);
const auditLine = fc
  .tuple(
    usually("", "node=h ", "node= "),
    usually("type=USER_LOGIN ", "type= ", "TYPE=X "),
    usually(
      "msg=audit(1700000000.250:7): ",
      "msg=audit(1700000000:7): ",
      "msg=audit(x:7): ",
      "msg=audit(1700000000.25:7): ",
    ),
    fc.array(auditPairs, { maxLength: 4 }),
    fc.option(fc.array(auditPairs, { maxLength: 4 })),
    usually("", "'", '"'),
  )
  .map(([node, type, head, outer, inner, tail]) => {
    const message = inner === null ? [] : [`msg='${inner.join(" ").replaceAll("'", "")}'`];
    return `${node}${type}${head}${[...outer, ...message].join(" ")}${tail}`;
  });
const auditFilter = (name: string) =>
  filterOf(
    name,
    "audit { address .addr  user .acct }",
    ["user", ".res", ".pid", ".type", ".serial", ".terminal", ".exe", "address"],
    ['"root"', '"failed"', "1", "192.0.2.0/24", '"USER_LOGIN"', "7"],
    auditLine,
  );

export function structuredFilter(name: string): fc.Arbitrary<GeneratedFilter> {
  return fc.oneof(accessFilter(name), jsonFilter(name), logfmtFilter(name), auditFilter(name));
}
