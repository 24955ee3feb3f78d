/**
 * Requests of actions: compiled policies whose steps run against a real server of this test, with values
 * that attackers wrote.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { sendHttp } from "../../runtime/action/http.ts";
import { cleanText, runSteps } from "../../runtime/action/steps.ts";
import type { ActionEvent, Program } from "../../runtime/contract.ts";
import { compileProgram } from "./compile-program.ts";

const hostile = '"}\r\nX-Evil: 1\r\n\r\n../..?a=b&c#d \u001b[2J\u00fc\u2028';

const event: ActionEvent = {
  event: "ban",
  jail: "web",
  address: "2001:db8::1",
  id: "2001:db8::1",
  family: 6,
  time: Date.UTC(2026, 2, 1, 10),
  until: Date.UTC(2026, 2, 1, 11),
  failures: 5,
  captures: { user: hostile, dots: ".." },
  kept: {},
};

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answers `status` and `text`, and remembers what it was asked. */
async function serve(test: Test, status: number, text: string) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, url, headers, body });
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end(text);
    });
  });
  return { seen, origin: await listen(test, server) };
}

async function listen(test: Test, server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  test.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function context(environment: Readonly<Record<string, string>> = {}) {
  return { environment: (name: string) => environment[name], log: () => {} };
}

/** Runs the steps of `on ban` and gives what they kept. */
async function runBan(program: Program, environment: Readonly<Record<string, string>> = {}) {
  const steps = program.actions.flatMap((action) => action.hooks.flatMap((hook) => hook.steps));
  return runSteps(steps, event, context(environment));
}

t.test("JSON, headers and a bearer carry values that cannot break out", async (t) => {
  const { seen, origin } = await serve(t, 201, '{"result":{"id":42}}');
  const program = await compileProgram(
    `on ban { http post "${origin}/bans/{address}/{user}/{dots}?by={user}"
      json { who: address, user: user, note: "by {user}", list: [jail, 1, true], "__proto__": "x" }
      header { "x-user": "{user}" } bearer token keep rule .result.id }`,
    '(token: secret = env "TOKEN")',
  );
  const kept = await runBan(program, { TOKEN: "s3cret" });
  t.same({ ...kept }, { rule: "42" });
  const [one] = seen;
  t.equal(seen.length, 1);
  t.equal(one?.method, "POST");
  const encoded = encodeURIComponent(cleanText(hostile));
  t.equal(one?.url, `/bans/2001%3Adb8%3A%3A1/${encoded}/__?by=${encoded}`);
  t.equal(one?.headers["authorization"], "Bearer s3cret");
  t.equal(one?.headers["content-type"], "application/json");
  t.notOk(one?.headers["x-evil"]);
  const header = Buffer.from(String(one?.headers["x-user"]), "latin1").toString();
  t.match(header, /^"\}\?\?X-Evil: 1\?\?\?\?\.\.\/\.\.\?a=b&c#d \?\[2Jü\?$/);
  const body = JSON.parse(one?.body ?? "") as Record<string, unknown>;
  t.equal(body["who"], "2001:db8::1");
  t.match(body["note"], /^by "\}\?\?X-Evil/);
  t.same(body["list"], ["web", 1, true]);
  t.ok(Object.hasOwn(body, "__proto__"), "a key of the policy is a key, whatever its name");
});

t.test("a secret may be the whole URL", async (t) => {
  const { seen, origin } = await serve(t, 200, "fine");
  const program = await compileProgram(
    'on ban { http put hook body "banned {address} for {duration}" keep said }',
    '(hook: secret = env "HOOK")',
  );
  t.same({ ...(await runBan(program, { HOOK: `${origin}/hook/T0KEN` })) }, { said: "fine" });
  t.match(seen, [{ method: "PUT", url: "/hook/T0KEN", body: "banned 2001:db8::1 for 1h" }]);
  t.match(seen[0]?.headers["content-type"], /^text\/plain/);
  const wrong = runBan(program, { HOOK: "file:///etc/passwd" });
  await t.rejects(wrong, { message: /does not begin with https:\/\/host\// });
});

t.test("an answer that is no success is an error in clean words", async (t) => {
  const { seen, origin } = await serve(t, 403, "bad\u001b[2J token\nline");
  const program = await compileProgram(`on ban { http delete "${origin}/x" }`);
  await t.rejects(runBan(program), { message: /^127\.0\.0\.1:\d+ answered 403: bad\?\[2J token/ });
  t.match(seen, [{ method: "DELETE", body: "" }]);
  const expected = await compileProgram(`on ban { http delete "${origin}/x" expect 403..404 }`);
  t.same({ ...(await runBan(expected)) }, {});
});

t.test("redirects are not followed", async (t) => {
  const { seen, origin } = await serve(t, 302, "");
  await t.rejects(
    runBan(await compileProgram(`on ban { http get "${origin}/x" }`)),
    /answered 302/,
  );
  t.equal(seen.length, 1);
});

t.test("what is kept must be there", async (t) => {
  const { origin } = await serve(t, 200, '{"result":{"list":[]}}');
  const keep = (path: string) => compileProgram(`on ban { http get "${origin}/" keep a ${path} }`);
  await t.rejects(runBan(await keep(".result.id")), /the answer has no \.result\.id/);
  await t.rejects(runBan(await keep(".result.list")), /the answer has no \.result\.list/);
});

t.test("a server that hangs, drips, floods or is not there", async (t) => {
  const request = {
    method: "GET",
    headers: [],
    body: null,
    timeoutMs: 300,
    keepPath: null,
    expect: [200, 299],
  } as const;
  const hangs = await listen(
    t,
    createServer((_, response) => {
      const drip = setInterval(() => response.write("."), 50);
      response.on("close", () => clearInterval(drip));
    }),
  );
  await t.rejects(sendHttp({ ...request, url: `${hangs}/` }), /127\.0\.0\.1/);
  const floods = await listen(
    t,
    createServer((_, response) => response.end("x".repeat(10_000_000))),
  );
  t.equal((await sendHttp({ ...request, url: `${floods}/`, timeoutMs: 10_000 })).length, 65_536);
  await t.rejects(sendHttp({ ...request, url: "http://127.0.0.1:1/" }), /ECONNREFUSED/);
});
