/**
 * Actions as functions: each text fills itself, once, from an event and the host's secrets.
 *
 * In: checked actions. Out: a constant each, and its name. No value is ever written into code: a hole
 * becomes a call that reads the event when the action runs.
 */
import type { Action, ActionValue, Step } from "../../schemas/policy.ts";
import { type Code, comment, join, js, literal, quote } from "./code.ts";
import { writeDuration } from "./duration.ts";
import type { Module } from "./module.ts";

export function writeAction(module: Module, action: Action): Code {
  const steps = action.hooks.flatMap((hook) => hook.steps);
  const driver = steps.find((step) => step.verb === "driver");
  const made = driver === undefined ? js`null` : writeDriver(module, driver);
  const hooks = action.hooks.flatMap((hook) => {
    const written = hook.steps.flatMap((step) => writeStep(module, step));
    if (written.length === 0) return [];
    const name = module.own(`${action.name} steps`, js`[\n${join(written, js`,\n`)}\n]`);
    return hook.events.map(
      (event) => js`{ event: ${quote(event.name)}, all: ${event.all}, steps: ${name} },`,
    );
  });
  const constant = module.names.make(`action ${action.name}`);
  module.add(
    join([
      comment(`action ${action.id} (${action.at.file}:${action.at.line})`),
      js`const ${constant} = {
id: ${quote(action.id)},
name: ${quote(action.name)},
driver: ${made},
hooks: [
${join(hooks)}
],
};`,
    ]),
  );
  return constant;
}

const driverNames = {
  nftables: "nftables",
  ipset: "ipset",
  blackhole: "blackhole",
  "list-file": "listFile",
  memory: "memory",
} as const;

function writeDriver(module: Module, step: Extract<Step, { verb: "driver" }>): Code {
  const make = module.use(driverNames[step.driver]);
  if (step.settings.length === 0) return make;
  // The names are those that 2-check knows, no text of a policy.
  const settings = step.settings.map(({ name, value }) => {
    const written = typeof value === "string" ? quote(value) : js`[${value.map(quote)}]`;
    return js`${quote(name)}: ${written}`;
  });
  return js`(context) => ${make}(context, { ${settings} })`;
}

function writeStep(module: Module, step: Step): Code[] {
  const input = (value: ActionValue | null) =>
    value === null ? js`null` : writeText(module, value);
  switch (step.verb) {
    case "run":
      return [
        js`{
verb: "run",
argv: [${step.argv.map((value) => writeText(module, value))}],
input: ${input(step.input)},
${writeOutcome(step)}
}`,
      ];
    case "script":
      return [
        js`{
verb: "script",
text: ${quote(step.text)},
input: ${input(step.input)},
${writeOutcome(step)}
}`,
      ];
    case "write":
      return [
        js`{
verb: "write",
path: ${writeText(module, step.path)},
body: ${writeText(module, step.body)},
timeoutMs: ${writeDuration(step.timeoutMs)},
}`,
      ];
    case "log":
      return [js`{ verb: "log", text: ${writeText(module, step.text)} }`];
    case "http":
      return [writeHttp(module, step)];
    case "mail":
      return [
        js`{
verb: "mail",
send: ${module.use("sendMail")},
to: [${step.to.map((value) => writeText(module, value))}],
subject: ${writeText(module, step.subject)},
body: ${writeText(module, step.body)},
timeoutMs: ${writeDuration(step.timeoutMs)},
}`,
      ];
    case "driver":
      return [];
    default:
      return step satisfies never;
  }
}

function writeHttp(module: Module, step: Extract<Step, { verb: "http" }>): Code {
  const type = step.body?.type === "text" ? "text/plain; charset=utf-8" : "application/json";
  const isTyped = step.body === null || step.headers.some((one) => one.name === "content-type");
  const headers = step.headers.map(
    ({ name, value }) => js`[${quote(name)}, ${writeText(module, value)}]`,
  );
  if (!isTyped) headers.unshift(js`["content-type", () => ${quote(type)}]`);
  return js`{
verb: "http",
send: ${module.use("sendHttp")},
method: ${quote(step.method)},
url: (event, secret) => ${writeValue(module, step.url, "urlText")},
headers: [${headers}],
body: ${step.body === null ? null : writeText(module, step.body.value)},
keepPath: ${step.keepPath === null ? null : js`[${step.keepPath.map(literal)}]`},
${writeOutcome(step)}
}`;
}

function writeOutcome(step: Extract<Step, { keep: string | null }>): Code {
  const keep = step.keep === null ? null : quote(step.keep);
  return js`timeoutMs: ${writeDuration(step.timeoutMs)},
keep: ${keep},
expect: [${step.expect.from}, ${step.expect.to}],`;
}

function writeText(module: Module, value: ActionValue): Code {
  return js`(event, secret) => ${writeValue(module, value)}`;
}

/** An expression that gives text. Lists and objects are JSON, their texts quoted by JSON.stringify. */
function writeValue(
  module: Module,
  value: ActionValue,
  fill: "eventText" | "urlText" = "eventText",
): Code {
  switch (value.kind) {
    case "text": {
      const parts = value.parts.map((part) => {
        if ("text" in part) return quote(part.text);
        if ("value" in part) return js`${module.use(fill)}(event, ${quote(part.value)})`;
        return writeSecret(part.secret);
      });
      return join([...(parts.length === 0 ? [quote("")] : parts)], js` + `);
    }
    case "secret":
      return writeSecret(value);
    case "number":
    case "bool":
      return quote(String(value.kind === "number" ? value.value : value.value));
    case "list":
    case "object":
      return js`JSON.stringify(${writeData(module, value)})`;
    default:
      return value satisfies never;
  }
}

function writeSecret({ from, name }: { from: "env" | "file"; name: string }): Code {
  return js`secret(${quote(from)}, ${quote(name)})`;
}

function writeData(module: Module, value: ActionValue): Code {
  switch (value.kind) {
    case "number":
      return literal(value.value);
    case "bool":
      return literal(value.value);
    case "list":
      return js`[${value.items.map((item) => writeData(module, item))}]`;
    case "object": {
      // Pairs, because a key such as __proto__ would not be one in an object literal.
      const pairs = value.entries.map(
        ({ key, value: item }) => js`[${quote(key)}, ${writeData(module, item)}]`,
      );
      return js`Object.fromEntries([${pairs}])`;
    }
    default:
      return writeValue(module, value);
  }
}
