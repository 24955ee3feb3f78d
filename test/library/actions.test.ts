/**
 * The library's actions, each told of a ban and its end: what programs are run with, through stand-ins that write
 * down their arguments, and what servers are sent. Firewalls meet the real tools in test/action.
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import t from "tap";
import { compile } from "../../compiler/compile.ts";
import { runSteps } from "../../runtime/action/steps.ts";
import type {
  ActionEvent,
  HttpRequest,
  MailMessage,
  Program,
  StepSpec,
} from "../../runtime/contract.ts";
import { root } from "./f2b.ts";

const library = join(root, "library");

interface ActionText {
  readonly module: string;
  readonly name: string;
}

const actions: ActionText[] = readdirSync(library)
  .filter((file) => file.endsWith(".f2b"))
  .flatMap((file) => {
    const text = readFileSync(join(library, file), "utf8");
    const names = [...text.matchAll(/^action ([\w-]+)/gm)];
    return names.map(([, name = ""]) => ({ module: file.replace(/\.f2b$/, ""), name }));
  });

/** What has no default. */
const needed: Readonly<Record<string, string>> = {
  telegram: '(chat: "-100")',
  cloudflare: '(zone: "0123456789abcdef")',
};

async function compileAction({ module, name }: ActionText): Promise<Program> {
  const text = `use std/${module}
filter f { fail "no {user} from {address}" }
jail web { watch input  filter f  ban after 5 failures for 1h  never ban self  ports all  do ${name}${needed[name] ?? ""} }
`;
  const read = (file: string) =>
    file === "p.f2b"
      ? Buffer.from(text)
      : readFileSync(join(root, `${file.replace("std", "library")}.f2b`));
  const { bundle, diagnostics } = await compile(
    "p.f2b",
    { read },
    { kind: "program", version: "0.1.0" },
  );
  if (bundle === null) throw new Error(`${name}: ${JSON.stringify(diagnostics.sorted(), null, 1)}`);
  const url = `data:text/javascript;base64,${Buffer.from(bundle.code).toString("base64")}`;
  return ((await import(url)) as { program: Program }).program;
}

const ban: ActionEvent = {
  event: "ban",
  jail: "web",
  address: "192.0.2.1",
  id: "192.0.2.1",
  family: 4,
  time: Date.UTC(2026, 2, 1, 10),
  until: Date.UTC(2026, 2, 1, 11),
  failures: 5,
  captures: { user: "-x\n$(id)" },
  kept: {},
};
const ban6 = { ...ban, address: "2001:db8:1:2::/64", id: "2001:db8:1:2::/64", family: 6 as const };

/** Steps whose requests and mails are written down instead of sent. */
function watched(steps: readonly StepSpec[], seen: (HttpRequest | MailMessage)[]): StepSpec[] {
  return steps.map((step) => {
    if (step.verb === "mail")
      return { ...step, send: async (one: MailMessage) => void seen.push(one) };
    if (step.verb !== "http") return step;
    const send = async (request: HttpRequest) => {
      seen.push(request);
      return request.keepPath === null ? "" : "r1";
    };
    return { ...step, send };
  });
}

async function tell(name: string, events: readonly ActionEvent[]) {
  const action = actions.find((one) => one.name === name);
  if (action === undefined) throw new Error(`no action ${name}`);
  const program = await compileAction(action);
  const seen: (HttpRequest | MailMessage)[] = [];
  let kept: Readonly<Record<string, string>> = {};
  for (const event of events) {
    for (const hook of program.actions[0]?.hooks ?? []) {
      if (hook.event !== event.event) continue;
      const context = { environment: (variable: string) => secretOf(variable), log: () => {} };
      kept = await runSteps(watched(hook.steps, seen), { ...event, kept }, context);
    }
  }
  return { program, seen };
}

/** A secret that holds a URL, where its name says so. */
const secretOf = (variable: string) =>
  variable.endsWith("_URL") ? "https://hook.example.net/T0KEN" : "T0KEN";

const folder = mkdtempSync(join(tmpdir(), "f2b-actions-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** Stand-ins for the programs that actions run; each writes one line an argument, and `--` behind them. */
function standIns(names: readonly string[]): () => string[][] {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const told = join(folder, "told");
  writeFileSync(told, "");
  for (const name of names) {
    const program = join(bin, name);
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$0" "$@" "" >>"${told}"\n`);
    chmodSync(program, 0o755);
  }
  if (!process.env["PATH"]?.startsWith(bin))
    process.env["PATH"] = bin + delimiter + process.env["PATH"];
  return () =>
    readFileSync(told, "utf8")
      .trimEnd()
      .split("\n\n")
      .map((call) => call.split("\n").map((word) => word.replace(`${bin}/`, "")));
}

const unban = (of: ActionEvent): ActionEvent => ({ ...of, event: "unban" });
const report = { ...ban, event: "report" };

t.test("every action of the library compiles and says what it needs", async (t) => {
  t.ok(actions.length > 15, `${actions.length} actions`);
  for (const action of actions) {
    const { manifest } = await compileAction(action);
    t.equal(manifest.actions[0]?.split("(")[0], action.name, action.name);
  }
});

t.test("programs get one argument a value", async (t) => {
  const told = standIns(["ufw", "firewall-cmd", "logger"]);
  await tell("ufw", [ban, unban(ban)]);
  await tell("firewalld", [ban6, unban(ban6)]);
  await tell("syslog", [report]);
  t.same(told(), [
    ["ufw", "prepend", "deny", "from", "192.0.2.1", "to", "any", "comment", "f2b web"],
    ["ufw", "delete", "deny", "from", "192.0.2.1", "to", "any"],
    [
      "firewall-cmd",
      "--quiet",
      "--zone=public",
      "--timeout=3600",
      "--add-rich-rule=rule family=ipv6 source address=2001:db8:1:2::/64 drop",
    ],
    [
      "firewall-cmd",
      "--quiet",
      "--zone=public",
      "--remove-rich-rule=rule family=ipv6 source address=2001:db8:1:2::/64 drop",
    ],
    [
      "logger",
      "-p",
      "auth.notice",
      "-t",
      "f2b",
      "--",
      "web: ban 192.0.2.1 for 1h after 5 failures",
    ],
  ]);
});

t.test("services are sent JSON, and their secrets in its place", async (t) => {
  for (const name of ["slack", "discord", "ntfy", "webhook", "telegram", "abuseipdb"]) {
    const { seen } = await tell(name, [ban, report]);
    t.equal(seen.length, 1, name);
    const request = seen[0] as HttpRequest;
    t.match(request.url, /^https:\/\/[\w.]+\//);
    t.match(request.body, /192\.0\.2\.1/);
    t.match(request.body, /web/);
    if (name !== "ntfy") t.doesNotThrow(() => JSON.parse(request.body ?? ""));
    t.notMatch(request.body, /T0KEN/, "no secret in what is kept over there");
  }
  const { seen } = await tell("telegram", [report]);
  t.equal((seen[0] as HttpRequest).url, "https://api.telegram.org/botT0KEN/sendMessage");
});

t.test("Cloudflare's rule is looked up, and deleted by its number", async (t) => {
  const { seen } = await tell("cloudflare", [ban, unban(ban)]);
  const [made, found, gone] = seen as HttpRequest[];
  t.match(JSON.parse(made?.body ?? ""), { configuration: { target: "ip", value: "192.0.2.1" } });
  t.match(found, {
    method: "GET",
    url: /\?configuration\.value=192\.0\.2\.1&notes=f2b%20web$/,
  });
  t.match(gone, {
    method: "DELETE",
    url: /\/zones\/0123456789abcdef\/firewall\/access_rules\/rules\/r1$/,
  });
  const prefix = (await tell("cloudflare", [ban6])).seen[0] as HttpRequest;
  t.match(JSON.parse(prefix.body ?? ""), { configuration: { target: "ip_range" } });
});

t.test("a mail says who, where and for how long", async (t) => {
  const { seen } = await tell("mail", [report]);
  t.match(seen, [
    { to: ["root"], subject: "192.0.2.1 banned in web", body: /for 1h, after 5 failures/ },
  ]);
});

t.test("what a service unit must allow is in the manifest", async (t) => {
  const { manifest } = await compileAction({ module: "notify", name: "telegram" });
  t.same(manifest.needs.servers, ["https://api.telegram.org"]);
  t.same(manifest.needs.environment, ["F2B_TELEGRAM_TOKEN"]);
  const lists = await compileAction({ module: "lists", name: "nginx-deny" });
  t.match(lists.manifest.needs, {
    programs: ["nginx"],
    writes: ["/etc/nginx/f2b-deny.conf"],
    capabilities: [],
  });
  const iptables = await compileAction({ module: "iptables", name: "iptables" });
  t.match(iptables.manifest.needs.capabilities, ["CAP_NET_ADMIN", "CAP_NET_RAW"]);
});
