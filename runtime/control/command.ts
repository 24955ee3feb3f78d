/**
 * `status`, `bans`, `ban` and their sisters: asks a running bundle and prints the answer for people or as JSON.
 *
 * In: a command. Out: printed lines. Errors are thrown with what a person can do about them.
 */
import { type ControlCommand, type LogLevel, logLevels, UsageError } from "../arguments.ts";
import { parseDuration } from "../daemon/duration.ts";
import type { BanRow, Status } from "../daemon/status.ts";
import { escapeText, jsonLine } from "../escape.ts";
import type { Output } from "../output.ts";
import { type RequestBody, request } from "./client.ts";
import { showBans, showStatus, showWhy, type WhyBan } from "./show.ts";

export async function runControl(command: ControlCommand, output: Output): Promise<void> {
  const { socketPath, json, operands } = command;
  const ask = (body: RequestBody) => request(socketPath, body);
  const [first = "", second = ""] = operands;
  const jail = first === "" ? {} : { jail: first };
  const print = (lines: readonly string[]) => {
    for (const line of lines) output.print(escapeText(line));
  };
  switch (command.verb) {
    case "status": {
      const status = (await ask({ verb: "status", ...jail })) as Status & { bans?: BanRow[] };
      print(json ? [jsonLine(status)] : showStatus(status));
      break;
    }
    case "bans": {
      const why = command.why === null ? {} : { why: command.why };
      const { bans } = (await ask({ verb: "bans", ...jail, ...why })) as { bans: WhyBan[] };
      if (json) print(bans.map((ban) => jsonLine(ban)));
      else print(command.why === null ? showBans(bans) : showWhy(command.why, bans));
      break;
    }
    case "ban": {
      const forMs = command.forTime === null ? {} : { forMs: readForTime(command.forTime) };
      const force = command.force ? { force: true } : {};
      const answer = await ask({ verb: "ban", address: first, jail: second, ...forMs, ...force });
      const { banned } = answer as { banned: BanRow | null };
      if (json) print([jsonLine(banned ?? {})]);
      else print([`banned ${banned?.id} in ${banned?.jail} until ${banned?.until ?? "ever"}`]);
      break;
    }
    case "unban": {
      const inJail = second === "" ? {} : { jail: second };
      const answer = await ask({ verb: "unban", address: first, ...inJail });
      print(liftedLines(answer, json));
      if (json || first === "all" || (answer as Lifted).lifted.length > 0) break;
      // A ban of a prefix is lifted by the prefix's name; who knows only the host is told it.
      const held = (await ask({ verb: "bans", why: first, ...inJail })) as { bans: BanRow[] };
      for (const { id, jail: by } of held.bans) print([`${first} is kept out by ${id} in ${by}`]);
      break;
    }
    case "flush":
      print(liftedLines(await ask({ verb: "flush" }), json));
      break;
    case "tail":
      await request(socketPath, { verb: "tail", ...jail }, (event) => {
        output.print(json ? jsonLine(event) : tailLine(event));
        output.flush();
      });
      break;
    case "loglevel":
      await ask({ verb: "loglevel", level: readLevel(first) });
      print([json ? jsonLine({ level: first }) : `the log tells ${first} and above`]);
      break;
    case "observe": {
      if (second !== "on" && second !== "off") throw new UsageError("observe takes JAIL on|off");
      await ask({ verb: "observe", jail: first, on: second === "on" });
      const said = second === "on" ? "only observes" : "bans again";
      print([json ? jsonLine({ jail: first, observe: second === "on" }) : `${first} ${said}`]);
      break;
    }
    case "stop":
      await ask({ verb: "stop", ...(command.flush ? { flush: true } : {}) });
      print([json ? jsonLine({ stopping: true }) : "stopping"]);
      break;
  }
}

interface Lifted {
  readonly lifted: readonly { readonly jail: string; readonly id: string }[];
}

function liftedLines(answer: unknown, json: boolean): string[] {
  const { lifted } = answer as Lifted;
  if (json) return lifted.map((one) => jsonLine(one));
  if (lifted.length === 0) return ["no such ban stands"];
  if (lifted.length > 20) return [`${lifted.length} bans lifted`];
  return lifted.map(({ jail, id }) => `unbanned ${id} in ${jail}`);
}

function tailLine(event: Record<string, unknown>): string {
  const { time, jail, type, id, file, line } = event;
  const where = file === "" ? "" : ` (${String(file)}:${String(line)})`;
  return jsonLine({
    text: `${String(time)} ${String(jail)} ${String(type)} ${String(id)}${where}`,
  }).slice('{"text":"'.length, -'"}'.length);
}

function readForTime(text: string): number | null {
  if (text === "ever") return null;
  const ms = parseDuration(text);
  if (ms === null)
    throw new UsageError(`--for takes a time such as 1h or 2d12h, or ever, not "${text}"`);
  return ms;
}

function readLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level === undefined) throw new UsageError(`the levels are ${logLevels.join(", ")}`);
  return level;
}
