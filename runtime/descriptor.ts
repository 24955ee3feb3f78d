/**
 * Writes text to standard output or error, whole, at once.
 *
 * In: lines. Out: they have left; or what ended it. What must hold: a full pipe is waited for, and where nobody may be
 * waited for, no longer than `patienceMs`: then lines are lost, whole ones, and counted.
 */
import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";

export interface Descriptor {
  /** What ended it; null: all has left, or is lost and counted. */
  write(text: string): NodeJS.ErrnoException | null;
  waitForNobody(): void;
  /** Lines that were lost until a reader took something again; told once. */
  takeLost(): number;
}

const lf = 0x0a;
const pauseMs = 5;
/** A reader that takes nothing for so long is stuck. */
const patienceMs = 1_000;

export function openDescriptor(descriptor: 1 | 2): Descriptor {
  let patience = Number.POSITIVE_INFINITY;
  /** The end of a line whose beginning has left. */
  let rest: Buffer = Buffer.alloc(0);
  let isStuck = false;
  let lost = 0;

  /** Keeps the line that was begun, and drops those behind it. */
  function drop(bytes: Buffer, at: number): void {
    const isBegun = at > 0 ? bytes[at - 1] !== lf : rest.length > 0;
    const end = isBegun ? bytes.indexOf(lf, at) + 1 : at;
    for (let to = bytes.indexOf(lf, end); to >= 0; to = bytes.indexOf(lf, to + 1)) lost++;
    rest = Buffer.from(bytes.subarray(at, end));
    isStuck = true;
  }

  return {
    write(text) {
      if (text === "" && rest.length === 0) return null;
      const bytes = Buffer.concat([rest, Buffer.from(text, "utf8")]);
      let waitedMs = 0;
      for (let at = 0; at < bytes.length; ) {
        try {
          at += writeSync(descriptor, bytes, at);
          isStuck = false;
          waitedMs = 0;
        } catch (error) {
          const refused = error as NodeJS.ErrnoException;
          if (refused.code !== "EAGAIN") return refused;
          if (isStuck || waitedMs >= patience) {
            drop(bytes, at);
            return null;
          }
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
          waitedMs += pauseMs;
        }
      }
      rest = Buffer.alloc(0);
      return null;
    },
    waitForNobody() {
      patience = patienceMs;
      refuseAtOnce(descriptor);
    },
    takeLost() {
      const told = isStuck ? 0 : lost;
      lost -= told;
      return told;
    },
  };
}

/** Node's sockets, kept: one that is collected closes its descriptor. */
const sockets: Socket[] = [];

/** A pipe or socket that is full then refuses with EAGAIN. Node has no fcntl(2): opening a socket on it does that. */
function refuseAtOnce(descriptor: 1 | 2): void {
  try {
    const found = fstatSync(descriptor);
    if (!found.isFIFO() && !found.isSocket()) return;
    const socket = new Socket({ fd: descriptor, readable: false, writable: true });
    socket.on("error", () => {});
    socket.unref();
    sockets.push(socket);
  } catch {
    // What is closed, or no pipe that Node knows, is written to as it is.
  }
}
