/**
 * Mails of actions: through a stand-in for the host's SMTP server, and through a stand-in for sendmail.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type MailRoute, sendMail } from "../../runtime/action/mail.ts";
import { compileProgram } from "./compile-program.ts";

const hostile = 'x\r\nBcc: victim@example.net\r\n\r\n.\r\nQUIT\r\n" \u00fc\u2028';
const mail = {
  to: ["ops@example.net", "root"],
  subject: `banned ${hostile}`,
  body: `they said: ${hostile}\n.\n`,
  timeoutMs: 5_000,
};
const noProgram = "no-such-program";

/** Says yes to everything, or `refusal` to one command; remembers each line it hears. */
async function serve(test: Test, refused = "", refusal = ""): Promise<[string[], MailRoute]> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    let inData = false;
    let held = "";
    socket.write("220-hello\r\n220 there\r\n");
    socket.on("data", (chunk) => {
      const lines = (held + String(chunk)).split("\r\n");
      held = lines.pop() ?? "";
      for (const line of lines) {
        heard.push(line);
        if (inData && line !== ".") continue;
        inData = line === "DATA";
        const isRefused = refused !== "" && line.startsWith(refused);
        if (isRefused) socket.write(`${refusal}\r\n`);
        else socket.write(inData ? "354 go on\r\n" : "250-well\r\n250 fine\r\n");
      }
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  test.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return [heard, { host: "127.0.0.1", port, program: noProgram }];
}

/** Header fields unfolded, subject decoded, and the body as it was written. */
function readMessage(text: string) {
  const [head = "", ...rest] = text.split(/\r?\n\r?\n/);
  const fields = head.replace(/\r?\n /g, " ").split(/\r?\n/);
  const subject = fields.find((line) => line.startsWith("Subject: ")) ?? "";
  const decoded = [...subject.matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)]
    .map(([, word = ""]) => Buffer.from(word, "base64").toString())
    .join("");
  const body = Buffer.from(rest.join("").replace(/\r?\n/g, ""), "base64").toString();
  return { names: fields.map((line) => line.split(":")[0]), subject: decoded, body };
}

const names = [
  "From",
  "To",
  "Subject",
  "Date",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "Auto-Submitted",
];

t.test("by SMTP: values end neither headers nor the message", async (t) => {
  const [heard, route] = await serve(t);
  await sendMail(mail, route);
  const at = heard.indexOf("DATA");
  t.match(heard.slice(0, at), [
    /^EHLO /,
    /^MAIL FROM:</,
    "RCPT TO:<ops@example.net>",
    "RCPT TO:<root@localhost>",
  ]);
  const end = heard.indexOf(".");
  const message = readMessage(heard.slice(at + 1, end).join("\r\n"));
  t.same(message.names, names);
  t.equal(message.subject, `banned ${hostile.replace(/[\r\n]/g, "?")}`);
  t.equal(message.body, mail.body);
  t.ok(heard.every((line) => line.length <= 998));
});

t.test("a plain subject is sent as it is", async (t) => {
  const [heard, route] = await serve(t);
  await sendMail({ ...mail, subject: "192.0.2.1 banned" }, route);
  t.ok(heard.includes("Subject: 192.0.2.1 banned"));
});

t.test("a refusal is an error with the server's words", async (t) => {
  const [, route] = await serve(t, "RCPT TO:<root@localhost>", "550 no such user");
  await t.rejects(sendMail(mail, route), /says 550 no such user/);
});

t.test("a server that goes away or says nothing", async (t) => {
  for (const speaks of [true, false]) {
    const server = createServer((socket) => {
      if (speaks) socket.end("220 hello\r\n");
      socket.on("error", () => {});
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const route = { host: "127.0.0.1", port, program: noProgram };
    await t.rejects(sendMail({ ...mail, timeoutMs: 200 }, route), /went away|silent for/);
  }
});

t.test("by sendmail where nothing listens", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-mail-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "sendmail");
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" >"${folder}/argv"\ncat >"${folder}/message"\n`,
  );
  chmodSync(program, 0o755);
  const route = { host: "127.0.0.1", port: 1, program };
  await sendMail(mail, route);
  t.equal(readFileSync(join(folder, "argv"), "utf8"), "-i\nops@example.net\nroot\n");
  const message = readMessage(readFileSync(join(folder, "message"), "utf8"));
  t.same(message.names, names);
  t.equal(message.body, mail.body);
  await t.rejects(sendMail(mail, { ...route, program: noProgram }), /not installed/);
});

t.test("recipients of a secret are looked at when it is read", async (t) => {
  const [heard, route] = await serve(t);
  for (const one of ["-oQ/tmp/x", "a@example.net\r\nRCPT TO:<b@example.net>", "a b", ""]) {
    await t.rejects(sendMail({ ...mail, to: [one] }, route), /no address of a mailbox/);
  }
  t.same(heard, []);
});

t.test("a policy's mail", async (t) => {
  const program = await compileProgram(
    'on ban { mail to ["ops@example.net", boss] subject "{address} in {jail}" body "{user}" }',
    '(boss: secret = env "BOSS")',
  );
  const step = program.actions[0]?.hooks[0]?.steps[0];
  t.match(step, { verb: "mail", timeoutMs: 10_000 });
  t.same(program.manifest.needs.servers, ["smtp://127.0.0.1"]);
  t.same(program.manifest.needs.environment, ["BOSS"]);
});
