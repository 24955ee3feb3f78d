/**
 * One HTTP request of an action: Node's own client, one answer, no redirects.
 *
 * In: a request whose server stands in the policy or in a secret, with values of an event in it. Out: what the
 * answer says, as text. What must hold (charter 3.1): a value is percent-encoded in an URL, cannot end a header, and
 * is JSON in a body; an answer is read up to a limit and within its time, and what of it is shown is cleaned.
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { ActionEvent, HttpRequest } from "../contract.ts";
import { eventText } from "./value.ts";

const answerBytesMax = 64 * 1024;
const saidCharactersMax = 200;

/** A value for an URL: every byte that means something there is encoded, and no segment is `.` or `..`. */
export function urlText(event: ActionEvent, name: string): string {
  // Half a surrogate pair has no bytes.
  const text = eventText(event, name).replace(/\p{Surrogate}/gu, "\ufffd");
  return /^\.+$/.test(text) ? "_".repeat(text.length) : encodeURIComponent(text);
}

/** Resolves with the answer's text, or what stands at `keepPath` of its JSON. Throws in words. */
export async function sendHttp(request: HttpRequest): Promise<string> {
  const where = serverOf(request.url);
  const answer = await exchange(request, where);
  const [from, to] = request.expect;
  if (answer.status < from || answer.status > to) {
    const said = showAnswer(answer.text);
    throw new Error(`${where} answered ${answer.status}${said === "" ? "" : `: ${said}`}`);
  }
  if (request.keepPath === null) return answer.text;
  return pick(answer.text, request.keepPath, where);
}

/** For messages: the path may hold a secret. */
function serverOf(url: string): string {
  const found = /^(https?):\/\/([^\s/?#@\\]+)(?=[/?#]|$)/i.exec(url);
  if (found === null) throw new Error("the URL of a secret does not begin with https://host/");
  return found[2] ?? "";
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function exchange(request: HttpRequest, where: string): Promise<Answer> {
  const { method, url, headers, body, timeoutMs } = request;
  const send = /^https:/i.test(url) ? requestHttps : requestHttp;
  const bytes = body === null ? null : Buffer.from(body, "utf8");
  const length = bytes === null ? {} : { "content-length": String(bytes.length) };
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${where}: ${why}`));
    const sent = send(
      url,
      { method, agent: false, headers: { ...headersOf(headers), ...length } },
      (answer) => readAnswer(answer).then(resolve, (error: Error) => fail(error.message)),
    );
    // The whole exchange, not each silence in it: a drip must not hold up the queue.
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    sent.on("error", (error) => fail(error.message));
    sent.on("close", () => clearTimeout(timer));
    sent.end(bytes ?? undefined);
  });
}

/** Bytes of UTF-8 as Node wants them; control characters would be refused by it, or end the header. */
function headersOf(headers: readonly (readonly [string, string])[]): Record<string, string> {
  const safe: Record<string, string> = Object.create(null);
  safe["user-agent"] = "f2b";
  for (const [name, value] of headers) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    safe[name] = Buffer.from(value.replace(/[\u0000-\u001f\u007f]/g, "?")).toString("latin1");
  }
  return safe;
}

async function readAnswer(answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const room = answerBytesMax - size;
    chunks.push(chunk.subarray(0, room));
    size += Math.min(room, chunk.length);
    if (size >= answerBytesMax) break;
  }
  return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
}

function pick(text: string, path: readonly (string | number)[], where: string): string {
  const name = path.map((step) => `.${step}`).join("");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${where}: the answer is no JSON, so it has no ${name}`);
  }
  for (const step of path) {
    const has = typeof value === "object" && value !== null && Object.hasOwn(value, step);
    value = has ? (value as Record<string | number, unknown>)[step] : undefined;
  }
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`${where}: the answer has no ${name}`);
}

function showAnswer(text: string): string {
  return text.trim().replace(/\s+/g, " ").slice(0, saidCharactersMax);
}
