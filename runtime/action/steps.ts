/**
 * The steps of an action: `run`, `script`, `write`, `log`, and `http` and `mail` by functions of their own.
 *
 * In: an event whose captures were written by attackers. Out: a program run, a line written. What must
 * hold (charter 3.1): a value is one argv element that cannot be an option, an environment variable, or
 * standard input; it never becomes a shell's or a file format's syntax; texts are filled once.
 */
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import type { ActionEvent, ActionText, StepSpec } from "../contract.ts";
import { reportedCaptures } from "../kept-text.ts";
import { runProcess } from "./process.ts";
import { eventText } from "./value.ts";

/** What a step needs from outside, so that tests need no host. */
export interface StepContext {
  readonly environment: (name: string) => string | undefined;
  readonly log: (text: string) => void;
}

/** What went wrong, in words for `bans --why` and the log; retried by the queue. */
export class StepError extends Error {}

/** Longest secret that a file may hold: a token, not a disk. */
const secretBytesMax = 64 * 1024;

/** Runs one hook's steps in order; what a step keeps is there for the steps behind it. */
export async function runSteps(
  steps: readonly StepSpec[],
  event: ActionEvent,
  context: StepContext,
): Promise<Readonly<Record<string, string>>> {
  const kept: Record<string, string> = Object.assign(Object.create(null), event.kept);
  const secrets = await readSecrets(steps, context);
  for (const step of steps) {
    const filled = cleanEvent({ ...event, kept });
    const output = await runStep(step, filled, secrets, context);
    if ("keep" in step && step.keep !== null) kept[step.keep] = output.trim().slice(0, 1024);
  }
  return kept;
}

type Secrets = (from: "env" | "file", name: string) => string;

async function runStep(
  step: StepSpec,
  event: ActionEvent,
  secrets: Secrets,
  context: StepContext,
): Promise<string> {
  switch (step.verb) {
    case "run": {
      const [program, ...values] = step.argv;
      const safe = cleanForArgv(event);
      const argv = [
        program === undefined ? "" : program(safe, secrets),
        ...values.map((value) => value(safe, secrets)),
      ];
      return runProgram(argv, step, event, secrets, {});
    }
    case "script":
      return runProgram(["/bin/sh", "-c", step.text], step, event, secrets, environmentOf(event));
    case "write":
      await appendText(step.path(event, secrets), step.body(event, secrets));
      return "";
    case "log":
      context.log(step.text(event, secrets));
      return "";
    case "http":
      return inWords(
        step.send({
          ...step,
          url: step.url(event, secrets),
          headers: step.headers.map(([name, value]) => [name, value(event, secrets)] as const),
          body: step.body === null ? null : step.body(event, secrets),
        }),
      );
    case "mail":
      await inWords(
        step.send({
          to: step.to.map((one) => one(event, secrets)),
          subject: step.subject(event, secrets),
          body: step.body(event, secrets),
          timeoutMs: step.timeoutMs,
        }),
      );
      return "";
  }
}

/** What a server said is cleaned before it is shown. */
async function inWords<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new StepError(cleanText((error as Error).message));
  }
}

async function runProgram(
  argv: readonly string[],
  step: {
    readonly input: ActionText | null;
    readonly timeoutMs: number;
    readonly expect: readonly [number, number];
  },
  event: ActionEvent,
  secrets: Secrets,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const input = step.input?.(event, secrets);
  const result = await runProcess(argv, {
    timeoutMs: step.timeoutMs,
    environment,
    ...(input === undefined ? {} : { input }),
  });
  const [from, to] = step.expect;
  if (result.code !== null && result.code >= from && result.code <= to) return result.output;
  const said = cleanText(result.errors.trim().split("\n")[0] ?? "").slice(0, 200);
  const how = result.fault ?? `exit code ${result.code}`;
  throw new StepError(`${argv[0]}: ${how}${said === "" ? "" : `: ${said}`}`);
}

/** Appends and never follows a link that somebody put in the file's place. */
async function appendText(path: string, text: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  try {
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
    const file = await open(path, flags, 0o640);
    try {
      await file.appendFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new StepError(`write ${path}: ${(error as Error).message}`);
  }
}

/** Asks each text which secrets it wants by filling it once with nothing; then reads those. */
async function readSecrets(steps: readonly StepSpec[], context: StepContext): Promise<Secrets> {
  const wanted = new Map<string, { from: "env" | "file"; name: string }>();
  const ask: Secrets = (from, name) => {
    wanted.set(`${from} ${name}`, { from, name });
    return "";
  };
  const nothing: ActionEvent = {
    event: "",
    jail: "",
    address: null,
    id: "",
    family: null,
    time: 0,
    until: null,
    failures: 0,
    captures: Object.create(null),
    kept: Object.create(null),
  };
  for (const text of steps.flatMap(textsOf)) text(nothing, ask);
  const values = new Map<string, string>();
  for (const [key, { from, name }] of wanted) {
    values.set(key, await readSecret(from, name, context));
  }
  return (from, name) => values.get(`${from} ${name}`) ?? "";
}

function textsOf(step: StepSpec): ActionText[] {
  switch (step.verb) {
    case "run":
      return step.input === null ? [...step.argv] : [...step.argv, step.input];
    case "script":
      return step.input === null ? [] : [step.input];
    case "write":
      return [step.path, step.body];
    case "log":
      return [step.text];
    case "http":
      return [
        step.url,
        ...step.headers.map(([, value]) => value),
        ...(step.body === null ? [] : [step.body]),
      ];
    case "mail":
      return [...step.to, step.subject, step.body];
  }
}

async function readSecret(
  from: "env" | "file",
  name: string,
  context: StepContext,
): Promise<string> {
  if (from === "env") {
    const value = context.environment(name);
    if (value === undefined) throw new StepError(`the environment has no ${name}`);
    return value;
  }
  try {
    const bytes = await readFile(name);
    if (bytes.length > secretBytesMax) throw new Error(`over ${secretBytesMax} bytes`);
    return bytes.toString("utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new StepError(`secret file ${name}: ${(error as Error).message}`);
  }
}

/** Control characters become `?`: no line, terminal sequence or NUL gets through. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
}

function cleanEvent(event: ActionEvent): ActionEvent {
  return {
    ...event,
    id: cleanText(event.id),
    captures: mapValues(reportedCaptures(event.captures), cleanText),
    kept: mapValues(event.kept, cleanText),
  };
}

/** A value that fills an argv element from its start must not be read as an option. */
function cleanForArgv(event: ActionEvent): ActionEvent {
  const noOption = (text: string) => text.replace(/^-/, "_");
  return {
    ...event,
    id: noOption(event.id),
    captures: mapValues(event.captures, noOption),
    kept: mapValues(event.kept, noOption),
  };
}

function mapValues(
  values: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Readonly<Record<string, string>> {
  const changed: Record<string, string> = Object.create(null);
  for (const key of Object.keys(values)) changed[key] = change(values[key] ?? "");
  return changed;
}

/** `F2B_ADDRESS`, `F2B_JAIL`, ... and `F2B_CAPTURE_USER`: what a script sees. Times are Unix seconds. */
function environmentOf(event: ActionEvent): Record<string, string> {
  const environment: Record<string, string> = {
    F2B_EVENT: event.event,
    F2B_JAIL: event.jail,
    F2B_ADDRESS: event.address ?? "",
    F2B_ID: event.id,
    F2B_FAMILY: event.family === null ? "" : String(event.family),
    F2B_TIME: String(Math.floor(event.time / 1000)),
    F2B_UNTIL: event.until === null ? "" : String(Math.floor(event.until / 1000)),
    F2B_SECONDS: eventText(event, "seconds"),
    F2B_FAILURES: String(event.failures),
  };
  for (const [prefix, values] of [
    ["F2B_CAPTURE_", event.captures],
    ["F2B_KEPT_", event.kept],
  ] as const) {
    for (const key of Object.keys(values)) {
      environment[prefix + key.toUpperCase().replace(/[^A-Z0-9]/g, "_")] = values[key] ?? "";
    }
  }
  return environment;
}
