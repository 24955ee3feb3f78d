/**
 * The control socket: newline-delimited JSON over a unix socket that only its owner can open.
 *
 * In: requests of clients who may be broken or hostile. Out: one answer a request; for `tail`, events
 * until the client goes. What must hold: the socket is 0600 in a 0700 directory, a dead one is
 * replaced and a living one is not, and no client can hold memory, time or another client up.
 */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { ControlRequest } from "../../schemas/control.ts";
import { makeFolders } from "../make-folders.ts";
import { readRequest } from "./request.ts";

/** Sends one event of a `tail`; false: the client is gone. */
export type Send = (event: object) => boolean;

/** Answers a request. For `tail` it keeps `send` and resolves when the stream is set up. */
export type Handler = (
  request: ControlRequest,
  send: Send,
  onClose: (done: () => void) => void,
) => Promise<unknown>;

export interface ControlOptions {
  readonly path: string;
  readonly handle: Handler;
  /** A client without a request for this long is closed, unless it tails. */
  readonly idleMs?: number;
}

export interface Control {
  close(): Promise<void>;
}

/** A request is a few names: nobody needs more. */
const lineBytesMax = 8 * 1024;
const clientsMax = 32;
const idleMsDefault = 30_000;
/** So long a client that is refused may take to go. */
const refusedMs = 1_000;
/** Requests a client may make within a second; what comes faster waits in the kernel's buffer. */
const requestsPerSecondMax = 200;
/** What may wait for a slow tail before events are dropped for it. */
const backlogBytesMax = 1024 * 1024;

/** sockaddr_un(7): 108 bytes with the NUL. What is longer is cut in silence, and stands under another name. */
const pathBytesMax = 107;

export async function openControl(options: ControlOptions): Promise<Control> {
  if (Buffer.byteLength(options.path) > pathBytesMax) {
    throw new Error(
      `${options.path} is too long: a socket's path has at most ${pathBytesMax} bytes`,
    );
  }
  prepareFolder(dirname(options.path));
  await removeDeadSocket(options.path);
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    if (clients.size >= clientsMax) {
      refuse(socket);
      return;
    }
    clients.add(socket);
    socket.on("close", () => clients.delete(socket));
    serve(socket, options);
  });
  await listen(server, options.path);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of clients) socket.end();
        const timer = setTimeout(() => {
          for (const socket of clients) socket.destroy();
        }, 500);
        // Closing also unlinks the socket's file.
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** What it asks is read and thrown away: a client whose words are left unread never reads the refusal. */
function refuse(socket: Socket): void {
  socket.on("error", () => {});
  const refusal = JSON.stringify({ id: null, ok: false, error: "too many clients" });
  socket.end(`${refusal}\n`);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), refusedMs);
  socket.on("close", () => clearTimeout(timer));
}

/**
 * Makes the folder 0700, or demands that an existing one is ours and closed to others. It is never closed by us: with
 * `--socket /tmp/f2b.sock` that would lock everybody out of /tmp.
 */
function prepareFolder(folder: string): void {
  makeFolders("the control socket's folder", folder, 0o700);
  const found = lstatSync(folder);
  const what = `the control socket's folder ${folder}`;
  if (!found.isDirectory())
    throw new Error(`${what} is a link or no folder: name the folder itself`);
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) {
    throw new Error(`${what} belongs to user ${found.uid}, the daemon is ${uid}`);
  }
  if ((found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o7777).toString(8);
    throw new Error(
      `${what} is open to others (mode ${mode}): name one of its own with --socket, or chmod 700 it`,
    );
  }
}

/** Removes what a killed daemon left; a living one answers the connection and is left alone. */
async function removeDeadSocket(path: string): Promise<void> {
  let found: ReturnType<typeof lstatSync>;
  try {
    found = lstatSync(path);
  } catch {
    return;
  }
  if (!found.isSocket()) throw new Error(`${path} exists and is no socket`);
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
  if (alive) throw new Error(`another daemon answers on ${path}`);
  unlinkSync(path);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // The folder is 0700 already: nobody else can come in between bind and chmod.
    server.listen(path, () => {
      chmodSync(path, 0o600);
      server.removeListener("error", reject);
      // A failed accept (too many open files) must not end the daemon.
      server.on("error", () => {});
      resolve();
    });
  });
}

function serve(socket: Socket, { handle, idleMs = idleMsDefault }: ControlOptions): void {
  let held = "";
  let tailing = false;
  let second = 0;
  let requests = 0;
  const closers: (() => void)[] = [];
  const write = (value: object): boolean => {
    if (socket.destroyed || !socket.writable) return false;
    if (socket.writableLength <= backlogBytesMax) socket.write(`${JSON.stringify(value)}\n`);
    return true;
  };
  const answer = async (line: string): Promise<void> => {
    const read = readRequest(line);
    if (read.request === null) {
      write({ id: read.id, ok: false, error: read.error });
      return;
    }
    const { id } = read.request;
    if (read.request.verb === "tail") {
      tailing = true;
      socket.setTimeout(0);
    }
    try {
      const result = await handle(
        read.request,
        (event) => write({ id, event }),
        (done) => closers.push(done),
      );
      write({ id, ok: true, result });
    } catch (error) {
      write({ id, ok: false, error: (error as Error).message });
    }
  };
  const take = async (chunk: string): Promise<void> => {
    held += chunk;
    for (let end = held.indexOf("\n"); end >= 0; end = held.indexOf("\n")) {
      const line = held.slice(0, end);
      held = held.slice(end + 1);
      const now = Math.floor(performance.now() / 1000);
      requests = now === second ? requests + 1 : 1;
      second = now;
      if (requests > requestsPerSecondMax) await pause(1000);
      if (socket.destroyed) return;
      if (line.length > lineBytesMax) break;
      if (line.trim() !== "") await answer(line);
    }
    if (held.length > lineBytesMax) {
      write({ id: null, ok: false, error: `a request has at most ${lineBytesMax} bytes` });
      socket.end();
      held = "";
    }
  };
  socket.setEncoding("utf8");
  socket.setTimeout(idleMs, () => {
    if (!tailing) socket.destroy();
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    for (const done of closers) done();
  });
  // One chunk after the other: while one is answered, the kernel holds the client back.
  socket.on("data", (chunk: string) => {
    socket.pause();
    void take(chunk).then(() => socket.resume());
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
