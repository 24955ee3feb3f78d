/**
 * Standard output and error of a bundle: whole lines, quiet when the reader has gone away.
 */
import { writeSync } from "node:fs";

export interface Output {
  print(line: string): void;
  /** A message for people, to standard error; those of one turn go out together. */
  say(message: string): void;
  /** What was printed has left. */
  flush(): void;
}

const blockLength = 1 << 16;

export function openOutput(): Output {
  let held: string[] = [];
  let heldLength = 0;
  let isGone = false;
  let said = "";

  function flush(): void {
    const text = held.length === 0 ? "" : `${held.join("\n")}\n`;
    held = [];
    heldLength = 0;
    if (!isGone) isGone = !writeAll(1, text);
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
  };
}

/** False: nobody reads any more. A full pipe is waited for. */
function writeAll(descriptor: 1 | 2, text: string): boolean {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}
