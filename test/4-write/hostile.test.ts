/*
 * A policy whose every text is an attack on the code it becomes. The bundle is loaded and run: nothing
 * of it may be executed, and each text must come out of the program as it went in.
 */
import t from "tap";
import type { Action, ActionValue, Filter, Policy } from "../../schemas/policy.ts";
import {
  filter,
  format,
  hole,
  jail,
  policy,
  regex,
  rule,
  template,
} from "../oracle/build-policy.ts";
import { bundlePolicy, loadPolicy, scan } from "./compile-plan.ts";

const attack = "globalThis.pwned = true";
const hostile = [
  `"; ${attack}; "`,
  `'; ${attack}; '`,
  `\`; ${attack}; \``,
  `\u0024{${attack}}`,
  `*/ ${attack}; /*`,
  `\n${attack};\n`,
  `\r\n${attack};//`,
  `\u2028${attack};\u2029`,
  `\\"; ${attack}; //`,
  "</script><script>",
  "__proto__",
  "constructor",
  "\0\u{1f600}\ud800",
];

const at = (file: string) => ({ file, line: 1, column: 1, start: 0, end: 0 });

/** Everything that can be any text is `text`. */
function hostilePolicy(text: string): Policy {
  const words = hole("words", "w", { words: [text, "else"] });
  const not = hole("not", "n", { chars: text });
  const where = {
    op: "or" as const,
    of: [
      { op: "==" as const, field: { name: "user" }, to: { type: "text" as const, value: text } },
      { op: "has" as const, field: { name: text } },
      { op: "matches" as const, field: { name: "user" }, pattern: template(text, hole("user")) },
    ] as unknown as [never, never],
  };
  const base: Filter = filter(
    [
      rule(
        "fail",
        { ...template(text, words, hole("text")), source: text },
        { name: text, at: at(text) },
      ),
      rule("note", template(not, text, hole("user"))),
      rule("clear", { ...regex('a`"/\u2028\\/b', []), source: text }),
      rule("fail", template("x ", hole("user")), { where }),
    ],
    {
      id: text,
      name: text,
      describe: text,
      at: at(text),
      session: { by: text, withinMs: 1000 },
      formats: [
        format("syslog", { programs: [template(text), template(hole("word", null), text)] }),
        format("json", { fields: [{ name: text, path: [text, 0, "__proto__"], kind: null }] }),
        format("combined", { extras: [text] }),
        format("lines", { time: { kind: "none" } }),
      ],
    },
  );
  return {
    ...policy(
      [base],
      [
        jail(text, {
          at: at(text),
          filters: [text],
          watches: [
            { kind: "file", paths: [text], envelope: null, zone: text, from: null, at: at(text) },
          ],
          neverBan: [{ kind: "file", path: text }],
          actions: [text],
        }),
      ],
    ),
    name: text,
    files: [{ name: text, sha256: "0".repeat(64) }],
    actions: [hostileAction(text)],
  };
}

function hostileAction(text: string): Action {
  const filled: ActionValue = {
    kind: "text",
    parts: [{ text }, { value: text }, { secret: { from: "env", name: text } }],
  };
  const object: ActionValue = {
    kind: "object",
    entries: [
      { key: text, value: { kind: "list", items: [filled, { kind: "bool", value: true }] } },
    ],
  };
  return {
    id: text,
    name: text,
    arguments: {},
    at: at(text),
    hooks: [
      {
        events: [{ name: "ban", all: false }],
        at: at(text),
        steps: [
          {
            verb: "run",
            argv: [filled],
            input: object,
            timeoutMs: 1,
            keep: text,
            expect: { from: 0, to: 0 },
            at: at(text),
          },
          {
            verb: "script",
            text,
            input: null,
            timeoutMs: 1,
            keep: null,
            expect: { from: 0, to: 0 },
            at: at(text),
          },
          { verb: "write", path: filled, body: object, timeoutMs: 1, at: at(text) },
          { verb: "log", text: filled, at: at(text) },
        ],
      },
    ],
  };
}

for (const text of hostile) {
  // The report is a line protocol of its own, and not what is attacked here.
  t.test(encodeURIComponent(Buffer.from(text).toString()), async (t) => {
    const program = await loadPolicy(hostilePolicy(text));
    t.notOk("pwned" in globalThis, "nothing ran");
    t.equal(program.manifest.policy, text);
    t.equal(program.filters[0]?.id, text);
    t.equal(program.filters[0]?.rules[0]?.name, text);
    t.match(program.jails[0], { name: text, neverBan: [{ kind: "file", path: text }] });

    const log = `x ${text.replaceAll("\n", "")}\n${text.replaceAll("\n", "")}else\naxb\n{"${"x"}":1}\n`;
    for (const scanner of [0, -1]) t.doesNotThrow(() => scan(program, log, scanner));

    const step = program.actions[0]?.hooks[0]?.steps[0];
    if (step?.verb !== "run") throw new Error("the first step runs something");
    const event = {
      event: "ban",
      jail: "j",
      address: "192.0.2.1",
      id: "192.0.2.1",
      family: 4,
      time: 0,
      until: null,
      failures: 5,
      captures: Object.fromEntries([[text, "captured"]]),
      kept: {},
    } as const;
    const secret = (from: string, name: string) => `<${from} ${name}>`;
    const expected = `${text}captured<env ${text}>`;
    t.equal(step.argv[0]?.(event, secret), expected, "filled once");
    const input = JSON.stringify(Object.fromEntries([[text, [expected, true]]]));
    t.equal(step.input?.(event, secret), input, "JSON");
    t.notOk("pwned" in globalThis, "still nothing ran");

    const small = await bundlePolicy(hostilePolicy(text), { minify: true });
    const url = `data:text/javascript;base64,${Buffer.from(small.code).toString("base64")}`;
    t.equal((await import(url)).program.manifest.policy, text, "minified too");
    t.notOk("pwned" in globalThis, "nor minified");
  });
}

t.test("what is filled in is never filled again", async (t) => {
  const program = await loadPolicy(hostilePolicy("x"));
  const step = program.actions[0]?.hooks[0]?.steps[0];
  if (step?.verb !== "run") throw new Error("the first step runs something");
  const event = {
    event: "ban",
    jail: "{x}",
    address: null,
    id: "{x}",
    family: null,
    time: 0,
    until: null,
    failures: 1,
    captures: { x: "{x}\u0024{x}$1$&" },
    kept: {},
  };
  t.equal(
    step.argv[0]?.(event, () => "{address}"),
    "x{x}\u0024{x}$1$&{address}",
  );
});
