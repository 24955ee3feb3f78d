/** Actions: texts filled once, secrets kept away, programs fixed. */
import t from "tap";
import type { Action } from "../../schemas/policy.ts";
import { checkText } from "./compile-text.ts";

function checkAction(body: string, params = "", args = "") {
  return checkText(`action tell${params} { ${body} }
filter f { fail "x {user:word} {address}" }
jail j { watch input filter f ban after 5 failures for 1h do tell${args} }`);
}

function actionOf(body: string, params = "", args = ""): Action | undefined {
  return checkAction(body, params, args).policy?.actions[0];
}

t.test("texts: values, captures, parameters, lets", async (t) => {
  const action = actionOf(
    'let who = "{address} ({user})" on ban { log "{jail}: {who} {{}} {to}{n}" }',
    "(to: string, n: int = 3)",
    '(to: "{address}!")',
  );
  t.equal(action?.id, 'tell(to: "{address}!")');
  t.match(action?.hooks[0]?.steps, [
    {
      verb: "log",
      text: {
        kind: "text",
        parts: [
          { value: "jail" },
          { text: ": " },
          { value: "address" },
          { text: " (" },
          { value: "user" },
          { text: ") {} {address}!3" },
        ],
      },
    },
  ]);
});

t.test("an argument is data, wherever it passes through", async (t) => {
  const action = actionOf(
    'let a = to on ban { run ["x", to, a] }',
    "(to: string)",
    '(to: "{address}")',
  );
  t.match(action?.hooks[0]?.steps[0], {
    argv: [
      { parts: [{ text: "x" }] },
      { parts: [{ text: "{address}" }] },
      { parts: [{ text: "{address}" }] },
    ],
  });
});

t.test("steps with their defaults", async (t) => {
  const action = actionOf(
    `on start, stop { script "echo $F2B_JAIL {x}" timeout 3s }
     on ban { run ["tell", "--", "{user}"] input "{id}" keep rule expect 0..2 }
     on unban { write "/var/log/{jail}" body "{rule}" }`,
  );
  t.match(action?.hooks, [
    {
      events: [{ name: "start" }, { name: "stop" }],
      steps: [
        {
          verb: "script",
          text: "echo $F2B_JAIL {x}",
          timeoutMs: 3000,
          expect: { from: 0, to: 0 },
        },
      ],
    },
    { steps: [{ verb: "run", keep: "rule", timeoutMs: 10_000, expect: { from: 0, to: 2 } }] },
    { steps: [{ verb: "write", body: { parts: [{ value: "rule" }] } }] },
  ]);
});

t.test("secrets are names, and stand where nobody sees them", async (t) => {
  const params = '(token: secret = env "TOKEN", other: secret = file "/run/secret")';
  const action = actionOf('on ban { run ["x"] input "a {token} {other}" }', params);
  t.match(action?.arguments, {
    token: { kind: "secret", from: "env", name: "TOKEN" },
    other: { kind: "secret", from: "file", name: "/run/secret" },
  });
  t.match(action?.hooks[0]?.steps[0], {
    input: { parts: [{ text: "a " }, { secret: { from: "env" } }, { text: " " }, { secret: {} }] },
  });
  for (const step of ['run ["x", token]', 'run ["x{token}"]', 'log "{token}"', "log token"]) {
    t.same(checkAction(`on ban { ${step} }`, '(token: secret = env "T")').codes, ["F2B2406"], step);
  }
  t.same(checkAction('on ban { log "x" }', "(token: secret)", '(token: "hunter2")').codes, [
    "F2B2017",
  ]);
});

t.test("what a client wrote names no program, option or file", async (t) => {
  const codes = (step: string) => checkAction(`on ban { ${step} }`).codes;
  t.same(codes('run ["{user}"]'), ["F2B2424"]);
  t.same(codes('run ["{jail}"]'), ["F2B2424"]);
  t.same(codes('run ["x", "{user}"]'), ["F2B2426"]);
  t.same(codes('run ["x", "{id}"]'), ["F2B2426"]);
  t.same(codes('run ["x", "user={user}", "{address}"]'), []);
  t.same(codes('run ["x", "--", "{user}"]'), []);
  t.same(codes('write "/x/{user}" body "x"'), ["F2B2421"]);
});

t.test("drivers are the library's", async (t) => {
  const { policy } = checkText(`use std/memory
filter f { fail "x {address}" }
jail j { watch input filter f ban after 5 failures for 1h do memory }`);
  t.match(policy?.actions[0]?.hooks[0]?.steps, [{ verb: "driver", driver: "memory" }]);
  t.same(checkAction('on ban { call "memory" }').codes, ["F2B2904"]);
});

t.test("identities against actions", async (t) => {
  const by = (action: string, sentence: string) =>
    checkText(`use std/memory
action tell { on ban { log "${action}" } }
filter f { fail "x {user:word} {address}" }
jail j { watch input filter f ${sentence} do tell${action === "driver" ? ", memory" : ""} }`).codes;
  t.same(by("{id}", "ban after 5 failures by user for 1h"), []);
  t.same(by("{address}", "ban after 5 failures by user for 1h"), ["F2B2316"]);
  t.same(by("driver", "ban after 5 failures by user for 1h"), ["F2B2316"]);
  t.same(by("{address}", "ban each address after 5 failures by user for 1h"), []);
});

t.test("what is not in this version is checked first", async (t) => {
  const codes = (step: string) => checkAction(`on ban { ${step} }`).codes;
  t.same(codes('call "./tell.mjs" json { a: [address, 1, true] }'), ["F2B2904"]);
});

t.test("no log line says which server is asked or who gets a mail", async (t) => {
  const params = '(url: secret = env "URL", to: string = "ops@example.net")';
  const codes = (step: string) => checkAction(`on ban { ${step} }`, params).codes;
  const http = (url: string, more = "") => codes(`http post ${url} ${more}`);
  for (const url of [
    '"https://api.example.net"',
    '"https://api.example.net:8443/{user}?{address}"',
    '"http://[2001:db8::1]/"',
    "url",
    '"{url}/{user}"',
    '"https://api.example.net/bot{url}/{user}"',
  ]) {
    t.same(http(url), [], url);
  }
  for (const url of [
    '"{user}"',
    '"https://{user}/"',
    '"https://api.example.net{user}"',
    '"https://api.example.net{url}"',
    '"https://me@api.example.net/"',
    '"https://api.example.net\\\\.evil/"',
    '"ftp://api.example.net/"',
    '"api.example.net/"',
    '"{url}{user}"',
    '"{url}x/{user}"',
    '["https://api.example.net/"]',
  ]) {
    t.same(http(url), ["F2B2427"], url);
  }
  t.same(http('"https://a.example/{adress}"'), ["F2B2401"]);
  t.same(http('"https://a.example/"', 'header { "x y": "a" }'), ["F2B2428"]);
  t.same(http('"https://a.example/"', 'bearer url header { authorization: "a" }'), ["F2B2428"]);
  t.same(codes('http get "https://a.example/" json { a: 1 }'), ["F2B2429"]);
  t.same(http('"https://a.example/"', "expect 204..200"), ["F2B2430"]);
  const mail = (to: string) => codes(`mail to ${to} subject "{jail}" body "{address}"`);
  for (const to of ['"root"', "to", "url", '["a@example.net", to]']) t.same(mail(to), [], to);
  for (const to of ['"{user}"', '"-oQ"', '"a b"', '"a@b@c"', "[]", '""']) {
    t.same(mail(to), ["F2B2431"], to);
  }
  t.same(codes('mail to "root" subject "x"'), ["F2B2432"]);
  t.same(codes('mail to "root" subject "x" body "{url}"'), ["F2B2406"], "no secret in a mail");
});
