/**
 * The other end of the control socket: what `status`, `bans`, `ban` and their sisters talk through.
 *
 * In: a request without its id. Out: the result, and for `tail` each event as it comes. Errors say what a
 * person can do about them.
 */
import { connect } from "node:net";
import type { ControlRequest } from "../../schemas/control.ts";

/** A request as callers write it: the client numbers it. */
export type RequestBody = ControlRequest extends infer R
  ? R extends { id: number }
    ? Omit<R, "id">
    : never
  : never;

/** The daemon refused, or is not there: `message` is for people. */
export class ControlError extends Error {
  /** True when no daemon answered at all: a fault of the host, not of the request. */
  readonly unreachable: boolean;

  constructor(message: string, unreachable: boolean) {
    super(message);
    this.unreachable = unreachable;
  }
}

/** How long an answer may take: `start` of a firewall with many bans included. */
const answerTimeoutMs = 30_000;

/** Sends one request; resolves with its result. With `onEvent` the stream goes on until it ends. */
export function request(
  path: string,
  body: RequestBody,
  onEvent?: (event: Record<string, unknown>) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let held = "";
    let answered = false;
    const fail = (message: string, unreachable = false) => {
      socket.destroy();
      reject(new ControlError(message, unreachable));
    };
    socket.setEncoding("utf8");
    socket.setTimeout(answerTimeoutMs, () => {
      if (!answered) fail(`no answer from ${path} within ${answerTimeoutMs / 1000} s`, true);
    });
    socket.on("connect", () => socket.write(`${JSON.stringify({ id: 1, ...body })}\n`));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (!answered) fail(unreachableText(path, error), true);
    });
    socket.on("close", () => {
      if (answered) resolve(undefined);
      else fail(`the daemon on ${path} went away without an answer`, true);
    });
    socket.on("data", (chunk: string) => {
      held += chunk;
      for (let end = held.indexOf("\n"); end >= 0; end = held.indexOf("\n")) {
        const line = held.slice(0, end);
        held = held.slice(end + 1);
        const answer = JSON.parse(line) as {
          ok?: boolean;
          result?: unknown;
          error?: string;
          event?: Record<string, unknown>;
        };
        if (answer.event !== undefined) {
          onEvent?.(answer.event);
        } else if (answer.ok === true) {
          answered = true;
          if (onEvent === undefined) {
            socket.end();
            resolve(answer.result);
          }
        } else {
          fail(answer.error ?? "the daemon refused without a reason");
        }
      }
    });
  });
}

function unreachableText(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return `nothing listens on ${path}: is the daemon running? (--socket names another path)`;
    case "ECONNREFUSED":
      return `the daemon that made ${path} is gone: start it again`;
    case "EACCES":
      return `${path} may only be opened by the user that runs the daemon: try sudo`;
    default:
      return `${path}: ${error.message}`;
  }
}
