/**
 * The steps `http` and `mail`: what leaves the host.
 *
 * In: a step of the tree with its clauses. Out: the checked step, or null after reporting. What must hold:
 * which server is asked and who gets the mail stands in literal text or in a secret; no byte of a log line
 * can say so.
 */
import type { ActionPart, ActionValue, Step } from "../../schemas/policy.ts";
import type { Clause, Path, Step as StepTree } from "../1-read/ast.ts";
import { checkActions as catalogue } from "../diagnostics/catalogue/check-actions.ts";
import { lowerActionValue, type TextSetting } from "./action-text.ts";
import { atOf, near } from "./context.ts";

type StepHttp = Extract<Step, { verb: "http" }>;
type StepMail = Extract<Step, { verb: "mail" }>;

export interface Clauses {
  get<T extends Clause["type"]>(type: T): (Clause & { type: T }) | undefined;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;
const success = { from: 200, to: 299 };
/** Node writes these itself. */
const headersOfNode = ["connection", "content-length", "host", "transfer-encoding"];

/** An URL, headers and a body are seen by the server alone, so that secrets may stand in them. */
export function lowerHttp(
  tree: StepTree,
  clauses: Clauses,
  timeoutMs: number,
  plain: TextSetting,
): StepHttp | null {
  const setting = { ...plain, mayHoldSecret: true };
  const { diagnostics } = setting.context;
  const method = methods.find((one) => one === tree.method?.name);
  if (method === undefined) {
    const name = tree.method?.name ?? "";
    diagnostics.add(catalogue.unknownMethod, tree.method?.at ?? tree.at, near(name, methods));
    return null;
  }
  const url = lowerActionValue(tree.argument, setting);
  if (url !== null && !hasFixedServer(partsOf(url))) {
    diagnostics.add(catalogue.badUrl, tree.argument.at, {});
    return null;
  }
  const headers = lowerHeaders(clauses, setting);
  const body = lowerBody(clauses, setting);
  const keep = clauses.get("keep");
  const expect = clauses.get("expect");
  const statuses =
    expect === undefined
      ? success
      : { from: expect.from.value, to: expect.to?.value ?? expect.from.value };
  if (expect && (statuses.from < 100 || statuses.to > 599 || statuses.to < statuses.from)) {
    diagnostics.add(catalogue.expectStatus, expect.at, {});
  }
  if (method === "get" && body !== undefined) {
    diagnostics.add(catalogue.twoBodies, tree.at, {});
    return null;
  }
  if (url === null || headers === null || body === null) return null;
  return {
    verb: "http",
    method: method.toUpperCase() as StepHttp["method"],
    url,
    headers,
    body: body ?? null,
    timeoutMs,
    keep: keep?.name.name ?? null,
    keepPath: keep?.path ? stepsOf(keep.path) : null,
    expect: statuses,
    at: atOf(setting.context, tree.at),
  };
}

function partsOf(value: ActionValue): readonly ActionPart[] | null {
  if (value.kind === "secret") return [{ secret: { from: value.from, name: value.name } }];
  return value.kind === "text" ? value.parts : null;
}

/** `https://host/` before anything that an event says; or a secret, with a `/` or `?` behind it. */
function hasFixedServer(parts: readonly ActionPart[] | null): boolean {
  const [first, ...rest] = parts ?? [];
  if (first === undefined || "value" in first) return false;
  const isLiteral = "text" in first;
  if (isLiteral && !/^https?:\/\/[^\s/?#@\\]+(?=[/?#]|$)/i.test(first.text)) return false;
  let isClosed = isLiteral && /^https?:\/\/[^/?#]+[/?#]/i.test(first.text);
  for (const part of rest) {
    if ("text" in part) {
      // Behind a secret, or an origin with nothing behind it, the text must begin what is behind a server.
      if (!isClosed && !/^[/?#]/.test(part.text)) return false;
      isClosed = true;
    } else if (!isClosed) return false;
  }
  return true;
}

function stepsOf(path: Path): StepHttp["keepPath"] {
  const [first, ...rest] = path.steps;
  return first === undefined ? null : [first, ...rest];
}

function lowerHeaders(clauses: Clauses, setting: TextSetting): StepHttp["headers"] | null {
  const { diagnostics } = setting.context;
  const headers: StepHttp["headers"] = [];
  const bearer = clauses.get("bearer");
  if (bearer !== undefined) {
    const token = lowerActionValue(bearer.argument, setting);
    const parts = token === null ? null : partsOf(token);
    if (parts === null) return null;
    const value = { kind: "text" as const, parts: [{ text: "Bearer " }, ...parts] };
    headers.push({ name: "authorization", value });
  }
  const header = clauses.get("header");
  if (header === undefined) return headers;
  for (const { key, value } of header.object.entries) {
    const name = (key.type === "name" ? key.name : key.value).toLowerCase();
    const isTwice = headers.some((one) => one.name === name);
    if (!/^[a-z0-9-]+$/.test(name) || headersOfNode.includes(name) || isTwice) {
      diagnostics.add(catalogue.badHeader, key.at, { name });
      return null;
    }
    const lowered = lowerActionValue(value, setting);
    if (lowered === null) return null;
    headers.push({ name, value: lowered });
  }
  return headers;
}

/** undefined: it has none; null: after reporting. */
function lowerBody(clauses: Clauses, setting: TextSetting): StepHttp["body"] | undefined {
  const json = clauses.get("json");
  const text = clauses.get("body");
  if (json !== undefined && text !== undefined) {
    setting.context.diagnostics.add(catalogue.twoBodies, text.at, {});
    return null;
  }
  if (json === undefined && text === undefined) return undefined;
  const written = json === undefined ? text?.argument : json.object;
  const value = written === undefined ? null : lowerActionValue(written, setting);
  if (value === null) return null;
  return { type: json === undefined ? "text" : "json", value };
}

/** One local part and one domain, or a local user. */
const mailbox = /^(?!-)[\w.!#$%&'*+/=?^`{|}~-]+(?:@[A-Za-z0-9.-]+)?$/;

export function lowerMail(
  tree: StepTree,
  clauses: Clauses,
  timeoutMs: number,
  setting: TextSetting,
): StepMail | null {
  const { diagnostics } = setting.context;
  const lowered = lowerActionValue(tree.argument, { ...setting, mayHoldSecret: true });
  const to = lowered?.kind === "list" ? lowered.items : lowered === null ? [] : [lowered];
  const [first, ...rest] = to;
  if (first === undefined || !to.every(isMailbox)) {
    if (lowered !== null) diagnostics.add(catalogue.badRecipient, tree.argument.at, {});
    return null;
  }
  const subject = clauses.get("subject");
  const body = clauses.get("body");
  if (subject === undefined || body === undefined) {
    diagnostics.add(catalogue.mailText, tree.at, {});
    return null;
  }
  const texts = [subject, body].map((one) => lowerActionValue(one.argument, setting));
  const [title, text] = texts;
  if (!title || !text) return null;
  const at = atOf(setting.context, tree.at);
  return { verb: "mail", to: [first, ...rest], subject: title, body: text, timeoutMs, at };
}

/** A secret is looked at when it is read. */
function isMailbox(value: ActionValue): boolean {
  if (value.kind === "secret") return true;
  if (value.kind !== "text") return false;
  const texts = value.parts.map((part) => ("text" in part ? part.text : null));
  return !texts.includes(null) && mailbox.test(texts.join(""));
}
