/**
 * Standard output and error of a bundle: whole lines, quiet when the reader has gone away. What a full disk refuses is
 * remembered as a fault, and the next lines are tried again: a daemon goes on without its output.
 */
import { writeSync } from "node:fs";

export interface Output {
  print(line: string): void;
  /** A message for people, to standard error; those of one turn go out together. */
  say(message: string): void;
  /** What was printed has left. */
  flush(): void;
  /** Why something that was printed is lost, as Node says it; null: nothing is. */
  readonly fault: string | null;
}

const blockLength = 1 << 16;

export function openOutput(): Output {
  let held: string[] = [];
  let heldLength = 0;
  let isGone = false;
  let fault: string | null = null;
  let said = "";

  function flush(): void {
    const text = held.length === 0 ? "" : `${held.join("\n")}\n`;
    held = [];
    heldLength = 0;
    const refused = isGone ? null : writeAll(1, text);
    if (refused?.code === "EPIPE") isGone = true;
    else if (refused !== null) fault ??= refused.message;
    if (said !== "") writeAll(2, said);
    said = "";
  }

  return {
    print(line) {
      held.push(line);
      heldLength += line.length;
      if (heldLength >= blockLength) flush();
    },
    say(message) {
      if (said === "") queueMicrotask(flush);
      said += `${message}\n`;
    },
    flush,
    get fault() {
      return fault;
    },
  };
}

/** What ended it; null: all is written. A full pipe is waited for. */
function writeAll(descriptor: 1 | 2, text: string): NodeJS.ErrnoException | null {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const refused = error as NodeJS.ErrnoException;
      if (refused.code !== "EAGAIN") return refused;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return null;
}
