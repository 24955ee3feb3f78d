/**
 * One mail of an action, handed to the host's own mail system.
 *
 * In: fixed recipients, a subject and a body with values of an event in them. Out: the mail is accepted, or an
 * error in words. What must hold (charter 3.1): no value ends a header or the message. The body travels as base64, a
 * subject that is not plain ASCII as RFC 2047 words.
 *
 * It goes by SMTP (RFC 5321) to port 25 of this host; where nothing listens there, to `sendmail`. SMTP comes first
 * because sendmail programs are set-uid or set-gid, which the service's unit does not allow.
 */
import { connect } from "node:net";
import { hostname, userInfo } from "node:os";
import type { MailMessage } from "../contract.ts";
import { runProcess } from "./process.ts";

export interface MailRoute {
  readonly host: string;
  readonly port: number;
  readonly program: string;
}

const ownRoute: MailRoute = { host: "127.0.0.1", port: 25, program: "sendmail" };

/** What a mailbox may look like; a secret may hold anything. */
const mailbox = /^(?!-)[\w.!#$%&'*+/=?^`{|}~-]+(?:@[A-Za-z0-9.-]+)?$/;

export async function sendMail(message: MailMessage, route: MailRoute = ownRoute): Promise<void> {
  for (const one of message.to) {
    if (!mailbox.test(one)) throw new Error("mail: a recipient is no address of a mailbox");
  }
  const from = `${userInfo().username}@${hostname()}`;
  const text = writeMessage(message, from);
  if (await sendSmtp(message, from, text, route)) return;
  const result = await runProcess([route.program, "-i", ...message.to], {
    timeoutMs: message.timeoutMs,
    input: text.replace(/\r\n/g, "\n"),
  });
  if (result.code === 0) return;
  const said = result.errors.trim().split("\n")[0] ?? "";
  const how = result.fault ?? `exit code ${result.code}`;
  throw new Error(`mail: nothing listens on port 25, and ${route.program}: ${how} ${said}`.trim());
}

function writeMessage({ to, subject, body }: MailMessage, from: string): string {
  const encoded = Buffer.from(body.endsWith("\n") ? body : `${body}\n`).toString("base64");
  return [
    `From: f2b <${from}>`,
    `To: ${to.join(", ")}`,
    `Subject: ${encodeSubject(subject)}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    // RFC 3834: nobody is to answer it.
    "Auto-Submitted: auto-generated",
    "",
    ...(encoded.match(/.{1,76}/g) ?? []),
    "",
  ].join("\r\n");
}

/** RFC 2047: words of at most 75 characters, each with whole characters in it. */
function encodeSubject(subject: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const clean = subject.replace(/[\u0000-\u001f\u007f]/g, "?");
  if (/^[\x20-\x7e]{0,900}$/.test(clean) && !clean.includes("=?")) return clean;
  const words: string[] = [];
  let word = "";
  for (const character of clean) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?utf-8?B?${Buffer.from(one).toString("base64")}?=`).join("\r\n ");
}

/** False: nothing listens there. The server's refusal is an error. */
function sendSmtp(
  { to, timeoutMs }: MailMessage,
  from: string,
  text: string,
  { host, port }: MailRoute,
): Promise<boolean> {
  const commands = [
    `EHLO ${hostname()}`,
    `MAIL FROM:<${from}>`,
    // RFC 5321 wants a domain, and Exim insists.
    ...to.map((one) => `RCPT TO:<${one.includes("@") ? one : `${one}@localhost`}>`),
    "DATA",
    // Base64 and headers of ours: no line begins with a point, so none needs a second one.
    `${text}.`,
    "QUIT",
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`silent for ${timeoutMs} ms`)));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve(false);
      else reject(new Error(`mail: ${host}:${port}: ${error.message}`));
    });
    let heard = "";
    let sent = 0;
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      heard = (heard + chunk).slice(-4096);
      // The last line of a reply has a blank behind its code.
      const reply = /^(\d{3}) ([^\r\n]*)\r?\n$/m.exec(heard.slice(heard.search(/^\d{3} /m)));
      if (reply === null) return;
      heard = "";
      if (!/^[23]/.test(reply[1] ?? "")) {
        socket.destroy();
        reject(new Error(`mail: ${host}:${port} says ${reply[1]} ${reply[2]}`.slice(0, 200)));
        return;
      }
      const next = commands[sent++];
      if (next !== undefined) socket.write(`${next}\r\n`);
      if (next === "QUIT") resolve(true);
    });
    socket.on("close", () => {
      reject(new Error(`mail: ${host}:${port} went away`));
    });
  });
}
