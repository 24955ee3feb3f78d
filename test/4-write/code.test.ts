/*
 * The safe template: whatever a policy holds, it is data in the code that comes out. Held by running
 * what was written, not by looking at it.
 */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import t from "tap";
import {
  aside,
  type Code,
  comment,
  ident,
  js,
  literal,
  Names,
  number,
  propertyKey,
  quote,
  regex,
} from "../../compiler/4-write/code.ts";

const hostile = [
  "",
  '"',
  "'",
  "`",
  "\\",
  '\\"',
  "\u0024{pwned()}",
  "*/ pwned() /*",
  "\n pwned()",
  "\r pwned()",
  "\u2028 pwned()",
  "\u2029 pwned()",
  "</script>",
  "<!-- pwned()",
  "--> pwned()",
  "__proto__",
  "\0",
  "\ud800",
  "\u{1f600}",
  "//# sourceMappingURL=data:x",
  "//! @license",
  "#!/bin/sh",
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...hostile), { maxLength: 4 }).map((parts) => parts.join("")),
);

function run(code: Code | string): unknown {
  const pwned = () => {
    throw new Error("injected");
  };
  return runInNewContext(`${code}`, { pwned });
}

t.test("a string is no code", async (t) => {
  const sneaked = "pwned()" as unknown as number;
  t.throws(() => js`${sneaked}`, TypeError);
  t.throws(() => js`${[sneaked] as unknown as Code[]}`, TypeError);
  t.throws(() => js`${{ toString: () => "pwned()" } as unknown as number}`, TypeError);
  t.throws(() => js`${Number.NaN}`, TypeError);
  t.throws(() => js`${Number.POSITIVE_INFINITY}`, TypeError);
  t.throws(() => ident("a b"), TypeError);
});

t.test("numbers keep their meaning behind an operator", async (t) => {
  t.equal(run(js`1 -${-1}`), 2);
  t.equal(run(js`${[js`1`, js`2`]}`), 2);
  t.equal(number(600_000).toString(), "600_000");
  t.equal(run(number(1_234_567)), 1_234_567);
  t.equal(run(number(-5)), -5);
  t.equal(run(number(1.5)), 1.5);
});

t.test("what is quoted comes back as it was", async (t) => {
  const property = fc.property(text, (one) => run(quote(one)) === one);
  fc.assert(property, { numRuns: 1000, verbose: true });
  for (const one of hostile) {
    t.match(quote(one).toString(), /^"[\x20-\x7e]*"$/);
    t.notMatch(quote(one).toString(), /<[!/]/);
  }
});

t.test("a comment ends where its line ends, and says nothing to anyone else", async (t) => {
  const property = fc.property(text, (one) => {
    const line = comment(one).toString();
    const within = aside(js`7`, one).toString();
    return (
      run(`${line}\n42`) === 42 &&
      run(within) === 7 &&
      !/[\n\r\u2028\u2029]|\*\/.|# ?source/.test(line)
    );
  });
  fc.assert(property, { numRuns: 1000, verbose: true });
  t.pass("held");
});

t.test("data comes back as it was, keys too", async (t) => {
  const data = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)), {
    maxKeys: 6,
    noNullPrototype: true,
  });
  const property = fc.property(data, (one) => {
    const back = run(`(${literal(one)})`) as object;
    return (
      JSON.stringify(Object.entries(back).sort()) === JSON.stringify(Object.entries(one).sort())
    );
  });
  fc.assert(property, { numRuns: 500, verbose: true });
  const own = run(js`({ ${propertyKey("__proto__")}: 1 })`) as object;
  t.ok(Object.hasOwn(own, "__proto__"), "a key, not a prototype");
  t.throws(() => literal(undefined), TypeError);
  t.throws(() => literal(() => 1), TypeError);
});

t.test("regular expressions stay what they were", async (t) => {
  const cases: [source: string, flags: string, match: string][] = [
    ["a/b", "", "a/b"],
    ["[/]", "", "/"],
    ["\\/", "", "/"],
    ["\u2028", "", "\u2028"],
    ["\n", "", "\n"],
    ["^caf\u00e9$", "u", "caf\u00e9"],
    ["\u{1f600}", "u", "\u{1f600}"],
    ["`\u0024{x}`?", "i", "`$" /* never */],
    ["", "", ""],
  ];
  for (const [source, flags, match] of cases) {
    const code = regex(source, flags).toString();
    t.match(code, /^\/[\x20-\x7e]+\/[isu]*$/, code);
    const written = run(`(${code})`) as RegExp;
    const expected = new RegExp(source, flags).test(match);
    t.equal(written.test(match), expected, code);
  }
  t.throws(() => regex("(", ""), SyntaxError);
  t.throws(() => regex("a", "/;pwned()//"), SyntaxError);
});

t.test("names are names, each once", async (t) => {
  const names = new Names(["text"]);
  const made = [
    "sshd#3",
    "sshd#3",
    "sshd 3",
    "text",
    "__proto__",
    "constructor",
    "if",
    "",
    "3proxy",
    "\u0436",
    "a;b()",
  ].map((wish) => names.make(wish).toString());
  t.equal(new Set(made).size, made.length);
  for (const one of made) {
    t.match(one, /^[A-Za-z_][A-Za-z0-9_]*$/, one);
    t.equal(run(`"use strict"; (() => { const ${one} = 5; return ${one}; })()`), 5);
  }
  t.same(made.slice(0, 3), ["sshd_3", "sshd_3_2", "sshd_3_3"]);
});
